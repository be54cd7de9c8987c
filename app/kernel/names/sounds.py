"""How a name sounds, as short codes: two spellings of one name have a code in common.

A code is the consonants that are heard, then whether the first vowel is a dark one (o, u), then whether the name
ends in a. Vowels change most between the languages (Mohamed, Muhammed; Khalid, Khaled), but o and u seldom become a,
e or i: that is what keeps Hassan and Hussein apart. Where a letter has a sound in each language (ch: Cherif,
Chalid), the word has a code for each. Consonants that languages do not tell apart are one: b and p, d and t, g, k
and q, s, z and sh, f and v.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_VOWELS: Final = "aeiouy"
_DARK: Final = "ou"
_MOST_CODES: Final = 12

# What is read at a place in a word -> what is heard; the first row that fits is taken, a bar parts alternatives, a
# dash is nothing heard. `^` begins a word, `>` looks at what follows.
_ROWS: Final = """
    tsch  S
    tch   S
    tsj   S
    sch   S
    sh    S
    sj    S
    ʃ     S
    ʧ     S
    ^ch   S|K|H
    ch    S|K
    ^kh   K|H
    kh    K|H
    ɣ     K|-
    gh    K|-
    ^rh   R|K
    rh    R
    gn    N|KN
    gu>[eiy]   K
    g>[eiy]    K|J
    g     K
    cqu   K
    cq    K
    ck    K
    qu>[aeiouy]    K
    q     K
    ^dj   J
    dj    J|T
    ^j>[aeiouy]   J|Y
    j     J|-
    c>[eiy]    S|J
    ^c>[aou]    K|J|S
    c>oi    K|S
    c$    K|S
    c     K
    dh    T|S
    th    T|S
    d     T
    t     T
    ph    F
    ^w>[aeiouy]   F|-
    w>[aeiouy]    F|-
    w     -
    f     F
    v     F
    b     P
    p     P
    x     KS
    s     S
    z     S
    k     K
    m     M
    n     N
    l     L
    r     R
    h$    -
    h     H
"""


@dataclass(frozen=True, slots=True)
class _Row:
    read: re.Pattern[str]
    heard: tuple[str, ...]
    at_start: bool


def _row(line: str) -> _Row:
    read, heard = line.split()
    letters, _, following = read.removeprefix("^").partition(">")
    pattern = letters + (f"(?={following})" if following else "")
    return _Row(
        re.compile(pattern), tuple(each.replace("-", "") for each in heard.split("|")), read.startswith("^")
    )


_TABLE: Final = tuple(_row(line) for line in _ROWS.strip().splitlines())
_BY_LETTER: Final = {
    letter: tuple(row for row in _TABLE if row.read.pattern.startswith(letter))
    for letter in {row.read.pattern[0] for row in _TABLE}
}

_SERVANT: Final = re.compile(r"abd[aeiouy]*(l(?!ah?$)|(?=([rnsztd])\2))?")
_W_INSIDE: Final = re.compile(r"(?<=[aeiouy])ou(?=[aeiy])")
_W_AT_START: Final = re.compile(r"^ou(?=[aeiy])")
_LONG_I: Final = re.compile(r"ij(?![aeou])")
_ENDS: Final = (
    (re.compile(r"(e?au)(?:lt|ld|[dtsx]|[dt]s)$"), r"\1"),  # Renault, Arnaud, Delvaux
    (re.compile(r"([aeio]n)[dt]s?$"), r"\1"),  # Bertrand, Laurent
    (re.compile(r"(oi|eu|ou)[xtsd]$"), r"\1"),  # Delacroix, Benoit, Mathieux
    (re.compile(r"(.{3,}[rntldk])s$"), r"\1"),  # Bogaerts, Janssens
    (re.compile(r"(.{5,}e)n$"), r"\1"),  # Van der Linden
)
"""Ends that are written and not heard, or left out: such a word has the codes of both."""

SAME_NAME: Final[dict[str, str]] = {
    "mehmet": "mohamed", "mehmed": "mohamed", "mhamed": "mohamed", "ramazan": "ramadan", "riza": "rida",
    "fazil": "fadil", "hizir": "khidr",
}  # fmt: skip
"""Turkish forms that grew too far from the Arabic name for any rule of sound."""


@dataclass(frozen=True, slots=True)
class Sound:
    """How one part sounds: codes with the vowel, codes without, and whether it is long enough to tell people apart."""

    fine: frozenset[str]
    coarse: frozenset[str]
    first: frozenset[str]
    """What an initial could be heard as."""
    long: bool


_LONG: Final = 4


def sound_of(words: tuple[str, ...]) -> Sound:
    """Give how a part sounds, in any of the ways to write it."""
    every = [heard for word in words for heard in _heard(word)]
    return Sound(
        frozenset(f"{skeleton}.{vowel}{end}" for skeleton, vowel, end in every),
        frozenset(f"{skeleton}.{end}" for skeleton, _, end in every),
        frozenset(skeleton[:1] for skeleton, _, _ in every if skeleton),
        max((len(skeleton) for skeleton, _, _ in every), default=0) >= _LONG,
    )


@lru_cache(4096)
def initial_of(letter: str) -> frozenset[str]:
    """Give what a name with this initial can begin with."""
    found = {skeleton[:1] for tail in ("a", "e", "ha", "oua") for skeleton, _, _ in _heard(letter + tail)}
    return frozenset(found)


def _heard(word: str) -> list[tuple[str, str, str]]:
    """Give (consonants, dark or not, ends in a or not) for each way a word can be heard."""
    word = SAME_NAME.get(word, word)
    writings = {word: None}
    for pattern, kept in _ENDS:
        for each in tuple(writings):
            writings[pattern.sub(kept, each)] = None
    found: dict[tuple[str, str, str], None] = {}
    for each in writings:
        for skeleton in _skeletons(each):
            for vowel in _first_vowel(each):
                for end in _end(each):
                    found[skeleton, vowel, end] = None
    return list(found)[:_MOST_CODES]


def _end(word: str) -> str:
    bare = word.rstrip("h")
    return "a" if bare.endswith("a") else "a-" if bare.endswith("e") else "-"


def _first_vowel(word: str) -> str:
    """Give `o` for a dark first vowel, `e` for another, both for au, which is either."""
    bare = _W_AT_START.sub("w", word)
    bare = bare[1:] if bare[:1] in {"y", "i"} and bare[1:2] in {*"aeou"} else bare
    found = re.search(r"[aeiouy]+", bare)
    if found is None:
        return "e"
    if found[0].startswith("au"):
        return "oe"
    return "o" if found[0][0] in _DARK or found[0].startswith("eu") else "e"


def _skeletons(word: str) -> list[str]:
    servant = _SERVANT.match(word)
    if servant and len(word) > len(servant[0]):
        return ["APT" + rest.removeprefix("A") for rest in _skeletons(word[servant.end() :])]
    word = _LONG_I.sub("i", _W_INSIDE.sub("w", _W_AT_START.sub("w", word)))
    heard = [""]
    place = 0
    if word[:1] in {*_VOWELS}:
        heard = ["Y"] if word[0] == "y" and word[1:2] in {*_VOWELS} else ["A"]
        if re.match(r"[ie](?:br|sm|dr)", word):
            heard.append("")  # Ibrahim, Brahim
        place = 1
    after_vowel = place > 0
    while place < len(word):
        if word[place] in _VOWELS:
            after_vowel = True
            place += 1
            continue
        row, read = _read(word, place)
        heard = [_joined(done, more, after_vowel=after_vowel) for done in heard for more in row.heard]
        heard = list(dict.fromkeys(heard))[:_MOST_CODES]
        place += len(read)
        after_vowel = False
    return heard


def _joined(done: str, more: str, *, after_vowel: bool) -> str:
    """Add a sound; a consonant written twice is one."""
    return done + (more[1:] if more and not after_vowel and done.endswith(more[0]) else more)


_SILENT: Final = _Row(re.compile("."), ("",), at_start=False)


def _read(word: str, place: int) -> tuple[_Row, str]:
    for row in _BY_LETTER.get(word[place], ()):
        if row.at_start and place:
            continue
        found = row.read.match(word, place)
        if found:
            return row, found[0]
    return _SILENT, word[place]
