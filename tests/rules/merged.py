#!/usr/bin/python3
"""People with two IDs in a real database: both on lists, of the same and of different months, programmes and provinces; merged on some day, before
or after claims were made or paid, some parted again. After each run of entitlement every claim of everybody is what `slow` says.

Called by tests/scenario/merged.t, which makes the database. SEED=… and PEOPLE=… repeat or lengthen it. A difference prints the history."""
import datetime
import os
import pathlib
import random
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import driver  # noqa: E402
import slow  # noqa: E402
import tap  # noqa: E402

seed = int(os.environ.get("SEED", time.time_ns() % 1_000_000_007))
wanted = int(os.environ.get("PEOPLE", 600))
r = random.Random(seed)
rates, categories = driver.rows("rate.csv"), driver.rows("category.csv")
WARDS = {"08": "00691", "79": "25747", "68": "22945"}  # of three provinces, two of them with standards of their own
invented = []
for code, province, amount in (("SA_STD", "79", 650000), ("SA_STD", "08", 530000)):
    like = next(x for x in rates if x["rate_code"] == code and x["effective_to"] == "2026-06-30")
    invented.append({**like, "province_code": province, "amount_dong": str(amount), "effective_to": "", "verification": "read"})
rates += invented
law = slow.Law(rates, categories)
MAY_BE = {"social": ["SA_ELDER_D", "SA_DISAB_SEVERE", "SA_DISAB_EXTREME", "SA_HIV_POOR", "SA_SINGLE_PARENT"],
          "merit": ["MERIT_MARTYR_1", "MERIT_MARTYR_2", "MERIT_SURVIVOR", "MERIT_MOTHER", "MERIT_INVALID_A"]}
STEPS = [("2026-06", "2026-05-22"), ("2026-07", "2026-06-24"), ("2026-08", "2026-07-23"), ("2026-09", "2026-09-03"), ("2026-10", "2026-09-22"),
         ("2026-11", "2026-10-23"), ("2026-12", "2026-11-20"), ("2027-01", "2026-12-28")]


def psql(text):
    return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1"], input=text, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout.split("\n")[:-1]


def copy(table, columns, rows):
    """COPY as text: None is null."""
    lines = "".join("\t".join("\\N" if v is None else str(v) for v in row) + "\n" for row in rows)
    return f"copy {table} ({columns}) from stdin;\n{lines}\\.\n" if rows else ""


UNGUARDED = "set session_replication_role = replica;\n"


class Row:
    """A row of the register: one ID. What is known of it, each thing with the tick at which it came."""

    def __init__(self, number, year):
        self.id, self.year = number, year
        self.root, self.since = None, 0  # whom it went into, and when
        self.enrolled, self.lists, self.claims, self.decided = [], {}, [], []
        self.death = None


class Unit:
    """A person, with one ID or two."""

    def __init__(self, rows):
        self.rows, self.merge, self.told = rows, None, []

    def now(self):
        """Those that are each a person: a list of lists, whoever is left first."""
        if len(self.rows) == 2 and self.merge:
            return [sorted(self.rows, key=lambda row: row.root is not None)]
        return [[row] for row in self.rows]


tick = 0


def clock():
    global tick
    tick += 1
    return tick


def chosen(programme):
    return [(c, r.choice((21, 45, 81, 100)) if c == "MERIT_INVALID_A" else 0, r.choice((1, 2, 3)) if c == "SA_SINGLE_PARENT" else 0)
            for c in r.sample(MAY_BE[programme], r.choice((1, 1, 1, 2)))]


# ---- what is owed, by definition ------------------------------------------------------------------------------------------------------------

def lines_of(selves, programme, month, knows=lambda row, e: True):
    """Of the newest month that named any, each category as it was first told."""
    mine = [(e["at"], row, e) for row in selves for e in row.enrolled if e["programme"] == programme and e["from"] <= month and knows(row, e)]
    newest = max((e["from"] for _, _, e in mine), default=None)
    first = {}
    for _, _, e in sorted((m for m in mine if m[2]["from"] == newest), key=lambda m: m[0]):
        first.setdefault(e["category"], e)
    return list(first.values())


def stopped(selves, programme, month):
    rank = [(m, at, what) for row in selves for p, what, m, at in row.decided if p == programme and m <= month]
    return bool(rank) and max(rank)[2] != "resume"


def death_of(selves):
    return min((row.death for row in selves if row.death), default=None)


def worth(selves, programme, month, lines, province, known):
    person = {"province": province, "year": selves[0].year, "birth": None, "death": death_of(selves), "sandbox": True}
    try:
        return slow.month_worth(law, person, lines, month, known) if lines else None
    except slow.Nothing:
        return None


def knew(claim, row, e):
    """Whether a claim knew a row of a list: it came before, to the same ID, or to one that was this person's by then."""
    owner = claim["row"]
    together = row is owner or max(row.since if row.root else 0, owner.since if owner.root else 0) < claim["at"] and (row.root or owner.root)
    return e["at"] < claim["at"] and bool(together)


def standing(selves, programme, month=None):
    """The claims that count, in the order in which they were made."""
    return sorted((c for row in selves for c in row.claims if c["programme"] == programme and not c["surplus"] and month in (None, c["month"])),
                  key=lambda c: c["at"])


def run(unit, programme, period, today):
    """A run of entitlement: the claims that it adds."""
    for selves in unit.now():
        root, now, made = selves[0], clock(), []
        listed = next((row for row in [root, *sorted(selves[1:], key=lambda row: row.id)] if (programme, period) in row.lists), None)
        if listed and not standing(selves, programme, period) and not stopped(selves, programme, period):
            province = listed.lists[programme, period]
            amount = worth(selves, programme, period, lines_of(selves, programme, period), province, today)
            if amount:
                made.append({"month": period, "kind": "regular", "amount": amount, "known": today, "province": province})
        known = min(today, slow.first(period) - slow.DAY)
        for month in dict.fromkeys(c["month"] for c in standing(selves, programme)):
            had = standing(selves, programme, month)
            base = next(c for c in sorted(had, key=lambda c: c["kind"]!="regular"))
            if month >= period or any(c["voided"] for c in had) or known <= max(c["known"] for c in had) or stopped(selves, programme, month):
                continue
            lines = lines_of(selves, programme, month, lambda row, e: knew(base, row, e))
            due = worth(selves, programme, month, lines, base["province"], known)
            if due and due > sum(c["amount"] for c in had):
                made.append({"month": month, "kind": "arrears", "amount": due - sum(c["amount"] for c in had), "known": known, "province": base["province"]})
        for m in made:
            root.claims.append({**m, "programme": programme, "surplus": False, "voided": False, "paid": False, "row": root, "at": now})


def join(unit, kept, gone):
    """Two rows are one person from now on. Of two claims for the same thing the one that was paid stays, else the one of the row that is left.
    What rises added for one goes with his last claim that had a like, when all of the other's for the month come to no less."""
    gone.root, gone.since = kept, clock()
    unit.merge = {"surplus": [], "at": gone.since}

    def things(row):
        of = {}
        for c in sorted((c for c in row.claims if not c["voided"] and not c["surplus"]), key=lambda c: (c["kind"] == "arrears", c["at"])):
            of.setdefault((c["programme"], c["month"]), []).append(c)
        return of
    theirs = things(gone)
    for thing, mine in things(kept).items():
        pairs = list(zip(mine, theirs.get(thing, [])))
        lost = [a if b["paid"] and not a["paid"] else b for a, b in pairs]
        unit.merge["surplus"] += lost
        if pairs:
            own, other = (mine, theirs[thing]) if lost[-1] in mine else (theirs[thing], mine)
            if sum(c["amount"] for c in own) <= sum(c["amount"] for c in other):
                unit.merge["surplus"] += own[len(pairs):]
    for c in unit.merge["surplus"]:
        c["surplus"] = True


def part(unit):
    for c in unit.merge["surplus"]:
        c["surplus"] = False
    for row in unit.rows:
        row.root, row.since = None, 0
    unit.merge = None


# ---- the same in the database -----------------------------------------------------------------------------------------------------------------

def begin(units):
    rows = [row for u in units for row in u.rows]
    text = UNGUARDED + "".join(
        "insert into rules.rate (rate_code, programme, description_vi, basis, amount_dong, province_code, effective_from, in_force_from, decree,"
        " legal_basis, verification, recorded_on) select rate_code, programme, description_vi, basis, {amount_dong}, '{province_code}', effective_from,"
        " in_force_from, decree, legal_basis, 'read', null from rules.rate where rate_code = 'SA_STD'"
        " and province_code is null and effective_from = '{effective_from}';\n".format(**i)
        for i in invented)
    text += copy("register.person", "id, anchor, name, name_fold, birth_year, sex", [
        (row.id, f"\\\\x{row.id:032x}", f"Người {row.id}", f"nguoi {row.id}", row.year, "F") for row in rows])
    psql(text + copy("register.person_key", "person, wrapped", [(row.id, "\\\\x00") for row in rows]))


class Lists:
    """What the lists of one moment bring: rows of the lists, and categories."""

    def __init__(self):
        self.rows, self.enrolled, self.files = [], [], {}

    def file(self, programme, province, period):
        return self.files.setdefault((programme, province, period), len(self.files) + 1)

    def enrol(self, row, programme, province, period, start):
        number = self.file(programme, province, period)
        for code, pct, children in chosen(programme):
            if any((e["programme"], e["category"], e["from"]) == (programme, code, start) for e in row.enrolled):
                continue
            row.enrolled.append({"programme": programme, "category": code, "pct": pct, "children": children, "from": start, "at": clock()})
            self.enrolled.append((row.id, programme, code, pct or None, WARDS[province], "2025-07-01", start + "-01", "regular", number, 1, children or None))

    def list(self, row, programme, province, period):
        number = self.file(programme, province, period)
        row.lists[programme, period] = province
        self.rows.append((number, len(self.rows) + 2, "accepted", row.id, programme, period + "-01", "regular"))

    def write(self, step):
        base = int(psql("select coalesce(max(id), 0) from register.import_file")[0])
        text = UNGUARDED + copy("register.import_file", "id, sha256, name, kind, programme, area_code, area_valid_from, period, officer, at, row_key", [
                                    (base + n, f"\\\\x{base + n:064x}", f"{step}-{base + n}", "payment_list", p, WARDS[a], "2025-07-01", m + "-01", 1,
                                     "now", "\\\\x00") for (p, a, m), n in self.files.items()])
        text += copy("register.import_row", "file, row_no, status, person, programme, period, kind", [(base + x[0], *x[1:]) for x in self.rows])
        text += copy("register.enrolment", "person, programme, category, injury_pct, area_code, area_valid_from, from_month, kind, file, row_no, children",
                     [(*x[:8], base + x[8], *x[9:]) for x in self.enrolled])
        psql(text)


def merges(pairs):
    """Each pair (kept, gone) by two officers, through the trigger that does it."""
    psql(UNGUARDED + copy("register.identity", "kind, person, other, number, reason, first_officer",
                          [("merge", k.id, g.id, "31/CA", "cùng một người", 1) for k, g in pairs]) + """
        set session_replication_role = origin;
        begin; select auth.enter(sha256(decode(repeat('2', 64), 'hex')));
        update register.identity set second_officer = auth.me(), decided_at = clock_timestamp() where second_officer is null; commit;""")


def parts(pairs):
    """True for each merge that PostgreSQL undid."""
    out = []
    for kept, gone in pairs:
        said = psql(f"""begin; select 0 from auth.enter(sha256(decode(repeat('1', 64), 'hex')));
            insert into register.identity (kind, person, other, undoes, number, reason, first_officer) select 'part', person, other, id, '32/CA', 'nhầm', 1
                from register.identity where kind = 'merge' and person = {kept.id} and other = {gone.id} order by id desc limit 1;
            commit; begin; select auth.enter(sha256(decode(repeat('2', 64), 'hex')));
            do $$ begin
                update register.identity set second_officer = auth.me(), decided_at = clock_timestamp() where kind = 'part' and second_officer is null;
            exception when sqlstate 'CH001' then
                update register.identity set second_officer = auth.me(), decided_at = clock_timestamp(), refused = true
                    where kind = 'part' and second_officer is null;
            end $$;
            commit; select root is null from register.person where id = {gone.id}""")
        out.append(said[-1] == "t")
    return out


def claims_in_database():
    of = {}
    for line in psql("""select c.person, c.programme, to_char(c.month, 'YYYY-MM'), c.kind, c.amount_dong,
            exists (select from register.surplus s where s.claim = c.id and not s.undone) from payout.claim c"""):
        person, *rest = line.split("|")
        of.setdefault(int(person), []).append("|".join(rest))
    return {k: sorted(v) for k, v in of.items()}


def claims_of(row):
    return sorted("|".join((c["programme"], c["month"], c["kind"], str(c["amount"]), "t" if c["surplus"] else "f")) for c in row.claims)


def pay(units):
    """Some of what waits is paid, little is voided."""
    paid, voided = [], []
    for row in (row for u in units for row in u.rows):
        for c in row.claims:
            if not (c["surplus"] or c["paid"] or c["voided"]):
                what = r.random()
                c["paid"], c["voided"] = what < .6, what > .98
                (paid if c["paid"] else voided if c["voided"] else []).append((row.id, c["programme"], c["month"] + "-01", c["kind"], c["amount"]))
    psql(UNGUARDED + "create temp table p (person bigint, programme text, month date, kind text, dong bigint);\n"
         + copy("p", "person, programme, month, kind, dong", paid) + """
        with c as (select distinct on (p.*) c.* from p join payout.claim c on (c.person, c.programme, c.month, c.kind, c.amount_dong) = (p.person, p.programme, p.month, p.kind, p.dong)
            where not exists (select from payout.payout o where o.claim = c.id)),
        made as (insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
            select c.id, 1, 0, c.id, sha256('cash'), c.amount_dong, sha256('line'), lpad(c.id::text, 19, '0') from c returning id)
        insert into payout.payout_state (payout, state) select id, 7 from made;
        truncate p;
        """ + copy("p", "person, programme, month, kind, dong", voided) + """
        insert into payout.claim_void (claim, reason, first_officer, second_officer) select c.id, 'died', 1, 2
            from p join payout.claim c on (c.person, c.programme, c.month, c.kind, c.amount_dong) = (p.person, p.programme, p.month, p.kind, p.dong);""")


def decide(units, period):
    """Suspensions and the like, and deaths."""
    rows, deaths = [], []
    for row in (row for u in units for row in u.rows if not row.root):
        if r.random() < .03:
            programme, what = r.choice(("social", "merit")), r.choice(("suspend", "resume", "terminate", "resume"))
            month = r.choice([p for p, _ in STEPS if p <= period] + [slow.following(period)])
            row.decided.append((programme, what, month, clock()))
            rows.append((what, programme, row.id, month + "-01", "1/QĐ", "theo hồ sơ", 1, 2, "now"))
        if not row.death and r.random() < .008:
            row.death = slow.first(period) - r.randrange(1, 70) * slow.DAY
            deaths.append((row.id, "death", row.death))
    # One at a time, so that the order of decisions is theirs.
    psql(UNGUARDED + "".join(f"insert into register.decision (kind, programme, person, month, number, reason, first_officer, second_officer, decided_at)"
                             f" values ('{k}', '{p}', {i}, '{m}', '{n}', '{w}', {a}, {b}, clock_timestamp());\n" for k, p, i, m, n, w, a, b, _ in rows)
         + copy("register.person_event", "person, kind, day", deaths))


def entitle(programme, period):
    subprocess.run([str(driver.BIN / "chitra"), "--json", "entitle", "--programme", programme, "--period", period], stdout=subprocess.DEVNULL, check=True)


# ---- the story of everybody ------------------------------------------------------------------------------------------------------------------------

def difference(units):
    got = claims_in_database()
    for u in units:
        for row in u.rows:
            if got.get(row.id, []) != claims_of(row):
                return ([f"SEED={seed}: IDs {[x.id for x in u.rows]}, born {row.year}", *u.told, f"claims of {row.id} in the database:", *got.get(row.id, []),
                         "by definition:", *claims_of(row)])
    return []


def merge_some(units, share, when):
    pairs = []
    for u in units:
        if len(u.rows) == 2 and not u.merge and r.random() < share:
            kept, gone = r.sample(u.rows, 2)
            pairs.append((u, kept, gone))
    merges([(k, g) for _, k, g in pairs])
    for u, kept, gone in pairs:
        join(u, kept, gone)
        u.told.append(f"{when}: {gone.id} goes into {kept.id}")
    return pairs


def part_some(pairs, when, fresh):
    """Of merges: the fresh ones must come apart, of the others only what nothing rests on."""
    asked = [p for p in pairs if r.random() < (.15 if fresh else .01)]
    for (u, kept, gone), undone in zip(asked, parts([(k, g) for _, k, g in asked])):
        u.told.append(f"{when}: {kept.id} and {gone.id} are to be parted: {undone}")
        rests = any(c["at"] > u.merge["at"] for row in u.rows for c in row.claims) or any(d[3] > u.merge["at"] for row in u.rows for d in row.decided)
        if undone and rests or fresh and not undone:
            return [*u.told, "parted although claims rest on the merge" if undone else "not parted although nothing rests on the merge"]
        if undone:
            part(u)
    return []


def bring_lists(units, step, period):
    lists, periods, late = Lists(), {period}, r.choice([p for p, _ in STEPS[:step]]) if step else None
    for u in units:
        for selves in u.now():
            root = selves[0]
            for programme in root.programmes:
                if r.random() < .06:
                    root.province = r.choice(list(WARDS))
                if step == 0 or r.random() < .05:
                    start = "2020-01" if step == 0 and r.random() < .7 else period
                    lists.enrol(root, programme, root.province, period, start)
                    u.told.append(f"{period}: {root.id} is enrolled in {programme}, {root.province}: {[(e['category'], e['from'], e['pct'], e['children']) for e in root.enrolled]}")
                for of in [period] + ([late] if late and r.random() < .06 else []):
                    if r.random() < .85 and not any((programme, of) in row.lists for row in selves) and lines_of(selves, programme, of):
                        lists.list(root, programme, root.province, of)
                        u.told.append(f"{period}: {root.id} stands on the list {of} of {programme} in {root.province}")
                        periods.add(of)
    lists.write(step)
    return sorted(periods)


def main():
    began, number, units, bad = time.monotonic(), 0, [], []
    for _ in range(wanted):
        year = r.randrange(1935, 2000)
        rows = [Row(number + n + 1, year) for n in range(r.choice((1, 2, 2, 2, 2)))]
        number += len(rows)
        for row in rows:
            row.province, row.programmes = r.choice(list(WARDS)), r.choice((["social"], ["social"], ["merit"], ["social", "merit"]))
        units.append(Unit(rows))
    begin(units)
    for step, (period, day) in enumerate(STEPS):
        today = datetime.date.fromisoformat(day)
        psql(f"update ops.instance set clock_offset = timestamptz '{day} 08:00+07' - now()")
        merge_some(units, .05, f"{period}, before its lists")
        decide(units, period)
        periods = bring_lists(units, step, period)
        fresh = merge_some(units, .08, f"{period}, after its lists")
        bad = bad or part_some(fresh, period, True)
        for of in periods:
            for programme in ("social", "merit"):
                for u in units:
                    run(u, programme, of, today)
                entitle(programme, of)
            bad = bad or difference(units)
        if bad:
            break
        bad = part_some([(u, *sorted(u.rows, key=lambda row: row.root is not None)) for u in units if u.merge], period, False) or difference(units)
        pay(units)
        merge_some(units, .05, f"{period}, after it was paid")
        bad = bad or difference(units)
        if bad:
            break
    claims = [c for u in units for row in u.rows for c in row.claims]
    tap.none(bad, f"what {wanted} people with one ID or two are owed, merged and parted, is what the decrees say")
    counts = {"merged": sum(1 for u in units if u.merge), "parted": sum(1 for u in units for t in u.told if t.endswith(": True")),
              "not parted": sum(1 for u in units for t in u.told if t.endswith(": False")), "claims": len(claims),
              "surplus": sum(c["surplus"] for c in claims), "surplus of who is left": sum(c["surplus"] and not c["row"].root for c in claims),
              "rises": sum(c["kind"] == "arrears" for c in claims),
              "rises of merged people": sum(c["kind"] == "arrears" and c["at"] > u.merge["at"] for u in units if u.merge for row in u.rows for c in row.claims)}
    print(f"# seed {seed}, {time.monotonic() - began:.1f} s: " + ", ".join(f"{n} {w}" for w, n in counts.items()))
    tap.none([w for w, n in counts.items() if not n], "and everything of it came up")
    tap.done()


if __name__ == "__main__":
    main()
