#!/usr/bin/env python3
"""ops/demo/compare finds every difference between the payroll's results and truth.json, and between the two books: each test
changes one thing in results that were equal."""

import copy
import csv
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))

import tap  # noqa: E402

DEMO = os.path.join(ROOT, "ops", "demo")
class Results:
    """Files as a payroll that went exactly as truth says would leave them."""

    def __init__(self, directory, truth):
        self.directory, self.truth = directory, truth
        t = truth["totals"]
        self.summary = {"by_programme": {k: v["people"] for k, v in truth["by_programme"].items()},
                        "cash": {"wish": t["cash_wish"], "want": t["cash_want"]}, "books_balance": True, "bank_books_equal": True,
                        "ledger_seq": 4242, "checkpoint": "x"}
        for key in ("people", "payable", "held", "rejected_rows", "settled_count", "settled_dong", "returned_dong", "in_flight_dong",
                    "suspense_dong", "unexplained_dong"):
            self.summary[key] = t[key]
        self.people = []
        for personal_id, p in reversed(truth["people"].items()):
            claims = p["claims"] or [{"month": "", "kind": "", "amount_dong": "", "state": ""}]
            for c in claims:
                self.people.append({"claim_state": c["state"], "personal_id": personal_id, "programme": p["programme"], "ward": p["ward"],
                                    "method": p["method"], "state": p["state"], "month": c["month"], "kind": c["kind"],
                                    "amount_dong": c["amount_dong"]})
        self.rows = [{"file": "/srv/in/" + r["file"], "row": r["row"], "outcome": "rejected"} for r in truth["rejected_rows"]]
        self.rows += [{"file": os.path.basename(r["file"]), "row": r["row"], "outcome": "repaired"} for r in truth["repaired_rows"]]
        self.rows.append({"file": "22915-merit.csv", "row": 9, "outcome": "accepted"})
        self.report = [dict(row) for row in truth["table"]]
        self.bank = [{"account": "110000000001", "date": "2024-04-03", "entry_ref": f"DEMO-240403-{i}", "direction": "debit",
                      "amount": 360000, "end_to_end_id": f"0B6W1N8J4D2YFGE7K{i:02d}"} for i in range(1, 30)]
        self.bank[0].update(direction="credit", end_to_end_id="", amount=10440000)
        self.ours = list(reversed(copy.deepcopy(self.bank)))

    def csv(self, name, rows):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8", newline="") as f:
            writer = csv.DictWriter(f, rows[0].keys() if rows else ["account", "date", "entry_ref", "direction", "amount", "end_to_end_id"])
            writer.writeheader()
            writer.writerows(rows)
        return path

    def json(self, name, value):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(value, f)
        return path

    def compare(self, what, *options):
        truth = os.path.join(self.directory, "truth.json")
        if what == "truth":
            files = (truth, self.json("summary.json", self.summary), self.csv("people.csv", self.people))
        elif what == "books":
            files = (self.csv("bank.csv", self.bank), self.csv("ours.csv", self.ours))
        else:
            files = (truth, self.csv(f"{what}.csv", getattr(self, what)))
        run = subprocess.run((os.path.join(DEMO, "compare"), what, *files, *options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return run.returncode, run.stdout


def main():
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run((os.path.join(DEMO, "generate"), "--out", directory), check=True, stdout=subprocess.DEVNULL)
        truth = json.load(open(os.path.join(directory, "truth.json"), encoding="utf-8"))
        pristine = Results(directory, truth)

        def expect(code, what, title, change=None, *options, says=""):
            results = copy.deepcopy(pristine)
            if change:
                change(results)
            got, text = results.compare(what, *options)
            tap.ok(got == code and says in text, title, f"exit {got}, expected {code}", text)

        def person(results, state="settled", programme="social"):
            return next(p for p in results.people if p["state"] == state and p["programme"] == programme)

        for what in ("truth", "rows", "report", "books"):
            expect(0, what, f"{what}: equal results are equal, in whatever order", says="equal")

        for key, value in pristine.summary.items():
            if key in ("ledger_seq", "checkpoint"):
                continue
            def change(results, key=key, value=value):
                if isinstance(value, dict):
                    results.summary[key][next(iter(value))] += 1
                else:
                    results.summary[key] = not value if isinstance(value, bool) else value + 1
            expect(1, "truth", f"summary: another {key} is found", change, says=key)
            expect(1, "truth", f"... and a missing {key}", lambda r, key=key: r.summary.pop(key), says=key)
        expect(1, "truth", "summary: 1 is not true", lambda r: r.summary.update(books_balance=1), says="books_balance")
        expect(1, "truth", "summary: 27431.0 is not 27431", lambda r: r.summary.update(suspense_dong=27431.0), says="suspense_dong")

        expect(1, "truth", "people: one đồng less is found", lambda r: person(r).update(amount_dong=359999), says="amount_dong")
        expect(1, "truth", "people: another state of a claim is found", lambda r: person(r).update(claim_state="credited"), says="credited")
        expect(1, "truth", "people: another state of a person is found", lambda r: person(r).update(state="returned"), says="state")
        for key, value in (("ward", "22999"), ("programme", "merit"), ("method", "delegate")):
            expect(1, "truth", f"people: another {key} is found", lambda r: person(r).update({key: value}), says=key)
        expect(1, "truth", "people: somebody missing is found", lambda r: r.people.remove(person(r)), says="is missing")
        expect(1, "truth", "people: somebody too many is found", lambda r: r.people.append({**person(r), "personal_id": "099100000000"}),
               says="nobody of the lists")
        expect(1, "truth", "people: a missing claim is found", lambda r: r.people.remove(person(r, programme="rent")), says="amount_dong")
        expect(1, "truth", "people: a claim too many is found", lambda r: r.people.append({**person(r), "month": "2024-03"}), says="too many")
        expect(1, "truth", "people: a claim for the dead person is found",
               lambda r: person(r, "ended").update(month="2024-04", kind="regular", amount_dong=360000, claim_state="settled"), says="too many")
        expect(2, "truth", "people: the same claim twice cannot be used", lambda r: r.people.append(dict(person(r))), says="twice")
        expect(2, "truth", "people: an amount that is no number cannot be used", lambda r: person(r).update(amount_dong="360.000"),
               says="whole number")
        expect(2, "truth", "people: a missing column cannot be used",
               lambda r: setattr(r, "people", [{k: v for k, v in p.items() if k != "claim_state"} for p in r.people]), says="no column claim_state")
        expect(0, "truth", "an uncollected payment may be called not_paid",
               lambda r: person(r, "uncollected").update(state="not_paid", claim_state="not_paid"))

        def owed(results):
            person(results).update(state="not_paid", claim_state="not_paid")
        expect(1, "truth", "a payment that stays owed is a difference", owed, says="not_paid")
        expect(0, "truth", "... but not with --owed", owed, "--owed", says="1 claims stay owed")
        expect(1, "truth", "with --owed nobody may be paid who is not due",
               lambda r: person(r, "exception").update(state="settled", claim_state="settled"), "--owed", says="state")

        expect(1, "rows", "rows: a bad row that was accepted is found", lambda r: r.rows.pop(0), says="row")
        expect(1, "rows", "rows: a good row that was rejected is found", lambda r: r.rows[-1].update(outcome="rejected"), says="row 9")
        expect(1, "rows", "rows: a repair without a mark is found", lambda r: r.rows.pop(-2), says="repaired")

        expect(1, "report", "report: another count is found", lambda r: r.report[7].update(payable=1), says="payable")
        expect(1, "report", "report: a missing ward is found", lambda r: r.report.pop(), says="is missing")
        expect(1, "report", "report: a ward too many is found", lambda r: r.report.append({**r.report[0], "ward": "22999"}), says="no line of truth")

        for key, value in (("amount", 359999), ("end_to_end_id", ""), ("date", "2024-04-04"), ("direction", "credit"), ("entry_ref", "X"),
                           ("account", "110000000002")):
            expect(1, "books", f"books: another {key} is found, on both sides", lambda r: r.ours[3].update({key: value}), says="2 differences")
        expect(1, "books", "books: a lost line is found", lambda r: r.ours.pop(), says="only in the bank's book")
        expect(1, "books", "books: a line of nobody is found", lambda r: r.bank.pop(), says="only in ours")
        expect(1, "books", "books: a line twice is found", lambda r: r.ours.append(dict(r.ours[0])), says="only in ours")
        def empty(results):
            results.bank.clear()
            results.ours.clear()
        expect(1, "books", "books: two empty books prove nothing", empty, says="empty")
        expect(2, "books", "books: an amount with a decimal cannot be used", lambda r: r.bank[1].update(amount="360000.0"), says="whole number")

        run = subprocess.run((os.path.join(DEMO, "compare"), "truth", os.path.join(directory, "truth.json"), os.path.join(directory, "none")),
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        tap.ok(run.returncode == 2 and "none" in run.stdout, "a missing file is named (exit 2)", run.stdout)


main()
tap.done()
