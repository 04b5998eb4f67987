#!/usr/bin/python3
"""The oracle is content with a small run of the real programs, and finds each of the things that are then done to what it reads, by the right property and
by no other. The run is made once; every falsification has its own copy of the files and of the database."""
import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TREE, "tests/chaos"), os.path.join(TREE, "tests/lib")]
os.chdir(TREE)
import tap  # noqa: E402
from world import BANKS, World, within  # noqa: E402

if not os.path.exists("build/bin/faultproxy") or not os.path.exists("build/tests/unit/db_payroll"):
    tap.skip_all("faultproxy or db_payroll is not built")
scratch = tempfile.mkdtemp(prefix="chitra-oracle-", dir="/tmp")
w = World(f"{scratch}/run", TREE, os.path.abspath("build/bin"))


def end():
    w.end()
    w.remove()
    shutil.rmtree(scratch, ignore_errors=True)


atexit.register(end)


def by(login, *words):
    return w.tool(f"{w.bin}/chitra", "--session", f"{w.dir}/officers/{login}", *words)


def states():
    return {name: int(n) for name, n in w.sql("select t.name, count(*) from payout.payout_state s join payout.state t on t.code = s.state group by 1")}


def next_day():
    for bank in w.banks.values():
        bank.order("next-day", {})
    day = w.one("select ops.today()")
    by("an", "sandbox", "next-day")
    w.clock_was_set()
    within(60, f"the statements of {day}", lambda: w.sql(f"select count(*), exists (select from bank.line_waiting) from bank.statement where day = '{day}'") == [("3", "f")])


# ---- a run ---------------------------------------------------------------------------------------------------------------------------

w.make()
w.sql("alter system set track_commit_timestamp = on")
w.psql.close()
w.private_db("stop", f"{w.dir}/pg", "fast")
w.database_start()
for duty in ("teller", "gate", "scribe", "desk"):
    w.duty(duty).start()
for name, bank in w.banks.items():
    w.gate_of(name, 0)
    by("minh", "fund", "expect", "--account", f"{name}-funding", "--amount", "1000000000", "--reference", f"KB-{name.upper()}")
    bank.order("book", {"account": bank.account, "direction": "credit", "amount": 1000000000, "text": f"KHO BAC KB-{name.upper()}"})
within(60, "the money is booked", lambda: w.one("select count(*) from books.txn where kind = 'funding'") == "3")
batches = []
for n, name in enumerate(BANKS):
    batches += w.payroll(name, 8, 1000 + 100 * n, ["wards=1", f"ward_first={n}", "special_every=3", f"special_suffix={(11, 4, 1)[n]}"]).split()[5:]
for name, fault, nth in (("beta", "double_debit", 0), ("gamma", "forget", 1)):     # of one whose account is like others
    first = w.one(f"""select p.end_to_end_id from payout.payout p join payout.batch b on b.id = p.batch join org.channel c on c.id = b.channel
        where c.bank = '{name}' order by p.id offset {nth} limit 1""")
    w.banks[name].order("will", {"fault": fault, "always": fault == "forget", "match": {"end_to_end_id": first}})
w.banks["alpha"].order("will", {"fault": "rogue_debit", "account": w.banks["alpha"].account, "amount": 777000})
for login in ("minh", "hoa"):
    by(login, "release", *batches)
within(60, "everybody is paid or in doubt", lambda: not {"ready", "sent"} & set(states()))
within(20, "callbacks have come", lambda: all(bank.order("stats")["callbacks_open"] == 0 for bank in w.banks.values()))
next_day()
next_day()
within(30, "the books are sealed", lambda: w.one("select max(size) = (select next_seq from books.counter) from books.checkpoint") == "t")
with open(f"{w.dir}/log.key", "w", encoding="ascii") as out:
    out.write(by("minh", "ledger", "key"))
by("minh", "ledger", "publish", f"{w.dir}/published")
for process in [*w.duties.values(), *(bank.process for bank in w.banks.values()), w.proxy]:
    process.kill()

# ---- what is done to it ----------------------------------------------------------------------------------------------------------------

FILES = ("bank-alpha", "bank-beta", "bank-gamma", "tap.jsonl", "clock.jsonl", "archive", "journal-0", "keys", "log", "log.key", "published")


class Copy:
    def __init__(self, name):
        self.dir = f"{scratch}/{name}"
        os.mkdir(self.dir)
        for file in FILES:
            at = f"{w.dir}/{file}"
            if os.path.isdir(at):
                shutil.copytree(at, f"{self.dir}/{file}", ignore=lambda d, names: [n for n in names if n == "ports"])
            else:
                shutil.copy(at, self.dir)
        shutil.copy(f"{w.dir}/env", self.dir)

    def sql(self, statement):
        """As a superuser past all triggers, in a copy of the database."""
        w.tool("dropdb", "--maintenance-db=postgres", "--if-exists", "falsified")
        w.psql.close()
        w.tool("createdb", "--maintenance-db=postgres", "--template=chitra", "falsified")
        self.env = {**w.env, "PGDATABASE": "falsified"}
        subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", "set session_replication_role = replica", "-c", statement], env=self.env, check=True,
                       stdout=subprocess.DEVNULL)
        with open(f"{self.dir}/env", "a", encoding="ascii") as out:
            out.write("PGDATABASE=falsified\n")

    def edit(self, file, change):
        with open(f"{self.dir}/{file}", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        rows = change(rows) or rows
        with open(f"{self.dir}/{file}", "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)

    def found(self, *words):
        done = subprocess.run(["tests/chaos/oracle", self.dir, *(words or ["--final"])], env=w.env, capture_output=True, text=True, check=False)
        if not done.stdout:
            return done.stderr
        said = json.loads(done.stdout)
        return [(f["property"], f["why"]) for f in said["failures"]], said, done.returncode


def falsified(title, wanted, change):
    copy = Copy(re.sub("[^a-z]", "-", title))
    change(copy)
    found, said, status = copy.found()
    have = sorted({name for name, _ in found}, key=lambda name: int(name[1:]))
    tap.ok(have == wanted.split() and status == 1, f"{wanted}: {title}", f"found {have}", *(f"{name} {why}" for name, why in found[:8]))
    shutil.rmtree(copy.dir)
    return said


content = Copy("content")
found, said, status = content.found()
tap.ok(not found and status == 0, "a run of the real programs has nothing wrong", found)
tap.ok(said["settled"] >= 12 and said["rejected"] and said["returned"] and said["not_paid"] and said["open"], "with payouts that are settled, rejected, returned, not paid and overdue",
       json.dumps({k: v for k, v in said.items() if k != "failures"}))
found, again, status = content.found("--times")
tap.ok(not found and again["payouts"] == said["payouts"], "also when it reads on from where it was", found)
found, again, status = content.found("--times")
tap.ok(not found, "and reads nothing twice", found)

PLAIN = w.sql("select p.id, p.end_to_end_id, p.amount_dong, b.id from payout.payout p join payout.payout_state s on s.payout = p.id join payout.batch b on b.id = p.batch "
              "join org.channel c on c.id = b.channel where s.state = 7 and c.bank = 'alpha' order by p.id")
(one, ID, AMOUNT, BATCH), OTHER = PLAIN[0], PLAIN[1][1]
REJECTED, REJECTED_ID = w.sql("select p.id, p.end_to_end_id from payout.payout p join payout.payout_state s on s.payout = p.id where s.state = 8 order by 1")[0]
NOT_PAID = w.one("select payout from payout.payout_state where state = 9 order by 1")
BOOK = "bank-alpha/book.jsonl"


def added(rows, *more):
    """The bank books something more on the first day, and its balances follow."""
    at = next(i for i, row in enumerate(rows) if row["f"] == "close")
    for row in rows[at:]:
        if row["f"] == "close":
            moved = sum(m["amt"] if m["dir"] == "credit" else -m["amt"] for m in more if m["f"] == "entry")
            row["closing"] += moved
            row["opening"] += moved if row["seq"] > 1 else 0
            row["lines"] += len(more) if row["seq"] == 1 else 0
    rows[at:at] = more


def entry(**more):
    return {"f": "entry", "n": 900, "acct": "110000000001", "dir": "debit", "amt": int(AMOUNT), "text": "CHI TRA", "at": 1712106100, **more}


def account_of(rows):
    return next(row["to"] for row in rows if row.get("id") == ID)


def xfer(copy, **values):
    def change(rows):
        for row in rows:
            if row["f"] == "xfer" and row["id"] == ID:
                row.update(values)
    copy.edit(BOOK, change)


def without(copy, file, drop):
    copy.edit(file, lambda rows: [row for row in rows if not drop(row)])


def of_tap(copy, change):
    copy.edit("tap.jsonl", lambda rows: [change(row) or row for row in rows])


def request(change):
    def to(row):
        if row["what"] == "request" and row.get("path") == "/v1/transfers" and ID in row["body"]:
            row["body"] = change(row["body"])
    return lambda copy: of_tap(copy, to)


def log(text):
    def write(copy):
        with open(f"{copy.dir}/log/teller-0.log", "a", encoding="utf-8") as out:
            out.write(f"<5>ts=2026-11-22T23:06:34.200673Z level=notice duty=teller event=odd why=\"{text}\"\n")
    return write


with open(f"{w.dir}/{BOOK}", encoding="utf-8") as lines:
    ACCOUNT = account_of([json.loads(line) for line in lines])
NAME = w.one(f"select n.name from payout.payout p join payout.claim c on c.id = p.claim join register.person n on n.id = c.person where p.id = {one}")
LEAF = f"(select seq from books.txn where idem = 'p{one}.settled')"

falsified("a second debit of a payment that no break names", "P1 P2", lambda c: c.edit(BOOK, lambda rows: added(rows, entry(e2e=ID, cp=ACCOUNT))))
falsified("the bank debited one dong more", "P1 P2 P5", lambda c: xfer(c, booked=int(AMOUNT) + 1))
falsified("the bank paid another account", "P1 P5 P6", lambda c: xfer(c, to="200000009999"))
falsified("settled, and the bank never debited it", "P2 P5", lambda c: xfer(c, entry=None, st="PDNG"))
falsified("the bank debited what it had refused", "P2 P5", lambda c: c.edit(BOOK, lambda rows: added(rows, entry(e2e=REJECTED_ID, cp=ACCOUNT))))
falsified("a debit for nothing of ours that is on no statement of ours", "P2", lambda c: c.edit(BOOK, lambda rows: added(rows, entry(text="RUT TIEN"))))
falsified("a rogue debit whose break is gone", "P2 P6", lambda c: c.sql("delete from recon.break where kind in ('rogue_debit', 'unmatched_debit')"))
falsified("a double debit whose break is gone", "P1 P2", lambda c: c.sql("delete from recon.break where kind = 'double_debit'"))
falsified("a break over another amount", "P1", lambda c: c.sql("update recon.break set amount_dong = amount_dong + 1 where kind = 'double_debit'"))
falsified("a statement line that became nothing", "P2", lambda c: c.sql("delete from recon.allocation where kind = 'funding'"))
falsified("a posting of another amount", "P3 P7", lambda c: c.sql(f"update books.posting set amount = amount + sign(amount)::bigint where seq = {LEAF}"))
falsified("one posting changed alone", "P3 P7", lambda c: c.sql(f"update books.posting set amount = amount + 1 where seq = {LEAF} and n = 1"))
falsified("a balance that was raised", "P2 P3", lambda c: c.sql("update books.balance set balance = balance + 1 where account = (select id from books.ledger_account "
                                                           "where code = 'assets:bank:alpha-funding')"))
falsified("a leaf that was altered, with its hash", "P3 P7", lambda c: c.sql(f"update books.txn set (leaf, leaf_hash) = (select l, sha256('\\x00'::bytea || l) from (select convert_to("
    f"replace(convert_from(leaf, 'UTF8'), 'amount {AMOUNT} VND', 'amount {int(AMOUNT) + 1} VND'), 'UTF8') as l from books.txn where seq = {LEAF}) x) where seq = {LEAF}"))
falsified("the root of a tree head", "P7", lambda c: c.sql("update books.tree_head set root = sha256(root) where size = (select max(size) from books.tree_head)"))
falsified("a published leaf", "P7", lambda c: subprocess.run(["sed", "-i", f"s/{ID}/{OTHER}/", *subprocess.run(
    ["find", f"{c.dir}/published/tile/entries", "-type", "f"], capture_output=True, text=True, check=True).stdout.split()], check=True))
falsified("a payout that stands on another line", "P4", lambda c: c.sql(f"update payout.payout set line = 77 where id = {NOT_PAID}"))
falsified("a payout more than the manifest has", "P4 P8", lambda c: c.sql("insert into payout.payout (claim, issue, batch, line, payee_account, account_hash, amount_dong, line_hash, "
          f"end_to_end_id) select claim, 2, batch, 78, payee_account, account_hash, amount_dong, line_hash, '{'0' * 19}' from payout.payout where id = {NOT_PAID}"))
falsified("a manifest that is gone", "P4", lambda c: os.unlink(f"{c.dir}/archive/manifest/{BATCH}.v1"))
falsified("an amount that nobody signed", "P1 P3 P4 P5 P6 P8", lambda c: c.sql(f"update payout.payout set amount_dong = amount_dong + 1 where id = {one}"))
falsified("an id that is drawn and not derived", "P4", lambda c: open(f"{c.dir}/keys/id", "w", encoding="ascii").write("00" * 32))
falsified("rejected although it was paid", "P2 P3 P5 P8", lambda c: c.sql(f"update payout.payout_state set state = 8 where payout = {one}; "
          f"update payout.payout_move set to_state = 8, cause = 2 where payout = {one} and to_state = 7; update payout.payout_move set from_state = 8 where payout = {one} and from_state = 7"))
falsified("a row that was set to settled", "P5 P8", lambda c: c.sql(f"update payout.payout_state set state = 7 where payout = {REJECTED}"))
falsified("a move that is not legal", "P8", lambda c: c.sql(f"update payout.payout_move set from_state = 6 where payout = {one} and n = 2"))
falsified("a move by whoever cannot say that", "P8", lambda c: c.sql(f"update payout.payout_move set cause = 3 where payout = {one} and to_state = 7"))
falsified("a move by a message that is not there", "P8", lambda c: c.sql(f"update payout.payout_move set message = 999999 where payout = {REJECTED} and to_state = 8"))
falsified("a request of what nobody committed", "P6 P8", lambda c: c.sql(f"delete from payout.payout_move where payout = {one} and n = 1; "
          f"update payout.payout_move set n = n - 1 where payout = {one}; update payout.payout_state set move_no = move_no - 1 where payout = {one}"))
falsified("a request before its commit", "P6", lambda c: of_tap(c, lambda row: row.update(t=row["t"] - 10**10) if row["what"] == "request" and ID in row.get("body", "")
                                                               and row["dir"] == "out" else None))
falsified("a request with another amount", "P6", request(lambda body: body.replace(f'"amount":{AMOUNT},', f'"amount":{int(AMOUNT) + 1},')))
falsified("a request for an id that is no payout", "P6", lambda c: c.edit("tap.jsonl", lambda rows: rows + [{**r, "body": r["body"].replace(ID, "0" * 19)} for r in rows
          if r["what"] == "request" and r.get("path") == "/v1/transfers" and ID in r["body"]]))
falsified("a request after its valid-until", "P6", lambda c: of_tap(c, lambda row: row.update(t=row["t"] + 25 * 3600 * 10**9) if row["what"] == "request"
          and row.get("path") == "/v1/transfers" and ID in row["body"] else None))
falsified("an id that the sent journal lacks", "P6", lambda c: subprocess.run(["sed", "-i", f"/^sent {ID}/d", f"{c.dir}/journal-0/sent.log"], check=True))
falsified("the same request twice to a bank that does not deduplicate", "P1", lambda c: c.edit("tap.jsonl", lambda rows: rows + [
    {**r, "n": 900000 + r["n"]} for r in rows if r["what"] == "request" and r.get("path") == "/v1/transfers" and r["bank"] == "beta"]))
falsified("a callback that was answered and is gone", "P8 P9", lambda c: c.sql("delete from bank.message where id = (select message from payout.payout_move m "
          f"join payout.cause k on k.code = m.cause where k.name = 'callback' and m.payout = {one})"))
falsified("a callback that was answered and came in later", "P9", lambda c: of_tap(c, lambda row: row.update(t=row["t"] - 10**10) if row["what"] == "response"
                                                                                  and row["dir"] == "in" else None))
falsified("a callback that was taken a month after it was signed", "P9", lambda c: of_tap(c, lambda row: row["headers"].update({"webhook-timestamp": "1700000000"})
          if row["what"] == "request" and row["dir"] == "in" else None))
falsified("a callback of another bank that was believed", "P8 P9", lambda c: of_tap(c, lambda row: row.update(bank="gamma", n=row["n"] + 10**6)
          if row["dir"] == "in" and row["bank"] == "alpha" else None))
falsified("a callback about another amount that was believed", "P8 P9", lambda c: of_tap(c, lambda row: row.update(body=re.sub('"amount":([0-9])', '"amount":9\\1', row["body"]))
          if row["dir"] == "in" and row["what"] == "request" else None))
falsified("an account number in a log", "P10", log(f"account {ACCOUNT} refused"))
falsified("a personal ID in a log", "P10", log("person 099150250263 is unknown"))
falsified("a name in a log", "P10", log(f"{NAME} is unknown"))
falsified("a payout that never ended", "P3 P8 P11", lambda c: c.sql(f"update payout.payout_state set state = 4 where payout = {NOT_PAID}"))
falsified("a dispatch that ended while a payment in it was in doubt", "P11", lambda c: c.sql("update payout.dispatch set state = 'ended', ask_after = null "
          "where id in (select dispatch from payout.payout_state where state in (3, 4, 5))"))
falsified("a payout without an end whose break is gone", "P11", lambda c: c.sql("delete from recon.break where kind = 'overdue'"))
falsified("not paid where the bank does not honour valid-until", "P5", lambda c: c.sql("update org.channel set honours_valid_until = false"))
falsified("not paid beside a statement that does not add up", "P5", lambda c: c.sql("update bank.statement set complete = false"))

explained = subprocess.run(["tests/chaos/oracle", w.dir, "--explain", ID], env=w.env, capture_output=True, text=True, check=False).stdout
tap.ok(all(word in explained for word in ("statement", "in ", "alpha payment", "credited → settled", f"{AMOUNT}")), "--explain shows one payout from four sides", explained.splitlines())
tap.ok(max(map(len, explained.splitlines())) <= 160, "on a terminal of 160 columns")
tap.done()
