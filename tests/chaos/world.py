"""A place with everything that a payroll needs, each part a process that may be killed: PostgreSQL, three banks, the proxy, the duties.

    world = World(directory, tree, binaries)    # makes the database, keys, banks, money
    world.duty("teller", 0).kill()
    world.sql("select …")                       # rows as tuples of text; Down when PostgreSQL is not there"""
import contextlib
import fcntl
import glob
import http.client
import json
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import time

from board import Board

# dedup, honours valid-until: as the bank does it and as its channel's profile says it
BANKS = {"alpha": (True, True), "beta": (False, True), "gamma": (True, False)}
MOST = {"teller": 4, "gate": 3, "scribe": 2, "desk": 1}
LEASE_S = 1
VALID_HOURS = 8
# What else is special in rounds: alpha's payments stand on the next day's statement, beta's may still be sent then.
ROUNDS = {"lag": {"alpha": 1}, "hours": {"beta": 32}}
MONEY = 10 ** 12


class Down(Exception):
    """PostgreSQL is not there at the moment."""


class Broken(Exception):
    """The run cannot go on: the harness or the product is broken; says what."""


def within(seconds, what, true):
    end = time.monotonic() + seconds * float(os.environ.get("CHITRA_PATIENCE", "1"))
    while not true():
        if time.monotonic() > end:
            raise Broken(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def is_stopped(pid):
    """By SIGSTOP."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "T"
    except OSError:
        return False


class Psql:
    """One psql that stays connected: a question costs no process."""
    END = "--end-of-answer--"

    def __init__(self, env):
        self.env, self.process, self.left = env, None, b""

    def _start(self):
        self.process = subprocess.Popen(["psql", "-XAtq", "-F", "\x1f", "-P", "pager=off"], env=self.env, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        fcntl.fcntl(self.process.stdout, fcntl.F_SETFL, os.O_NONBLOCK)

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            with contextlib.suppress(BrokenPipeError):  # of a question that it did not take any more
                self.process.stdin.close()
            self.process.stdout.close()
        self.process, self.left = None, b""

    def _read(self, seconds):
        end, text = time.monotonic() + seconds, b""
        with selectors.DefaultSelector() as waits:
            waits.register(self.process.stdout, selectors.EVENT_READ)
            while self.END.encode() not in text:
                if not waits.select(max(0, end - time.monotonic())):
                    raise Down("no answer")
                more = self.process.stdout.read()
                if not more:
                    raise Down(text.decode(errors="replace").strip())
                text += more
        return text.decode()

    def ask(self, statement, seconds=20):
        if not self.process or self.process.poll() is not None:
            self.close()
            self._start()
        try:
            self.process.stdin.write(f"{statement};\n\\echo {self.END}\n".encode())
            self.process.stdin.flush()
            text = self._read(seconds)
        except (Down, OSError) as lost:
            self.close()
            raise Down(str(lost)) from None
        lines = text[:text.index(self.END)].splitlines()
        wrong = [line for line in lines if re.match(r"(ERROR|FATAL|WARNING|psql|server closed|connection to|The connection)", line)]
        if wrong:
            if "ERROR" in wrong[0] and "terminating" not in text and "recovery mode" not in text and "shutting down" not in text \
                    and "No space left" not in text:
                raise Broken(f"{statement[:200]}: {wrong[0]}")
            self.close()
            raise Down(wrong[0])
        return [tuple(line.split("\x1f")) for line in lines]


class Process:
    """A program that is started again and again under one name."""

    def __init__(self, name, command, log, env=None):
        self.name, self.command, self.log, self.env = name, command, log, env
        self.child, self.wanted, self.ends, self.due = None, False, [], None

    def start(self, extra=None):
        self.wanted, self.due = True, None
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                          env={**(self.env or os.environ), **(extra or {})})

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def signal(self, number):
        if self.alive():
            os.kill(self.child.pid, number)
            return True
        return False

    def kill(self):
        """SIGKILL, also of one that is stopped; true when it lived."""
        lived = self.signal(signal.SIGKILL)
        if self.child:
            self.child.wait()
        return lived

    def stop(self, seconds=10):
        self.wanted = False
        self.signal(signal.SIGCONT)
        if self.signal(signal.SIGTERM):
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()

    @property
    def pid(self):
        return self.child.pid if self.child else None


class Control(http.client.HTTPConnection):
    """One order to a bank or to the proxy; their control endpoints are alike."""

    def __init__(self, address):
        super().__init__("localhost", timeout=10)
        self.address = address

    def connect(self):
        if self.address.startswith("unix:"):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(10)
            self.sock.connect(self.address[5:])
        else:
            host, port = self.address.rsplit(":", 1)
            self.sock = socket.create_connection((host, int(port)), 10)

    def order(self, path, body=None):
        try:
            self.request("GET" if body is None else "POST", path, None if body is None else json.dumps(body))
            reply = self.getresponse()
            text = reply.read().decode()
        finally:
            self.close()
        if reply.status != 200:
            raise Broken(f"{path} {body}: {reply.status} {text.strip()}")
        return json.loads(text) if text.strip() and text.lstrip()[:1] in "{[n" else text


class Bank:
    def __init__(self, world, name):
        self.world, self.name = world, name
        self.account = f"11000000000{list(BANKS).index(name) + 1}"
        self.dir = f"{world.dir}/bank-{name}"
        self.api, self.control_at = f"unix:{world.run}/{name}.sock", f"unix:{world.run}/{name}-control.sock"
        self.callbacks_at = f"unix:{world.run}/callback-{name}.sock"   # of a gate, or of the proxy before it
        dedup, honours = BANKS[name]
        os.makedirs(self.dir, exist_ok=True)
        self.process = Process(f"bank-{name}", [
            f"{world.tools}/fakebank", "--bank", name.upper(), "--dir", self.dir, "--key", f"{world.keys}/bank-{name}.key",
            "--payer-key", f"{world.keys}/payer.pub", "--funding", f"{self.account}:0", "--any-account", "--hang", "1500ms",
            "--posting-lag-days", str(world.lag.get(name, 0)), "--reply-delay", "15ms", "--slow", "1s", "--callback-retry-max", "1s", f"--dedup={str(dedup).lower()}",
            f"--honour-valid-until={str(honours).lower()}", "--callback-url", f"{self.callbacks_at}|/v1/callbacks/{name}",
            "--listen", self.api, "--control", self.control_at, "--port-file", f"{self.dir}/ports"], f"{world.logs}/bank-{name}.log")

    def start(self):
        for path in (self.api[5:], self.control_at[5:], f"{self.dir}/ports"):
            if os.path.exists(path):
                os.unlink(path)
        self.process.start()
        within(20, f"bank {self.name} opens", lambda: os.path.exists(f"{self.dir}/ports"))

    def order(self, path, body=None):
        return Control(self.control_at).order(f"/control/{path}", body)

    def hits(self):
        """How often each order came true since the last start or forgive."""
        count = {}
        for will in self.order("wills") or []:
            count[will["fault"]] = count.get(will["fault"], 0) + will["hits"]
        return {fault: n for fault, n in count.items() if n}


class World:
    def __init__(self, place, tree, binaries, disks=None, lag=(), hours=()):
        """lag: {bank: days until it books what it executed}; hours: {bank: how long its payments are valid}."""
        self.lag, self.hours = dict(lag), dict(hours)
        self.dir, self.tree, self.bin = place, tree, binaries
        self.tools, self.units = f"{tree}/build/bin", f"{tree}/build/tests/unit"
        self.keys, self.run, self.logs = f"{place}/keys", f"{place}/run", f"{place}/log"
        self.disks = disks
        for sub in ("run", "keys", "archive", "conf", "log", "officers", *(f"journal-{i}" for i in range(MOST["teller"]))):
            os.makedirs(f"{place}/{sub}", mode=0o700, exist_ok=True)
        if disks:
            disks.mount([f"{place}/archive", *(f"{place}/journal-{i}" for i in range(MOST["teller"]))], f"{place}/pg")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("PG") and k != "CHITRA_TEST_CLUSTER"}
        self.banks, self.duties, self.proxy = {}, {}, None
        self.board = Board.create(f"{place}/board")
        self.psql = None

    # ---- PostgreSQL

    def private_db(self, *words):
        return subprocess.run([f"{self.tree}/ops/private-db", *words], env=self.env, capture_output=True, text=True, check=False)

    def database_start(self):
        done = self.private_db("start", f"{self.dir}/pg", "--temporary")
        if done.returncode:
            raise Broken(done.stderr)

    def database_tells(self):
        """What was committed before what, to the microsecond; and in its log what was slow or waited for a lock."""
        at = dict(word.split("=", 1) for word in self.private_db("env", f"{self.dir}/pg").stdout.split())
        settings = ("track_commit_timestamp = on", "log_min_duration_statement = 2000", "log_lock_waits = on")
        subprocess.run(["psql", "-XAtq", *(word for s in settings for word in ("-c", f"alter system set {s}")), "postgres"], env={**self.env, **at}, check=True)
        self.private_db("stop", f"{self.dir}/pg", "immediate")
        self.database_start()

    def postmaster(self):
        return int(self.private_db("pid", f"{self.dir}/pg").stdout)

    def sql(self, statement):
        return self.psql.ask(statement)

    def one(self, statement):
        return self.sql(statement)[0][0]

    def answers(self):
        try:
            return self.one("select 1") == "1"
        except Down:
            return False

    def clock_was_set(self):
        """For whoever compares our business time with the real one."""
        offset = self.one("select (extract(epoch from clock_offset) * 1000000)::bigint from ops.instance")
        with open(f"{self.dir}/clock.jsonl", "a", encoding="ascii") as out:
            out.write(json.dumps({"t": time.time_ns(), "offset_us": int(offset)}) + "\n")

    # ---- the whole

    def tool(self, *words, **more):
        done = subprocess.run(words, env=self.env, capture_output=True, text=True, check=False, **more)
        if done.returncode:
            raise Broken(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def make(self):
        self.database_start()
        self.database_tells()
        settings = dict(word.split("=", 1) for word in self.private_db("env", f"{self.dir}/pg").stdout.split())
        self.env.update(settings, PGDATABASE="chitra", CHITRA_CONFIG=f"{self.dir}/conf/desk-0.conf")
        with open(f"{self.dir}/env", "w", encoding="utf-8") as out:
            out.writelines(f"{k}={v}\n" for k, v in {**settings, "PGDATABASE": "chitra"}.items())
        self.psql = Psql(self.env)
        self.tool("createdb", "--template=template0", "--maintenance-db=postgres", "chitra")
        self.tool(f"{self.bin}/chitra", "db", "init", "--sandbox", "--start", "2024-04-03 08:00")
        self.clock_was_set()
        for n, name in enumerate(BANKS):
            extra = ["genesis=chaos.test/ledger"] if n == 0 else []
            self.payroll(name, 0, first=n + 1, extra=[f"number=11000000000{n + 1}", *extra])
        self.sessions()
        for name in BANKS:
            bank = self.banks[name] = Bank(self, name)
            public = self.tool(f"{self.tools}/fakebank", "keygen", f"{self.keys}/bank-{name}.key")
            with open(f"{self.keys}/bank-{name}.pub", "w", encoding="utf-8") as out:
                out.write(public)
            bank.start()
        self.proxy_start()
        for duty, most in MOST.items():
            for i in range(most):
                self.configure(duty, i)

    def payroll(self, bank, people, first, extra=()):
        dedup, honours = BANKS[bank]
        return self.tool(f"{self.units}/db_payroll", self.keys, str(people), f"bank={bank}", f"first={first}", "items=7",
                         f"valid_hours={self.hours.get(bank, VALID_HOURS)}", f"lag={self.lag.get(bank, 0)}", f"deduplicates={str(dedup).lower()}", f"honours={str(honours).lower()}", "release=no",
                         "fund=no", "analyze=no", *extra)

    def sessions(self):
        for login in ("lan", "minh", "hoa", "an"):
            token = os.urandom(32).hex()
            with open(f"{self.dir}/officers/{login}", "w", encoding="utf-8", opener=lambda p, f: os.open(p, f, 0o600)) as out:
                out.write(token + "\n")
            self.sql(f"insert into auth.session (token_hash, officer, expires_at) select sha256('\\x{token}'), id, now() + interval '30 days' "
                     f"from auth.officer where login = '{login}'")

    def proxy_start(self):
        program = f"{self.tools}/faultproxy"
        if not os.path.exists(program):
            self.callbacks_to_gate()
            return
        ports = f"{self.dir}/proxy.ports"
        words = [program, "--tap", f"{self.dir}/tap.jsonl", "--control", f"unix:{self.run}/proxy-control.sock", "--port-file", ports]
        for name, bank in self.banks.items():
            words += ["--bank", f"{name},127.0.0.1:0,{bank.api},{bank.callbacks_at},unix:{self.run}/gate-of-{name}.sock"]
        self.proxy = Process("proxy", words, f"{self.logs}/proxy.log")
        self.proxy.start()
        within(10, "the proxy opens", lambda: os.path.exists(ports))
        with open(ports, encoding="utf-8") as lines:
            for line in lines:
                word = line.split()
                if len(word) == 3 and word[1] == "out":
                    self.banks[word[0]].out_at = word[2]

    def callbacks_to_gate(self):
        for name in self.banks:
            link = f"{self.run}/callback-{name}.sock"
            if not os.path.lexists(link):
                os.symlink(f"{self.run}/gate-of-{name}.sock", link)

    def gate_of(self, bank, instance):
        """Whose callbacks go to which gate: what HAProxy does elsewhere."""
        link = f"{self.run}/gate-of-{bank}.sock"
        os.symlink(f"{self.run}/gate-{instance}.sock", f"{link}.new")
        os.replace(f"{link}.new", link)

    def ordered(self, path, body=None):
        return Control(f"unix:{self.run}/proxy-control.sock").order(f"/{path}", body)

    # ---- the duties

    def configure(self, duty, i):
        e, k = self.env, self.keys
        text = f"""[chitra]
instance = {i}
run_dir = {self.run}
drain_time = 3s
[database]
conninfo = host={e['PGHOST']} port={e['PGPORT']} dbname=chitra
deadline = 20s
[archive]
directory = {self.dir}/archive
[evidence]
public_key = {k}/evidence.pub
secret_key = {k}/evidence.key
[gate]
listen = {self.run}/gate-{i}.sock
answer_time = 4s
[desk]
listen = {self.run}/desk-{i}.sock
kek = {k}/kek
blind_key = {k}/blind
id_key = {k}/id
admin_keys = {k}/admin-keys
[teller]
journal = {self.dir}/journal-{i}
kek = {k}/kek
admin_keys = {k}/admin-keys
sandbox = yes
lease = {LEASE_S}s
[scribe]
log_key = {k}/log
log_origin = chaos.test/ledger
blind_key = {k}/blind
"""
        for name, bank in self.banks.items():
            if duty == "teller" and i > 0 and not BANKS[name][0]:
                continue    # who does not deduplicate is one teller's: its journal is the only one that knows
            address = getattr(bank, "out_at", None)
            where = f"url = http://{address}" if address and not address.startswith("unix:") else \
                f"url = http://bank.test\nunix_socket = {(address or bank.api)[5:]}"
            text += f"""[bank {name}]
{where}
accounts = {bank.account}
sign_key = {k}/payer.key
bank_key = {k}/bank-{name}.pub
dedupe_days = {30 if BANKS[name][0] else 0}
deadline = 1s
concurrency = 6
"""
        path = f"{self.dir}/conf/{duty}-{i}.conf"
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        env = {**self.env, "CHITRA_FAILPOINTS": self.board.path}
        self.duties[duty, i] = Process(f"{duty}-{i}", [f"{self.bin}/chitrad", "--config", path, "--duty", duty],
                                       f"{self.logs}/{duty}-{i}.log", env)

    def duty(self, duty, i=0):
        return self.duties[duty, i]

    def running(self, duty=None):
        return [p for (d, _), p in self.duties.items() if p.wanted and (duty is None or d == duty)]

    def ready(self, process):
        """Its /readyz answers 200."""
        duty, i = process.name.rsplit("-", 1)
        try:
            with open(f"{self.run}/{duty}.{i}.admin", encoding="utf-8") as at:
                Control(at.read().strip()).order("/readyz")
            return True
        except (OSError, ValueError, Broken, http.client.HTTPException):
            return False

    # ---- the end

    def end(self):
        for process in self.duties.values():
            process.wanted = False
            process.kill()
        for bank in self.banks.values():
            bank.process.kill()
        if self.proxy:
            self.proxy.kill()
        if self.psql:
            self.psql.close()
        self.private_db("stop", f"{self.dir}/pg", "immediate")
        if self.disks:
            self.disks.keep()

    def remove(self):
        self.private_db("remove", f"{self.dir}/pg")
        if self.disks:
            self.disks.unmount()
        shutil.rmtree(self.dir, ignore_errors=True)


def faketime_library():
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    return found[0] if found else None
