"""The people of the lists: names, sample IDs, accounts, and what each is owed."""

from bisect import bisect
from itertools import accumulate
from random import Random

import rules
from vietnamese import Names

# Which fakebank's fault an account ending asks for. Sound accounts never end so.
FAULTS = {"01": "closed", "02": "slow", "03": "callback twice", "04": "returned a day later", "07": "times out after paying",
          "08": "accepts, then silent"}


def stream(seed, name):
    """A generator of its own for each purpose, so that one more draw here moves nothing there. Only random() is used:
    the one method whose sequence Python promises to keep."""
    return Random(f"chitra-demo/{seed}/{name}").random


def shuffled(items, random):
    items = list(items)
    for i in range(len(items) - 1, 0, -1):
        j = int(random() * (i + 1))
        items[i], items[j] = items[j], items[i]
    return items


class Person:
    __slots__ = ("programme", "ward", "name", "folded", "other_tone", "sex", "birth", "personal_id", "address", "categories",
                 "percent", "words", "monthly_dong", "list_monthly_dong", "account", "in_bank_list", "account_on_list", "holder_style",
                 "phone", "note", "method", "state", "delegate", "list_id", "list_name", "file", "row", "collected")

    def months(self):
        return 3 if self.programme == "rent" else 1

    def due_dong(self):
        return self.monthly_dong * self.months()


class Delegate:
    __slots__ = ("name", "folded", "personal_id", "account", "paper", "until")


class Identities:
    """Sample IDs (prefix 099, which is no province's) and account numbers. Both are permuted counters: never twice the same."""

    def __init__(self, seed):
        random = stream(seed, "identities")
        self.id_step = 2 * int(random() * 490000) + 10001
        while self.id_step % 5 == 0:
            self.id_step += 2
        self.account_step = 2 * int(random() * 40000000) + 10000001
        while self.account_step % 5 == 0:
            self.account_step += 2
        self.account_start = int(random() * 10**8)
        self.id_start = int(random() * 10**6)
        self.used_ids = {}
        self.used_accounts = 0

    def personal_id(self, sex, year):
        block = f"099{(year // 100 - 19) * 2 + (sex == 'F')}{year % 100:02d}"
        serial = self.used_ids.get(block, 0)
        if serial == 10**6:
            raise SystemExit(f"generate: more than a million people with an ID that begins with {block}")
        self.used_ids[block] = serial + 1
        return f"{block}{(serial * self.id_step + self.id_start + int(block) * 7919) % 10**6:06d}"

    def account(self, suffix=None, letters=False):
        middle = (self.used_accounts * self.account_step + self.account_start) % 10**8
        self.used_accounts += 1
        if self.used_accounts > 10**8:
            raise SystemExit("generate: out of account numbers")
        if suffix:
            return f"9790{middle:08d}{suffix}"
        sound = 13 + (middle * 31 + self.used_accounts) % 87     # 13..99: no fault's ending
        if letters:
            return f"99MM{middle // 10000:04d}M{middle % 10000:04d}{sound}"
        return f"9704{middle:08d}{sound}"


class Maker:
    """Makes the people of one list."""

    def __init__(self, seed, bank_list_share, fault_shares, clean):
        self.seed = seed
        self.names = Names()
        self.identities = Identities(seed)
        self.bank_list_share = bank_list_share
        self.clean = clean
        self.fault_suffixes = [suffix for suffix, _ in fault_shares]
        self.fault_upto = list(accumulate(share for _, share in fault_shares))
        self.kinds = {}
        for programme, kinds in rules.KINDS.items():
            self.kinds[programme] = (list(accumulate(k.weight for k in kinds)), kinds)

    def people(self, programme, ward, count, list_name):
        random = stream(self.seed, list_name)
        draw_word = [int(random() * 6) for _ in range(2)]
        return [self.person(programme, ward, random, draw_word) for _ in range(count)]

    def person(self, programme, ward, random, draw_word):
        p = Person()
        upto, kinds = self.kinds[programme]
        kind = kinds[bisect(upto, random() * upto[-1])]
        p.programme, p.ward, p.categories = programme, ward, kind.categories
        p.sex = sex = "F" if random() < kind.women else "M"
        p.name, p.folded, p.other_tone = self.names.draw(random, sex)
        span = kind.born_to - kind.born_from + 1
        late = random()
        year = kind.born_to - int(span * late * late) if programme == "social" else kind.born_from + int(span * late)
        month, day, dated = 1 + int(random() * 12), 1 + int(random() * 28), random()
        p.birth = str(year) if dated < .06 else f"{day:02d}/{month:02d}/{year}"
        p.personal_id = self.identities.personal_id(sex, year)
        place = int(random() * 12)
        p.address = f"{'Thôn' if ward.name[0] == 'X' else 'Khu phố'} {1 + place}, {ward.name}"
        p.percent = 21 + int(random() * 60) if kind.categories[0] in ("MERIT_INVALID_A", "MERIT_INVALID_B") else None
        # A ward keeps to one wording, as one clerk writes the list.
        p.words = "; ".join(rules.WORDS[c][draw_word[0] % len(rules.WORDS[c])] for c in kind.categories)
        p.monthly_dong = p.list_monthly_dong = rules.monthly_dong(kind.categories, p.percent)
        luck = random()
        suffix = None
        if self.fault_upto and luck < self.fault_upto[-1]:
            suffix = self.fault_suffixes[bisect(self.fault_upto, luck)]
        p.account = self.identities.account(suffix, letters=luck > .997)
        p.state = {"01": "rejected", "04": "returned"}.get(suffix, "settled")
        p.in_bank_list = random() < self.bank_list_share
        p.account_on_list = self.clean or not p.in_bank_list or random() < .85
        p.holder_style = random()
        p.phone = f"0990{int(random() * 10**6):06d}" if random() < .6 else ""
        p.note, p.method, p.delegate = "", "account", None
        p.list_id, p.list_name = p.personal_id, p.name
        p.file = p.row = None
        p.collected = False
        return p

    def stranger(self, random, sex, year):
        """(name, folded name, sample ID) of somebody who is on no list."""
        name, folded, _ = self.names.draw(random, sex)
        return name, folded, self.identities.personal_id(sex, year)
