#!/usr/bin/python3
"""What the program says that periods owe is what the decrees say, over random histories: both rises of 2026, those of 2021 and 2023,
rates that came late, lists that came late, moves between provinces, suspensions, deaths, voided claims, months paid together, arrears lists,
runs that are repeated.

SEED=… and HISTORIES=… repeat or lengthen it. A difference prints the person's history."""
import concurrent.futures
import datetime
import os
import pathlib
import random
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import driver  # noqa: E402
import slow  # noqa: E402
import tap  # noqa: E402

seed = int(os.environ.get("SEED", time.time_ns() % 1_000_000_007))
wanted = int(os.environ.get("HISTORIES", 100_000))
limit = float(os.environ.get("HISTORIES_SECONDS", 150))
rates, categories = driver.rows("rate.csv"), driver.rows("category.csv")
for code, province, amount, since in (("SA_STD", "79", 650000, "2024-07-01"), ("SA_STD", "08", 530000, "2024-07-01"),
                                      ("SOCIAL_PENSION", "79", 650000, "2025-07-01")):  # invented: no resolution of a province was read
    like = next(r for r in rates if r["rate_code"] == code and r["effective_to"] == "2026-06-30")
    rates.append({**like, "province_code": province, "amount_dong": str(amount), "effective_from": since, "effective_to": "",
                  "in_force_from": since, "verification": "read"})
# Rows that came later than their decree: what was claimed before did not know them, whatever was in force.
for r in rates:
    if (r["rate_code"], r["effective_from"]) in (("SA_ELDER_D", "2026-07-01"), ("MERIT_MARTYR_1", "2026-07-01"), ("SA_DISAB_SEVERE", "2024-07-01")):
        r["recorded_on"] = "2026-11-12" if r["effective_from"] > "2026" else "2024-10-03"
law = slow.Law(rates, categories)
by_programme = {p: [c for c in categories if c["programme"] == p] for p in ("merit", "social", "rent")}
EVERYTHING = ["claim regular", "claim arrears", "rise", "over"] + ["not " + a for a in (
    "ended", "no_rate", "rate_unread", "age", "children", "suspended", "terminated", "uncollected", "months_spent", "elsewhere")]
SPANS = (*[("merit", "2026-06"), ("social", "2026-06")] * 4, ("merit", "2023-05"), ("merit", "2021-07"), ("social", "2024-05"), ("rent", "2022-03"),
         ("social", "2025-05"))


def months_from(month, n):
    for _ in range(n):
        month = slow.following(month)
    return month


def day_in(r, low, high):
    return low + r.randrange((high - low).days + 1) * slow.DAY


def enrol(r, person, text, programme, start, end=None):
    """Categories of one month; of arrears with their last month."""
    chosen = {c["code"]: c for c in r.choices(by_programme[programme], k=r.choice((1, 1, 1, 2, 3)))}
    if programme == "social" and r.random() < .25:
        chosen["SA_SINGLE_PARENT"] = next(c for c in categories if c["code"] == "SA_SINGLE_PARENT")
    known = {e["category"] for e in person.enrolled if (e["from"], e["arrears"]) == (start, end is not None)}  # a key of the table
    for code in (c for c in chosen if c not in known):
        pct = r.choice((21, 45, 81, 100, r.randrange(1, 101)))
        children = r.choice((0, 1, 2, 3, 3)) if code == "SA_SINGLE_PARENT" else 0
        person.enrolled.append({"category": code, "pct": pct, "children": children, "from": start, "to": end, "arrears": end is not None})
        text.append(driver.line("E", "arrears" if end else "regular", code, pct, children, start, end))


def history(r):
    """One random person: the lines for the program, and the lines that it should answer, period by period."""
    programme, begin = r.choice(SPANS)
    sandbox = r.random() < .7
    elder = programme == "social" and r.random() < .6
    year = 0 if r.random() < .5 else r.randrange(1935, 1968) if elder else r.randrange(2000, 2026) if r.random() < .5 else r.randrange(1936, 2020)
    birth = day_in(r, datetime.date(year, 1, 1), datetime.date(year, 12, 28)) if year and r.random() < .7 else None
    death = day_in(r, slow.first(begin), slow.first(begin) + 200 * slow.DAY) if r.random() < .05 else None
    province = r.choice(("", "79", "08", "60"))
    person = slow.Person(law, province, year, birth, death, sandbox)
    text = [driver.line("H", province, year, birth, death, int(sandbox))]
    expected = []
    enrol(r, person, text, programme, months_from(begin, r.choice((0, 0, 0, 1))) if r.random() < .3 else "2020-01")
    today = slow.first(begin) - 20 * slow.DAY
    arrears_at = r.randrange(2, 7) if r.random() < .3 else -1
    if arrears_at > 0:
        late = months_from(begin, arrears_at - 1)
        start = months_from(begin, r.randrange(arrears_at))
        enrol(r, person, text, programme, start, r.choice((start, late)))
    for n in range(r.randrange(3, 9)):
        period = months_from(begin, n)
        what = r.random()
        if what < .06:  # the month's list names another category, or one of an earlier month, which may have been claimed
            enrol(r, person, text, programme, r.choice((period, months_from(begin, r.randrange(n + 1)))))
        elif r.random() < .05:
            person.who["province"] = r.choice(("", "79", "08", "60"))
            text.append(driver.line("M", person.who["province"]))
        elif what < .12:
            word = r.choice(("suspend", "terminate", "resume", "resume")), months_from(begin, r.randrange(n + 2))
            person.decided.append(word)
            text.append(driver.line("S", *word))
        elif what < .16 and person.claims:
            month = r.choice(person.claims)["month"]
            person.voided.add(month)
            text.append(driver.line("V", month))
        elif what < .19 and not person.who["death"]:
            person.who["death"] = day_in(r, slow.first(begin), slow.first(period) + 27 * slow.DAY)
            text.append(driver.line("D", person.who["death"]))
        elif what < .30:
            person.uncollected |= {months_from(begin, m) for m in range(max(0, n - r.choice((2, 3, 3, 4))), n)}
            text.append(driver.line("U", *sorted(person.uncollected)))
        for again in range(r.choice((1, 1, 1, 2))):
            earliest = max(today, slow.first(period) - 12 * slow.DAY)
            today = day_in(r, earliest, max(earliest, r.choice((slow.first(period) - slow.DAY, slow.last(period)))))
            flags = ("l" if r.random() < .85 and person.lines(period, False) else "") + ("t" if r.random() < .06 else "")
            flags += ("a" if n == arrears_at else "") + ("r" if r.random() < .85 else "")
            if "t" in flags and not person.lines(slow.following(period), False):
                flags = flags.replace("t", "")
            text.append(driver.line("P", period, today, flags))
            expected.append(["\t".join(line) for line in person.period(period, today, flags)])
    return text, expected


def without_working(line):
    return "\t".join(line.split("\t")[:5]) if line.startswith("claim") else line


def word_of(line):
    kind, _, what, *_ = line.split("\t")
    return "rise" if "đã tính" in line else kind if kind == "over" else f"{kind} {what}"


def try_some(first, n):
    """Tries histories first … first + n - 1 of the seed; what differs, at most one history, and how often each thing happened."""
    told, answers, seen = [], [], {}
    for i in range(first, first + n):
        text, expected = history(random.Random(f"{seed}/{i}"))
        told.append(text)
        answers.append(expected)
    said = iter(driver.answer(rates, categories, ("".join(t) for t in told)))
    for i, (text, expected) in enumerate(zip(told, answers), first):
        blocks = [next(said) for _ in expected]
        for word in (word_of(line) for block in blocks for line in block):
            seen[word] = seen.get(word, 0) + 1
        got = [[without_working(line) for line in block] for block in blocks]
        if got != expected:
            periods = [line for line in text if line[0] == "P"]
            where = next(k for k in range(len(expected)) if got[k] != expected[k])
            return [f"history {i} of SEED={seed}:", *(line.rstrip() for line in text), f"differs in: {periods[where].rstrip()}",
                    "program:", *got[where], "definition:", *expected[where]], seen
    return [], seen


def main():
    began, done, difference, seen, piece = time.monotonic(), 0, [], {}, 2500
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        for found, counted in pool.map(try_some, range(0, wanted, piece), [min(piece, wanted - i) for i in range(0, wanted, piece)]):
            difference = difference or found
            for word, n in counted.items():
                seen[word] = seen.get(word, 0) + n
            done += piece
            if difference or time.monotonic() - began > limit:
                pool.shutdown(cancel_futures=True)
                break
    done = min(done, wanted)
    print(f"# seed {seed}: {done} histories in {time.monotonic() - began:.1f} s: " + ", ".join(f"{n} {w}" for w, n in sorted(seen.items())))
    tap.none(difference, f"what each period owes is what the decrees say, over {done} random histories")
    tap.none([w for w in EVERYTHING if not seen.get(w)], "and every answer came up")
    tap.done()


if __name__ == "__main__":
    main()
