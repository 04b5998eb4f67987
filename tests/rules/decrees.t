#!/usr/bin/python3
"""Each rule that carries a decree, with the rates of sql/reference: amounts from the decree itself, or worked out by hand beside it.

A sandbox also pays by rates that nobody has read (the annexes of 2026); the last group shows that nobody else does."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import driver  # noqa: E402
import tap  # noqa: E402

rates, categories = driver.rows("rate.csv"), driver.rows("category.csv")
SINCE = "2020-01"  # so long enrolled that it does not matter


def who(*lines, province="", year=0, birth="", death="", sandbox=1):
    """A person with categories: a code, or (code, per cent), or (code, 0, children)."""
    text = driver.line("H", province, year, birth, death, sandbox)
    for one in lines:
        code, pct, children = (*one, 0, 0)[:3] if isinstance(one, tuple) else (one, 0, 0)
        text += driver.line("E", "regular", code, pct, children, SINCE)
    return text


def said(text, extra=()):
    return driver.answer([*rates, *extra], categories, [text])


def period(month, day, flags="l"):
    return driver.line("P", month, day, flags)


def month(person, of, day=None, extra=()):
    """What one month gives: the đồng, or why nothing."""
    (block,) = said(person + period(of, day or of + "-10"), extra)
    words = block[0].split("\t")
    return int(words[4]) if words[0] == "claim" else words[2]


def pays(title, person, of, dong, day=None, extra=()):
    tap.equal(month(person, of, day, extra), dong, title)


def claims(block):
    """{(month, kind): đồng} of one period."""
    return {tuple(w[1:3]): int(w[4]) for w in (line.split("\t") for line in block) if w[0] == "claim"}


def grant(of, quantity, *codes, day=None, person=None):
    (block,) = said((person or who()) + driver.line("G", of, day or of + "-20", quantity, *codes))
    words = block[0].split("\t")
    return (words[1], int(words[2])) if words[0] == "grant" else words[2]


# ---- merit ------------------------------------------------------------------------------------------------------------------------

pays("75/2021/ND-CP: relatives of one martyr get the standard of 2021", who("MERIT_MARTYR_1"), "2022-05", 1_624_000)
pays("75/2021/ND-CP: in August 2021 nobody knew it yet (in force 15-09, counted from 01-07)", who("MERIT_MARTYR_1"), "2021-08", "no_rate",
     "2021-08-20")
pays("55/2023/ND-CP: the standard of 2023", who("MERIT_MARTYR_1"), "2024-04", 2_055_000)
pays("77/2024/ND-CP: relatives of one martyr, once the standard", who("MERIT_MARTYR_1"), "2024-08", 2_789_000)
pays("77/2024/ND-CP: of two martyrs, twice", who("MERIT_MARTYR_2"), "2024-08", 5_578_000)  # 2 × 2,789,000
pays("77/2024/ND-CP: of three and more, three times", who("MERIT_MARTYR_3"), "2024-08", 8_367_000)  # 3 × 2,789,000
pays("77/2024/ND-CP: a heroic mother gets allowance and supplement", who("MERIT_MOTHER"), "2024-08", 10_704_000)  # 8,367,000 + 2,337,000
pays("77/2024/ND-CP annex II: a war invalid of 21 %", who(("MERIT_INVALID_A", 21)), "2024-08", 1_878_000)
pays("77/2024/ND-CP annex II: of 100 %", who(("MERIT_INVALID_A", 100)), "2024-08", 8_941_000)
pays("77/2024/ND-CP annex III: type B of 21 %", who(("MERIT_INVALID_B", 21)), "2024-08", 1_552_000)
pays("77/2024/ND-CP annex III: type B of 100 %", who(("MERIT_INVALID_B", 100)), "2024-08", 7_397_000)
pays("77/2024/ND-CP annex II: below 21 % there is none", who(("MERIT_INVALID_A", 20)), "2024-08", "no_rate")
pays("77/2024/ND-CP: the supplement from 81 %", who("MERIT_ALLOW_81"), "2024-08", 1_399_000)
pays("77/2024/ND-CP: with specially severe wounds", who("MERIT_ALLOW_81_SPECIAL_W"), "2024-08", 2_867_000)
pays("77/2024/ND-CP: who cares for an invalid from 81 %", who("MERIT_CARE_81"), "2024-08", 2_789_000)
pays("77/2024/ND-CP: for one specially severely wounded", who("MERIT_CARE_81_SPECIAL"), "2024-08", 3_582_000)
pays("77/2024/ND-CP: a survivor", who("MERIT_SURVIVOR"), "2024-08", 1_565_000)
pays("77/2024/ND-CP: a survivor living alone gets both", who("MERIT_SURVIVOR", "MERIT_SURVIVOR_CARE"), "2024-08", 3_796_000)  # 1,565,000 + 2,231,000
pays("Ordinance 02/2020/UBTVQH14: one person may hold several lines, and each is paid",
     who(("MERIT_INVALID_A", 81), "MERIT_ALLOW_81", "MERIT_MARTYR_1"), "2024-08",
     int(next(r["amount_dong"] for r in rates if r["rate_code"] == "MERIT_INVALID_A" and r["injury_pct"] == "81"
              and r["effective_from"] == "2024-07-01")) + 1_399_000 + 2_789_000)
# Rebuilt from the standards, 45 % of 2023 (2,964,000) would be 2,964,000 × 2789 / 2055 = 4,022,669, rounded 4,023,000; the annex has another.
tap.ok(any(abs(round(int(o["amount_dong"]) * 2789 / 2055 / 1000) * 1000 - int(n["amount_dong"])) >= 1000
           for o in rates for n in rates if o["basis"] == n["basis"] == "injury_table" and o["effective_from"] == "2023-07-01"
           and n["effective_from"] == "2024-07-01" and (o["rate_code"], o["injury_pct"]) == (n["rate_code"], n["injury_pct"])),
       "77/2024/ND-CP: the annex is a table; a rate rebuilt from the standards would be wrong")
tap.equal(grant("2024-07", 2, "MERIT_WORSHIP"), ("MERIT_WORSHIP", 2_800_000),
          "75/2021/ND-CP art. 13 (2): worship of two martyrs")  # 2 × 1,400,000
tap.equal(grant("2024-07", 3, "MERIT_HOLIDAY_MEAL"), ("MERIT_HOLIDAY_MEAL", 600_000),
          "75/2021/ND-CP art. 13 (3): extra meal money of three days")  # 3 × 200,000
tap.equal(grant("2024-08", 1, "MERIT_CONVALESCE_HOME"), ("MERIT_CONVALESCE_HOME", 2_510_000),
          "75/2021/ND-CP art. 3 (2), 6: 0.9 of the standard, rounded to the thousand")  # 0.9 × 2,789,000 = 2,510,100
tap.equal(grant("2024-08", 1, "MERIT_FUNERAL"), "no_rate",
          "Ordinance 02/2020/UBTVQH14 art. 5: a funeral of merit is by social-insurance law, not ten times the merit standard")

# ---- social assistance ---------------------------------------------------------------------------------------------------------------

pays("20/2021/ND-CP art. 4: the standard of 2021", who("SA_ELDER_C"), "2024-04", 360_000)
pays("76/2024/ND-CP: the standard of 2024", who("SA_ELDER_C"), "2024-08", 500_000)
for code, hundredths in (("SA_ORPHAN_LT4", 250), ("SA_ORPHAN_4_16", 150), ("SA_ORPHAN_STUDENT", 150), ("SA_CHILD_HIV_LT4", 250),
                         ("SA_CHILD_HIV_4_16", 200), ("SA_ELDER_A_60_80", 150), ("SA_ELDER_A_80", 200), ("SA_ELDER_B", 100),
                         ("SA_ELDER_D", 300), ("SA_DISAB_EXTREME", 200), ("SA_DISAB_EXTREME_CHILD_ELDER", 250), ("SA_DISAB_SEVERE", 150),
                         ("SA_DISAB_SEVERE_CHILD_ELDER", 200), ("SA_CHILD_LT3", 150), ("SA_HIV_POOR", 150)):
    pays(f"20/2021/ND-CP art. 6: {code} is {hundredths / 100} times the standard", who(code), "2024-08", 5000 * hundredths)
pays("335/2026/ND-CP: severe disability", who("SA_DISAB_SEVERE"), "2026-11", 810_000)  # 540,000 × 1.5, the amount in the press
pays("20/2021/ND-CP art. 6 (2): of several categories only the highest", who("SA_ELDER_C", "SA_DISAB_SEVERE"), "2024-08", 750_000)
pays("20/2021/ND-CP art. 5 (4): a poor single parent, for each child", who(("SA_SINGLE_PARENT", 0, 3)), "2024-08", 1_500_000)  # 3 × 500,000
pays("20/2021/ND-CP art. 5 (4): without the number of children nothing", who("SA_SINGLE_PARENT"), "2024-08", "children")
pays("20/2021/ND-CP art. 6 (2): the single parent adds to a disability", who(("SA_SINGLE_PARENT", 0, 2), "SA_DISAB_SEVERE"), "2024-08",
     1_750_000)  # 2 × 500,000 + 750,000
pays("20/2021/ND-CP art. 6 (2): and to old age and HIV, of which the higher", who(("SA_SINGLE_PARENT", 0, 1), "SA_ELDER_A_80", "SA_HIV_POOR"),
     "2024-08", 1_500_000)  # 500,000 + 1,000,000
pays("20/2021/ND-CP art. 6 (2): beside another category only the highest", who(("SA_SINGLE_PARENT", 0, 1), "SA_ORPHAN_STUDENT"), "2024-08",
     750_000)
like = next(r for r in rates if r["rate_code"] == "SA_STD" and r["effective_from"] == "2024-07-01")
hanoi = {**like, "province_code": "01", "amount_dong": "650000", "effective_to": "", "verification": "read"}
pays("20/2021/ND-CP art. 4 (3): a province's higher standard is multiplied", who("SA_DISAB_SEVERE", province="01"), "2024-08", 975_000,
     extra=[hanoi])  # 650,000 × 1.5
pays("20/2021/ND-CP art. 4 (3): but there alone", who("SA_DISAB_SEVERE", province="60"), "2024-08", 750_000, extra=[hanoi])
pays("20/2021/ND-CP art. 4 (3): a province whose standard the country's overtook gets the country's",
     who("SA_DISAB_SEVERE", province="08"), "2026-11", 810_000, extra=[{**hanoi, "province_code": "08", "amount_dong": "530000"}])
pays("20/2021/ND-CP art. 8 (2): the month of death is due", who("SA_ELDER_C", death="2024-08-02"), "2024-08", 500_000)
pays("20/2021/ND-CP art. 8 (2): the month after it is not", who("SA_ELDER_C", death="2024-08-31"), "2024-09", "ended")
pays("20/2021/ND-CP art. 5 (5), 8 (2): who turns 80 in August is of the next category from August", who("SA_ELDER_A_80", year=1944,
     birth="1944-08-31"), "2024-08", 1_000_000)
pays("20/2021/ND-CP art. 5 (5): not in July", who("SA_ELDER_A_80", year=1944, birth="1944-08-31"), "2024-07", "age")
pays("20/2021/ND-CP art. 8 (2): the old category ends with the month after", who("SA_ELDER_A_60_80", year=1944, birth="1944-08-01"), "2024-08",
     750_000)
pays("20/2021/ND-CP art. 8 (2): in September it is over", who("SA_ELDER_A_60_80", year=1944, birth="1944-08-31"), "2024-09", "age")
pays("20/2021/ND-CP art. 5 (5): of a year of birth alone both bounds get the better day", who("SA_ELDER_C", year=1944), "2024-07", 500_000)
lies = who("SA_ELDER_C") + driver.line("U", "2024-08", "2024-09", "2024-10")
pays("20/2021/ND-CP art. 8: not collected three months in a row suspends", lies, "2024-11", "uncollected")
pays("20/2021/ND-CP art. 8: two months do not", who("SA_ELDER_C") + driver.line("U", "2024-08", "2024-09"), "2024-11", 500_000)
pays("20/2021/ND-CP art. 8: three months with a gap do not", who("SA_ELDER_C") + driver.line("U", "2024-07", "2024-09", "2024-10"), "2024-11",
     500_000)
pays("20/2021/ND-CP art. 8: a decision resumes", lies + driver.line("S", "resume", "2024-11"), "2024-11", 500_000)
pays("20/2021/ND-CP art. 8: a decision suspends", who("SA_ELDER_C") + driver.line("S", "suspend", "2024-11"), "2024-11", "suspended")
pays("20/2021/ND-CP art. 8: or ends it", who("SA_ELDER_C") + driver.line("S", "terminate", "2024-11"), "2024-12", "terminated")
tap.equal(grant("2024-08", 1, "SA_FUNERAL"), ("SA_FUNERAL", 10_000_000), "20/2021/ND-CP art. 11: a funeral is 20 times the standard")
tap.equal(grant("2024-08", 1, "SA_EMERGENCY_FUNERAL"), ("SA_EMERGENCY_FUNERAL", 25_000_000),
          "20/2021/ND-CP art. 14: after a disaster 50 times")  # 50 × 500,000
tap.equal(grant("2026-11", 1, "SA_FUNERAL", "SA_EMERGENCY_FUNERAL", "PENSION_FUNERAL"), ("SA_EMERGENCY_FUNERAL", 27_000_000),
          "20/2021/ND-CP art. 11: of several texts the highest")  # 50 × 540,000
tap.equal(grant("2026-08", 1, "SA_FUNERAL", day="2026-08-20"), ("SA_FUNERAL", 10_000_000),
          "335/2026/ND-CP: a funeral before it was in force is by the standard that was known")

# ---- social pension ----------------------------------------------------------------------------------------------------------------

pays("176/2025/ND-CP: the social pension", who("SOCIAL_PENSION", year=1950, birth="1950-01-01"), "2025-08", 500_000)
pays("176/2025/ND-CP: not before it was in force", who("SOCIAL_PENSION"), "2025-06", "no_rate")
pays("176/2025/ND-CP: from 75, or from 70 when poor; nobody below", who("SOCIAL_PENSION", year=1956, birth="1956-01-01"), "2025-08", "age")
pays("176/2025/ND-CP: not added to another monthly assistance, the higher is paid", who("SOCIAL_PENSION", "SA_DISAB_SEVERE"), "2025-08", 750_000)
pays("176/2025/ND-CP: it took the place of SA_ELDER_B and SA_ELDER_C", who("SA_ELDER_C"), "2025-07", "no_rate")
pays("335/2026/ND-CP: the social pension of 2026", who("SOCIAL_PENSION"), "2026-11", 540_000)
tap.equal(grant("2025-08", 1, "PENSION_FUNERAL"), ("PENSION_FUNERAL", 10_000_000), "176/2025/ND-CP: the funeral is 20 times")  # 20 × 500,000

# ---- rent ------------------------------------------------------------------------------------------------------------------------------


def rent(code, start, end):
    return who() + driver.line("E", "arrears", code, 0, 0, start, end)


blocks = said(rent("RENT_WORKING", "2022-04", "2022-06") + period("2024-04", "2024-04-03", "a"))
tap.equal(claims(blocks[0]), {(m, "arrears"): 500_000 for m in ("2022-04", "2022-05", "2022-06")},
          "08/2022/QD-TTg: 500,000 a month for who works there, three months")
blocks = said(rent("RENT_RETURNING", "2022-04", "2022-05") + period("2024-04", "2024-04-03", "a"))
tap.equal(sum(claims(blocks[0]).values()), 2_000_000, "08/2022/QD-TTg: 1,000,000 a month for who came back to work")
blocks = said(rent("RENT_WORKING", "2022-03", "2022-06") + period("2024-04", "2024-04-03", "a"))
tap.equal(([*claims(blocks[0])][-1], blocks[0][-1].split("\t")[1:3]), (("2022-05", "arrears"), ["2022-06", "months_spent"]),
          "08/2022/QD-TTg: never more than three months")

blocks = said(rent("RENT_WORKING", "2022-02", "2022-04") + period("2024-04", "2024-04-03", "a") + driver.line("V", "2022-03")
              + driver.line("E", "regular", "RENT_WORKING", 0, 0, "2022-05") + period("2022-05", "2024-04-04", "l"))
tap.equal(claims(blocks[1]), {("2022-05", "regular"): 500_000}, "08/2022/QD-TTg: a month that was voided is none of the three")

# ---- rates that rose ---------------------------------------------------------------------------------------------------------------------

BEFORE = [("2026-07", "2026-06-22"), ("2026-08", "2026-07-22"), ("2026-09", "2026-08-22")]


def run(person, *periods):
    blocks = said(person + "".join(period(m, d, "lr") for m, d in periods))
    return [claims(b) for b in blocks]


paid = run(who("SA_ELDER_D"), *BEFORE, ("2026-10", "2026-10-06"), ("2026-11", "2026-10-22"), ("2026-12", "2026-11-22"))
tap.equal(paid[3], {("2026-10", "regular"): 1_620_000}, "335/2026/ND-CP: October knows the new rate, and pays no difference yet")
tap.equal(paid[4], {("2026-11", "regular"): 1_620_000, **{(f"2026-{m:02}", "arrears"): 120_000 for m in (7, 8, 9)}},
          "335/2026/ND-CP, Circular 44/2022/TT-BTC art. 15: July to September in the month after, each once")  # 3 × 40,000 a month
tap.equal(paid[5], {("2026-12", "regular"): 1_620_000}, "Circular 44/2022/TT-BTC art. 15: and never again")
paid = run(who("SOCIAL_PENSION"), *BEFORE, ("2026-10", "2026-10-06"), ("2026-11", "2026-10-22"))
tap.equal(sum(v for (m, k), v in paid[4].items() if k == "arrears"), 120_000,
          "335/2026/ND-CP: coefficient 1.0 paid at 500,000 for July to September gets 120,000")  # 3 × 40,000
paid = run(who("SOCIAL_PENSION"), *BEFORE, ("2026-10", "2026-09-22"), ("2026-11", "2026-10-22"))
tap.equal(sum(v for (m, k), v in paid[4].items() if k == "arrears"), 160_000,
          "335/2026/ND-CP: October too when its list left before 25 September: 160,000, not a constant three months")  # 4 × 40,000
paid = run(who("MERIT_MARTYR_1"), *BEFORE, ("2026-10", "2026-10-02"), ("2026-11", "2026-10-22"))
tap.equal({k: v for k, v in paid[4].items() if k[1] == "arrears"}, {(f"2026-{m:02}", "arrears"): 223_000 for m in (7, 8, 9)},
          "321/2026/ND-CP: 3 × 223,000 for the relatives of a martyr")  # 3,012,000 − 2,789,000; in all 669,000
paid = run(who("MERIT_MARTYR_1"), BEFORE[0], BEFORE[2], ("2026-10", "2026-10-02"), ("2026-11", "2026-10-22"))
tap.equal([m for (m, k) in paid[3] if k == "arrears"], ["2026-07", "2026-09"],
          "321/2026/ND-CP: only for months that were claimed at the old rate")
blocks = said(who("MERIT_MARTYR_1") + period(*BEFORE[0], "lr") + period(*BEFORE[1], "lr") + driver.line("V", "2026-07")
              + period("2026-11", "2026-10-22", "lr"))
tap.equal([m for (m, k) in claims(blocks[2]) if k == "arrears"], ["2026-08"], "321/2026/ND-CP: nothing is added to a month that was voided")
paid = run(who("MERIT_MARTYR_1"), ("2023-07", "2023-06-20"), ("2023-08", "2023-07-20"), ("2023-09", "2023-08-20"), ("2023-10", "2023-09-20"))
tap.equal({k: v for k, v in paid[3].items() if k[1] == "arrears"}, {(f"2023-{m:02}", "arrears"): 431_000 for m in (7, 8, 9)},
          "55/2023/ND-CP: in force 05-09 from 01-07, so three months in October")  # 2,055,000 − 1,624,000
late = [{**r, "recorded_on": "2026-11-12"} if r["rate_code"] == "SOCIAL_PENSION" and r["effective_from"] == "2026-07-01" else r for r in rates]
blocks = driver.answer(late, categories, [who("SOCIAL_PENSION") + "".join(
    period(m, d, "lr") for m, d in (*BEFORE, ("2026-11", "2026-11-10"), ("2026-12", "2026-11-22")))])
tap.equal([claims(b) for b in blocks[3:]], [{("2026-11", "regular"): 500_000}, {("2026-12", "regular"): 540_000, **{
    (f"2026-{m:02}", "arrears"): 40_000 for m in (7, 8, 9, 11)}}],
          "335/2026/ND-CP, Circular 44/2022/TT-BTC art. 15: a decree that comes here in November owes the months that did not know it, November too")
joined = who("SOCIAL_PENSION") + "".join(period(m, d, "lr") for m, d in BEFORE) + driver.line("E", "regular", "SA_DISAB_SEVERE", 0, 0, "2026-08")
blocks = said(joined + period("2026-10", "2026-10-06", "lr") + period("2026-11", "2026-10-22", "lr"))
tap.equal([claims(b) for b in blocks[3:]], [{("2026-10", "regular"): 810_000}, {("2026-11", "regular"): 810_000, **{
    (f"2026-{m:02}", "arrears"): 40_000 for m in (7, 8, 9)}}],
          "335/2026/ND-CP: a rise is by the category that each month was claimed by; what a later list says of it needs a decision")  # 540,000 − 500,000
moved = who("SA_DISAB_SEVERE", province="01") + "".join(period(m, d, "lr") for m, d in BEFORE[:1]) + driver.line("M", "60")
blocks = said(moved + period(*BEFORE[1], "lr") + period("2026-11", "2026-10-22", "lr"), [hanoi])
tap.equal([claims(b) for b in blocks], [{("2026-07", "regular"): 975_000}, {("2026-08", "regular"): 750_000},
                                        {("2026-11", "regular"): 810_000, ("2026-08", "arrears"): 60_000}],
          "335/2026/ND-CP, 20/2021/ND-CP art. 4 (3): who moved is owed nothing for the month that his old province paid higher")  # 1.5 × 650,000 > 1.5 × 540,000
dead = who("SA_ELDER_D", death="2026-08-15")
blocks = said(dead + "".join(period(m, d, "l") for m, d in BEFORE) + period("2026-11", "2026-10-22", "r"))
tap.equal([m for (m, k) in claims(blocks[3])], ["2026-07", "2026-08"],
          "335/2026/ND-CP, 20/2021/ND-CP art. 8 (2): who died in August is owed the difference of July and August")

# ---- together, carried over, too much -------------------------------------------------------------------------------------------------------

blocks = said(who("SOCIAL_PENSION") + period("2026-01", "2025-12-20", "lt") + period("2026-02", "2026-01-20", "l"))
tap.equal(claims(blocks[0]), {("2026-01", "regular"): 500_000, ("2026-02", "regular"): 500_000},
          "Circular 44/2022/TT-BTC art. 15: two months together before Tết are two claims")
tap.equal(blocks[1], [], "Circular 44/2022/TT-BTC art. 15: and the second month is not claimed again on its own list")
blocks = said(who("SOCIAL_PENSION") + period("2026-01", "2025-12-20", "lr") + period("2026-02", "2026-01-20", "lr"))
tap.equal(claims(blocks[1]), {("2026-02", "regular"): 500_000},
          "Circular 44/2022/TT-BTC art. 15: what January did not pay stays January's claim; February emits only itself")
lower = [{**r, "amount_dong": "400000"} if r["rate_code"] == "SOCIAL_PENSION" and r["effective_from"] == "2026-07-01" else r for r in rates]
blocks = driver.answer(lower, categories, [who("SOCIAL_PENSION") + period(*BEFORE[0], "lr") + period("2026-11", "2026-10-22", "lr")])
tap.equal((claims(blocks[1]), [line for line in blocks[1] if line[0] == "o"]), ({("2026-11", "regular"): 400_000}, ["over\t2026-07\t100000"]),
          "Circular 101/2018/TT-BTC art. 21: too much is said, and never taken off the next month")

# ---- rates that nobody has read ------------------------------------------------------------------------------------------------------------

pays("321/2026/ND-CP: its annex was not read, so outside a sandbox nobody is paid by it", who("MERIT_MARTYR_1", sandbox=0), "2026-11",
     "rate_unread")
(block,) = said(who("MERIT_MARTYR_1", sandbox=0) + period("2026-11", "2026-11-10"))
tap.equal(block, ["not\t2026-11\trate_unread\tMERIT_MARTYR_1"], "321/2026/ND-CP: and it is said by name which rate it is")
pays("321/2026/ND-CP: in a sandbox the standard of 2026", who("MERIT_MARTYR_1"), "2026-11", 3_012_000)
pays("335/2026/ND-CP: nor by coefficients that are assumed to go on", who("SA_DISAB_SEVERE", sandbox=0), "2026-11", "rate_unread")
pays("335/2026/ND-CP: the social pension was read of in three places", who("SOCIAL_PENSION", sandbox=0), "2026-11", 540_000)
tap.done()
