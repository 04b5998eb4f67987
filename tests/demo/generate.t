#!/usr/bin/env python3
"""The demo's generator: what it says it planted is there, nothing else is, and its truth adds up. The lists are read here by
their headings, as an officer would, with none of the generator's code."""

import base64
import csv
import filecmp
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter, defaultdict

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))

import tap  # noqa: E402

GENERATE = os.path.join(ROOT, "ops", "demo", "generate")
REFERENCE = os.path.join(ROOT, "sql", "reference")


def equal(got, wanted, title):
    """Tables can be long: the beginning tells enough."""
    tap.ok(got == wanted, title, f"     got: {got}"[:600], f"expected: {wanted}"[:600])


def none(bad, title):
    bad = list(bad)
    tap.ok(not bad, title, f"{len(bad)} times, first {bad[:3]}"[:600])


def generate(out, *arguments):
    return subprocess.run((GENERATE, "--out", out, *arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def nfc(text):
    return unicodedata.normalize("NFC", text)


def bare(text):
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in text if unicodedata.category(c) != "Mn").upper()


def dong(text):
    if not re.fullmatch(r"\d+|\d{1,3}(\.\d{3})+", text):
        raise ValueError(text)
    return int(text.replace(".", ""))


class List:
    """One ward's list: heading found by name, rows up to the totals row."""

    def __init__(self, path):
        self.file = "lists/" + os.path.basename(path)
        self.ward, self.programme = self.file[6:-4].split("-")[:2]
        raw = open(path, "rb").read()
        self.bom = raw.startswith(b"\xef\xbb\xbf")
        text = raw.decode("utf-8-sig")
        self.text, self.delimiter = text, ";" if text.count(";") > text.count(",") else ","
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter))
        self.widths = {len(line) for line in lines}
        plain = [[bare(cell) for cell in line] for line in lines]
        self.head = next(i for i, line in enumerate(plain) if "SO CCCD" in line)
        self.above = [cell for line in plain[:self.head] for cell in line if cell]
        self.columns = plain[self.head]
        end = next(i for i, line in enumerate(plain) if "TONG CONG" in line)
        self.rows = [dict(zip(self.columns, line), row=self.head + 2 + i, file=self.file, programme=self.programme, ward=self.ward)
                     for i, line in enumerate(lines[self.head + 1:end])]
        self.money = "THANH TIEN" if self.programme == "rent" else "MUC TRO CAP"
        self.total = dong(lines[end][self.columns.index(self.money)])
        self.below = [cell for line in plain[end + 1:] for cell in line if cell]


def read_lists(out):
    return [List(os.path.join(out, "lists", name)) for name in sorted(os.listdir(os.path.join(out, "lists")))]


def rows_of(out, *path):
    with open(os.path.join(out, *path), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def differing(a, b):
    files = [os.path.relpath(os.path.join(d, f), a) for d, _, names in os.walk(a) for f in names]
    return [f for f in files if not os.path.exists(os.path.join(b, f)) or not filecmp.cmp(os.path.join(a, f), os.path.join(b, f), False)]


def structure(number, sex, birth):
    """What can be checked in a personal ID; there is no check digit."""
    year = birth[-4:]
    century = (int(year[:2]) - 19) * 2 + (nfc(sex) == "Nữ")
    return re.fullmatch(r"099\d{9}", number) and number[3] == str(century) and number[4:6] == year[2:]


def check_lists(lists, truth):
    people, rows = truth["people"], [r for one in lists for r in one.rows]
    equal((len(lists), len({one.ward for one in lists})), (54, 18), "18 wards give three lists each")
    equal(len(people), 3483, "exactly 3,483 distinct people")
    equal(Counter(p["programme"] for p in people.values()), {"merit": 609, "social": 2770, "rent": 104},
         "609 merit, 2,770 social, 104 rent")
    equal(len(rows), 3483 + len(truth["rejected_rows"]), "the bad rows are on top of them")
    equal({w for one in lists for w in one.widths - {18, 22}}, set(), "every line has as many cells as the heading")
    none((one.file for one in lists if "THANG 04 NAM 2024" not in one.above), "each list names its month above the heading")
    none((one.file for one in lists if "NGUOI LAP BIEU" not in one.below), "each list is signed below the totals row")
    none(((one.file, one.total) for one in lists if one.total != sum(dong(r[one.money]) for r in one.rows)),
         "the totals row of every list adds up")
    none((one.file for one in lists if [r["STT"] for r in one.rows] != [str(i + 1) for i in range(len(one.rows))]),
         "rows are numbered through")
    tap.ok(len({tuple(one.columns) for one in lists if one.programme == "merit"}) > 12, "the order of the columns differs by ward")
    tap.ok({one.delimiter for one in lists} == {",", ";"} and {one.bom for one in lists} == {True, False},
       "some lists have commas, some semicolons, some a byte order mark")
    tap.ok(any("1.500.000" in one.text for one in lists) and any("1500000" in one.text for one in lists), "amounts are written in two styles")
    none((r["NGAY SINH"] for r in rows if not re.fullmatch(r"(\d\d/\d\d/)?(19|20)\d\d", r["NGAY SINH"])), "birth dates are full, or a year")
    tap.ok(any(len(r["NGAY SINH"]) == 4 for r in rows), "some birth dates are a year only")
    none((r["SO CCCD"] for r in rows if len(r["SO CCCD"]) == 12 and not structure(r["SO CCCD"], r["GIOI TINH"], r["NGAY SINH"])),
         "every 12-digit ID fits sex and birth year and has the sample prefix")
    none((k for k in people if not re.fullmatch(r"099[0-3]\d{8}", k)), "every ID in truth has the form of a sample ID")
    none((r for r in rows if r["programme"] == "rent" and (r["TU THANG"], r["DEN THANG"], r["SO THANG"]) != ("04/2022", "06/2022", "3")),
         "rent support is for three months of 2022")
    none((r for r in rows if r["programme"] == "rent" and dong(r["THANH TIEN"]) != 3 * dong(r["MUC HO TRO"])),
         "... and the sum of a row is three times its month")
    invalid = [r for r in rows if r["DOI TUONG"].startswith("Thương binh")]
    none((r for r in invalid if not 21 <= int(r["TY LE TTCT (%)"].rstrip("%")) <= 80), "war invalids have 21 to 80 percent")


def owner(row):
    """The personal ID behind a row's ID cell, with the lost zero put back."""
    return row["SO CCCD"] if len(row["SO CCCD"]) == 12 else "0" + row["SO CCCD"]


def check_dirt(lists, truth, out):
    people, planted = truth["people"], truth["planted"]
    at = {(r["file"], r["row"]): r for one in lists for r in one.rows}
    bad = {(b["file"], b["row"]): b["reason"] for b in truth["rejected_rows"]}
    good = [r for key, r in at.items() if key not in bad]
    equal(sorted(bad.values()), ["cmnd", "duplicate", "id_damaged"], "three bad rows: a CMND, a duplicate, a damaged ID")
    equal(sorted(owner(r) for r in good), sorted(people), "without them each person stands on one list once")
    none((r for r in good if (r["programme"], r["ward"]) != tuple(people[owner(r)][k] for k in ("programme", "ward"))),
         "... of the programme and ward that truth says")
    none((r for r in good if nfc(r["HO VA TEN"]) != people[owner(r)]["name"] and bare(r["HO VA TEN"]) != bare(people[owner(r)]["name"])),
         "... under the same name, but for its spelling")
    by_reason = {reason: at[key] for key, reason in bad.items()}
    tap.ok(re.fullmatch(r"\d{9}", by_reason["cmnd"]["SO CCCD"]), "the CMND has nine digits")
    damaged = by_reason["id_damaged"]["SO CCCD"]
    prefixes = {r["prefix"] for r in rows_of(REFERENCE, "id_prefix.csv")} | {"099"}
    tap.ok(len(damaged) == 11 and ("0" + damaged)[:3] not in prefixes, "the damaged ID has eleven digits, and no zero makes it one")
    twice = by_reason["duplicate"]
    first = next(r for r in good if owner(r) == twice["SO CCCD"])
    tap.ok((first["ward"], first["programme"]) < (twice["ward"], twice["programme"]) and first["ward"] != twice["ward"],
       "the duplicate is on the list of a later ward")
    tap.ok(first["HO VA TEN"] != twice["HO VA TEN"] and bare(first["HO VA TEN"]) == bare(twice["HO VA TEN"]),
       "... with the tone mark placed the other way")

    repaired = {(r["file"], r["row"]): r["personal_id"] for r in truth["repaired_rows"]}
    equal({k: owner(at[k]) for k in at if k not in bad and len(at[k]["SO CCCD"]) == 11}, repaired,
         f"{len(repaired)} IDs lost the leading zero, and truth knows which")
    def decomposed(text):
        return text != nfc(text)
    planted_rows = {what: {(e["file"], e["row"]) for e in entries} for what, entries in planted.items()}
    whole = {one.file for one in lists if decomposed(one.text) and decomposed(" ".join(one.text.splitlines()[:6]))}
    equal(len(whole), 1, "one list is written in decomposed Unicode throughout")
    equal({k for k, r in at.items() if decomposed(r["HO VA TEN"]) and r["file"] not in whole},
         {k for k in planted_rows["decomposed_unicode"] | planted_rows["half_composed_unicode"] if k[0] not in whole},
         "single names are decomposed or half-composed exactly where truth says")
    names = [nfc(r["HO VA TEN"]) for r in good]
    tap.ok(any(n.endswith(("òa", "úy", "ủy", "ùy")) for n in names) and any(n.endswith(("oà", "uý", "uỷ", "uỳ")) for n in names),
       "both placements of the tone mark occur")
    holders = [(r["HO VA TEN"], r["CHU TAI KHOAN"]) for r in good if r["CHU TAI KHOAN"] and not r["NGUOI NHAN THAY"]]
    tap.ok(sum(h == bare(n) for n, h in holders) > 1000, "many holders are spelled without accents")
    none(((n, h) for n, h in holders if bare(n) != bare(h)), "... and every holder is the person")

    deaths = {d["Số CCCD"]: d["Ngày mất"] for d in rows_of(out, "population", "deaths.csv")}
    equal({k: deaths[k] for k in deaths if k in people}, {planted["dead"][0]["personal_id"]: "12/03/2024"},
         "one person of the lists is dead, since 12 March")
    equal([k for k, p in people.items() if p["state"] == "ended"], [planted["dead"][0]["personal_id"]], "... and has no claim")
    wrong = {owner(r): dong(r["MUC TRO CAP"]) for r in good
             if r["programme"] != "rent" and people[owner(r)]["claims"] and dong(r["MUC TRO CAP"]) != people[owner(r)]["claims"][0]["amount_dong"]}
    equal(wrong, {f["personal_id"]: f["list_dong"] for f in truth["findings"]}, "three lists' amounts are wrong, and no other")
    equal([p["state"] for k, p in people.items() if k in wrong], ["exception"] * 3, "... and wait for an officer")
    none((r for r in good if r["programme"] == "rent" and dong(r["MUC HO TRO"]) != people[owner(r)]["claims"][0]["amount_dong"]),
         "rent rows say what is owed")
    delegated = [r for r in good if r["NGUOI NHAN THAY"]]
    equal([(owner(r), bool(r["GIAY UY QUYEN"]), r["UY QUYEN DEN NGAY"]) for r in delegated],
         [(k, True, "31/12/2024") for k, p in people.items() if p["method"] == "delegate"], "a delegate's account comes with its authority")
    equal({owner(r) for r in good if r["HINH THUC CHI TRA"] == "Tiền mặt"}, {k for k, p in people.items() if p["method"] == "cash_wish"},
         "who wishes cash says so on the list")
    equal(Counter(p["method"] for p in people.values()), {"account": 3473, "cash_wish": 3, "cash_want": 6, "delegate": 1},
         "three wish cash, six have no account, one has a delegate")
    equal(Counter(p["state"] for p in people.values()),
         {"settled": 3476, "returned": 1, "rejected": 1, "uncollected": 1, "exception": 3, "ended": 1}, "every state is there as planted")


def check_bank(lists, truth, out):
    people = truth["people"]
    register = {a["account"]: a for a in rows_of(out, "bank", "fakebank-accounts.csv")}
    in_list = rows_of(out, "bank", "demo-accounts.csv")
    faults = {e["personal_id"]: e["suffix"] for e in truth["planted"]["fault_accounts"]}
    equal(len(register), len(rows_of(out, "bank", "fakebank-accounts.csv")), "no account number occurs twice")
    none((a for a in register if not re.fullmatch(r"[0-9A-Z]{12,34}", a)), "account numbers are 12 to 34 digits and letters")
    tap.ok(any(re.search("[A-Z]", a) for a in register), "... some with letters")
    none(((a, r["personal_id"]) for a, r in register.items()
          if (a[-2:] if "01" <= a[-2:] <= "12" else None) != faults.get(r["personal_id"])), "an account ends in a fault's number only where truth says")
    none((a for a, r in register.items() if r["personal_id"] in faults and not re.fullmatch(r"9\d{11,}", a)),
         "... and a fault's account begins with 9 and has at least 12 digits")
    equal(Counter(faults.values()), {"01": 1, "02": 3, "03": 3, "04": 1, "07": 2, "08": 2}, "each fault is there as often as planned")
    none((r for r in register.values() if (r["bank"], r["status"]) != ("DEMO", "open")), "all are open at the bank DEMO")
    mine = {r["personal_id"] for r in register.values()}
    equal({k for k, p in people.items() if p["method"] != "cash_want"} - mine, {k for k, p in people.items() if p["method"] == "delegate"},
         "everybody has an account but who wants one and who has a delegate")
    share = len(in_list) / len(register)
    tap.ok(.67 < share < .73, "the bank's list knows about 70 % of the accounts", share)
    none((a for a in in_list if (register[a["Số tài khoản"]]["personal_id"], register[a["Số tài khoản"]]["holder_name"])
          != (a["Số CCCD"], a["Họ tên chủ tài khoản"])), "... with the holders and IDs that the bank has")
    none((r for r in register.values() if r["personal_id"] in people and r["holder_name"] != bare(people[r["personal_id"]]["name"])),
         "the bank writes holders in upper case without accents")
    rejected = {(b["file"], b["row"]) for b in truth["rejected_rows"]}
    on_lists = [r for one in lists for r in one.rows if (r["file"], r["row"]) not in rejected]
    none((r for r in on_lists if r["SO TAI KHOAN"] and not r["NGUOI NHAN THAY"] and register[r["SO TAI KHOAN"]]["personal_id"] != owner(r)),
         "an account on a list is the person's own")
    listed = {a["Số CCCD"] for a in in_list}
    none((r for r in on_lists if not r["SO TAI KHOAN"] and people[owner(r)]["method"] == "account" and owner(r) not in listed),
         "who has no account on the list has one in the bank's list")
    closed = [k for k, suffix in faults.items() if suffix == "01"]
    tap.ok(all(k in listed and people[k]["state"] == "rejected" for k in closed), "the closed account is still open in the bank's list")


def check_truth(truth):
    people, table, totals = truth["people"], defaultdict(Counter), truth["totals"]
    sums, needed, batches = Counter(), Counter(), defaultdict(Counter)
    for p in people.values():
        row, due = table[p["programme"], p["ward"]], sum(c["amount_dong"] for c in p["claims"])
        row["on_list"] += 1
        if p["state"] not in ("ended", "exception"):
            cash = p["method"].startswith("cash")
            row[p["method"] if cash else "payable"] += 1
            row[p["state"]] += 1
            needed["so-ldtbxh" if p["programme"] == "merit" else "phong-ldtbxh-phan-thiet"] += due
            batch = batches[p["programme"], p["ward"], "cash" if cash else "account"]
            batch.update(lines=len(p["claims"]), sum_dong=due)
            sums[f"{p['state']}_dong"] += due
            sums["settled_count"] += len(p["claims"]) if p["state"] == "settled" else 0
            sums["cash"] += due if cash else 0
        else:
            row["ended" if p["state"] == "ended" else "exceptions"] += 1
        if p["state"] == "settled":
            row["settled_dong"] += due
    for row in truth["table"]:
        got = table[row["programme"], row["ward"]]
        if any(got[c] != row[c] for c in ("on_list", "payable", "cash_wish", "cash_want", "exceptions", "ended", "settled", "returned",
                                         "settled_dong", "rejected", "uncollected")):
            tap.ok(False, f"the table adds up for {row['programme']} {row['ward']}", got, row)
    equal(len(truth["table"]), len(table), "the table has a line for each programme and ward, and each adds up")
    equal({k: totals[k] for k in ("settled_dong", "returned_dong", "rejected_dong", "uncollected_dong", "settled_count")},
         {k: sums[k] for k in ("settled_dong", "returned_dong", "rejected_dong", "uncollected_dong", "settled_count")},
         "the totals are the sums over the people")
    equal(truth["needed_dong_by_agency"], dict(needed), "what each agency needs is the sum of what is released")
    equal({(b["programme"], b["ward"], b["channel"]): (b["lines"], b["sum_dong"]) for b in truth["batches"]},
         {k: (b["lines"], b["sum_dong"]) for k, b in batches.items()}, "each batch is the sum of its people")
    equal(totals["people"], sum(totals[k] for k in ("payable", "cash_wish", "cash_want", "held", "exceptions", "ended")),
         "everybody on a list is payable, cash, held, an exception or ended")
    equal(sum(truth["cash_dong_by_agency"].values()), sums["cash"], "the cash is the sum over who gets cash")
    equal((totals["suspense_dong"], totals["in_flight_dong"]), (sum(s["amount_dong"] for s in truth["suspense"]), 0),
         "suspense holds the planted items, and nothing stays in flight")
    months = Counter((c["month"], c["kind"]) for p in people.values() if p["programme"] == "rent" for c in p["claims"])
    equal(months, {("2022-04", "arrears"): 104, ("2022-05", "arrears"): 104, ("2022-06", "arrears"): 104}, "rent gives three claims each")


def check_rates(lists, truth):
    """The amounts against another source: the decrees' tables as the project's reference files have them."""
    try:
        alias = {nfc(r["alias"]): r["category"] for r in rows_of(REFERENCE, "category_alias.csv")}
        also = {r["code"]: (r["rate_code"], r["also_rate_code"]) for r in rows_of(REFERENCE, "category.csv")}
        rates = rows_of(REFERENCE, "rate.csv")
    except OSError as error:
        return tap.skip("amounts agree with the reference files", error)
    def rate(code, day, percent=""):
        return next((int(r["amount_dong"]) for r in rates if r["rate_code"] == code and r["injury_pct"] == percent and not r["province_code"]
                     and r["effective_from"] <= day <= (r["effective_to"] or "9999") and r["in_force_from"] <= "2024-04-03"), None)
    unknown, wrong = set(), []
    rejected = {(b["file"], b["row"]) for b in truth["rejected_rows"]}
    for row in (r for one in lists for r in one.rows if (r["file"], r["row"]) not in rejected):
        person = truth["people"][owner(row)]
        whole = nfc(row["DOI TUONG"])
        categories = [alias.get(part) for part in ([whole] if whole in alias else whole.split("; "))]
        if None in categories:
            unknown.add(whole)
            continue
        percent = row.get("TY LE TTCT (%)", "").rstrip("%")
        for claim in person["claims"]:
            due = max(sum(rate(code, claim["month"] + "-01", percent) or 0 for code in also[c] if code) for c in categories)
            if due != claim["amount_dong"]:
                wrong.append((whole, percent, claim["amount_dong"], due))
    equal(unknown, set(), "every category on a list has a code in the reference files")
    none(wrong, "every entitled amount is the reference files' rate of its month")


def check_agent(truth, out):
    paid = rows_of(out, "agent", "paid-list.csv")
    cash = {k: p for k, p in truth["people"].items() if p["method"].startswith("cash")}
    equal({r["Số CCCD"]: int(r["Số tiền"]) for r in paid}, {k: p["claims"][0]["amount_dong"] for k, p in cash.items()},
         "the agent's list has everybody who gets cash, with the amount")
    equal({r["Số CCCD"] for r in paid if r["Kết quả"] == "chưa trả"}, {k for k, p in cash.items() if p["state"] == "uncollected"},
         "one of them has not collected")
    path = os.path.join(out, "agent", "paid-list.csv")
    public = base64.b64decode(open(os.path.join(out, "agent", "agent.pub"), encoding="ascii").read().strip().removeprefix("whpk_"))
    der = os.path.join(out, "pub.der")
    with open(der, "wb") as f:
        f.write(bytes.fromhex("302a300506032b6570032100") + public)
    verify = ("openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", der, "-sigfile", path + ".sig", "-in")
    run = subprocess.run((*verify, path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    equal((len(public), run.returncode), (32, 0), "the list's signature verifies under the agent's public key")
    with open(path + ".changed", "wb") as f:
        f.write(open(path, "rb").read().replace(b"360000", b"360001", 1))
    run = subprocess.run((*verify, path + ".changed"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    tap.ok(run.returncode != 0, "... and not when one amount is one đồng more")
    equal(os.stat(os.path.join(out, "agent", "agent.pem")).st_mode & 0o777, 0o600, "the agent's key is readable by its owner only")


def check_events(truth, out):
    day = json.load(open(os.path.join(out, "events.json"), encoding="utf-8"))
    kinds = defaultdict(list)
    for e in day["events"]:
        kinds[e["kind"]].append(e)
    accounts = {a["code"]: a for a in day["funding_accounts"]}
    credits = Counter()
    for e in kinds["treasury_credit"]:
        credits[e["funding_account"]] += e["amount_dong"]
    equal(credits, {c: truth["needed_dong_by_agency"][a["agency"]] for c, a in accounts.items()}, "the treasury sends exactly what is needed")
    equal([e["after"] for e in kinds["treasury_credit"] if e["funding_account"] == "so-ldtbxh-merit"], ["start", "payout"],
         "... to the first agency in two credits")
    waits = day["waits_for_money"]
    batch = next(b for b in truth["batches"] if (b["programme"], b["ward"], b["channel"]) == (waits["programme"], waits["ward"], "account"))
    equal((kinds["treasury_credit"][-1]["amount_dong"], waits["amount_dong"]), (batch["sum_dong"], batch["sum_dong"]),
         "... the second of which is the one batch that waits")
    none((e for e in truth["planted"]["fault_accounts"] if f"{waits['ward']}-merit" in e["file"]), "nothing is planted in the batch that waits")
    equal({k: len(v) for k, v in kinds.items()}, {"treasury_credit": 3, "agent_advance": 1, "batch_booked_debit": 1, "fee": 1, "interest": 1,
                                                 "return": 1, "agent_return": 1}, "the bank's day has each thing once")
    equal(kinds["agent_advance"][0]["amount_dong"], sum(truth["cash_dong_by_agency"].values()), "the agent gets the cash of all")
    equal(kinds["agent_return"][0]["amount_dong"], truth["totals"]["uncollected_dong"], "... and brings back what nobody collected")
    equal(kinds["return"][0]["amount_dong"], truth["totals"]["returned_dong"], "the return is the returned person's money")
    equal(kinds["interest"][0]["amount_dong"], truth["totals"]["suspense_dong"], "the interest is what stays in suspense")
    tap.ok(kinds["fee"][0]["amount_dong"] <= truth["totals"]["rejected_dong"] and kinds["fee"][0]["funding_account"] == "so-ldtbxh-merit",
       "the fee fits into what the rejected payment leaves on its account")
    orders = {(o["funding_account"], o["reference"]): o["amount_dong"] for o in day["funding_orders"]}
    moves = kinds["treasury_credit"] + kinds["agent_advance"] + kinds["agent_return"]
    equal({(e["funding_account"], next(r for _, r in orders if e["remittance"].startswith(r))): e["amount_dong"] for e in moves}, orders,
         "each expected movement carries the reference and amount of its funding order")


def check_clean(scratch):
    out = os.path.join(scratch, "clean")
    run = generate(out, "--clean", "--people", "5000", "--wards", "20", "--fault", "04=0.02", "--fault", "08=0.03")
    equal(run.returncode, 0, "a clean list of any size is made")
    lists, truth = read_lists(out), json.load(open(os.path.join(out, "truth.json"), encoding="utf-8"))
    rows = [r for one in lists for r in one.rows]
    equal((len(rows), len({r["SO CCCD"] for r in rows}), truth["totals"]["people"]), (5000, 5000, 5000), "... with as many distinct people")
    equal((len(lists), len({one.ward for one in lists})), (60, 18), "... beyond 18 wards as further lists of the same wards")
    none((r for r in rows if not structure(r["SO CCCD"], r["GIOI TINH"], r["NGAY SINH"])), "... all with sound IDs")
    none((one.file for one in lists if one.total != sum(dong(r[one.money]) for r in one.rows)), "... and totals that add up")
    none((r for r in rows if not r["SO TAI KHOAN"] or r["HO VA TEN"] != nfc(r["HO VA TEN"]) or r["CHU TAI KHOAN"] != bare(r["HO VA TEN"])),
         "... everybody with an account in their own name")
    tap.ok("people" not in truth and not truth["rejected_rows"] and not truth["planted"], "its truth is counts and sums")
    ends = Counter(r["SO TAI KHOAN"][-2:] for r in rows)
    tap.ok(.012 < ends["04"] / 5000 < .028 and .02 < ends["08"] / 5000 < .04, "faults come in the shares asked for", ends["04"], ends["08"])
    none((e for e in ends if "01" <= e <= "12" and e not in ("04", "08")), "... and no other fault comes")
    money = {True: 0, False: 0}
    for one in lists:
        for r in one.rows:
            money[r["SO TAI KHOAN"].endswith("04")] += dong(r[one.money])
    equal((truth["totals"]["settled_dong"], truth["totals"]["returned_dong"]), (money[False], money[True]), "its sums are those of the lists")
    register = rows_of(out, "bank", "fakebank-accounts.csv")
    equal(sorted(a["account"] for a in register), sorted(r["SO TAI KHOAN"] for r in rows), "the bank knows exactly these accounts")
    equal(len(rows_of(out, "bank", "demo-accounts.csv")), 5000, "... and lists them all")
    small = os.path.join(scratch, "small")
    equal((generate(small, "--clean", "--people", "1").returncode, len(os.listdir(os.path.join(small, "lists")))), (0, 1), "one person makes one list")


def main():
    with tempfile.TemporaryDirectory() as scratch:
        out, again, other = (os.path.join(scratch, name) for name in ("out", "again", "other"))
        run = generate(out)
        equal(run.returncode, 0, "the demo's files are made")
        if run.returncode:
            print(run.stdout, file=sys.stderr)
            return
        generate(again)
        none(differing(out, again) + differing(again, out), "the same seed makes the same bytes")
        generate(other, "--seed", "7")
        tap.ok(len(differing(out, other)) > 54, "another seed makes others")
        equal(json.load(open(os.path.join(other, "truth.json"), encoding="utf-8"))["totals"]["people"], 3483, "... as many people")
        equal(generate(again).returncode, 0, "making them again in the same place is fine")
        none(differing(out, again), "... and changes nothing")

        truth, lists = json.load(open(os.path.join(out, "truth.json"), encoding="utf-8")), read_lists(out)
        check_lists(lists, truth)
        check_dirt(lists, truth, out)
        check_bank(lists, truth, out)
        check_truth(truth)
        check_rates(lists, truth)
        check_events(truth, out)
        check_agent(truth, out)
        check_clean(scratch)

        theirs = os.path.join(scratch, "theirs")
        os.makedirs(os.path.join(theirs, "lists"))
        open(os.path.join(theirs, "lists", "own.csv"), "w", encoding="ascii").close()
        run = generate(theirs)
        tap.ok(run.returncode and os.listdir(os.path.join(theirs, "lists")) == ["own.csv"], "files that it did not make are never removed")
        for wrong in (("--people", "5"), ("--clean", "--people", "0"), ("--clean", "--fault", "05=0.1"), ("--clean", "--fault", "04=2")):
            equal(generate(os.path.join(scratch, "wrong"), *wrong).returncode, 2, f"refused: {' '.join(wrong)}")


main()
tap.done()
