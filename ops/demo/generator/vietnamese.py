"""Vietnamese names and words as the demo's files spell them: the tables of names, folding as banks do it,
the two placements of a tone mark, and half-composed Unicode."""

import csv
import os
import unicodedata
from bisect import bisect
from itertools import accumulate

NAMES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "names")

# The two placements of a tone in an open oa, oe, uy: "hòa" and "hoà". Each pair: (old, new).
TONE_PAIRS = [pair.split("/") for pair in
              "òa/oà óa/oá ỏa/oả õa/oã ọa/oạ òe/oè óe/oé ỏe/oẻ õe/oẽ ọe/oẹ ùy/uỳ úy/uý ủy/uỷ ũy/uỹ ụy/uỵ".split()]


def fold(text):
    """Upper case without accents, as banks write a holder. The letter đ has no decomposition."""
    bare = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D").upper()


def other_tone_placement(text):
    """The text with the tones of open oa, oe, uy set the other way; unchanged where there is none."""
    return " ".join(other_tone_of_word(word) for word in text.split(" "))


def other_tone_of_word(word):
    for pair in TONE_PAIRS:
        for here, there in (pair, pair[::-1]):
            stem = word[:-len(here)]
            if word.endswith(here) and not (there.endswith(("y", *"ỳýỷỹỵ")) and stem[-1:].lower() == "q"):
                return stem + there
    return word


def decomposed(text):
    return unicodedata.normalize("NFD", text)


def half_composed(text):
    """A ready vowel with a combining tone behind it, as some keyboards type ("unicode tổ hợp")."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = []
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tone = [c for c in parts if c in tones]
        rest = "".join(c for c in parts if c not in tones)
        out.append(unicodedata.normalize("NFC", rest) + "".join(tone))
    return "".join(out)


class Table:
    """A weighted table of names, each with its folded form and its other tone placement."""

    def __init__(self, name):
        with open(os.path.join(NAMES, name + ".csv"), encoding="utf-8") as lines:
            rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
        self.names = [(n, fold(n), other_tone_placement(n)) for n in (row["name"] for row in rows)]
        self.upto = list(accumulate(int(row["weight"]) for row in rows))
        self.total = self.upto[-1]

    def draw(self, random):
        return self.names[bisect(self.upto, random() * self.total)]


class Names:
    def __init__(self):
        self.family = Table("family")
        self.middle = {"M": Table("middle_male"), "F": Table("middle_female")}
        self.given = {"M": Table("given_male"), "F": Table("given_female")}

    def draw(self, random, sex):
        """(full name, folded upper-case name, full name with the other tone placement)"""
        a, b, c = self.family.draw(random), self.middle[sex].draw(random), self.given[sex].draw(random)
        return (f"{a[0]} {b[0]} {c[0]}", f"{a[1]} {b[1]} {c[1]}", f"{a[2]} {b[2]} {c[2]}")
