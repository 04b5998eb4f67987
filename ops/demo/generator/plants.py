"""The dirt that real lists have, each piece planted on purpose and written down in truth.json."""

import copy

import rules
from people import Delegate, FAULTS, shuffled, stream
from vietnamese import decomposed, half_composed

# The ward whose merit batch waits for the second treasury credit; nothing else is planted there, so that one day settles it.
WAITING_WARD = "22966"
DECOMPOSED_LIST = ("22957", "rent")      # one clerk works on a machine that writes decomposed Unicode throughout

LOST_ZEROS = {"merit": 4, "social": 9, "rent": 1}
DECOMPOSED = 24
HALF_COMPOSED = 4
OTHER_TONE = 30
FAULTY = (("01", "merit", 1), ("04", "social", 1), ("02", "social", 2), ("02", "merit", 1), ("03", "social", 2), ("03", "rent", 1),
          ("07", "social", 1), ("07", "merit", 1), ("08", "social", 2))
CASH_WISH = 3                            # the last of them does not come to collect
CASH_WANT = 6
# (programme, what the list says for what is owed). 1,624,000 was right until June 2023; the others are a slip and a wrong category.
WRONG_AMOUNTS = (("merit", 2055000, 1624000), ("social", 360000, 380000), ("social", 540000, 720000))
DEAD_SINCE = "2024-03-12"


class Planter:
    def __init__(self, seed, lists, maker):
        self.random = stream(seed, "plants")
        self.lists = lists                   # {(ward code, programme): [people]}
        self.maker = maker
        self.pool = shuffled([p for people in lists.values() for p in people if p.ward.code != WAITING_WARD], self.random)
        self.found = {}                      # name of the dirt: what truth.json says of it
        self.bad_rows = []                   # (person-like row, reason)
        self.strangers = []
        self.deaths = []

    def take(self, fits):
        """A person who has no other dirt yet."""
        for i, p in enumerate(self.pool):
            if fits(p):
                return self.pool.pop(i)
        raise SystemExit("generate: nobody left who fits")

    def plant(self):
        self.faulty_accounts()
        self.cash()
        self.delegate()
        self.dead()
        self.wrong_amounts()
        self.duplicate()
        self.old_and_damaged_ids()
        self.lost_zeros()
        self.spellings()

    def note(self, what, p, **more):
        self.found.setdefault(what, []).append((p, more))

    def faulty_accounts(self):
        for suffix, programme, count in FAULTY:
            for _ in range(count):
                p = self.take(lambda p: p.programme == programme)
                p.account = self.maker.identities.account(suffix)
                p.state = {"01": "rejected", "04": "returned"}.get(suffix, "settled")
                p.in_bank_list = p.in_bank_list or suffix == "01"    # the bank's list is older than the closing: it still says open
                self.note("fault_accounts", p, suffix=suffix, fault=FAULTS[suffix])

    def cash(self):
        for i in range(CASH_WISH):
            p = self.take(lambda p: p.programme == "social")
            p.method, p.collected = "cash_wish", i < CASH_WISH - 1
            p.in_bank_list = True            # has an account, and wishes cash all the same
            p.state = "settled" if p.collected else "uncollected"
            p.note = "Đề nghị nhận tiền mặt"
            self.note("wants_cash", p, collects=p.collected)
        for _ in range(CASH_WANT):
            p = self.take(lambda p: p.programme == "social")
            p.method, p.account, p.in_bank_list, p.collected = "cash_want", None, False, True
            p.note = "Chưa có tài khoản"
            self.note("no_account", p)

    def delegate(self):
        p = self.take(lambda p: p.programme == "social" and p.personal_id[3:6] < "040" and p.personal_id[3] == "0")
        d = Delegate()
        d.name, d.folded, d.personal_id = self.maker.stranger(self.random, "M", 1965)
        d.account = self.maker.identities.account()
        d.paper, d.until = "15/GUQ-UBND", "31/12/2024"
        p.method, p.delegate, p.account, p.in_bank_list = "delegate", d, None, False
        p.note = "Con trai nhận thay"
        self.note("delegate", p, delegate=d.name, authority=d.paper, until="2024-12-31")

    def dead(self):
        p = self.take(lambda p: p.programme == "social")
        p.state = "ended"
        self.deaths.append((p.personal_id, p.name, DEAD_SINCE))
        self.note("dead", p, since=DEAD_SINCE)
        for day in ("2024-02-27", "2024-03-04", "2024-03-19", "2024-03-25"):     # people of no list
            sex = "F" if self.random() < .5 else "M"
            name, _, number = self.maker.stranger(self.random, sex, 1930 + int(self.random() * 25))
            self.deaths.append((number, name, day))
        self.deaths.sort(key=lambda death: death[2])

    def wrong_amounts(self):
        for programme, owed, listed in WRONG_AMOUNTS:
            p = self.take(lambda p: p.programme == programme and p.monthly_dong == owed)
            p.list_monthly_dong, p.state = listed, "exception"
            self.note("wrong_amounts", p, list_dong=listed, entitled_dong=owed)

    def duplicate(self):
        """On the lists of two wards: the second row, in the order of the wards' codes, is the one too many."""
        p = self.take(lambda p: p.programme == "social" and p.other_tone != p.name and p.ward.code < "22930")
        other = next(w for w in rules.WARDS if w.code == "22945")
        again = copy.copy(p)
        again.ward, again.list_name, again.address = other, p.other_tone, f"Khu phố 2, {other.name}"
        self.add_row(again, (other.code, "social"), "duplicate")
        self.note("duplicate", p)

    def old_and_damaged_ids(self):
        """A 9-digit CMND (its numbers began with the province, 26 for Bình Thuận), and an ID that lost a digit inside: filled
        up with a zero it would begin with 009, which is no province's prefix."""
        for ward_code, reason in (("22939", "cmnd"), ("22963", "id_damaged")):
            near = self.lists[ward_code, "social"][0]
            row = copy.copy(near)
            row.name, row.folded, row.personal_id = self.maker.stranger(self.random, near.sex, 1938)
            row.list_name, row.other_tone = row.name, row.name
            row.birth, row.method, row.account, row.account_on_list, row.note, row.phone = "1938", "account", None, False, "", ""
            row.list_id = f"26{int(self.random() * 10**7):07d}" if reason == "cmnd" else row.personal_id[:7] + row.personal_id[8:]
            row.monthly_dong = row.list_monthly_dong = 360000
            row.categories, row.percent = ("SA_ELDER_C",), None
            row.words = rules.WORDS["SA_ELDER_C"][1]
            self.add_row(row, (ward_code, "social"), reason)

    def add_row(self, row, where, reason):
        people = self.lists[where]
        people.insert(1 + int(self.random() * (len(people) - 1)), row)
        self.bad_rows.append((row, reason))

    def lost_zeros(self):
        for programme, count in LOST_ZEROS.items():
            for _ in range(count):
                p = self.take(lambda p: p.programme == programme)
                p.list_id = p.personal_id[1:]
                self.note("lost_zero", p)

    def spellings(self):
        for _ in range(OTHER_TONE):
            p = self.take(lambda p: p.other_tone != p.name)
            p.list_name = p.other_tone
            self.note("other_tone_placement", p)
        for _ in range(DECOMPOSED):
            p = self.take(lambda p: decomposed(p.name) != p.name)
            p.list_name = decomposed(p.name)
            self.note("decomposed_unicode", p)
        for _ in range(HALF_COMPOSED):
            p = self.take(lambda p: half_composed(p.name) not in (p.name, decomposed(p.name)))
            p.list_name = half_composed(p.name)
            self.note("half_composed_unicode", p)
