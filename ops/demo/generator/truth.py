"""truth.json: what the payroll must come to, counted while the lists are made."""

import json
import os
from collections import defaultdict

import outputs
import rules

COUNTED = ("on_list", "payable", "cash_wish", "cash_want", "held", "exceptions", "ended", "settled", "returned", "rejected", "uncollected",
           "settled_payouts", "settled_dong", "returned_dong", "rejected_dong", "uncollected_dong", "unexplained_dong")


class Tally:
    """Counts and sums over everybody whose row counts; bad rows never come here."""

    def __init__(self):
        self.table = {}                                  # (programme, ward code): {column: number}
        self.needed = {a.code: 0 for a in rules.AGENCIES}    # money that the agency's released batches need
        self.batches = defaultdict(lambda: [0, 0])       # (programme, ward code, account or cash): [lines, đồng]
        self.cash_by_agency = defaultdict(int)
        self.claims = defaultdict(int)                   # state: claims
        self.uncollected_dong = 0

    def add(self, people):
        for p in people:
            key = p.programme, p.ward.code
            if key not in self.table:
                self.table[key] = dict.fromkeys(COUNTED, 0)
            row = self.table[key]
            state, due, months = p.state, p.due_dong(), p.months()
            row["on_list"] += 1
            if state == "ended":
                row["ended"] += 1
                continue
            self.claims[state] += months
            if state == "exception":
                row["exceptions"] += 1
                continue
            cash = p.method in ("cash_wish", "cash_want")
            row[p.method if cash else "payable"] += 1
            row[state] += 1
            row[f"{state}_dong"] += due
            if state == "settled":
                row["settled_payouts"] += months
            agency = rules.AGENCY_OF[p.programme].code
            self.needed[agency] += due
            batch = self.batches[p.programme, p.ward.code, "cash" if cash else "account"]
            batch[0] += months
            batch[1] += due
            if cash:
                self.cash_by_agency[agency] += due
                if state == "uncollected":
                    self.uncollected_dong += due

    def sum(self, column):
        return sum(row[column] for row in self.table.values())

    def totals(self, suspense):
        held_back = sum(dong for _, dong in suspense)
        return {
            "people": self.sum("on_list"), "payable": self.sum("payable"), "cash_wish": self.sum("cash_wish"),
            "cash_want": self.sum("cash_want"), "held": 0, "exceptions": self.sum("exceptions"), "ended": self.sum("ended"),
            "claims": sum(self.claims.values()), "claims_by_state": dict(sorted(self.claims.items())),
            "settled_people": self.sum("settled"), "settled_count": self.sum("settled_payouts"), "settled_dong": self.sum("settled_dong"),
            "returned_dong": self.sum("returned_dong"), "rejected_dong": self.sum("rejected_dong"),
            "uncollected_dong": self.uncollected_dong, "in_flight_dong": 0, "suspense_dong": held_back,
            "unexplained_dong": held_back}


def person_entry(p):
    claims = [] if p.state == "ended" else [
        {"month": month, "kind": kind, "amount_dong": p.monthly_dong, "state": p.state}
        for month, kind in rules.claim_months(p.programme)]
    return {"programme": p.programme, "ward": p.ward.code, "name": p.name, "method": p.method, "state": p.state, "claims": claims}


def planted_entry(p, more):
    return {"file": p.file, "row": p.row, "personal_id": p.personal_id, **more}


def write_truth(out, seed, tally, options, people=None, planter=None):
    """With people (the demo) everybody is named; without (bulk) truth is counts and sums."""
    suspense = [("interest", outputs.INTEREST_DONG)] if planter else []
    bad = sorted(((row.file, row.row, reason) for row, reason in planter.bad_rows)) if planter else []
    found = planter.found if planter else {}
    by_programme = {p: {"people": sum(row["on_list"] for (programme, _), row in tally.table.items() if programme == p)}
                    for p in rules.PROGRAMMES}
    document = {
        "format": "chitra-demo-truth/v1", "seed": seed, "period": rules.PERIOD, **options,
        "by_programme": by_programme,
        "totals": {**tally.totals(suspense), "rejected_rows": len(bad), "repaired_rows": len(found.get("lost_zero", []))},
        "suspense": [{"kind": kind, "amount_dong": dong} for kind, dong in suspense],
        "cash_dong_by_agency": {a.code: tally.cash_by_agency.get(a.code, 0) for a in rules.AGENCIES},
        "needed_dong_by_agency": tally.needed,
        "rejected_rows": [{"file": file, "row": row, "reason": reason} for file, row, reason in bad],
        "repaired_rows": [planted_entry(p, more) for p, more in found.get("lost_zero", [])],
        "findings": [planted_entry(p, more) for p, more in found.get("wrong_amounts", [])],
        "planted": {what: [planted_entry(p, more) for p, more in entries] for what, entries in found.items()},
        "table": [{"programme": programme, "ward": ward, **row} for (programme, ward), row in sorted(tally.table.items())],
        "batches": [{"programme": programme, "ward": ward, "channel": channel, "lines": lines, "sum_dong": dong}
                    for (programme, ward, channel), (lines, dong) in sorted(tally.batches.items())]}
    entries = {p.personal_id: person_entry(p) for p in people} if people else None
    with open(os.path.join(out, "truth.json"), "w", encoding="utf-8") as f:
        f.write("{")
        separator = "\n"
        for key, value in document.items():
            f.write(f"{separator}{json.dumps(key)}: {json_lines(value)}")
            separator = ",\n"
        if entries is not None:
            f.write(f',\n"people": {json_lines(entries)}')
        f.write("\n}\n")


def json_lines(value):
    """JSON with one member of a list or an object a line: a difference of two truths is readable."""
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(json.dumps(v, ensure_ascii=False) for v in value) + "\n]"
    if isinstance(value, dict) and value:
        members = (f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items())
        return "{\n" + ",\n".join(members) + "\n}"
    return json.dumps(value, ensure_ascii=False)
