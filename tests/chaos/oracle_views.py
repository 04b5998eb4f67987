"""The four views of a run that the oracle judges by: the banks' books, the proxy's tap, the archive with the sent journals and logs, the database.

Files are only appended to, so what was read once is kept in CHAOS_DIR/oracle.db (SQLite) and the next call reads on from there. Reads only;
knows the formats, and no rule."""
import glob
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import time

TABLES = """
create table if not exists place (file text primary key, upto integer, more text);
create table if not exists xfer (bank text, ref integer, id text, amount integer, booked integer, creditor_bank text, account text, status text, why text,
	valid_until integer, at integer, entry integer, primary key (bank, ref)) without rowid;
create index if not exists xfer_id on xfer (id);
create table if not exists entry (bank text, n integer, number text, direction text, amount integer, id text, ref integer, account text, parts integer default 0,
	day text, hidden integer default 0, adjusted integer default 0, booked_at integer, primary key (bank, n)) without rowid;
create index if not exists entry_id on entry (id);
create index if not exists entry_day on entry (number, day);
create table if not exists close (number text, day text, opening integer, closing integer, lines integer, primary key (number, day)) without rowid;
create table if not exists ask (id text, bank text, n integer, t integer, amount integer, creditor_bank text, account text, debtor text, valid_until text,
	complete integer, dup integer);
create index if not exists ask_id on ask (id);
create table if not exists said (id text, bank text, t integer, status text, reason text, amount integer, account text, made integer, message text);
create index if not exists said_id on said (id);
create table if not exists request (bank text, direction text, n integer, ids text, primary key (bank, direction, n)) without rowid;
create table if not exists callback (bank text, n integer, t integer, message text, sha256 text, stamp integer, answered integer, status integer, judged integer default 0,
	primary key (bank, n)) without rowid;
create table if not exists seen (id text, pos integer);
create index if not exists seen_id on seen (id);
create table if not exists secret (text text primary key, kind text) without rowid;
create table if not exists leak (file text, at integer, kind text, text text);
create table if not exists journal (id text, file text, word text, amount integer, account text, payout integer);
create index if not exists journal_id on journal (id);
create table if not exists peak (level integer primary key, hash blob);
create table if not exists clock (at integer, offset_us integer);
"""
OURS = re.compile(r"(?!bank|proxy|tap|faultproxy|oracle).*")
MINUTE = re.compile(rb"[0-9]{9,}")


class Views:
    def __init__(self, place, memory, fresh=False):
        self.dir = place
        path = os.path.join(place, memory)
        if fresh:
            for end in ("", "-journal", "-wal", "-shm"):
                if os.path.exists(path + end):
                    os.unlink(path + end)
        self.db = sqlite3.connect(path)
        self.db.executescript("pragma journal_mode = memory; pragma synchronous = off;" + TABLES)
        self.wrong = []         # (property, why): a file that is not what it must be

    def rows(self, statement, *values):
        return self.db.execute(statement, values).fetchall()

    def one(self, statement, *values):
        return self.db.execute(statement, values).fetchone()

    def kept(self, name, default=None):
        row = self.one("select more from place where file = ?", "=" + name)
        return json.loads(row[0]) if row else default

    def keep(self, name, value):
        self.db.execute("insert or replace into place values (?, 0, ?)", ("=" + name, json.dumps(value)))

    def whole_lines(self, path):
        """Lines that are new since the last call, with their places; a line without its end is not there yet."""
        name = os.path.relpath(path, self.dir)
        row = self.one("select upto, more from place where file = ?", name)
        upto, tail = row if row else (0, "")
        with open(path, "rb") as file:
            at = max(0, upto - 200)
            file.seek(at)
            before = file.read(upto - at)
            if len(before) != upto - at or hashlib.sha256(before).hexdigest() != (tail or hashlib.sha256(b"").hexdigest()):
                self.wrong.append(("P2" if "book" in name else "P6", f"{name} was changed where it had been written already"))
                return
            data = file.read()
        end = data.rfind(b"\n") + 1
        at = upto
        for line in data[:end].splitlines(keepends=True):
            yield at, line
            at += len(line)
        before = (before + data[:end])[-min(200, upto + end):] if upto + end else b""
        self.db.execute("insert or replace into place values (?, ?, ?)", (name, upto + end, hashlib.sha256(before).hexdigest()))

    def read(self):
        self.read_us = time.time_ns() // 1000
        for path in sorted(glob.glob(f"{self.dir}/bank-*/book.jsonl")):
            self.read_book(os.path.basename(os.path.dirname(path))[5:], path)
        if os.path.exists(f"{self.dir}/tap.jsonl"):
            self.read_tap(f"{self.dir}/tap.jsonl")
        for path in sorted(glob.glob(f"{self.dir}/journal-*/sent.log") + glob.glob(f"{self.dir}/journal-*/*/sent.log")):
            self.read_journal(path)
        if os.path.exists(f"{self.dir}/clock.jsonl"):
            for _, line in self.whole_lines(f"{self.dir}/clock.jsonl"):
                v = json.loads(line)
                self.db.execute("insert into clock values (?, ?)", (v["t"], v["offset_us"]))

    def business_us(self, t):
        """What our business clock said at that instant of the real one, at the latest; None: nobody wrote it down."""
        row = self.one("select offset_us from clock where at <= ? order by at desc limit 1", t)
        return t // 1000 + row[0] if row else None

    # ---- the bank's book (tests/fakebank/README.md)

    def read_book(self, bank, path):
        have = self.kept("book " + bank, {"day": None, "funds": [], "msg": {}})
        put = self.db.execute
        for _, line in self.whole_lines(path):
            v = json.loads(line)
            f = v["f"]
            if f == "bank" or f == "day":
                have["day"] = v["date"]
            elif f == "fund":
                have["funds"].append(v["acct"])
                put("insert into close values (?, '', ?, ?, 0)", (v["acct"], v["opening"], v["opening"]))
            elif f == "msg":
                have["msg"] = v
            elif f == "xfer":
                msg = have["msg"]
                put("insert into xfer values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (bank, v["ref"], v["id"], v["amt"], v.get("booked", v["amt"]), v["bank"],
                    v["to"], v["st"], v.get("why"), msg["until"], msg["at"], v.get("entry")))
                if v.get("entry"):
                    self.debit(bank, v["entry"], msg["from"], v["id"], v.get("booked", v["amt"]), v["ref"], v["to"], have["day"], msg["at"])
            elif f in ("exec", "post"):
                if f == "exec":
                    put("update xfer set status = ?, why = ? where bank = ? and ref = ?", (v["st"], v.get("why"), bank, v["ref"]))
                if v.get("entry"):
                    id_, booked, to = self.one("select id, booked, account from xfer where bank = ? and ref = ?", bank, v["ref"])
                    put("update xfer set entry = ? where bank = ? and ref = ?", (v["entry"], bank, v["ref"]))
                    fund = have["funds"][0] if len(have["funds"]) == 1 else have["msg"].get("from")
                    self.debit(bank, v["entry"], fund, id_, booked, v["ref"], to, have["day"], v.get("at"))
            elif f == "entry":
                put("insert into entry values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)", (bank, v["n"], v["acct"], v["dir"], v["amt"], v.get("e2e"), v.get("ref"),
                    v.get("cp"), len(v.get("refs", [])), have["day"], v["at"]))
                for ref in v.get("refs", []):
                    put("update xfer set entry = ? where bank = ? and ref = ?", (v["n"], bank, ref))
            elif f == "hide":
                put("update entry set hidden = 1, adjusted = ? where bank = ? and n = ?", (int(v["adjust"]), bank, v["n"]))
            elif f == "close":
                put("insert into close values (?, ?, ?, ?, ?)", (v["acct"], v["date"], v["opening"], v["closing"], v["lines"]))
        self.keep("book " + bank, have)

    def debit(self, bank, n, number, id_, amount, ref, account, day, at):
        self.db.execute("insert into entry values (?, ?, ?, 'debit', ?, ?, ?, ?, 0, ?, 0, 0, ?)", (bank, n, number, amount, id_, ref, account, day, at))

    # ---- the tap (README.md beside this)

    def read_tap(self, path):
        put = self.db.execute
        for pos, line in self.whole_lines(path):
            v = json.loads(line)
            if v["what"] not in ("request", "response"):
                continue
            body = v.get("body", "")
            if v["what"] == "request":
                if v["path"].startswith(("/v1/statements", "/v1/credits")):
                    continue
                said = self.items(body) if not v.get("b64") else ({}, [])
                ids = [i["end_to_end_id"] for i in said[1] if isinstance(i.get("end_to_end_id"), str)]
                put("insert or ignore into request values (?, ?, ?, ?)", (v["bank"], v["dir"], v["n"], " ".join(ids)))
                if v["dir"] == "in":
                    stamp = v["headers"].get("webhook-timestamp", "")
                    put("insert or ignore into callback (bank, n, t, message, sha256, stamp) values (?, ?, ?, ?, ?, ?)", (v["bank"], v["n"], v["t"],
                        v["headers"].get("webhook-id"), hashlib.sha256(body.encode()).hexdigest() if not v.get("b64") else "not text",
                        int(stamp) if stamp.isdecimal() else None))
                    self.words(v, said[1], False)
                elif v["path"].startswith("/v1/transfers"):
                    for i in said[1]:
                        put("insert into ask values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (i["end_to_end_id"], v["bank"], v["n"], v["t"], i["amount"], i["creditor_bank"],
                            i["creditor_account"], said[0].get("debtor_account"), said[0].get("valid_until"), int(bool(v.get("complete"))), int(bool(v.get("dup")))))
                        put("insert or ignore into secret values (?, 'account'), (?, 'name')", (i["creditor_account"], i["creditor_name"].casefold()))
                elif v["path"].startswith("/v1/account-inquiries"):
                    for i in said[1]:
                        for secret, kind in ((i.get("account"), "account"), (i.get("personal_id"), "id")):
                            if secret:
                                put("insert or ignore into secret values (?, ?)", (secret, kind))
            else:
                asked = self.one("select ids from request where bank = ? and direction = ? and n = ?", v["bank"], v["dir"], v["n"])
                if not asked:
                    continue
                ids = asked[0].split()
                if v["dir"] == "in":
                    if not v.get("made") and not v.get("dup"):
                        put("update callback set answered = ?, status = ? where bank = ? and n = ?", (v["t"], v["status"], v["bank"], v["n"]))
                elif not v.get("b64"):
                    head, items = self.items(body)
                    self.words(v, items, v.get("made"))
                    if isinstance(head.get("error"), dict):
                        self.words(v, [{"end_to_end_id": i, "status": "ERROR", "reason": head["error"].get("code")} for i in ids], v.get("made"))
            for id_ in set(ids):
                put("insert into seen values (?, ?)", (id_, pos))

    @staticmethod
    def items(body):
        try:
            head = json.loads(body)
            return head, [i for i in head.get("items", []) if isinstance(i, dict)]
        except (ValueError, AttributeError):
            return {}, []

    def words(self, v, items, made):
        for i in items:
            if "status" in i and "end_to_end_id" in i:
                self.db.execute("insert into said values (?, ?, ?, ?, ?, ?, ?, ?, ?)", (i["end_to_end_id"], v["bank"], v["t"], i["status"], i.get("reason"),
                    i.get("amount"), i.get("creditor_account"), int(bool(made)), v["headers"].get("webhook-id")))

    # ---- sent journals (ledger/payout/journal.h), manifests (chitra-line/v1), logs

    def read_journal(self, path):
        have = self.kept("journal " + path, [])
        for _, line in self.whole_lines(path):
            word = line.decode().split()
            if word[0] in ("dispatch", "done"):
                if word[0] == "done":
                    self.db.executemany("insert into journal values (?, ?, 'sent', ?, ?, ?)", have)
                have = []
            elif word[0] == "sent":
                have.append((word[1], path, int(word[2]), word[3], int(word[4])))
            elif word[0] in ("again", "not-sent"):
                self.db.execute("insert into journal values (?, ?, ?, null, null, null)", (word[1], path, word[0]))
        self.keep("journal " + path, have)

    def archive(self):
        for name in ("archive", "keys/archive"):
            if os.path.isdir(f"{self.dir}/{name}/manifest"):
                return f"{self.dir}/{name}"
        return f"{self.dir}/archive"

    def manifest(self, batch, version):
        """Its lines: dictionaries with the text's own words, and the RFC 6962 hash of each as `hash`. None: there is no such file."""
        try:
            with open(f"{self.archive()}/manifest/{batch}.v{version}", "rb") as file:
                parts = file.read().split(b"chitra-line/v1\n")[1:]
        except OSError:
            return None
        lines = []
        for part in parts:
            text = part.split(b"chitra-batch/v1\n")[0]
            words = dict(line.split(" ", 1) for line in text.decode().splitlines())
            words["hash"] = hashlib.sha256(b"\0chitra-line/v1\n" + text).hexdigest()
            lines.append(words)
        return lines

    def new_logs(self):
        for path in sorted(glob.glob(f"{self.dir}/log/**", recursive=True) + glob.glob(f"{self.dir}/pg/*log*") + glob.glob(f"{self.dir}/pg/log/*")):
            if os.path.isfile(path) and OURS.match(os.path.basename(path)):
                yield os.path.relpath(path, self.dir), self.whole_lines(path)

    def leaks(self, names):
        """What is secret and stands in a line of a log that is new: (file, place, kind, text)."""
        self.db.executemany("insert or ignore into secret values (?, 'name')", [(n.casefold(),) for n in names])
        secrets = dict(self.rows("select text, kind from secret"))
        firsts = {text.split()[0] for text, kind in secrets.items() if kind == "name" and " " in text}
        first = re.compile(r"\b(?:" + "|".join(map(re.escape, firsts)) + r")\b") if firsts else None
        for file, lines in self.new_logs():
            for at, raw in lines:
                for number in MINUTE.findall(raw):
                    text = number.decode()
                    if text in secrets or (len(text) == 12 and text.startswith("099")):
                        yield file, at, secrets.get(text, "id"), text
                line = raw.decode(errors="replace").casefold()
                for found in first.finditer(line) if first else ():
                    words = re.split(r"[ +]|%20", line[found.start():found.start() + 100])
                    for n in range(2, 7):
                        name = " ".join(words[:n]).strip('",.;)\n')
                        if secrets.get(name) == "name":
                            yield file, at, "name", name


class Database:
    """One psql, one snapshot, read only; each question's answer is one JSON value."""

    def __init__(self, place):
        self.env = dict(os.environ)
        if os.path.exists(f"{place}/env"):
            with open(f"{place}/env", encoding="utf-8") as file:
                self.env.update(w.split("=", 1) for w in file.read().replace("export ", "").split())
        self.env["PGOPTIONS"] = "-c default_transaction_read_only=on -c timezone=UTC -c extra_float_digits=3 -c jit=off -c work_mem=256MB"

    def ask(self, **questions):
        text = "begin isolation level repeatable read;\n" + "".join(
            f"select coalesce(json_agg(q), '[]') from ({question}) q;\n" for question in questions.values()) + "commit;\n"
        for left in range(50, -1, -1):
            done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-"], input=text, env=self.env, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                break
            if left == 0 or "ERROR" in done.stderr and "No space left" not in done.stderr and "connection to server was lost" not in done.stderr:
                raise RuntimeError(f"psql: {done.stderr}")
            time.sleep(0.1)
        answers = re.split(r"\n(?=\[)", done.stdout.strip())
        return dict(zip(questions, map(json.loads, answers)))
