"""What must hold when a round is over: P1 to P11. Each property is a function of the case (what was read) and says what breaks it.

The rules are DESIGN's laws and moves, bankapi/chitra-json.md, ledger/books/leaf.md and the comments of sql/migrations, written a second time."""
import base64
import datetime
import hashlib
import os
import re
import subprocess
from collections import Counter, defaultdict

READY, HELD, SENT, UNKNOWN, ACCEPTED, CREDITED, SETTLED, REJECTED, NOT_PAID, RETURNED, CANCELLED = range(1, 12)
NAMES = ["", "ready", "held", "sent", "unknown", "accepted", "credited", "settled", "rejected", "not_paid", "returned", "cancelled"]
ENDED = {SETTLED, REJECTED, NOT_PAID, RETURNED, CANCELLED}
UNDER_WAY = {SENT, ACCEPTED, UNKNOWN, CREDITED}
LEGAL = {(READY, SENT), (READY, HELD), (READY, CANCELLED), (HELD, READY), (HELD, CANCELLED), (SENT, ACCEPTED), (SENT, UNKNOWN), (ACCEPTED, UNKNOWN),
         (UNKNOWN, ACCEPTED), (CREDITED, SETTLED), (CREDITED, NOT_PAID), (SETTLED, RETURNED), (REJECTED, SETTLED), (NOT_PAID, SETTLED), (CANCELLED, SETTLED)}
LEGAL |= {(a, b) for a in (SENT, ACCEPTED, UNKNOWN) for b in (CREDITED, REJECTED, SETTLED, NOT_PAID)}
# Whose word leads where, and the message that it must name.
CAUSES = {"dispatch": ({SENT}, None), "reply": ({UNKNOWN, ACCEPTED, CREDITED, REJECTED}, "reply"), "callback": ({UNKNOWN, ACCEPTED, CREDITED, REJECTED}, "callback"),
          "enquiry": ({UNKNOWN, ACCEPTED, CREDITED, REJECTED}, "reply"), "statement": ({SETTLED, RETURNED}, "file"), "absence": ({NOT_PAID}, None),
          "silence": ({UNKNOWN}, None), "takeover": ({UNKNOWN}, None), "officer": ({READY, HELD, CANCELLED}, None), "rule": ({HELD}, None),
          "cash_list": ({SETTLED, NOT_PAID}, None), "recovery": (set(range(1, 11)) - {ACCEPTED, CREDITED}, None), "finding": ({HELD}, None),
          "resolution": ({SETTLED, RETURNED}, None)}
# Between a look at the clock and the tap a request may be delayed, and its sender be stopped, so long.
LATE_US = 4_000_000
WINDOW_S = 300
SAID = {CREDITED: {"ACCC"}, REJECTED: {"RJCT"}, ACCEPTED: {"PDNG", "ACCP", "ACSC"}}
EXTRA = {"double_debit", "contradiction"}
STRAY = {"rogue_debit", "unmatched_debit"}


def vn_day(seconds):
    return (datetime.datetime.utcfromtimestamp(seconds) + datetime.timedelta(hours=7)).strftime("%Y-%m-%d")


class Case:
    """What a call looks at: its payouts with everything that anybody says of them."""

    def __init__(self, views, got, final, faults=(), before=()):
        self.v, self.final = views, final
        self.got, self.failures, self.waiting, self.faults = got, [], [], faults
        self.payouts = {p["id"]: p for p in got["payouts"]}
        self.mine = [p for p in got["payouts"] if p["mine"]]
        self.moves, self.breaks, self.line_breaks = defaultdict(list), defaultdict(list), defaultdict(list)
        for m in got["moves"]:
            self.moves[m["payout"]].append(m)
        for b in got["breaks"]:
            if b["payout"]:
                self.breaks[b["payout"]].append(b)
            if b["entry_ref"]:
                self.line_breaks[b["number"], b["entry_ref"]].append(b)
        self.nameless = {(line["number"], line["entry_ref"]) for line in got["lines"] if not line["e2e"]}
        self.closed = {(n, d) for n, d in views.rows("select number, day from close")}
        self.own = [p for p in self.mine if p["id"] not in before]      # the round's; the others waited
        if not final:       # what the database knows and our files cannot yet is judged the next time
            self.waiting += [p["id"] for p in self.mine if any(int(m["us"]) > views.read_us for m in self.moves[p["id"]])]
            self.mine = [p for p in self.mine if p["id"] not in self.waiting]
        for p in got["payouts"]:
            self.attach(p)

    def attach(self, p):
        id_ = p["e2e"]
        p["asks"] = self.v.rows("select t, amount, creditor_bank, account, debtor, valid_until, complete, dup, bank from ask where id = ? order by t", id_)
        p["xfers"] = self.v.rows("select ref, amount, booked, creditor_bank, account, status, why, at, entry, valid_until, bank from xfer where id = ? order by ref", id_)
        p["said"] = self.v.rows("select t, status, reason, amount, account, made, bank, message from said where id = ? order by t", id_)
        own = {(x[10], x[8]) for x in p["xfers"] if x[8]}
        rows = self.v.rows("select bank, n, number, day, direction, amount, ref, account, hidden, adjusted, parts, booked_at from entry where id = ? order by n", id_)
        keys = "bank n number day direction amount ref account hidden adjusted parts at".split()
        booked = [dict(zip(keys, r), own=(r[0], r[1]) in own) for r in rows]
        for x in p["xfers"]:                    # several payments in one line
            if x[8] and (x[10], x[8]) not in {(e["bank"], e["n"]) for e in booked}:
                r = self.v.one("select bank, n, number, day, direction, amount, ref, account, hidden, adjusted, parts, booked_at from entry where bank = ? and n = ?", x[10], x[8])
                booked.append(dict(zip(keys, r), own=True, amount=x[2], account=x[4]))
        p["all_debits"] = [e for e in booked if e["direction"] == "debit"]
        booked = [e for e in booked if (e["number"], e["day"]) in self.closed]
        p["debits"] = [e for e in booked if e["direction"] == "debit"]
        p["returns"] = [e for e in booked if e["direction"] == "credit"]
        wanted = p["asks"][0][3] if p["asks"] else None
        p["good"] = [e for e in p["debits"] if e["amount"] == p["amount"] and e["account"] == wanted]

    def fail(self, name, why, p=None, payout=None):
        p = p or (self.payouts.get(payout) if payout else None)
        self.failures.append({"property": name, "payout": p["id"] if p else payout, "end_to_end_id": p["e2e"] if p else None, "why": why})

    def entry_ref(self, e):
        return f"{e['bank'].upper()}-{e['day'][2:].replace('-', '')}-{e['n']}"

    def is_nameless(self, e):
        """The statement has it without its id."""
        return (e["number"], self.entry_ref(e)) in self.nameless

    def named(self, p, e, kinds):
        """A break of such a kind over exactly this entry's money, by its line; that it is another amount than signed is about the difference."""
        return any(b["kind"] in kinds and b["amount"] == (abs(e["amount"] - p["amount"]) if b["kind"] == "amount_differs" else e["amount"])
                   for b in self.line_breaks[e["number"], self.entry_ref(e)])

    def kinds(self, p):
        return {b["kind"] for b in self.breaks[p["id"]]}


def right(case, p, e):
    """What kind of break this debit needs when it cannot be the payout's own."""
    kinds = set(EXTRA)
    if e["amount"] != p["amount"]:
        kinds |= {"amount_differs"}
    if p["asks"] and e["account"] != p["asks"][0][3]:
        kinds |= {"account_differs"}
    return kinds


def told_no(p):
    """The bank itself refused it, in a signed word: then what it does afterwards is its own contradiction."""
    return any(s[1] == "RJCT" and s[2] != "DUPL" and not s[5] for s in p["said"])


def p1_one_debit_a_claim(case):
    claims = defaultdict(list)
    for p in case.got["payouts"]:
        claims[p["claim"]].append(p)
    for p in case.mine:
        originals = [a for a in p["asks"] if a[6] and not a[7]]
        if not p["deduplicates"] and len(originals) > 1:
            case.fail("P1", f"sent {len(originals)} times to a bank that does not deduplicate", p)
    for claim, of in claims.items():
        net = 0
        for p in of:
            back, stays = list(p["returns"]), []
            for e in p["debits"]:
                gave = next((r for r in back if r["amount"] == e["amount"]), None)
                if gave:
                    back.remove(gave)
                else:
                    stays.append(e)
            # Which of two stands on the statement with its id is ours; the other one has a break, whatever the statement makes of it.
            own = sorted((e for e in stays if e in p["good"]), key=lambda e: (e["hidden"], case.is_nameless(e)))
            keep = own[:1] if p["state"] not in (REJECTED, NOT_PAID, CANCELLED) else []
            net += len(keep)
            for e in stays:
                if e not in keep and p["state"] in {SETTLED, RETURNED} | UNDER_WAY and not case.named(p, e, STRAY if case.is_nameless(e) else right(case, p, e)) \
                        and not (e["hidden"] and (e["adjusted"] or "lost_line" in case.kinds(p))):
                    case.fail("P1", f"debited again by {case.entry_ref(e)}, {e['amount']} dong, and no break names it", p)
        if net > 1:
            case.fail("P1", f"claim {claim} is paid {net} times", of[-1])


def p2_bank_and_books(case):
    lines, seen = defaultdict(list), set()
    for line in case.got["lines"]:
        lines[line["number"], line["day"]].append(line)
    for s in case.got["statements"]:
        key, taken = (s["number"], s["day"]), defaultdict(list)
        close = case.v.one("select opening, closing, lines from close where number = ? and day = ?", *key)
        if not close or (s["opening"], s["closing"], s["line_count"]) != close:
            case.fail("P2", f"statement {key} says {s['opening']} {s['closing']} {s['line_count']}, the bank's book {close}")
        for line in lines[key]:
            if not line["detail"]:
                taken[line["entry_ref"]].append(line)
            if not line["has_details"] and len(line["became"]) != 1 and not (len(line["became"]) > 1 and sum(k["amount"] for k in line["became"]) == line["amount"]):
                case.fail("P2", f"statement line {line['entry_ref']} became {[k['kind'] for k in line['became']]}", payout=line["payout"])
            if any(k["kind"] == "suspense" for k in line["became"]) and not case.line_breaks[s["number"], line["entry_ref"]]:
                case.fail("P2", f"statement line {line['entry_ref']} is in suspense without a break", payout=line["payout"])
        for bank, n, direction, amount, id_ in case.v.rows("select bank, n, direction, amount, id from entry where number = ? and day = ? and not hidden", *key):
            name = f"{bank.upper()}-{s['day'][2:].replace('-', '')}-{n}"
            have = taken.pop(name, [])
            if len(have) != 1 or (have[0]["direction"], have[0]["amount"]) != (direction, amount) or have[0]["e2e"] not in (id_, None):
                case.fail("P2", f"the bank booked {name} {direction} {amount} {id_}, the database has {len(have)} such lines {have[:1]}")
        for name in taken:
            case.fail("P2", f"the database has a statement line {name} that the bank never booked")
        seen.add(key)
    for a in case.got["accounts"]:
        day, own = a["last_day"], None
        if day:
            own = case.v.one("select coalesce(sum(case direction when 'credit' then amount else -amount end), 0) from entry where number = ? and day <= ? and not hidden",
                             a["number"], day)[0] + case.v.one("select opening from close where number = ? and day = ''", a["number"])[0] + a["open_day"]
        if own is not None and own != a["balance"]:
            case.fail("P2", f"account {a['code']}: the bank's book comes to {own}, ours to {a['balance']}")


def p3_ledger_adds_up(case):
    total = 0
    for a in case.got["balances"]:
        total += a["balance"]
        if not a["balance"] == a["postings"] == a["last"] == a["days"]:
            case.fail("P3", f"account {a['code']}: balance {a['balance']}, postings {a['postings']}, last {a['last']}, days {a['days']}")
    if total:
        case.fail("P3", f"the accounts add up to {total}")
    for t in case.got["uneven"]:
        case.fail("P3", f"transaction {t['seq']}: its postings add up to {t['sum']}")
    for f in case.got["in_flight"]:
        if f["books"] != f["payouts"]:
            case.fail("P3", f"in flight of {f['code']}: {f['books']} in the books, {f['payouts']} in payouts")
    ends = {(e["idem"]): e for e in case.got["ends"]}
    for p in case.mine:
        for state in (SETTLED, REJECTED, NOT_PAID, RETURNED):
            went = any(m["to"] == state for m in case.moves[p["id"]])
            leaf = ends.get(f"p{p['id']}.{NAMES[state]}")
            if went and not any(m["cause"] in ("resolution", "recovery") and m["to"] == state for m in case.moves[p["id"]]) and (
                    not leaf or f"\nid {p['e2e']}\nline {p['line_hash']}\namount {p['amount']} VND\n" not in leaf["leaf"]):
                case.fail("P3", f"{NAMES[state]} without such a transaction in the books", p)
            if leaf and not went:
                case.fail("P3", f"the books have it {NAMES[state]} and it never was", p)


def p4_manifest_and_payouts(case):
    batches, id_key = defaultdict(list), None
    for p in case.own:
        if p["batch_state"] in ("released", "closed"):
            batches[p["batch"], p["version"]].append(p)
    for name in (f"{case.v.dir}/keys/id", ):
        if os.path.exists(name):
            with open(name, encoding="ascii") as file:
                id_key = bytes.fromhex(file.read().strip())
    for (batch, version), payouts in batches.items():
        lines = case.v.manifest(batch, version)
        if lines is None:
            case.fail("P4", f"batch {batch} is released and the archive has no manifest of it", payouts[0])
            continue
        count = Counter(line["id"] for line in lines)
        of = {p["e2e"]: p for p in payouts}
        for line in lines:
            p = of.pop(line["id"], None)
            if not p or count[line["id"]] != 1:
                case.fail("P4", f"manifest {batch}.v{version} has line {line['line']}, {line['id']}, and the database no such payout")
                continue
            p["signed"] = line
            if (line["amount"], line["account"], line["hash"], line["line"]) != (f"{p['amount']} VND", p["account_hash"], p["line_hash"], str(p["line"])):
                case.fail("P4", "its row is not what the manifest says", p)
            programme, month, kind, anchor, instalment = line["claim"].split()
            text = f"chitra-e2e/v1\n{programme}\n{month}\n{kind}\n{anchor}\n{instalment}\n{line['issue']}\n".encode()
            if id_key and base32(hashlib.blake2b(text, key=id_key, digest_size=32).digest()) != line["id"]:
                case.fail("P4", "its id is not derived from what it is", p)
        for p in of.values():
            case.fail("P4", f"manifest {batch}.v{version} has no such line", p)


def base32(data):
    number = int.from_bytes(data[:12], "big") >> 1
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> 5 * (18 - i) & 31] for i in range(19))


def p5_state_is_the_banks(case):
    for p in case.mine:
        state = p["state"]
        if p["kind"] != "bank":
            continue
        lost = [e for e in p["debits"] if e["hidden"]]
        if state in (SETTLED, RETURNED) and not [e for e in p["good"] if not e["hidden"]]:
            case.fail("P5", f"{NAMES[state]}, and the bank's book has no debit of its amount and account", p)
        if state == SETTLED and any(r["amount"] == p["amount"] and not r["hidden"] for r in p["returns"]) and len(p["returns"]) >= len(p["debits"]):
            case.fail("P5", "settled, and the bank gave it back", p)
        if state == RETURNED and not any(r["amount"] == p["amount"] for r in p["returns"]):
            case.fail("P5", "returned, and the bank's book has no return", p)
        if state in (REJECTED, NOT_PAID, CANCELLED, READY, HELD):
            theirs = state == REJECTED and told_no(p) or state == NOT_PAID and any(e["at"] and e["at"] > x[9] for e in p["debits"] for x in p["xfers"])
            for e in p["debits"]:
                if not (theirs and case.named(p, e, right(case, p, e))) and not (state == NOT_PAID and e["hidden"] and e["adjusted"]):
                    case.fail("P5", f"{NAMES[state]}, and the bank debited {e['amount']} by {case.entry_ref(e)}", p)
        if state == REJECTED and not told_no(p) and not any(x[5] == "RJCT" and x[6] != "DUPL" for x in p["xfers"]):
            case.fail("P5", "rejected, and the bank never said so", p)
        if state == NOT_PAID and not p["honours"]:
            case.fail("P5", "not_paid at a bank that does not honour valid-until", p)
        if state == NOT_PAID and any(m["cause"] == "absence" for m in case.moves[p["id"]]) and not p["covered"]:
            case.fail("P5", "not_paid by absence, and there is no complete chain of statements past its validity", p)
        if state in UNDER_WAY:
            for e in p["debits"]:
                theirs = STRAY if case.is_nameless(e) else right(case, p, e)
                if e not in lost and not case.named(p, e, theirs):
                    case.fail("P5", f"{NAMES[state]}, and the bank debited {e['amount']} by {case.entry_ref(e)}", p)


def after_its_time(case, asked_us, sent):
    """The business time at which it left, as whoever sent it could know: he looks in the transaction that commits the attempt, and counts from there. (A
    sandbox's clock may jump in between.) When an attempt was made again nobody outside can say."""
    look_us = int(sent["began_us"]) if sent and sent["cause"] != "recovery" else asked_us - LATE_US
    at = case.v.business_us(look_us * 1000)
    return -1 if at is None else at + (asked_us - look_us if sent else 0)


def p6_debits_were_committed_first(case):
    hashes, accounts = {}, {}
    for p in case.mine:
        asked = [a for a in p["asks"] if not a[7]]
        sent = [m for m in case.moves[p["id"]] if m["to"] == SENT]
        wrote = case.v.rows("select amount, account, payout from journal where id = ? and word = 'sent'", p["e2e"])
        for a in asked:
            if not sent:
                case.fail("P6", "asked of the bank, and no attempt of it was ever committed", p)
            elif a[0] < int(sent[0]["us"]) * 1000 and sent[0]["cause"] != "recovery":
                case.fail("P6", "asked of the bank before its attempt was committed", p)
            if not wrote or any(w != (p["amount"], p["account_hash"], p["id"]) for w in wrote):
                case.fail("P6", f"asked of the bank, and the sent journal has {wrote or 'nothing'}", p)
            if (a[1], a[4]) != (p["amount"], p["number"]):
                case.fail("P6", f"asked of the bank with {a[1]} dong from {a[4]}, signed are {p['amount']} from {p['number']}", p)
            if not re.fullmatch(r"[0-9T:+-]+", a[5] or "") or abs(datetime.datetime.fromisoformat(a[5]).timestamp() - p["valid_until"]) >= 1:
                case.fail("P6", f"asked of the bank as valid until {a[5]}", p)
            late_us = after_its_time(case, a[0] // 1000, sent[0] if sent and a is asked[0] else None) - p["valid_until"] * 10**6
            if late_us > 0:
                case.fail("P6", f"asked of the bank {late_us / 10**6:.0f} s after its valid-until", p)
            # Which account a hash is, nobody outside can say; but one hash is one account, of all payouts ever.
            for table, key, value in ((hashes, p["account_hash"], (a[2], a[3])), (accounts, (a[2], a[3]), p["account_hash"])):
                if table.setdefault(key, value) != value:
                    case.fail("P6", f"asked of the bank for account {'…' + a[3][-4:]}, which is another payee's", p)
        for x in p["xfers"]:
            if not any((a[1], a[2], a[3], a[8]) == (x[1], x[3], x[4], x[10]) and a[0] // 10**9 for a in p["asks"]):
                case.fail("P6", f"the bank's book has an instruction of {x[1]} dong that the tap never saw", p)
        for e in p["all_debits"]:
            if not asked:
                case.fail("P6", f"the bank debited {case.entry_ref(e)}, and nobody asked for it", p)
    known = {p["e2e"] for p in case.got["payouts"]}
    upto = case.v.kept("strays", 0)
    for rowid, id_, n in case.v.rows("select rowid, id, n from ask where rowid > ? order by rowid", upto):
        upto = rowid
        if id_ not in known and not case.got["all_ids"].get(id_):
            case.fail("P6", f"the tap has a request (n {n}) for {id_}, which is no payout")
    case.v.keep("strays", upto)
    # Money that left without any payment of ours: the bank's own, and then it has a name.
    days = {(s["number"], s["day"]) for s in case.got["statements"]}
    for number, day in days:
        keys = "bank n number day direction amount id ref account parts hidden"
        for r in case.v.rows(f"select {keys.replace(' ', ', ')} from entry where number = ? and day = ? and direction = 'debit' and parts = 0 and id is null and not hidden", number, day):
            e = dict(zip(keys.split(), r))
            name = case.entry_ref(e)
            became = [k["kind"] for line in case.got["lines"] if line["entry_ref"] == name and line["number"] == number for k in line["became"]]
            if "suspense" in became and not any(b["kind"] in STRAY and b["amount"] == e["amount"] for b in case.line_breaks[number, name]):
                case.fail("P6", f"the bank debited {name} for nothing of ours, and no break says so")


def node(a, b):
    return hashlib.sha256(b"\1" + a + b).digest()


def p7_tree(case):
    peaks = {level: hash_ for level, hash_ in case.v.rows("select level, hash from peak")}
    size = case.v.kept("leaves", 0)
    heads = {h["size"]: h["root"] for h in case.got["heads"]}
    for h in case.got["checkpoints"]:
        text = base64.b64decode(h["note"]).decode().split("\n")
        if int(text[1]) != h["size"] or base64.b64decode(text[2]).hex() != heads.get(h["size"]):
            case.fail("P7", f"checkpoint {h['size']} is not of the tree of that size")
        kept = f"{case.v.archive()}/checkpoint/{h['size'] // 1000000}/{h['size']}"
        if os.path.exists(kept):
            with open(kept, "rb") as file:
                if not file.read().startswith("\n".join(text[:3]).encode()):
                    case.fail("P7", f"checkpoint {h['size']} is another one in the archive")
    for t in case.got["leaves"]:
        leaf = base64.b64decode(t["leaf"])
        hash_ = hashlib.sha256(b"\0" + leaf).digest()
        if t["seq"] != size:
            case.fail("P7", f"the books go on with {t['seq']} after {size}")
            break
        if hash_.hex() != t["hash"]:
            case.fail("P7", f"leaf {size} has another hash than its row")
        words = [line.split(" ") for line in leaf.decode().splitlines()]
        legs = [[w[1], int(w[2])] for w in words if w[0] == "p"]
        head = {w[0]: w[1] for w in words[1:8] if len(w) > 1}
        if (head.get("seq"), head.get("kind"), head.get("idem")) != (str(t["seq"]), t["kind"], t["idem"]) or legs != [[g["account"], g["amount"]] for g in t["legs"]]:
            case.fail("P7", f"leaf {size} does not say what its row and postings say")
        level = 0
        while size >> level & 1:
            hash_ = node(peaks.pop(level), hash_)
            level += 1
        peaks[level] = hash_
        size += 1
        if size in heads:
            levels = sorted(peaks)
            root = peaks[levels[0]]
            for level in levels[1:]:
                root = node(peaks[level], root)
            if root.hex() != heads[size]:
                case.fail("P7", f"the root over {size} leaves is not the one that was signed")
    case.v.db.execute("delete from peak")
    case.v.db.executemany("insert into peak values (?, ?)", peaks.items())
    case.v.keep("leaves", size)
    if case.final and os.path.isdir(f"{case.v.dir}/published"):
        verify = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/bin/chitra-verify")
        words = [verify, *(["--key", f"{case.v.dir}/log.key"] if os.path.exists(f"{case.v.dir}/log.key") else []),
                 *(["--admins", f"{case.v.dir}/keys/admin-keys"] if os.path.exists(f"{case.v.dir}/keys/admin-keys") else []), f"{case.v.dir}/published"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        found = [line for line in done.stdout.splitlines() if line.startswith("finding ") and not re.match(case.v.kept("known findings", r"$^"), line)]
        for line in found[:10]:
            case.fail("P7", f"chitra-verify: {line}")
        if done.returncode not in (0, 1):
            case.fail("P7", f"chitra-verify ended with {done.returncode}: {done.stderr[-300:]}")


def of_it(p, message):
    """What a message says of this payout: its own bank, about its amount and its account."""
    to = p["asks"][0][3] if p["asks"] else None
    return {s[1] for s in p["said"] if s[7] == message and s[6] == p["bank"] and s[3] == p["amount"] and s[4] == to and not s[5]}


def p8_legal_moves(case):
    for p in case.mine:
        at, n = READY, 0
        for m in case.moves[p["id"]]:
            n += 1
            allowed, source = CAUSES.get(m["cause"], (set(), None))
            if m["n"] != n or m["from"] != at or (m["from"], m["to"]) not in LEGAL:
                case.fail("P8", f"move {m['n']} goes from {NAMES[m['from']]} to {NAMES[m['to']]}, after {NAMES[at]}", p)
            elif m["to"] not in allowed or m["from"] in (REJECTED, NOT_PAID, CANCELLED) and m["cause"] not in ("resolution", "recovery"):
                case.fail("P8", f"moved to {NAMES[m['to']]} by {m['cause']}, which cannot say that", p)
            elif source and m["to"] != UNKNOWN and (m["direction"], m["authentic"]) != (source, True):
                case.fail("P8", f"moved to {NAMES[m['to']]} by {m['cause']}, and no authentic {source} is there that says it", p)
            elif source in ("reply", "callback") and m["to"] in SAID and not SAID[m["to"]] & of_it(p, m["external_id"]):
                case.fail("P8", f"moved to {NAMES[m['to']]} by {m['cause']}, and message {m['external_id']} does not say {' or '.join(sorted(SAID[m['to']]))} of it", p)
            at = m["to"]
        if p["state"] is None and p["batch_state"] in ("approved", "released", "closed"):
            case.fail("P8", "it was approved and has no state", p)
        elif p["state"] is not None and (at, n) != (p["state"], p["move_no"]):
            case.fail("P8", f"its moves end in {NAMES[at]} after {n}, its row says {NAMES[p['state']]} after {p['move_no']}", p)


def p9_answered_is_kept(case):
    rows = {(m["bank"], m["external_id"]): m for m in case.got["callbacks"]}
    lost = [(f["what"]["from"], f["what"]["to"]) for f in case.faults if f["kind"] == "pg.restored"]
    for bank, n, t, message, sha256, answered, stamp in case.v.rows(
            "select bank, n, t, message, sha256, answered, stamp from callback where not judged and status between 200 and 299"):
        m = rows.get((bank, message))
        if stamp is None or abs(t // 10**9 - stamp) > WINDOW_S + 2:
            case.fail("P9", f"callback {message} of {bank} (n {n}) was taken, {abs(t // 10**9 - (stamp or 0))} s from when it was signed")
        if any(at <= answered <= to for at, to in lost):
            continue    # went with the database; the bank does not say it again, and nobody needs it
        if not m:
            case.fail("P9", f"callback {message} of {bank} (n {n}) was answered and is not in the database")
        elif m["sha256"] != sha256:
            case.fail("P9", f"callback {message} of {bank} (n {n}) was answered and is in the database with another content")
        elif answered < int(m["us"]) * 1000:
            case.fail("P9", f"callback {message} of {bank} (n {n}) was answered before it was committed")
    case.v.db.execute("update callback set judged = 1 where status is not null")


def p10_nothing_leaks(case):
    for found in case.v.leaks(n["name"] for n in case.got["names"]):
        case.v.db.execute("insert into leak values (?, ?, ?, ?)", found)
    for file, at, kind, text in case.v.rows("select file, at, kind, text from leak"):
        case.fail("P10", f"{file} at byte {at}: {'an account number' if kind == 'account' else 'a personal ID' if kind == 'id' else 'a name'} ({len(text)} characters)")


def p11_ended_or_explained(case):
    held = {h["payout"] for h in case.got["holds"] if h["reason"]}
    for d in case.got["asleep"]:
        case.fail("P11", f"{NAMES[d['state']]}, and nobody asks about it: dispatch {d['dispatch']} is {d['dispatch_state']}{', held by nobody' if d['nobody'] else ''}",
                  payout=d["payout"])
    for p in case.mine:
        kinds = {b["kind"] for b in case.breaks[p["id"]] if b["outcome"] is None}
        if p["state"] is None or p["state"] in ENDED or p["state"] == HELD and p["id"] in held or p["state"] == READY and p["batch_state"] == "approved":
            continue
        if not p["told"] and not case.final and p["state"] in UNDER_WAY | {READY}:
            case.waiting.append(p["id"])    # no statement can say yet that it is late: judged again when one does
            continue
        due = {"overdue", "amount_differs", "account_differs", "contradiction", "double_debit"} | ({"lost_line"} if p["state"] == CREDITED else set())
        if p["state"] not in UNDER_WAY or not kinds & due:
            case.fail("P11", f"still {NAMES[p['state']]}, and nothing says why ({', '.join(sorted(kinds)) or 'no break'})", p)


PROPERTIES = [p1_one_debit_a_claim, p2_bank_and_books, p3_ledger_adds_up, p4_manifest_and_payouts, p5_state_is_the_banks, p6_debits_were_committed_first, p7_tree,
              p8_legal_moves, p9_answered_is_kept, p10_nothing_leaks, p11_ended_or_explained]
