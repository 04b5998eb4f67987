#!/usr/bin/python3
"""The tables of sql/reference hold together: keys, parents, periods, amounts, marks."""
import datetime
import decimal
import pathlib
import re
import sys
import unicodedata

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from tables import COLUMNS, REFERENCE, Tap, areas_on, folded, repeated, table  # noqa: E402

tap = Tap()
MARKS = {"read", "computed", "secondary", "assumed", "inferred"}
IN_FORCE = {  # the day on which each decree took force, from the decrees themselves
    "75/2021/ND-CP": "2021-09-15",
    "20/2021/ND-CP": "2021-07-01",
    "55/2023/ND-CP": "2023-09-05",
    "76/2024/ND-CP": "2024-07-01",
    "77/2024/ND-CP": "2024-07-01",
    "176/2025/ND-CP": "2025-07-01",
    "321/2026/ND-CP": "2026-10-01",
    "335/2026/ND-CP": "2026-10-05",
    "08/2022/QD-TTg": "2022-03-28",
}
t = {name: table(name) for name in COLUMNS}


def is_day(text):
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def files():
    tap.none("every table has a file", [n for n in COLUMNS if not (REFERENCE / f"{n}.csv").is_file()])
    tap.none("each file has exactly the columns of its table",
             [n for n, c in COLUMNS.items() if list(t[n][0]) != c.split()])
    raw = {n: (REFERENCE / f"{n}.csv").read_bytes() for n in COLUMNS}
    tap.none("files are UTF-8 in NFC with LF line ends and no mark at the start",
             [n for n, b in raw.items() if b"\r" in b or b[:3] == b"\xef\xbb\xbf" or not b.endswith(b"\n")
              or unicodedata.normalize("NFC", b.decode()) != b.decode()])
    tap.none("no cell has space around it, two spaces, a line break or a typographic apostrophe",
             [(n, v) for n in t for r in t[n] for v in r.values()
              if v is None or v != " ".join(v.split()) or "’" in v])
    tap.none("what is yes or no is written true or false",
             [(n, c, r[c]) for n in t for r in t[n] for c in r
              if c in ("valid_from_known", "valid_to_known", "is_split", "name_lookup", "deprecated", "needs_injury_pct")
              and r[c] not in ("true", "false")])
    tap.none("every row names its source", [(n, r) for n in t for r in t[n] if "source" in r and not r["source"]])
    tap.none("certainty is one of read, computed, secondary, assumed, inferred",
             [(n, r) for n in t for r in t[n] if "verification" in r and r["verification"] not in MARKS])


def areas():
    area = t["area"]
    by_key = {(a["code"], a["valid_from"]): a for a in area}
    tap.none("an area is known by its code and first day", repeated((a["code"], a["valid_from"]) for a in area))
    tap.same("rows per level", {l: sum(a["level"] == l for a in area) for l in ("province", "district", "commune")},
             {"province": 98, "district": 716, "commune": 14379})
    tap.none("a code has two digits for a province, three for a district, five for a commune",
             [a for a in area if not re.fullmatch({"province": r"\d\d", "district": r"\d{3}", "commune": r"\d{5}|318|471|498|536|755"}[a["level"]], a["code"])])
    tap.none("days are days, and a unit does not end before it begins",
             [a for a in area if not is_day(a["valid_from"]) or any(a[c] and (not is_day(a[c]) or a[c] < a["valid_from"]) for c in ("valid_to", "gone_by"))])
    tap.none("gone_by stands exactly where the end is not known, and then no end is claimed",
             [a for a in area if (a["valid_to_known"] == "false") != bool(a["gone_by"]) or (a["gone_by"] and a["valid_to"])])
    tap.none("only what began on 2025-07-01 has a known beginning and no end",
             [a for a in area if (a["valid_from"] == "2025-07-01") != (a["valid_from_known"] == "true" and not a["valid_to"] and not a["gone_by"])])
    ends = sorted((a["code"], a["valid_from"], a["valid_to"] or a["gone_by"] or "9999-12-31", bool(a["gone_by"])) for a in area)
    tap.none("no code stands twice on one day",
             [(x, y) for x, y in zip(ends, ends[1:]) if x[0] == y[0] and (y[1] < x[2] or (y[1] == x[2] and not x[3]))])

    nobody = dict.fromkeys(area[0], "")

    def parent(a):
        return by_key.get((a["parent_code"], a["parent_valid_from"]), nobody)

    tap.none("every area but a province has a parent, and a province has none",
             [a for a in area if (a["level"] == "province") != (not a["parent_code"])])
    tap.none("the parent exists and stands on the first day of the child",
             [a for a in area if a["parent_code"] and (parent(a) is nobody or parent(a) not in areas_on([parent(a)], parent(a)["level"], a["valid_from"]))])
    tap.none("the province code is that of the parent's province",
             [a for a in area if a["province_code"] != (parent(a)["province_code"] if a["parent_code"] else a["code"])])
    tap.none("a district's parent is a province; a commune's is a district, or a province on the islands and since 2025-07-01",
             [a for a in area if a["parent_code"] and parent(a)["level"] != (
                 "province" if a["level"] == "district" or a["valid_from"] == "2025-07-01" or len(a["code"]) == 3 else "district")])
    tap.none("two communes of one parent never bear one name on one day",
             repeated((d, a["parent_code"], a["name"].lower()) for d in ("2024-04-01", "2025-06-30", "2025-07-01") for a in areas_on(area, "commune", d)))
    tap.same("63 provinces on 2024-04-01 and on 2025-06-30, 34 from 2025-07-01",
             [len(areas_on(area, "province", d)) for d in ("2024-04-01", "2025-06-30", "2025-07-01")], [63, 63, 34])
    tap.same("700 districts and 5 islands in 2023, 691 and 5 in the last list, none from 2025-07-01",
             [len(areas_on(area, "district", d)) for d in ("2024-04-01", "2025-06-30", "2025-07-01")], [700, 691, 0])
    tap.same("10,599 + 5 communes in 2023, 10,035 + 5 in the last list, 3,321 from 2025-07-01",
             [len(areas_on(area, "commune", d)) for d in ("2024-04-01", "2025-06-30", "2025-07-01")], [10604, 10040, 3321])
    tap.same("the five island districts act as communes until the reform",
             sorted(a["name"] for a in areas_on(area, "commune", "2024-04-01") if len(a["code"]) == 3),
             sorted(["Huyện Lý Sơn", "Huyện Bạch Long Vĩ", "Huyện Cồn Cỏ", "Huyện Hoàng Sa", "Huyện Côn Đảo"]))
    tap.same("2,621 xã, 687 phường and 13 đặc khu from 2025-07-01",
             [sum(a["name"].startswith(k) for a in areas_on(area, "commune", "2025-07-01")) for k in ("Xã ", "Phường ", "Đặc khu ")], [2621, 687, 13])


def phan_thiet():
    def units(day):
        return {a["code"]: a["name"] for a in areas_on(t["area"], "commune", day) if a["parent_code"] == "593"}

    april, last = units("2024-04-01"), units("2025-06-30")
    tap.same("Phan Thiết has 18 units on 2024-04-01", sorted(april.values()), sorted([
        "Phường Mũi Né", "Phường Hàm Tiến", "Phường Phú Hài", "Phường Phú Thủy", "Phường Phú Tài", "Phường Phú Trinh",
        "Phường Xuân An", "Phường Thanh Hải", "Phường Bình Hưng", "Phường Đức Nghĩa", "Phường Lạc Đạo", "Phường Đức Thắng",
        "Phường Hưng Long", "Phường Đức Long", "Xã Thiện Nghiệp", "Xã Phong Nẫm", "Xã Tiến Lợi", "Xã Tiến Thành"]))
    tap.same("Phan Thiết has 15 units on 2025-06-30", len(last), 15)
    tap.same("code 22951 is Hưng Long in 2024 and Bình Hưng in the last list", (april.get("22951"), last.get("22951")), ("Phường Hưng Long", "Phường Bình Hưng"))
    old = [a for a in t["area"] if a["parent_code"] == "593" and a["gone_by"]]
    succ = {(s["code"], s["valid_from"]) for s in t["area_successor"]}
    tap.same("Bình Hưng 22939, Đức Nghĩa, Đức Thắng and Hưng Long end on an unknown day", sorted(a["code"] for a in old), ["22939", "22942", "22948", "22951"])
    tap.none("and have no successor", [a for a in old if (a["code"], a["valid_from"]) in succ])
    names = {a["code"]: a["name"] for a in areas_on(t["area"], "commune", "2025-07-01")}
    got = {april.get(s["code"], last.get(s["code"])): names.get(s["successor_code"]) for s in t["area_successor"] if s["code"] in last}
    tap.same("code 22960 is Xã Phong Nẫm before and Phường Bình Thuận after, and the first goes into the second",
             (april.get("22960"), names.get("22960"), got.get("Xã Phong Nẫm")), ("Xã Phong Nẫm", "Phường Bình Thuận", "Phường Bình Thuận"))


def successors():
    by_key = {(a["code"], a["valid_from"]): a for a in t["area"]}
    succ = t["area_successor"]

    def old(s):
        return by_key.get((s["code"], s["valid_from"]), {})

    def new(s):
        return by_key.get((s["successor_code"], s["successor_valid_from"]), {})

    tap.none("a pair of old and new unit stands once", repeated((s["code"], s["valid_from"], s["successor_code"]) for s in succ))
    tap.none("both ends of a succession exist, the old one until 2025-06-30, the new one from 2025-07-01",
             [s for s in succ if old(s).get("valid_to") != "2025-06-30" or not new(s) or s["successor_valid_from"] != "2025-07-01"])
    tap.none("a commune goes into a commune and a province into a province",
             [s for s in succ if old(s).get("level") != new(s).get("level")])
    have = {(s["code"], s["valid_from"]) for s in succ}
    tap.none("every commune and province of the last day has a successor",
             [a for a in t["area"] if a["valid_to"] == "2025-06-30" and a["level"] != "district" and (a["code"], a["valid_from"]) not in have])
    tap.none("a unit whose end is not known has no successor", [a for a in t["area"] if a["gone_by"] and (a["code"], a["valid_from"]) in have])
    into = {s["successor_code"] for s in succ if len(s["successor_code"]) == 5}
    tap.none("every new commune has a predecessor", [a["code"] for a in areas_on(t["area"], "commune", "2025-07-01") if a["code"] not in into])
    parts = {}
    for s in succ:
        parts.setdefault((s["code"], s["valid_from"]), []).append(s["is_split"])
    tap.none("is_split marks exactly the units that went into more than one",
             [k for k, v in parts.items() if v != [("true" if len(v) > 1 else "false")] * len(v)])
    split = [len(v) for v in parts.values() if len(v) > 1]
    tap.same("471 units were split: 397 into 2, 58 into 3, 15 into 4, 1 into 5", {n: split.count(n) for n in (2, 3, 4, 5)}, {2: 397, 3: 58, 4: 15, 5: 1})
    province = {s["code"]: s["successor_code"] for s in succ if len(s["code"]) == 2}
    tap.none("a commune follows its province",
             [s for s in succ if len(s["code"]) > 2 and new(s).get("province_code") != province.get(old(s).get("province_code"))])
    tap.none("the districts gone since 2023 stand in area with the province of the small list",
             [d for d in t["district_2023"] if (by_key.get((d["district_code"], "2023-04-01")) or {}).get("province_code") != d["province_code"]])
    last = {a["code"] for a in areas_on(t["area"], "district", "2025-06-30")}
    tap.same("the small list holds every district of 2023 whose code the last list lacks", sorted(d["district_code"] for d in t["district_2023"]),
             sorted(a["code"] for a in areas_on(t["area"], "district", "2024-04-01") if a["code"] not in last))


def ids_banks_days():
    prefix = t["id_prefix"]
    tap.same("63 prefixes, none of them the sandbox's 099", (len({p["prefix"] for p in prefix}), len(prefix), "099" in {p["prefix"] for p in prefix}), (63, 63, False))
    old = {a["code"] for a in areas_on(t["area"], "province", "2024-04-01")}
    tap.none("a prefix is 0 and the old province code, and covers every old province",
             [p for p in prefix if p["prefix"] != "0" + p["province_code_before_2025"]] + sorted(old - {p["province_code_before_2025"] for p in prefix}))
    tap.same("the century digit gives sex and a hundred years from 1900 on",
             [(c["digit"], c["sex"], c["year_from"], c["year_to"]) for c in t["id_century"]],
             [(str(i), "MF"[i % 2], str(1900 + i // 2 * 100), str(1999 + i // 2 * 100)) for i in range(10)])
    tap.none("only the digits 0 to 3 were read", [c for c in t["id_century"] if (c["verification"] == "read") != (c["digit"] < "4")])

    bank = t["bank"]
    code = {b["code"]: b for b in bank}
    tap.none("a bank is known by its code", repeated(b["code"] for b in bank))
    live = [b for b in bank if b["deprecated"] == "false"]
    tap.none("among banks in use a NAPAS BIN stands once", repeated(b["napas_bin"] for b in live if b["napas_bin"]))
    tap.same("three BINs stand twice, each with the bank that took over", sorted((b["napas_bin"], b["code"], b["replaced_by"]) for b in bank if b["deprecated"] == "true"),
             [("970406", "DONGABANK", "VIKKI"), ("970414", "OCEANBANK", "MBV"), ("970449", "LIENVIETPOST_BANK", "LPB")])
    tap.none("a replaced bank points to a bank in use with the same BIN",
             [b for b in bank if bool(b["replaced_by"]) != (b["deprecated"] == "true") or (b["replaced_by"] and code[b["replaced_by"]]["napas_bin"] != b["napas_bin"])])
    tap.none("BIN has six digits, State Bank code three, BIC eight or eleven characters and the country VN",
             [b for b in bank if not re.fullmatch(r"(\d{6})?", b["napas_bin"]) or not re.fullmatch(r"(\d{3})?", b["sbv_code"])
              or not re.fullmatch(r"([A-Z]{4}VN[A-Z0-9]{2}([A-Z0-9]{3})?)?", b["swift_bic"])])
    tap.same("the four state banks are where they belong", [(code[k]["napas_bin"], code[k]["swift_bic"], code[k]["sbv_code"]) for k in ("VCB", "BID", "AGRIBANK", "CTG")],
             [("970436", "BFTVVNVX", "203"), ("970418", "BIDVVNVX", "202"), ("970405", "VBAAVNVX", "204"), ("970415", "ICBVVNVX", "201")])
    tap.same("the policy bank and the treasury have a State Bank code and no BIN", [(code[k]["sbv_code"], code[k]["napas_bin"]) for k in ("VBSP", "KBNN")], [("207", ""), ("701", "")])

    window = t["payout_window"]
    tap.none("a programme says once on which days it pays a period", repeated((w["programme"], w["period"], w["every_month"]) for w in window))
    tap.none("it pays on days that are days, and lists and money come before the last of them",
             [w for w in window if not all(is_day(w[k]) for k in ("period", "first_day", "last_day", "lists_before", "money_before"))
              or not w["period"].endswith("-01") or not w["lists_before"] <= w["money_before"] <= w["last_day"] or w["first_day"] > w["last_day"]])
    tap.none("a rule of every month has lists before the 20th and money before the 25th of the month before (Circulars 101/2018, 44/2022)",
             [w for w in window if w["every_month"] == "true" and (w["lists_before"][8:], w["money_before"][8:]) != ("20", "25")])
    tap.same("January and February 2024 were paid before 3 February (telegram 03/CD-TTg)",
             {(w["programme"], w["last_day"]) for w in window if w["period"] == "2024-02-01"}, {("merit", "2024-02-02"), ("social", "2024-02-02")})
    days = {d["day"]: d for d in t["business_day"]}
    off = {d for d in days if days[d]["kind"] == "holiday"}
    tap.none("a day stands once, is a day, and is a holiday or a make-up workday",
             repeated(d["day"] for d in t["business_day"]) + [d for d in days if not is_day(d) or days[d]["kind"] not in ("holiday", "make_up_workday")])
    tap.none("a make-up workday falls on a weekend", [d for d in days if days[d]["kind"] != "holiday" and datetime.date.fromisoformat(d).weekday() < 5])
    fixed = ("01-01", "04-30", "05-01", "09-02")
    tap.none("the fixed holidays stand in every year from 2020 to 2030", [f"{y}-{f}" for y in range(2020, 2031) for f in fixed if f"{y}-{f}" not in off])
    tap.same("24 November is a holiday from 2026 and not before", [y for y in range(2020, 2031) if f"{y}-11-24" in off], [2026, 2027, 2028, 2029, 2030])
    tap.same("Tết 2024 was off from 8 to 14 February", sorted(d for d in off if d.startswith("2024-02")), [f"2024-02-{n:02}" for n in range(8, 15)])
    tap.same("Tết falls on the Vietnamese new moon, 2030 on 2 February",
             [next(d for d in sorted(off) if d.startswith(f"{y}-") and days[d]["name"] == "Mùng 1 Tết Nguyên đán")[5:] for y in range(2020, 2031)],
             ["01-25", "02-12", "02-01", "01-22", "02-10", "01-29", "02-17", "02-06", "01-26", "02-13", "02-02"])
    tap.same("29 April 2024 was off and 4 May 2024 a workday", (days["2024-04-29"]["kind"], days["2024-05-04"]["kind"]), ("holiday", "make_up_workday"))


def rates():
    rate = t["rate"]
    tap.none("a rate is known by code, province, injury and first day", repeated((r["rate_code"], r["province_code"], r["injury_pct"], r["effective_from"]) for r in rate))
    tap.none("every rate has an amount above zero in whole đồng", [r for r in rate if not re.fullmatch(r"[1-9]\d*", r["amount_dong"])])
    tap.none("every rate has a decree, and its in-force day is that decree's",
             [r for r in rate if r["decree"] not in IN_FORCE or r["in_force_from"] != IN_FORCE[r["decree"]]])
    tap.none("the decree is named in the legal basis", [r for r in rate if r["decree"] not in r["legal_basis"]])
    tap.none("periods begin on a day and do not end before it",
             [r for r in rate if not is_day(r["effective_from"]) or (r["effective_to"] and not (is_day(r["effective_to"]) and r["effective_to"] >= r["effective_from"]))])
    spans = sorted((r["rate_code"], r["province_code"], r["injury_pct"], r["effective_from"], r["effective_to"] or "9999-12-31") for r in rate)
    tap.none("periods of one code, province and injury do not overlap", [(x, y) for x, y in zip(spans, spans[1:]) if x[:3] == y[:3] and y[3] <= x[4]])
    tap.none("periods of one code leave no gap", [(x, y) for x, y in zip(spans, spans[1:]) if x[:3] == y[:3]
             and datetime.date.fromisoformat(x[4]) + datetime.timedelta(1) != datetime.date.fromisoformat(y[3])])
    tap.none("programme and basis come from the list", [r for r in rate if r["programme"] not in ("merit", "social", "rent")
             or r["basis"] not in ("table", "standard", "coefficient", "injury_table", "fixed")])
    tap.none("a standard and a coefficient stand exactly where the amount follows from them",
             [r for r in rate if (r["basis"] == "coefficient") != bool(r["standard_code"]) or bool(r["standard_code"]) != bool(r["coefficient"])])

    def computed(r):
        std = [s for s in rate if s["rate_code"] == r["standard_code"] and s["effective_from"] <= r["effective_from"]
               and (not s["effective_to"] or r["effective_from"] <= s["effective_to"])]
        if not std:
            return None
        amount = decimal.Decimal(std[0]["amount_dong"]) * decimal.Decimal(r["coefficient"])
        # merit amounts are rounded to the thousand: Decree 75/2021, Art. 3(2)
        return amount.quantize(decimal.Decimal("1E3"), decimal.ROUND_HALF_UP) if r["programme"] == "merit" else amount

    tap.none("an amount that follows from a standard is standard × coefficient", [r for r in rate if r["basis"] == "coefficient" and computed(r) != int(r["amount_dong"])])
    tap.none("every row keeps the words of its source on certainty", [r for r in rate if not r["verification_note"]])
    tap.none("inferred and assumed are exactly the rows nobody has read",
             [r for r in rate if (r["verification"] == "inferred") != ("NOT READ" in r["verification_note"]) or (r["verification"] == "assumed") != ("assumed" in r["verification_note"])])
    tap.same("186 merit rows are inferred and 15 social rows assumed, all from 2026-07-01",
             sorted({(r["programme"], r["verification"], r["effective_from"]): sum(q["verification"] == r["verification"] for q in rate) for r in rate if r["verification"] in ("assumed", "inferred")}.items()),
             [(("merit", "inferred", "2026-07-01"), 186), (("social", "assumed", "2026-07-01"), 15)])
    injury = [r for r in rate if r["basis"] == "injury_table"]
    tap.same("640 injury rows: each percentage from 21 to 100, types A and B, four decrees",
             sorted((r["rate_code"], int(r["injury_pct"]), r["decree"]) for r in injury),
             sorted((c, p, d) for c in ("MERIT_INVALID_A", "MERIT_INVALID_B") for p in range(21, 101) for d in ("75/2021/ND-CP", "55/2023/ND-CP", "77/2024/ND-CP", "321/2026/ND-CP")))
    tap.none("a percentage stands in the injury table and nowhere else", [r for r in rate if bool(r["injury_pct"]) != (r["basis"] == "injury_table")])
    steps = sorted(injury, key=lambda r: (r["rate_code"], r["decree"], int(r["injury_pct"])))
    tap.none("a heavier injury never brings less", [(x, y) for x, y in zip(steps, steps[1:]) if (x["rate_code"], x["decree"]) == (y["rate_code"], y["decree"]) and int(y["amount_dong"]) < int(x["amount_dong"])])

    def of(code, day, pct=""):
        return [int(r["amount_dong"]) for r in rate if r["rate_code"] == code and r["injury_pct"] == pct and r["effective_from"] <= day <= (r["effective_to"] or "9999")]

    tap.same("the amounts of April 2024 are those of Decrees 55/2023 and 20/2021",
             [of(c, "2024-04-01") for c in ("MERIT_STD", "MERIT_MARTYR_1", "MERIT_MARTYR_2", "MERIT_MARTYR_3", "MERIT_MOTHER", "MERIT_MOTHER_ALLOW", "MERIT_HERO", "SA_STD", "SA_ELDER_C", "SA_ELDER_A_80", "SA_DISAB_SEVERE")],
             [[2055000], [2055000], [4110000], [6165000], [6165000], [1722000], [1722000], [360000], [360000], [720000], [540000]])
    tap.same("no supplement from 81 % has a rate in April 2024", of("MERIT_ALLOW_81", "2024-04-01"), [])
    tap.same("injury rates of 2024-07-01 run from 1,878,000 to 8,941,000 and, type B, from 1,552,000 to 7,397,000",
             [of(c, "2024-07-01", p) for c in ("MERIT_INVALID_A", "MERIT_INVALID_B") for p in ("21", "100")], [[1878000], [8941000], [1552000], [7397000]])
    tap.same("rent support is 500,000 and 1,000,000 in May 2022 and nothing in July", [of(c, d) for c in ("RENT_WORKING", "RENT_RETURNING") for d in ("2022-05-01", "2022-07-01")], [[500000], [], [1000000], []])


def categories():
    cat, alias = t["category"], t["category_alias"]
    programme = {r["rate_code"]: r["programme"] for r in t["rate"]}
    injured = {r["rate_code"] for r in t["rate"] if r["injury_pct"]}
    tap.none("a category is known by its code", repeated(c["code"] for c in cat))
    tap.none("a category's rates exist and are of its programme",
             [c for c in cat if programme.get(c["rate_code"]) != c["programme"] or (c["also_rate_code"] and programme.get(c["also_rate_code"]) != c["programme"])])
    tap.none("a percentage is asked for exactly where the rate needs one", [c for c in cat if (c["needs_injury_pct"] == "true") != (c["rate_code"] in injured)])
    yearly = {"MERIT_STD", "SA_STD", "MERIT_CONVALESCE_HOME", "MERIT_HOLIDAY_MEAL", "MERIT_WORSHIP", "SA_FUNERAL", "SA_EMERGENCY_FUNERAL", "PENSION_FUNERAL"}
    tap.same("every rate but standards, yearly and one-off grants has a category", sorted(set(programme) - {c["rate_code"] for c in cat}), sorted(yearly))
    tap.none("the highest of several holds for social assistance, merit and rent stand alone, the poor single parent adds",
             [c for c in cat if c["rule"] != ("adds" if c["code"] == "SA_SINGLE_PARENT" else "highest_of_several" if c["programme"] == "social" else "table")])
    codes = {c["code"] for c in cat}
    tap.none("an alias names a category that exists", [a for a in alias if a["category"] not in codes])
    tap.none("an alias, folded, names one category", repeated({(folded(a["alias"]), a["category"]): folded(a["alias"]) for a in alias}.values()))
    known = {(a["alias"], a["category"]) for a in alias}
    tap.none("a category's own name and code are among its aliases", [c for c in cat if (c["name_vi"], c["code"]) not in known or (c["code"], c["code"]) not in known])
    tap.same("a heroic mother gets allowance and supplement", [(c["rate_code"], c["also_rate_code"]) for c in cat if c["also_rate_code"]], [("MERIT_MOTHER", "MERIT_MOTHER_ALLOW")])


files()
areas()
phan_thiet()
families = re.findall(r'"((?:assets|liabilities|expenses|income|equity):[a-z-]+)"', (REFERENCE.parents[1] / "ledger/books/chart.c").read_text())
tap.none("each family of the chart has its row for an accountant", set(families) ^ {r["family"] for r in t["account_map"]})
tap.none("which says where it is from, and is reviewed only with a code", [r for r in t["account_map"] if not r["source"] or (r["reviewed_by"] and not r["national_code"])])
successors()
ids_banks_days()
rates()
categories()
tap.done()
