"""One round's faults: what happens when, drawn from the seed before it begins, and counted when it landed.

A Storm plans, then `run` lets it happen while officers release the round's batches; `calm` puts everything right again."""
import heapq
import os
import random
import signal
import subprocess
import time

from board import ACTIONS
from lies import CALLBACKS, Lies
from restored import Restored
from world import BANKS, LEASE_S, Broken, Down, faketime_library, is_stopped

LENGTH_S = 1.3          # of the time in which faults begin
DEATH_S = (0.0, 0.3)    # until what was killed is started again
ENOUGH = 205            # were sent before the rest is made too late
RESTORES = 25           # one round in so many loses its database

# What fakebank does when it is told to (its `will`); those that no payer can prevent end as named breaks.
BANK_MESSAGE = ["reply_500_before", "reply_500_after", "html_403", "slow_down", "drop_reply", "hang", "garble", "cut", "swap_replies", "delay",
                "early_callback"]
BANK_ITEM = ["amount_plus_one", "reject", "stale_enquiry", "forget", "silent", "pend", "short_amount", "double_debit", "return_later", "hide_id",
             "no_callback", "duplicate_callback", "bad_callback"]
BANK_BOOK = ["rogue_debit", "lose_statement_line"]

# The proxy's, with what each needs; both directions unless it says one.
PROXY = [("delay", None, {"ms": 120}), ("drop_request", None, {}), ("drop_reply", None, {}), ("cut_request", None, {}), ("cut_reply", None, {}),
         ("duplicate", None, {"ms": 30}), ("reorder", None, {"ms": 150}), ("swap_replies", "out", {"ms": 150}), ("flip_bits", None, {"n": 1}),
         ("slow_drip", None, {"bytes": 200, "ms": 4}), ("stale_enquiry", "out", {}), ("close_reused", None, {}),
         ("close_reused", None, {"after": True}), ("reset_connect", None, {}), ("black_hole", None, {"ms": 800}), ("status", "out", {"code": 502, "html": "<p>"}),
         ("status", "out", {"code": 503, "after": True}), ("status", "in", {"code": 500})]

# What a failpoint does, twice as often the worst.
FAILPOINT = ["kill", "kill", "delay", "error", "stop"]

RARE = ["pg.immediate", "pg.backend", "pg.postmaster", "freeze", "clock", "disk.journal", "disk.archive", "disk.pg", "cutoff", "night.pause"]
KILLED = ["kill.teller", "kill.gate", "kill.scribe", "kill.desk", "kill.bank"]
OFFICERS = ["officer.pause", "officer.hold", "officer.cancel", "officer.race"]


def stream(seed, *names):
    return random.Random(":".join(map(str, (seed, *names))))


def dealt(seed, name, things, number, each):
    """As cards: every thing comes once before one comes again, in an order that the seed decides."""
    cards = []
    for turn in range(number * each // len(things), (number + 1) * each // len(things) + 1):
        deck = list(things)
        stream(seed, name, turn).shuffle(deck)
        cards += deck
    begin = number * each % len(things)
    return cards[begin:begin + each]


class Storm:
    def __init__(self, world, seed, number, payouts, record, skipped, overnight):
        """payouts: a condition on payout_state s, of this round's; overnight: beta has been paused since the last round."""
        self.w, self.seed, self.number, self.payouts, self.record = world, seed, number, payouts, record
        self.rng = stream(seed, "storm", number)
        self.events, self.count = [], 0
        self.officers, self.typing = {}, {}
        self.database, self.database_back = None, False     # the command that brings it back
        self.frozen, self.full, self.clocks = {}, set(), {}
        self.shaken = False     # something landed after which a process may give up by itself
        self.kills = self.crashes = 0
        self.board_before, self.armed = {}, {}
        self.skipped = skipped
        self.overnight, self.stale = False, False
        self.typed = []         # (when, login, words) of what officers did
        self.lies = Lies(world, number, stream(seed, "lies", number)) if world.proxy else None
        self.restores = Restored(self, stream(seed, "restored", number).random() < 0.5) if self.is_restored(number, skipped) else None
        if overnight:
            self.at(self.rng.uniform(0, 0.6), self.resume, "beta")
        self.plan()

    @staticmethod
    def is_restored(number, skipped):
        return number % RESTORES == RESTORES // 2 and "pg.restored" not in skipped

    @classmethod
    def rare_ones(cls, seed, number, skipped):
        return [] if cls.is_restored(number, skipped) else dealt(seed, "rare", [k for k in RARE if k not in skipped], number, 1)

    # ---- what happens when

    def at(self, seconds, run, *args):
        self.count += 1
        heapq.heappush(self.events, (seconds, self.count, run, args))

    def some_time(self):
        return self.rng.uniform(0.05, LENGTH_S)

    def plan(self):
        rng = self.rng
        for kind in ["kill.teller", *dealt(self.seed, "kills", KILLED, self.number, 2)]:
            self.at(self.some_time(), self.kill, kind.split(".")[1])
        for kind in self.rare_ones(self.seed, self.number, self.skipped):
            self.at(self.some_time(), self.rare, kind)
        if self.restores:
            self.at(0.1, self.restores.begin)
        self.at(0.05, self.let_go)
        for kind in dealt(self.seed, "officers", [k for k in OFFICERS if k not in self.skipped], self.number, 2):
            self.at(rng.uniform(0, 0.6), self.officer_acts, kind.split(".")[1])
        orders = dealt(self.seed, "bank.message", BANK_MESSAGE, self.number, 3) + dealt(self.seed, "bank.item", BANK_ITEM, self.number, 3)
        for fault in orders:
            self.at(0, self.bank_will, rng.choice(list(BANKS)), fault, self.passes(fault))
        for fault in dealt(self.seed, "bank.book", BANK_BOOK, self.number, 1) if self.number % 4 == 3 else []:
            self.at(LENGTH_S, self.bank_will, rng.choice(list(BANKS)), fault, 0)
        if self.w.proxy:
            for fault, direction, arg in dealt(self.seed, "proxy", PROXY, self.number, 7):
                self.at(0, self.proxy_will, fault, direction or rng.choice(["out", "out", "in"]), rng.choice(list(BANKS)), rng.randrange(5), arg)
            for kind in dealt(self.seed, "lies", CALLBACKS, self.number, 2):
                self.at(self.some_time(), self.lie, kind)
        for action in dealt(self.seed, "failpoint", FAILPOINT, self.number, 3):
            self.at(0, self.arm, action, rng.random(), rng.randint(1, 3), rng.choice([20, 150, 400]))
        for kind in dealt(self.seed, "more lies", CALLBACKS, self.number, 2) if self.w.proxy else []:
            self.at(rng.uniform(LENGTH_S / 2, LENGTH_S), self.lie, kind)    # when some are known that may be told anew

    def passes(self, fault):
        """How many that it fits go by before it comes true; few are asked about."""
        return 0 if fault == "stale_enquiry" else self.rng.randrange(4 if fault in BANK_MESSAGE else 40)

    # ---- kinds

    def kill(self, what):
        if what == "bank":
            bank = self.w.banks[self.rng.choice(list(BANKS))]
            process = bank.process
            if process.alive():
                self.count_bank(bank)   # its orders die with it
        else:
            process = self.rng.choice(self.w.running(what))
        if process.kill():
            self.landed(f"kill.{what}", {"who": process.name})
            self.kills += 1
            process.due = time.monotonic() + self.rng.uniform(*DEATH_S)

    def rare(self, kind):
        group, _, what = kind.partition(".")
        getattr(self, group)(what)

    def pg(self, how):
        if self.database:
            return
        script = f"{self.w.tree}/ops/private-db"
        place = f"{self.w.dir}/pg"
        try:
            if how == "backend":
                # PostgreSQL ends every connection and recovers when one of its processes dies so.
                pid = self.w.one("select pid from pg_stat_activity where usename in ('chitra_teller', 'chitra_scribe', 'chitra_gate') order by random() limit 1")
                os.kill(int(pid), signal.SIGKILL)
                words = ["true"]
            elif how == "postmaster":
                os.kill(self.w.postmaster(), signal.SIGKILL)
                words = [script, "start", place, "--temporary"]
            else:
                words = ["sh", "-c", '"$0" stop "$1" immediate; exec "$0" start "$1" --temporary', script, place]
        except (Down, IndexError, OSError, ValueError):
            return
        self.database = subprocess.Popen(words, env=self.w.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.crashes += 1
        self.landed(f"pg.{how}", {})

    def freeze(self, _):
        """Longer than a lease: meanwhile another takes over what it holds, and then it goes on as if nothing had been."""
        running = self.w.running("teller") * 2 + self.w.running("scribe") + self.w.running("gate")
        self.stop_for(self.rng.choice(running), self.rng.uniform(0.6, 2) * LEASE_S + 0.3)

    def stop_for(self, process, seconds):
        if process.name not in self.frozen and process.signal(signal.SIGSTOP):
            self.frozen[process.name] = process
            self.landed("freeze", {"who": process.name, "seconds": round(seconds, 2)})
            self.at(self.now() + seconds, self.thaw, process.name)

    def thaw(self, name):
        process = self.frozen.pop(name)
        if process.poll() is None if isinstance(process, subprocess.Popen) else process.alive():
            os.kill(process.pid, signal.SIGCONT)

    def clock(self, _):
        """Steps of a duty's clock: it is started anew under libfaketime, and its time then jumps while it works."""
        process = self.rng.choice(self.w.running("teller") * 2 + self.w.running("scribe") + self.w.running("gate"))
        path = f"{self.w.run}/clock-{process.name}"
        self.set_clock(path, 0)
        process.kill()
        process.start({"LD_PRELOAD": faketime_library(), "FAKETIME_TIMESTAMP_FILE": path, "FAKETIME_NO_CACHE": "1",
                       "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        self.clocks[process.name] = process
        self.kills += 1
        for _ in range(2):
            step = self.rng.choice([1, -1]) * self.rng.choice([1, 61, 301, 3600, 86400, 30 * 86400])
            self.at(self.now() + self.rng.uniform(0.1, 0.6), self.step, process, path, step)

    def step(self, process, path, seconds):
        self.set_clock(path, seconds)
        if process.alive():
            self.landed("clock", {"who": process.name, "seconds": seconds})

    @staticmethod
    def set_clock(path, seconds):
        with open(f"{path}.new", "w", encoding="ascii") as out:
            out.write(f"{seconds:+d}s\n")
        os.replace(f"{path}.new", path)

    def disk(self, which):
        path = {"pg": f"{self.w.dir}/pg", "archive": f"{self.w.dir}/archive"}.get(which) or f"{self.w.dir}/journal-{self.rng.randrange(len(self.w.running('teller')))}"
        self.w.disks.fill(path)
        self.full.add(path)
        self.shaken = True
        self.landed(f"disk.{which}", {"path": os.path.basename(path)})
        self.at(self.now() + self.rng.uniform(0.2, 0.8), self.free, path)

    def free(self, path):
        if path in self.full:
            self.w.disks.free(path)
            self.full.discard(path)

    def cutoff(self, _):
        """The business day goes on until everything's validity is over, here and at the banks; not before something was sent."""
        try:
            if self.w.one(f"select count(*) < {ENOUGH} from payout.payout_state s where {self.payouts} and dispatch is not null") == "t" and self.now() < 30:
                self.at(self.now() + 0.1, self.cutoff, "")
                return
            self.w.sql("update ops.instance set clock_offset = clock_offset + interval '8 hours 1 minute'")
            self.w.clock_was_set()
        except Down:
            return
        for bank in self.w.banks.values():
            if bank.process.alive():
                bank.order("clock", {"time": "16:30"})
        self.landed("cutoff", {})

    def bank_will(self, name, fault, after_n):
        bank = self.w.banks[name]
        order = {"fault": fault}
        if fault in BANK_BOOK:
            order.update({"rogue_debit": {"account": bank.account, "amount": self.rng.randrange(1, 10 ** 6)}, "lose_statement_line": {"well": True}}[fault])
        else:
            order.update({"after_n": after_n, **({"ms": 200} if fault == "delay" else {}), **({"by": self.rng.choice([1, -1])} if fault == "short_amount" else {}), **({"reason": "AC04"} if fault == "reject" else {}),
                          **({"when": self.rng.choice(["before", "after"])} if fault == "html_403" else {})})
        if not bank.process.alive():
            return
        try:
            bank.order("will", order)
        except Broken:
            return      # nothing of this day could be left out
        if fault in BANK_BOOK:
            self.landed(f"bank.{fault}", {"bank": name})

    def proxy_will(self, fault, direction, bank, after_n, arg):
        order = {"dir": direction, "bank": bank, "fault": fault, "after_n": after_n, "arg": arg}
        if fault == "stale_enquiry":
            self.stale = True
            order = self.STALE
        self.w.ordered("will", order)

    # Few are asked about for a second time, and most of these when the storm is over: whoever is, whenever.
    STALE = {"dir": "out", "fault": "stale_enquiry", "path": "/v1/enquiries"}

    def lie(self, kind, tries=0):
        if not self.lies.tell(kind) and tries < 30:
            self.at(self.now() + 0.1, self.lie, kind, tries + 1)

    def arm(self, action, which, n, ms):
        names = sorted(self.w.board.counts())
        if names:
            name = names[int(which * len(names))]
            self.armed[name] = action
            self.w.board.arm(name, n, ACTIONS[action], ms)
            if action == "error":
                self.shaken = True

    # ---- officers: each types one command after the other, through the real chitra

    def officer(self, login, *words, then=None):
        self.officers.setdefault(login, []).append((words, then))

    def night(self, _):
        """Beta's payments of this day stay where they are, and leave on the next one."""
        self.overnight = True
        self.officer("an", "pause", "beta", "--reason", "thử")

    def night_falls(self):
        """The business day goes on. True: beta is still paused."""
        waiting = int(self.w.one(f"""select count(*) from payout.payout_state s join payout.payout p on p.id = s.payout join payout.batch b on b.id = p.batch
            where {self.payouts} and s.state in (1, 3)""")) if self.overnight else 0
        if waiting:
            self.landed("night.pause", {"waiting": waiting})
        return self.overnight

    def let_go(self):
        """What was held yesterday and may still be paid."""
        try:
            ids = [row[0] for row in self.w.sql("""select p.end_to_end_id from payout.payout_state s join payout.payout p on p.id = s.payout
                join payout.batch b on b.id = p.batch where s.state = 2 and b.valid_until > ops.now() + interval '1 hour' order by p.id limit 20""")]
        except Down:
            return
        if ids:
            self.officer("minh", "unhold", *ids)
            self.officer("hoa", "unhold", *ids, then=lambda ok, _: self.landed("officer.unhold", {"ids": ids}) if ok else None)

    def race(self, tries=0):
        """Held and cancelled at the moment of sending: those that the next dispatch takes, while their intent is being committed."""
        try:
            rows = self.w.sql(f"""select p.end_to_end_id from payout.payout_state s join payout.payout p on p.id = s.payout join payout.batch b on b.id = p.batch
                where {self.payouts} and s.state = 1 and b.state = 'released' order by p.id limit 6""")
        except Down:
            rows = []
        if len(rows) < 2:
            if tries < 100:
                self.at(self.now() + 0.02, self.race, tries + 1)
            return
        self.armed["teller.intent.commit.before"] = "delay"
        self.w.board.arm("teller.intent.commit.before", 1, ACTIONS["delay"], 150)
        for login, what, some in (("minh", "hold", rows[::2]), ("hoa", "cancel", rows[1::2])):
            self.officer(login, what, *(row[0] for row in some), "--reason", "thử",
                         then=lambda ok, said, what=what: self.landed("officer.race", {"what": what, "won": ok}) if ok or "payout_state" in said else None)

    def officer_acts(self, what):
        if what == "race":
            self.race()
            return
        if what == "pause":
            bank = self.rng.choice([b for b in BANKS if b != "beta" or not self.overnight])
            self.officer("an", "pause", bank, "--reason", "thử", then=lambda ok, _: self.landed("officer.pause", {"bank": bank}) if ok else None)
            self.at(self.now() + 0.4, self.resume, bank)
            return
        try:
            rows = self.w.sql("select p.end_to_end_id from payout.payout p join payout.payout_state s on s.payout = p.id where s.state = 1 "
                              f"order by hashtext(p.end_to_end_id || '{self.number}') limit 3")
        except Down:
            return
        if rows:
            self.officer("minh", what, *(row[0] for row in rows), "--reason", "thử",
                         then=lambda ok, _: self.landed(f"officer.{what}", {"ids": [row[0] for row in rows]}) if ok else None)

    def officers_go_on(self):
        for login, waiting in list(self.officers.items()):    # a command that ended may bring another officer
            if login in self.typing:
                self.command_ended(login)
            elif waiting:
                self.typing[login] = subprocess.Popen(
                    [f"{self.w.bin}/chitra", "--session", f"{self.w.dir}/officers/{login}", *waiting[0][0]],
                    env={**self.w.env, "CHITRA_FAILPOINTS": self.w.board.path}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True)

    def resume(self, bank):
        self.officer("an", "resume", bank, "--reason", "thử", then=lambda ok, said: None if ok or "not_paused" in said
                     else self.at(self.now() + 0.2, self.resume, bank))

    def command_ended(self, login):
        child = self.typing[login]
        code = child.poll()
        if code is None:
            if is_stopped(child.pid) and login not in self.frozen:
                self.frozen[login] = child
                self.at(self.now() + self.rng.uniform(0.1, 0.6), self.thaw, login)
            return
        said = child.stdout.read()
        child.stdout.close()
        del self.typing[login]
        words, then = self.officers[login].pop(0)
        if code not in (0, 65, 69, 75, -9) and not (self.shaken and code in (-6, 70)):
            raise Broken(f"chitra {' '.join(words)} by {login}: exit {code}: {said}")
        self.w.log(f"officer {login}: {' '.join(words[:3])}: {code} {said.strip()[:300]}")
        if code == 0 and words[0] in ("hold", "unhold", "cancel"):
            self.typed.append((time.time_ns(), login, words))
        if then:
            then(code == 0, said)

    # ---- letting it happen

    def now(self):
        return time.monotonic() - self.began

    def landed(self, kind, what):
        self.record(kind, what)

    def watch(self):
        """What died is started again; what died by itself is a finding."""
        if self.database and self.database.poll() is not None:
            if self.database.returncode:
                raise Broken("PostgreSQL does not start again")
            self.database = None
        now = time.monotonic()
        for process in [*self.w.duties.values(), *(bank.process for bank in self.w.banks.values())]:
            if not process.wanted:
                continue
            if process.alive():
                if process.name not in self.frozen and is_stopped(process.pid):
                    self.stop_for(process, self.rng.uniform(0.3, 1.5) * LEASE_S)
                continue
            if process.due is None:
                code = process.child.returncode
                if code != -9 and not (self.shaken and code in (-6, 75)):
                    raise Broken(f"{process.name} ended by itself with {code}; see {process.log}")
                self.kills += 1
                process.due = now + self.rng.uniform(*DEATH_S)
            if now >= process.due:
                self.start(process)

    def start(self, process):
        for bank in self.w.banks.values():
            if bank.process is process:
                bank.start()
                return
        if process.name in self.clocks:
            self.set_clock(f"{self.w.run}/clock-{process.name}", 0)
        process.start()

    def turn(self):
        while self.events and self.events[0][0] <= self.now():
            _, _, run, args = heapq.heappop(self.events)
            run(*args)
        self.watch()
        self.officers_go_on()
        time.sleep(0.01)

    def run(self):
        self.began = time.monotonic()
        self.board_before = self.w.board.counts()
        while self.events or any(self.officers.values()) or self.database or self.frozen or self.restores and not self.restores.over:
            self.turn()
            if self.now() > 120:
                raise Broken(f"the storm does not end: {self.events} {self.officers} {self.frozen}")
        self.calm()

    def count_bank(self, bank):
        for fault, n in bank.hits().items():
            for _ in range(n):
                self.landed(f"bank.{fault}", {"bank": bank.name})

    def count_proxy(self):
        if not self.w.proxy:
            return
        before = getattr(self.w, "proxy_landed", {})
        now = self.w.ordered("landed") or {}
        for fault, n in now.items():
            for _ in range(n - before.get(fault, 0)):
                self.landed(f"proxy.{fault}", {})
            self.stale = self.stale and (fault != "stale_enquiry" or n == before.get(fault, 0))
        self.w.proxy_landed = now
        for kind, what in self.lies.landed():
            self.landed(kind, what)

    def calm(self):
        """Everything is put right, and what landed is counted."""
        for bank in self.w.banks.values():
            if not bank.process.alive():
                bank.start()
            self.count_bank(bank)
            bank.order("forgive", {})
        if self.w.proxy:
            self.count_proxy()
            self.w.ordered("forgive", {})
            if self.stale:
                self.w.ordered("will", self.STALE)
        self.w.board.disarm()
        for name, (_, n) in self.w.board.counts().items():
            for _ in range(n - self.board_before.get(name, (0, 0))[1]):
                self.landed(f"failpoint.{self.armed[name]}", {"name": name})
        for process in self.clocks.values():
            process.stop()
            process.start()
        for process in self.w.running():
            if is_stopped(process.pid):
                process.signal(signal.SIGCONT)
