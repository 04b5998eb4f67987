#!/usr/bin/python3
"""The board of failpoints: a file that the programs under test have mapped (ledger/base/failpoint.h), armed and read while they run.

    board = Board.create(path)                      # CHITRA_FAILPOINTS=path for whatever is started now
    board.arm("teller.record.commit.before", 1)     # kill at the next time that it is reached
    board.arm("gate.answer.before", 3, DELAY, 200)  # 200 ms at the third time from now
    board.arm_any(17, ERROR)                        # at the 17th time from now that any place is reached
    board.counts()                                  # {name: (hits, landed)}

From a shell: board.py PATH PLACE ACTION [N [ARG]] arms it; the board is made if there is none."""
import mmap
import os
import struct
import sys

NOTHING, KILL, DELAY, ERROR, STOP = range(5)
ACTIONS = {"kill": KILL, "delay": DELAY, "error": ERROR, "stop": STOP}

MAGIC = b"CHFAILP1"
SLOTS, SLOT, HEAD = 255, 128, 64
NAME = 64                                           # bytes, with a NUL
HITS, FIRE_AT, ACTION, LANDED, KEY = 64, 72, 80, 88, 96  # within a slot; arg stands behind action
ALL_HITS, GLOBAL_AT, GLOBAL_ACTION = 8, 16, 24      # within the head


def key_of(name):
    key = 14695981039346656037
    for byte in name.encode():
        key = (key ^ byte) * 1099511628211 % 2**64
    return key or 1


class Board:
    @staticmethod
    def create(path):
        """A new one, also in the place of an old one: programs that have that one mapped keep it."""
        fresh = f"{path}.new"
        with open(fresh, "wb") as out:
            out.write(MAGIC.ljust(HEAD + SLOTS * SLOT, b"\0"))
        os.replace(fresh, path)
        return Board(path)

    def __init__(self, path):
        self.path = path
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)
        if len(self.map) != HEAD + SLOTS * SLOT or self.map[:8] != MAGIC:
            raise ValueError(f"{path} is no board of failpoints")

    def _u64(self, at):
        return struct.unpack_from("<Q", self.map, at)[0]

    def _slots(self):
        return range(HEAD, HEAD + SLOTS * SLOT, SLOT)

    def _name(self, slot):
        return bytes(self.map[slot:slot + NAME]).split(b"\0")[0].decode()

    def _find(self, name):
        key = key_of(name)
        return next((slot for slot in self._slots() if self._u64(slot + KEY) == key), None)

    def _claim(self, name):
        """Programs take slots from the first on, we from the last on: two never take the same, and the first of a name counts."""
        found = self._find(name)
        if found is not None:
            return found
        slot = next(slot for slot in reversed(self._slots()) if self._u64(slot + KEY) == 0)
        if len(name.encode()) >= NAME:
            raise ValueError(f"{name} is too long")
        self.map[slot:slot + NAME] = name.encode().ljust(NAME, b"\0")
        struct.pack_into("<Q", self.map, slot + KEY, key_of(name))
        return self._find(name)

    def arm(self, name, n=1, action=KILL, arg=0):
        """Acts once, at the n-th time from now that this place is reached."""
        slot = self._claim(name)
        struct.pack_into("<Q", self.map, slot + FIRE_AT, 0)
        struct.pack_into("<II", self.map, slot + ACTION, action, arg)
        struct.pack_into("<Q", self.map, slot + FIRE_AT, self._u64(slot + HITS) + n)

    def arm_any(self, n, action=KILL, arg=0):
        """Acts once, at the n-th time from now that any place is reached."""
        struct.pack_into("<Q", self.map, GLOBAL_AT, 0)
        struct.pack_into("<II", self.map, GLOBAL_ACTION, action, arg)
        struct.pack_into("<Q", self.map, GLOBAL_AT, self.hits() + n)

    def disarm(self, name=None):
        """One place; without a name all of them."""
        slots = [slot for slot in self._slots() if self._u64(slot + KEY)] if name is None else [self._claim(name)]
        for slot in slots:
            struct.pack_into("<Q", self.map, slot + FIRE_AT, 0)
        if name is None:
            struct.pack_into("<Q", self.map, GLOBAL_AT, 0)

    def hits(self):
        return self._u64(ALL_HITS)

    def counts(self):
        """{name: (hits, landed)}: how often each place was reached, and how often it acted."""
        return {self._name(slot): (self._u64(slot + HITS), self._u64(slot + LANDED))
                for slot in self._slots() if self._u64(slot + KEY) and self.map[slot]}

    def landed(self):
        return sum(landed for _, landed in self.counts().values())


if __name__ == "__main__":
    where, place, action, *numbers = sys.argv[1:]
    n, arg = [*map(int, numbers), *(1, 0)[len(numbers):]]
    (Board(where) if os.path.exists(where) else Board.create(where)).arm(place, n, ACTIONS[action], arg)
