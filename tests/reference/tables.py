"""Reading of sql/reference and TAP output for the two checks beside this file."""
import csv
import pathlib
import sys
import unicodedata

REPO = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = REPO / "sql" / "reference"

COLUMNS = {
    "area": "code valid_from valid_from_known valid_to valid_to_known gone_by level name parent_code"
    " parent_valid_from province_code source",
    "area_successor": "code valid_from successor_code successor_valid_from is_split source",
    "district_2023": "district_code name province_code source",
    "id_prefix": "prefix province_code_before_2025 province_name source",
    "id_century": "digit sex year_from year_to verification",
    "bank": "code napas_bin short_name name_vi swift_bic sbv_code name_lookup deprecated replaced_by source",
    "business_day": "day kind name source verification",
    "payout_window": "programme period every_month first_day last_day lists_before money_before source verification",
    "rate": "rate_code programme description_vi basis standard_code coefficient amount_dong injury_pct"
    " province_code effective_from effective_to in_force_from decree legal_basis verification"
    " verification_note",
    "category": "code programme name_vi rate_code also_rate_code needs_injury_pct rule source",
    "category_alias": "alias category",
    "account_map": "family national_code national_name source reviewed_by reviewed_on",
}


def table(name):
    with open(REFERENCE / f"{name}.csv", encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def areas_on(areas, level, day):
    """The units that stand on a day: the rule of sql/reference/README.md."""
    return [
        a
        for a in areas
        if a["level"] == level
        and a["valid_from"] <= day
        and (not a["valid_to"] or day <= a["valid_to"])
        and (not a["gone_by"] or day < a["gone_by"])
    ]


def folded(text):
    """Upper case without accents, one space between words; đ does not decompose."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D").replace("–", "-"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).upper().replace("-", " - ").split())


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def none(self, title, bad):
        """ok when there is no bad row; the first five are shown."""
        bad = list(bad)
        self.count += 1
        print(f"{'not ok' if bad else 'ok'} {self.count} - {title}")
        if bad:
            self.failed += 1
            print(f"# {len(bad)} rows break the rule")
            for row in bad[:5]:
                print(f"#   {row}")

    def same(self, title, got, want):
        self.none(title, [] if got == want else [f"got {got!r}, want {want!r}"])

    def done(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)


def repeated(keys):
    seen, twice = set(), []
    for key in keys:
        if key in seen:
            twice.append(key)
        seen.add(key)
    return twice
