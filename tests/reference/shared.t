#!/usr/bin/python3
"""The tables of sql/reference say what the collected sources say, where those lie beside the project."""
import pathlib
import re
import sys
import unicodedata

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from tables import REPO, Tap, areas_on, rows_of, table  # noqa: E402

SHARED = REPO.parent / "shared" / "data" / "vietnam"
if not SHARED.is_dir():
    print("1..0 # SKIP ../shared is not beside the project")
    sys.exit(0)

tap = Tap()
TONES = "\u0300\u0301\u0303\u0309\u0323"


def shared(name):
    return rows_of(SHARED / f"{name}.csv")


def spelling(name):
    """One spelling: lower case, one space, ', no zero padding, the tone behind its word."""
    words = []
    for word in re.sub(r"\b0+(\d)", r"\1", name.replace("’", "'")).lower().split():
        parts = unicodedata.normalize("NFD", word)
        words.append("".join(c for c in parts if c not in TONES) + "".join(c for c in parts if c in TONES))
    return " ".join(words)


def areas():
    area = table("area")
    on = {d: {a["code"]: a for a in areas_on(area, "commune", d)} for d in ("2023-04-01", "2025-06-30", "2025-07-01")}
    islands = {c for c in on["2025-06-30"] if len(c) == 3}
    for day, name in (("2023-04-01", "wards_2023_04"), ("2025-06-30", "wards_before_20250701"), ("2025-07-01", "wards_from_20250701")):
        want = {w["ward_code"]: spelling(w["ward_name"]) for w in shared(name)}
        got = {c: spelling(a["name"]) for c, a in on[day].items() if c not in islands}
        tap.none(f"the communes of {day} are those of {name}", sorted(set(want.items()) ^ set(got.items())))
    tap.none("a commune of the 2023 list stands under the district of that list",
             [w for w in shared("wards_2023_04") if on["2023-04-01"][w["ward_code"]]["parent_code"] != w["district_code"]])
    tap.none("a commune stands in its province on each day",
             [w for day, name in (("2025-06-30", "wards_before_20250701"), ("2025-07-01", "wards_from_20250701")) for w in shared(name)
              if on[day][w["ward_code"]]["province_code"] != w["province_code"]])
    tap.none("a commune that names a resolution names the one of its list",
             [w for w in shared("wards_from_20250701") if on["2025-07-01"][w["ward_code"]]["source"] not in w["decree"]])
    districts = {a["code"]: a for level in ("district", "commune") for a in areas_on(area, level, "2025-06-30") if len(a["code"]) == 3}
    tap.none("the districts of 2025-06-30 are those of districts_before_20250701, names and provinces",
             sorted({(d["district_code"], spelling(d["district_name"]), d["province_code"]) for d in shared("districts_before_20250701")}
                    ^ {(a["code"], spelling(a["name"]), a["province_code"]) for a in districts.values()}))
    provinces = shared("provinces_63_to_34")
    tap.none("the provinces of both generations are those of provinces_63_to_34",
             sorted(({("2025-06-30", p["old_code"], p["old_name"]) for p in provinces} | {("2025-07-01", p["new_code"], p["new_name"]) for p in provinces})
                    ^ {(d, a["code"], a["name"]) for d in ("2025-06-30", "2025-07-01") for a in areas_on(area, "province", d)}))
    succ = table("area_successor")
    tap.none("the successors are those of ward_map_20250701 and provinces_63_to_34",
             sorted(({(m["old_ward_code"] or m["old_district_code"], m["new_ward_code"], m["is_split"] == "1") for m in shared("ward_map_20250701")}
                    | {(p["old_code"], p["new_code"], False) for p in provinces})
                    ^ {(s["code"], s["successor_code"], s["is_split"] == "true") for s in succ}))


def rates():
    rate = table("rate")
    want = {(r["rate_code"], r["effective_from"], r["effective_to"], r["amount_vnd"], r["coefficient"], r["programme"].lower()) for r in shared("benefit_rates") if r["amount_vnd"]}
    got = {(r["rate_code"], r["effective_from"], r["effective_to"], r["amount_dong"], r["coefficient"], r["programme"]) for r in rate if not r["injury_pct"]}
    tap.none("the rates are those of benefit_rates, all that have an amount", sorted(want ^ got))
    kind = {"THUONG_BINH": "MERIT_INVALID_A", "THUONG_BINH_B": "MERIT_INVALID_B"}
    want = {(kind[r["category"]], r["injury_pct"], r["effective_from"], r["effective_to"], r["amount_vnd"], r["decree"]) for r in shared("merit_invalid_rates")}
    got = {(r["rate_code"], r["injury_pct"], r["effective_from"], r["effective_to"], r["amount_dong"], r["legal_basis"]) for r in rate if r["injury_pct"]}
    tap.none("the injury rates are those of merit_invalid_rates", sorted(want ^ got))
    words = {(r["rate_code"], "", r["effective_from"]): r["verification"] for r in shared("benefit_rates")}
    words.update({(kind[r["category"]], r["injury_pct"], r["effective_from"]): r["status"] for r in shared("merit_invalid_rates")})
    tap.none("each rate keeps its source's words on certainty",
             [r for r in rate if not r["verification_note"].startswith(words[r["rate_code"], r["injury_pct"], r["effective_from"]])])
    tap.none("only a row whose source says read is read",
             [r for r in rate if (r["verification"] == "read") != (words[r["rate_code"], r["injury_pct"], r["effective_from"]] == "read")])
    tap.none("an in-force day that the source gives is ours",
             [s for s in shared("benefit_rates") for r in rate if s["in_force_date"] and s["rate_code"] == r["rate_code"]
              and s["effective_from"] == r["effective_from"] and s["in_force_date"] != r["in_force_from"]])


def the_rest():
    tap.same("the prefixes are those of cccd_province_codes", sorted((p["prefix"], p["province_code_before_2025"], p["province_name"]) for p in table("id_prefix")),
             sorted((p["cccd_prefix"], p["gso_province_code_before_2025"], p["birth_registration_province"]) for p in shared("cccd_province_codes")))
    tap.same("the century digits are those of cccd_century_gender", [(c["digit"], c["sex"], c["year_from"], c["year_to"]) for c in table("id_century")],
             [(c["digit"], c["gender"], c["year_from"], c["year_to"]) for c in shared("cccd_century_gender")])
    bank = {b["code"]: b for b in table("bank")}
    tap.none("each bank of banks.csv stands with its BIN, code and name inquiry",
             [b for b in shared("banks") if (bank[b["code"]]["napas_bin"], bank[b["code"]]["sbv_code"], bank[b["code"]]["name_lookup"] == "true")
              != (b["napas_bin"], b["sbv_bank_code"], b["name_lookup_supported"] == "1")])
    tap.same("beyond banks.csv stand only the policy bank and the treasury", sorted(set(bank) - {b["code"] for b in shared("banks")}), ["KBNN", "VBSP"])
    day = {d["day"]: d["kind"] for d in table("business_day")}
    off = {h["date"] for h in shared("holidays_2020_2030")} | {m["day_off"] for m in shared("make_up_working_days")}
    tap.same("the days off are those of holidays_2020_2030 and make_up_working_days", sorted(d for d in day if day[d] == "holiday"), sorted(off))
    tap.same("the make-up workdays are those of make_up_working_days", sorted(d for d in day if day[d] != "holiday"), sorted(m["make_up_working_day"] for m in shared("make_up_working_days")))


areas()
rates()
the_rest()
tap.done()
