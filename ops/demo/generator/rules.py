"""Who is owed what in April 2024, as this generator knows it: its own small tables, taken from the decrees and not from the
program that the demo tests."""

import csv
import os
from collections import namedtuple
from functools import lru_cache

PERIOD = "2024-04"
RENT_MONTHS = ("2022-04", "2022-05", "2022-06")
PROGRAMMES = ("merit", "social", "rent")
SIZES = {"merit": 609, "social": 2770, "rent": 104}
BANK = "DEMO"

Ward = namedtuple("Ward", "code name weight")
# The 18 units of Phan Thiết with their codes of April 2023. The weight is this project's guess at their sizes.
WARDS = [Ward(*w) for w in (
    ("22915", "Phường Mũi Né", 84), ("22918", "Phường Hàm Tiến", 38), ("22921", "Phường Phú Hài", 46),
    ("22924", "Phường Phú Thủy", 78), ("22927", "Phường Phú Tài", 52), ("22930", "Phường Phú Trinh", 60),
    ("22933", "Phường Xuân An", 44), ("22936", "Phường Thanh Hải", 62), ("22939", "Phường Bình Hưng", 50),
    ("22942", "Phường Đức Nghĩa", 40), ("22945", "Phường Lạc Đạo", 56), ("22948", "Phường Đức Thắng", 42),
    ("22951", "Phường Hưng Long", 54), ("22954", "Phường Đức Long", 66), ("22957", "Xã Thiện Nghiệp", 48),
    ("22960", "Xã Phong Nẫm", 58), ("22963", "Xã Tiến Lợi", 50), ("22966", "Xã Tiến Thành", 36))]

Agency = namedtuple("Agency", "code name_vi funding_account number programmes")
AGENCIES = (
    Agency("so-ldtbxh", "Sở Lao động - Thương binh và Xã hội tỉnh Bình Thuận", "so-ldtbxh-merit", "110000000001", ("merit",)),
    Agency("phong-ldtbxh-phan-thiet", "Phòng Lao động - Thương binh và Xã hội thành phố Phan Thiết", "phong-ldtbxh-social",
           "110000000002", ("social", "rent")))

# Decree 55/2023/ND-CP, annex I, counted from 2023-07-01 to 2024-06-30.
MERIT_DONG = {
    "MERIT_MARTYR_1": 2055000, "MERIT_MARTYR_2": 4110000, "MERIT_MARTYR_3": 6165000,
    "MERIT_MOTHER": 6165000 + 1722000,   # the allowance and its supplement: two parts of one claim
    "MERIT_HERO": 1722000}
# Decree 20/2021/ND-CP: the standard (Art. 4) times the coefficient (Art. 6), the coefficients in tenths.
SOCIAL_STANDARD_DONG = 360000
SOCIAL_TENTHS = {
    "SA_ELDER_A_60_80": 15, "SA_ELDER_A_80": 20, "SA_ELDER_B": 10, "SA_ELDER_C": 10, "SA_ELDER_D": 30,
    "SA_DISAB_SEVERE": 15, "SA_DISAB_SEVERE_CHILD_ELDER": 20, "SA_DISAB_EXTREME": 20, "SA_DISAB_EXTREME_CHILD_ELDER": 25}
# Decision 08/2022/QD-TTg, a month.
RENT_DONG = {"RENT_WORKING": 500000, "RENT_RETURNING": 1000000}

# What a list calls a category; wards differ.
WORDS = {
    "MERIT_MARTYR_1": ("Thân nhân liệt sĩ", "Thân nhân của 01 liệt sĩ", "Thân nhân 1 liệt sỹ"),
    "MERIT_MARTYR_2": ("Thân nhân của 02 liệt sĩ", "Thân nhân 2 liệt sĩ"),
    "MERIT_MARTYR_3": ("Thân nhân của 03 liệt sĩ trở lên", "Thân nhân từ 03 liệt sĩ trở lên"),
    "MERIT_MOTHER": ("Bà mẹ Việt Nam anh hùng", "Mẹ VNAH"),
    "MERIT_HERO": ("Anh hùng lực lượng vũ trang nhân dân", "Anh hùng LLVTND"),
    "MERIT_INVALID_A": ("Thương binh", "Thương binh loại A"),
    "MERIT_INVALID_B": ("Thương binh loại B",),
    "SA_ELDER_A_60_80": ("Người cao tuổi cô đơn hộ nghèo từ đủ 60 đến dưới 80 tuổi",
                         "Người cao tuổi thuộc hộ nghèo không có người phụng dưỡng từ đủ 60 đến dưới 80 tuổi"),
    "SA_ELDER_A_80": ("Người cao tuổi cô đơn hộ nghèo từ đủ 80 tuổi",
                      "Người cao tuổi thuộc hộ nghèo không có người phụng dưỡng từ đủ 80 tuổi"),
    "SA_ELDER_B": ("Người cao tuổi từ đủ 75 đến dưới 80 tuổi thuộc hộ nghèo, hộ cận nghèo vùng đặc biệt khó khăn",),
    "SA_ELDER_C": ("Người cao tuổi từ đủ 80 tuổi không có lương hưu, trợ cấp bảo hiểm xã hội", "Người cao tuổi từ đủ 80 tuổi",
                   "Người cao tuổi từ 80 tuổi trở lên"),
    "SA_ELDER_D": ("Người cao tuổi được nhận chăm sóc tại cộng đồng",),
    "SA_DISAB_SEVERE": ("Người khuyết tật nặng",),
    "SA_DISAB_EXTREME": ("Người khuyết tật đặc biệt nặng",),
    "SA_DISAB_SEVERE_CHILD_ELDER": ("Người cao tuổi khuyết tật nặng", "Người khuyết tật nặng là người cao tuổi"),
    "SA_DISAB_EXTREME_CHILD_ELDER": ("Người cao tuổi khuyết tật đặc biệt nặng", "Người khuyết tật đặc biệt nặng là người cao tuổi"),
    "RENT_WORKING": ("Người lao động đang làm việc trong doanh nghiệp", "Đang làm việc trong doanh nghiệp"),
    "RENT_RETURNING": ("Người lao động quay trở lại thị trường lao động", "Lao động quay trở lại")}

# (weight, categories, first birth year, last birth year, share of women)
Kind = namedtuple("Kind", "weight categories born_from born_to women")
KINDS = {
    "merit": [Kind(*k) for k in (
        (520, ("MERIT_MARTYR_1",), 1930, 1968, .62), (70, ("MERIT_MARTYR_2",), 1928, 1962, .66),
        (15, ("MERIT_MARTYR_3",), 1928, 1958, .7), (20, ("MERIT_MOTHER",), 1922, 1938, 1),
        (10, ("MERIT_HERO",), 1930, 1952, .3), (280, ("MERIT_INVALID_A",), 1938, 1966, .16),
        (85, ("MERIT_INVALID_B",), 1940, 1968, .1))],
    "social": [Kind(*k) for k in (
        (720, ("SA_ELDER_C",), 1921, 1943, .64), (60, ("SA_ELDER_A_60_80",), 1945, 1963, .6),
        (40, ("SA_ELDER_A_80",), 1921, 1943, .64), (30, ("SA_ELDER_B",), 1945, 1948, .6), (10, ("SA_ELDER_D",), 1930, 1960, .6),
        (75, ("SA_DISAB_SEVERE_CHILD_ELDER",), 1936, 1963, .5), (30, ("SA_DISAB_EXTREME_CHILD_ELDER",), 1936, 1963, .5),
        (8, ("SA_DISAB_SEVERE",), 1966, 2005, .45), (4, ("SA_DISAB_EXTREME",), 1966, 2005, .45),
        # Two at once: only the highest is paid.
        (23, ("SA_ELDER_C", "SA_DISAB_SEVERE_CHILD_ELDER"), 1925, 1943, .6))],
    "rent": [Kind(*k) for k in ((75, ("RENT_WORKING",), 1980, 2003, .55), (25, ("RENT_RETURNING",), 1980, 2003, .55))]}


def read_injury():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "injury_2023.csv"), encoding="utf-8") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return {int(r["percent"]): (int(r["invalid_dong"]), int(r["type_b_dong"])) for r in rows}


INJURY_DONG = read_injury()


@lru_cache(maxsize=None)
def monthly_dong(categories, percent):
    """What a person of these categories is owed for one month."""
    first = categories[0]
    if first == "MERIT_INVALID_A":
        return INJURY_DONG[percent][0]
    if first == "MERIT_INVALID_B":
        return INJURY_DONG[percent][1]
    if first in MERIT_DONG:
        return MERIT_DONG[first]
    if first in RENT_DONG:
        return RENT_DONG[first]
    return max(SOCIAL_STANDARD_DONG * SOCIAL_TENTHS[c] // 10 for c in categories)


AGENCY_OF = {programme: agency for agency in AGENCIES for programme in agency.programmes}


def claim_months(programme):
    """(month, kind) of the claims of one person in this pay period."""
    if programme == "rent":
        return [(month, "arrears") for month in RENT_MONTHS]
    return [(PERIOD, "regular")]


def shares(total, weights):
    """total split by weights into whole numbers, each at least 1 if total allows it, largest remainders first."""
    sum_of_weights = sum(weights)
    floor = [total * w // sum_of_weights for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % sum_of_weights), i))
    for i in order[:total - sum(floor)]:
        floor[i] += 1
    return floor
