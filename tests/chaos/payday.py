"""One small payroll from its release to the sealed books: 12 payouts in 2 batches, each to another account that the fake bank treats badly
(tests/fakebank/README.md, 01 to 12), under a real PostgreSQL, fakebank and chitrad. Made once, run any number of times, each in a copy.

    place = Place(directory)
    run = place.run(lambda board: board.arm("teller.record.commit.before", 2))
    run.problems                # what is wrong at the end; [] is right
    run.landed, run.counts      # whether the fault came true; which places were reached how often"""
import csv
import glob
import hashlib
import http.client
import io
import itertools
import json
import os
import shutil
import signal
import subprocess
import threading
import time

from board import Board

BIN = os.path.abspath(os.environ.get("CHITRA_BIN", "build/bin"))
FIXTURE = os.path.join(BIN, "../tests/unit/db_payroll")
FAKEBANK, PROXY, ORACLE = map(os.path.abspath, ("build/bin/fakebank", "build/bin/faultproxy", "tests/chaos/oracle"))
ORIGIN = "enumerate.test/ledger"
ACCOUNT = "110000000001"
OFFICERS = ("minh", "hoa")
PATIENCE = 40 * float(os.environ.get("CHITRA_PATIENCE", "1"))

CONFIG = """[chitra]
run_dir = {here}/run
drain_time = 10s
[database]
deadline = 5s
[archive]
directory = {here}/archive
[evidence]
public_key = {keys}/evidence.pub
secret_key = {keys}/evidence.key
[gate]
listen = {here}/run/gate.sock
[desk]
listen = {here}/run/desk.sock
kek = {keys}/kek
blind_key = {keys}/blind
id_key = {keys}/id
admin_keys = {keys}/admin-keys
[teller]
journal = {here}/journal-0
kek = {keys}/kek
admin_keys = {keys}/admin-keys
cash_out = {here}/cash
sandbox = yes
lease = 3s
[scribe]
log_key = {keys}/log
log_origin = {origin}
blind_key = {keys}/blind
[bank demo]
url = http://{bank}
accounts = {account}
sign_key = {keys}/payer.key
bank_key = {keys}/bank.pub
dedupe_days = 30
deadline = 2s
"""


class Wrong(Exception):
    """The run cannot go on; the text says why."""


class Sql:
    """One psql that stays."""

    def __init__(self, database, **environment):
        self.psql = subprocess.Popen(["psql", "-XAtq", "-d", database], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment})

    def __call__(self, statement):
        """Its rows as text, a line each."""
        self.psql.stdin.write(f"{statement};\n\\echo =done\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            if line == "=done\n":
                return "\n".join(lines)
            lines.append(line.rstrip("\n"))
        raise Wrong("psql has ended: " + "\n".join(lines))

    def close(self):
        self.psql.stdin.close()
        self.psql.stdout.close()
        self.psql.wait()


def first_morning(sql):
    """The business clock back to a morning on which Greenwich still has the day before."""
    sql("set session_replication_role = replica")
    sql("update ops.instance set clock_offset = timestamptz '2024-04-03 06:30+07' - now()")
    sql("set session_replication_role = origin")


def shell(command, **environment):
    done = subprocess.run(["bash", "-c", command], env={**os.environ, **environment}, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise Wrong(f"{command}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


class Bank:
    def __init__(self, here, keys, name="bank-demo"):
        self.ports, self.log = os.path.join(here, "bank.ports"), open(os.path.join(here, "log", "bank"), "ab")
        self.process = subprocess.Popen(
            [FAKEBANK, "--bank", "DEMO", "--dir", os.path.join(here, name), "--key", f"{keys}/bank.key", "--payer-key", f"{keys}/payer.pub",
             "--funding", f"{ACCOUNT}:0", "--any-account", "--overdraft", "--hang", "300ms", "--slow", "1s", "--callback-retry-max", "200ms",
             "--callback-url", f"unix:{here}/run/callback.sock", "--port-file", self.ports], stdout=self.log, stderr=self.log)
        until(lambda: os.path.exists(self.ports), "the bank opens", 10, 0.005)
        with open(self.ports, encoding="utf-8") as file:
            self.api, self.control = [line.split()[1] for line in file]

    def say(self, path, order=None):
        there = http.client.HTTPConnection(self.control, timeout=20)
        there.request("POST", f"/control/{path}", json.dumps(order) if order is not None else "")
        answer = there.getresponse()
        text = answer.read().decode()
        there.close()
        if answer.status != 200:
            raise Wrong(f"the bank's {path}: {answer.status} {text}")
        return text

    def ask(self, path):
        there = http.client.HTTPConnection(self.control, timeout=20)
        there.request("GET", f"/control/{path}")
        text = there.getresponse().read().decode()
        there.close()
        return text

    def rows(self, path):
        return list(csv.DictReader(io.StringIO(self.ask(path))))

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


def until(true, what, seconds=PATIENCE, pause=0.03):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise Wrong(f"it does not come that {what}")
        time.sleep(pause)


class Proxy:
    """Between the bank and us, both ways, and spoils nothing: its tap is what was said."""

    def __init__(self, here, bank):
        ports = os.path.join(here, "proxy.ports")
        self.log = open(os.path.join(here, "log", "proxy"), "ab")
        self.process = subprocess.Popen(
            [PROXY, "--tap", f"{here}/tap.jsonl", "--control", "127.0.0.1:0", "--port-file", ports,
             "--bank", f"demo,127.0.0.1:0,{bank},unix:{here}/run/callback.sock,unix:{here}/run/gate.sock"], stdout=self.log, stderr=self.log)
        until(lambda: os.path.exists(ports), "the proxy opens", 10, 0.005)
        with open(ports, encoding="utf-8") as file:
            self.address = next(words[2] for words in map(str.split, file) if words[:2] == ["demo", "out"])

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Place:
    """Where the runs are: the cluster, what each run begins with, and their directories."""

    def __init__(self, scratch):
        self.scratch, self.keys = scratch, os.path.join(scratch, "keys")
        self.cluster, self.serial, self.making = None, itertools.count(1), threading.Lock()
        self.database = f"enumerate_{os.getpid()}"
        os.makedirs(os.path.join(scratch, "first", "log"))
        os.makedirs(self.keys, mode=0o700)
        if not os.environ.get("CHITRA_TEST_CLUSTER"):
            self.cluster = os.path.join(scratch, "pg")
            said = shell(f". tests/lib/cluster.sh; cluster_begin {self.cluster} >&2 || exit 1; printf '=%s\\n' \"$PGHOST\" \"$PGPORT\" \"$PGUSER\"",
                         CHITRA_BIN=BIN)
            values = [line[1:] for line in said.splitlines() if line.startswith("=")]
            os.environ.update(zip(("PGHOST", "PGPORT", "PGUSER"), values))
        try:
            self.make()
        except BaseException:
            self.close()
            raise

    def make(self):
        """The payroll as it was approved, its money at the bank, and the officers' logins."""
        first, database = os.path.join(self.scratch, "first"), self.database
        shell(f"createdb --maintenance-db=postgres --template=chitra_template {database}")
        sql = Sql(database)
        first_morning(sql)
        shell(f"{FIXTURE} {self.keys} 12 wards=2 special_every=1 special_suffix=-1 items=3 valid_hours=30 release=no genesis={ORIGIN}",
              PGDATABASE=database)
        with open(f"{self.keys}/bank.pub", "w", encoding="utf-8") as out:
            subprocess.run([FAKEBANK, "keygen", f"{self.keys}/bank.key"], stdout=out, check=True)
        sql("set session_replication_role = replica")
        sql("update org.channel set posting_lag_days = 1")
        # An account that is no longer the signed one: the second line of its dispatch is refused by the teller.
        sql("update register.payee_account set salt = substr(sha256(salt), 1, 16) where id = (select payee_account from payout.payout order by id offset 1 limit 1)")
        amount = int(sql("select sum(sum_dong) from payout.batch"))
        bank = Bank(first, self.keys)
        bank.say("book", {"account": ACCOUNT, "direction": "credit", "amount": amount, "text": "KHO BAC"})
        entry = bank.rows("entries.csv")[0]
        bank.close()
        sql(f"insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by) select id, 'treasury', 'QD-FIXTURE', {amount}, 1 "
            "from org.funding_account")
        sql(f"insert into bank.intraday_credit (funding_account, entry_ref, amount_dong, value_date, funding_order, message, item) "
            f"select funding_account, '{entry['entry_ref']}', amount_dong, '2024-04-03', id, 0, 0 from org.funding_order")
        for login in OFFICERS:
            token = hashlib.sha256(f"token of {login}".encode()).hexdigest()
            with open(f"{self.keys}/session.{login}", "w", encoding="utf-8") as out:
                out.write(token + "\n")
            sql(f"insert into auth.session (token_hash, officer, expires_at) select sha256('\\x{token}'), id, now() + interval '1 day' "
                f"from auth.officer where login = '{login}'")
        sql.close()

    def run(self, arm):
        here = os.path.join(self.scratch, f"run{next(self.serial)}")
        return Run(self, here, arm)

    def close(self):
        if self.cluster:
            subprocess.run(["ops/private-db", "remove", self.cluster], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        elif not os.environ.get("KEEP"):
            shell(f"dropdb --maintenance-db=postgres --force --if-exists {self.database}")


class Run:
    """From a copy of the place to the end of the books. Everything of it is gone when it returns, but for its directory and database."""

    def __init__(self, place, here, arm):
        self.place, self.here, self.problems = place, here, []
        self.database = f"{place.database}_{os.path.basename(here)}"
        self.daemon, self.bank, self.proxy, self.sql = None, None, None, None
        began = time.monotonic()
        try:
            self.begin(arm)
            self.live()
            self.judge()
        except (Wrong, OSError, http.client.HTTPException) as wrong:
            self.problems.append(str(wrong))
            if self.sql and self.sql.psql.poll() is None:
                self.problems.append("payouts: " + self.sql(
                    "select string_agg(x, ', ') from (select t.name || ' ' || count(*) as x from payout.payout_state s "
                    "join payout.state t on t.code = s.state group by t.name) x"))
        self.end()
        self.counts = self.board.counts()
        self.landed = self.board.landed() > 0
        self.took = time.monotonic() - began

    # ---- the programs

    def begin(self, arm):
        here = self.here
        for name in ("log", "run", "archive", "cash"):
            os.makedirs(os.path.join(here, name), mode=0o700)
        shutil.copytree(os.path.join(self.place.scratch, "first", "bank-demo"), os.path.join(here, "bank-demo"))
        os.symlink(self.place.keys, os.path.join(here, "keys"))
        with open(os.path.join(here, "env"), "w", encoding="utf-8") as out:
            out.writelines(f"{name}={os.environ[name]}\n" for name in ("PGHOST", "PGPORT", "PGUSER") if name in os.environ)
            out.write(f"PGDATABASE={self.database}\n")
        self.board = Board.create(os.path.join(here, "board"))
        arm(self.board)
        with self.place.making:
            shell(f"createdb --maintenance-db=postgres --template={self.place.database} {self.database}")
        self.sql = Sql(self.database)
        first_morning(self.sql)
        self.bank = Bank(here, self.place.keys)
        self.proxy = Proxy(here, self.bank.api)
        with open(os.path.join(here, "conf"), "w", encoding="utf-8") as out:
            out.write(CONFIG.format(here=here, keys=self.place.keys, origin=ORIGIN, bank=self.proxy.address, account=ACCOUNT))
        self.environment = {**os.environ, "PGDATABASE": self.database, "CHITRA_FAILPOINTS": self.board.path}
        self.daemon_log = open(os.path.join(here, "log", "chitrad"), "ab")
        self.daemon = subprocess.Popen([os.path.join(BIN, "chitrad"), "--config", os.path.join(here, "conf")], env=self.environment,
                                       stdout=self.daemon_log, stderr=self.daemon_log, start_new_session=True)

    def typed(self, login, *words):
        """A command as its officer types it: its exit status, None when it does not end."""
        with open(os.path.join(self.here, "log", "desk"), "ab") as out:
            try:
                return subprocess.run([os.path.join(BIN, "chitra"), "--config", os.path.join(self.here, "conf"), "--session",
                                       f"{self.place.keys}/session.{login}", *words], env=self.environment, stdout=out, stderr=out,
                                      timeout=PATIENCE).returncode
            except subprocess.TimeoutExpired:
                return None

    def release(self, login, what):
        """Again after it was killed or was told to come again; or to look first, and the batch is released with this officer's word."""
        for _ in range(4):
            status = self.typed(login, "release", what)
            if status == 0 or what.isdigit() and self.sql(
                    f"""select exists (select from payout.batch b join payout.release r on r.batch = b.id join auth.officer o on o.id = r.officer
                        where b.id = {what} and b.state in ('released', 'closed') and o.login = '{login}')""") == "t":
                return
        raise Wrong(f"{login}: chitra release {what}: exit {status}")

    def end(self):
        if self.daemon:
            for pid in self.duties():
                os.kill(pid, signal.SIGCONT)
            os.killpg(self.daemon.pid, signal.SIGKILL)
            self.daemon.wait()
            self.daemon_log.close()
        for outside in (self.proxy, self.bank):
            if outside:
                outside.close()
        if self.sql:
            self.sql.close()

    def duties(self):
        pids = []
        for path in glob.glob(os.path.join(self.here, "run", "*.pid")):
            with open(path, encoding="utf-8") as file:
                text = file.read().strip()
            if text.isdigit() and os.path.exists(f"/proc/{text}"):
                pids.append(int(text))
        return pids

    def wake(self):
        """What was stopped goes on after a while."""
        for pid in self.duties():
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                    stopped = file.read().rsplit(")", 1)[1].split()[0] == "T"
                if stopped:
                    os.kill(pid, signal.SIGCONT)
            except (OSError, ProcessLookupError):
                pass

    def remove(self):
        shutil.rmtree(self.here, ignore_errors=True)
        shell(f"dropdb --maintenance-db=postgres --force --if-exists {self.database}")

    # ---- four days

    def comes(self, statement, what):
        def true():
            self.wake()
            return self.sql(statement) == "t"
        until(true, what)

    def none(self, *names):
        """True in SQL when no payout of what was released is in one of these."""
        return ("select not bool_or(t.name in (" + ", ".join(f"'{n}'" for n in names) + ")) from payout.payout_state s "
                "join payout.state t on t.code = s.state join payout.payout p on p.id = s.payout join payout.batch b on b.id = p.batch where b.state <> 'approved'")

    def pay(self, what):
        for login in OFFICERS:
            self.release(login, what)
        self.comes(self.none("ready", "sent", "unknown"), "every payout has left and is clear")
        until(self.cancelled, "what is held is cancelled")

    def cancelled(self):
        held = self.sql("select p.end_to_end_id from payout.payout_state s join payout.payout p on p.id = s.payout where s.state = 2").split()
        return not held or self.typed(OFFICERS[0], "cancel", *held, "--reason", "tai khoan") == 0

    def next_day(self, settled):
        self.sql("update ops.instance set clock_offset = clock_offset + interval '1 day'")
        self.comes(f"select count(*) = 1 and not exists (select from bank.line_waiting) from bank.statement where day = '{settled}'",
                   f"the statement of {settled} is settled")

    def live(self):
        """The bank's day ends before ours, so what leaves in the evening stands on the statement of its next day."""
        self.pay(self.sql("select min(id) from payout.batch"))
        self.bank.say("next-day")
        self.pay("--all-approved")
        self.next_day("2024-04-03")
        for day in ("2024-04-04", "2024-04-05"):
            self.bank.say("next-day")
            self.next_day(day)
        self.comes(self.none("ready", "held", "sent", "unknown", "accepted", "credited"), "every payout has ended")
        self.comes("select bool_and(state = 'closed') from payout.batch", "every batch is closed")
        self.comes("select coalesce((select max(size) from books.checkpoint), 0) = next_seq from books.counter", "the books are sealed")

    # ---- what is asked of every run

    def judge(self):
        """What the oracle says of the bank's book, the tap, the journal and the rows; and nothing that happens here leaves a break."""
        wrong = self.problems.append
        said = subprocess.run([ORACLE, self.here], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
        try:
            for failure in json.loads(said)["failures"]:
                wrong(" ".join(str(failure[k]) for k in ("property", "end_to_end_id", "why") if failure.get(k)))
        except ValueError:
            wrong(f"the oracle: {said}")
        if self.sql("select count(*) = 0 from recon.break") != "t":
            wrong("there is a break")
        for sign in ("event=bug", "level=crit"):
            if sign in self.log() and not self.board.landed():
                wrong(f"the log has {sign}")

    def log(self):
        with open(os.path.join(self.here, "log", "chitrad"), encoding="utf-8", errors="replace") as file:
            return file.read()
