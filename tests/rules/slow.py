"""What a period owes, by definition and slowly: written from the decrees and sql/reference/README.md, with nothing of the C."""
import bisect
import datetime
import functools

DAY = datetime.timedelta(days=1)


@functools.lru_cache(maxsize=None)
def first(month):
    return datetime.date(int(month[:4]), int(month[5:]), 1)


@functools.lru_cache(maxsize=None)
def following(month):
    return (first(month) + 31 * DAY).isoformat()[:7]


@functools.lru_cache(maxsize=None)
def last(month):
    return first(following(month)) - DAY


AGES = {  # Decree 20/2021/ND-CP art. 5; Decree 176/2025: from, below
    "SA_ORPHAN_LT4": (0, 4), "SA_ORPHAN_4_16": (4, 16), "SA_ORPHAN_STUDENT": (16, 23), "SA_CHILD_HIV_LT4": (0, 4),
    "SA_CHILD_HIV_4_16": (4, 16), "SA_ELDER_A_60_80": (60, 80), "SA_ELDER_A_80": (80, 999), "SA_ELDER_B": (75, 80),
    "SA_ELDER_C": (80, 999), "SA_ELDER_D": (60, 999), "SA_CHILD_LT3": (0, 3), "SOCIAL_PENSION": (70, 999)}
CHILD_OR_ELDER = {"SA_DISAB_EXTREME_CHILD_ELDER", "SA_DISAB_SEVERE_CHILD_ELDER"}
BESIDE_PARENT = ("SA_ELDER_", "SA_DISAB_", "SA_HIV_POOR")
THREE_MONTHS = {"RENT_WORKING", "RENT_RETURNING"}


class Nothing(Exception):
    def __init__(self, answer, missing=""):
        super().__init__(answer)
        self.answer, self.missing = answer, missing


class Law:
    def __init__(self, rates, categories):
        self.categories = {c["code"]: c for c in categories}
        self.rates = {}
        for r in rates:
            key = (r["rate_code"], int(r["injury_pct"] or 0))
            self.rates.setdefault(key, {}).setdefault(r["province_code"], []).append(r)
        self.news = sorted({datetime.date.fromisoformat(max(r["in_force_from"], r.get("recorded_on", ""))) for r in rates})

    def knows(self, day):
        """The last day until `day` on which anything became known: what is known on both is the same."""
        n = bisect.bisect_right(self.news, day)
        return self.news[n - 1] if n else datetime.date.min

    @functools.lru_cache(maxsize=None)
    def row(self, code, pct, province, month, known):
        """The row that somebody who looked on the day `known` would have used for the month."""
        best = None
        for place, rows in self.rates.get((code, pct), {}).items():
            if place not in ("", province):
                continue
            rows = sorted(rows, key=lambda r: r["effective_from"])
            seen = [r for r in rows if max(r["in_force_from"], r.get("recorded_on", "")) <= known.isoformat()]
            for r in seen:
                end = r["effective_to"] or "9999-12-31"
                after = [x for x in rows if x["effective_from"] > r["effective_from"]]
                if after and after[0] not in seen:
                    end = min([x["effective_from"] for x in seen if x["effective_from"] > r["effective_from"]], default="9999-12-31")
                if r["effective_from"] <= month + "-01" <= end and not any(
                        r["effective_from"] < x["effective_from"] <= month + "-01" for x in seen):
                    if best is None or int(r["amount_dong"]) > int(best["amount_dong"]):
                        best = r
        return best

    @functools.lru_cache(maxsize=None)
    def amount(self, code, pct, province, month, known, sandbox):
        row = self.row(code, pct, province, month, known)
        if row is None:
            raise Nothing("no_rate", code)
        amount, used = int(row["amount_dong"]), [row]
        if row["basis"] == "coefficient" and row["standard_code"]:
            standard = self.row(row["standard_code"], 0, province, month, known)
            if standard is not None:
                used.append(standard)
                if standard["province_code"] and not row["province_code"]:
                    hundredths = round(float(row["coefficient"]) * 100)
                    amount = int(standard["amount_dong"]) * hundredths // 100
        if not sandbox and any(r["verification"] in ("assumed", "inferred") for r in used):
            raise Nothing("rate_unread", code)
        return amount


def birthdays(person):
    """The earliest and the latest day on which he can have been born."""
    if person["birth"]:
        return person["birth"], person["birth"]
    return datetime.date(person["year"], 1, 1), datetime.date(person["year"], 12, 31)


def age(born, day):
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def fits(person, category, month):
    if not person["year"]:
        return True
    early, late = birthdays(person)
    reached = age(early, last(month))           # by the end of the month, at most
    outgrown = age(late, first(month) - DAY)    # before the month began, at least
    if category in CHILD_OR_ELDER:
        return outgrown < 16 or reached >= 60
    low, high = AGES.get(category, (0, 999))
    return (reached >= low or low == 0) and outgrown < high


def month_worth(law, person, lines, month, known):
    """The đồng of a month, or Nothing."""
    if person["death"] and person["death"].isoformat()[:7] < month:
        raise Nothing("ended")
    for line in lines:
        if not fits(person, line["category"], month):
            raise Nothing("age", line["category"])
        if line["category"] == "SA_SINGLE_PARENT" and not line["children"]:
            raise Nothing("children", line["category"])

    def rate(code, pct=0):
        return law.amount(code, pct, person["province"], month, law.knows(known), person["sandbox"])

    paid, several, parent = {}, [], None
    for line in lines:
        c = law.categories[line["category"]]
        if c["rule"] == "table":
            paid[c["rate_code"]] = rate(c["rate_code"], line["pct"] if c["needs_injury_pct"] == "true" else 0)
            if c["also_rate_code"]:
                paid.setdefault(c["also_rate_code"], rate(c["also_rate_code"]))
    for line in lines:
        c = law.categories[line["category"]]
        if c["rule"] == "highest_of_several":
            several.append((line["category"], rate(c["rate_code"])))
        elif c["rule"] == "adds":
            parent = rate(c["rate_code"]) * line["children"]
    # Art. 6: every lawful way to be paid, and the best of them.
    ways = [amount for _, amount in several]
    if parent is not None:
        ways += [parent] + [amount + parent for code, amount in several if code.startswith(BESIDE_PARENT)]
    return sum(paid.values()) + max(ways, default=0)


class Person:
    """A person of one programme and what was claimed for him, month by month."""

    def __init__(self, law, province, year, birth, death, sandbox):
        self.law = law
        self.who = {"province": province, "year": year, "birth": birth, "death": death, "sandbox": sandbox}
        self.enrolled, self.decided, self.uncollected, self.claims, self.voided = [], [], set(), [], set()

    def lines(self, month, arrears, told=None):
        """The categories of a month by the first `told` rows that lists brought, or all."""
        mine = [e for e in self.enrolled[:told] if e["arrears"] == arrears and e["from"] <= month and (not arrears or month <= e["to"])]
        newest = max((e["from"] for e in mine), default=None)
        return [e for e in mine if e["from"] == newest][:6]

    def decision(self, month):
        rank = [(m, n, what) for n, (what, m) in enumerate(self.decided) if m <= month]
        return max(rank) if rank else None

    def refused(self, month):
        word = self.decision(month)
        if word and word[2] != "resume":
            raise Nothing({"suspend": "suspended", "terminate": "terminated"}[word[2]])

    def lies(self, month):
        word = self.decision(month)
        since = word[0] if word else "0000-00"
        for m in self.uncollected:
            three = [m, following(m), following(following(m))]
            if all(t in self.uncollected and since <= t < month for t in three):
                raise Nothing("uncollected")

    def period(self, period, today, flags):
        """The lines that the program should print."""
        made, said, over = [], [], []
        months = {c["month"] for c in self.claims if c["month"] not in self.voided}

        def claim(month, arrears):
            before = [c for c in self.claims if c["month"] == month]
            if before:
                own = all(c["period"] == period and c["arrears"] == arrears for c in before)
                if not own and (arrears or all(c["arrears"] for c in before)):
                    said.append(("not", month, "elsewhere", ""))
                return
            lines = self.lines(month, arrears)
            try:
                if any(e["category"] in THREE_MONTHS for e in lines) and len(months) >= 3:
                    raise Nothing("months_spent")
                self.refused(month)
                self.lies(month)
                amount = month_worth(self.law, self.who, lines, month, today)
            except Nothing as why:
                said.append(("not", month, why.answer, why.missing))
                return
            months.add(month)
            made.append({"month": month, "arrears": arrears, "n": 1, "amount": amount})

        if "l" in flags:
            claim(period, False)
            if "t" in flags:
                claim(following(period), False)
        if "a" in flags:
            listed = next(e for e in self.enrolled if e["arrears"])
            month = listed["from"]
            while month <= listed["to"]:
                claim(month, True)
                month = following(month)
        if "r" in flags:
            # By the end of the month before: what the new decree's own month knew is paid in the month after it.
            known = min(today, first(period) - DAY)
            for month in dict.fromkeys(c["month"] for c in self.claims):
                had = [c for c in self.claims if c["month"] == month]
                if month >= period or month in self.voided or known <= max(c["known"] for c in had):
                    continue
                arrears = all(c["arrears"] for c in had)
                base = next(c for c in had if c["arrears"] == arrears)  # what a list made: the person as he was known then
                lines = self.lines(month, arrears, base["told"])
                try:
                    self.refused(month)
                    if not lines:
                        continue
                    due = month_worth(self.law, {**self.who, "province": base["province"]}, lines, month, known)
                except Nothing as why:
                    if why.answer in ("no_rate", "rate_unread"):
                        said.append(("not", month, why.answer, why.missing))
                    continue
                more = due - sum(c["amount"] for c in had)
                if more > 0:
                    n = 1 + max([c["n"] for c in had if c["arrears"]], default=0)
                    made.append({"month": month, "arrears": True, "n": n, "amount": more})
                elif more < 0:
                    over.append(("over", month, str(-more)))
        for m in made:
            self.claims.append({**m, "known": today, "period": period, "told": len(self.enrolled), "province": self.who["province"]})
        return ([("claim", m["month"], "arrears" if m["arrears"] else "regular", str(m["n"]), str(m["amount"])) for m in made]
                + said + over)
