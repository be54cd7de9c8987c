"""A name in one spelling to compare, and its parts: articles and particles belong to the part they stand before.

Dutch, French, Turkish and the romanisations of Arabic that are in use in Belgium. Script other than Latin is left
out: registers here write Latin.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_LETTERS: Final = str.maketrans(
    {
        "ı": "i", "İ": "i", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "þ": "th", "æ": "ae",
        "Æ": "ae", "œ": "oe", "Œ": "oe", "ß": "ss", "ĳ": "ij", "Ĳ": "ij",
    }
)  # fmt: skip
"""Letters that no decomposition takes apart."""
_SOUNDED: Final = str.maketrans({"ş": "ʃ", "ș": "ʃ", "š": "ʃ", "ç": "ʧ", "č": "ʧ", "ğ": "ɣ"})
"""Letters whose mark makes another sound of them; kept apart for `sounds`, plain for spelling."""
_PLAIN: Final = str.maketrans({"ʃ": "s", "ʧ": "c", "ɣ": "g"})
_MARKS: Final = re.compile(r"[’'ʼʿʾ`´]")
_NOT_A_LETTER: Final = re.compile(r"[^a-zʃʧɣ. -]")
_SEPARATED: Final = re.compile(r"[ -]+")

_ARTICLES: Final = frozenset(
    "van vande vanden vander de den der ter ten le la les du des d di da del della von zu el al l".split()  # noqa: SIM905 — a list of words to read
)
"""Often left out: the part is known with and without them."""
_BOUND: Final = frozenset("ben bin ibn bel ait abou abu abi ebu bou bu boe ver ould oulad".split())  # noqa: SIM905 — as above
"""Never left out, but written together or apart."""
_SUN: Final = frozenset("es as ech ach esh ash er ar en an ez az ed ad et at".split())  # noqa: SIM905 — as above
"""The Arabic article as it sounds before some letters; only before a part that begins with its last letter."""
_SERVANT: Final = re.compile(r"abd(e|a|u|o|ou|oe|i)?[lrnsztd]?")
_VAN: Final = re.compile(r"(?:vanden|vander|vande|van)([a-zʃʧɣ]{4,})")
_AL: Final = re.compile(r"[ae]l([a-zʃʧɣ]{5,})")
_AL_BEFORE_SUN: Final = re.compile(r"[ae](?=ss|rr|nn|zz|dd|tt)[srnzdt]([a-zʃʧɣ]{4,})")
_MOST_PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a name: the ways to write it as one word, the fullest first; or an initial."""

    words: tuple[str, ...]
    initial: bool = False


def folded(name: str, *, sounded: bool = False) -> str:
    """Give a name in small unmarked letters, single spaces and hyphens; *sounded* keeps ş, ç and ğ apart."""
    text = unicodedata.normalize("NFC", name).translate(_LETTERS).lower().translate(_SOUNDED)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _NOT_A_LETTER.sub(" ", _MARKS.sub("", text))
    text = text if sounded else text.translate(_PLAIN)
    return " ".join(text.split())


def same_spelling(name: str) -> str:
    """Give what two writings of one name have in common: letters alone, in whatever order the parts stand."""
    return " ".join(sorted(token for token in re.split(r"[ .-]+", folded(name)) if token))


def parts_of(name: str) -> tuple[Part, ...]:
    """Take a name apart; at most six parts, so that nobody makes work with a very long one."""
    tokens = _tokens(name)
    found: list[Part] = []
    waiting: list[str] = []
    for place, token in enumerate(tokens):
        rest = tokens[place + 1 :]
        if len(token) == 1 and token != "d":  # noqa: S105 — a letter, not a secret
            found.append(Part((token,), initial=True))
        elif rest and _goes_with_next(token, rest, first=not found and not waiting):
            waiting.append(token)
        else:
            found.append(Part(_words(waiting, token)))
            waiting = []
    return tuple(found[:_MOST_PARTS])


def _tokens(name: str) -> list[str]:
    tokens: list[str] = []
    for token in _SEPARATED.split(folded(name, sounded=True)):
        tokens += [piece for piece in token.split(".") if piece]
    return tokens


def _goes_with_next(token: str, rest: list[str], *, first: bool) -> bool:
    following = rest[0]
    if len(following) == 1:
        return False
    if token in _ARTICLES:
        return True
    if token in _BOUND:
        return not first or len(rest) > 1  # Ben is a given name as well
    if token in _SUN:
        return (not first and following.startswith(token[-1])) or token in {"ech", "ach", "esh", "ash"}
    return bool(_SERVANT.fullmatch(token))


def _words(before: list[str], token: str) -> tuple[str, ...]:
    """Give the ways to write a part: with all that stands before it, without the articles, without what grew on."""
    words = {"".join([*before, token]): None}
    kept = [each for each in before if each not in _ARTICLES and each not in _SUN]
    words["".join([*kept, token])] = None
    for word in tuple(words):
        for pattern in (_VAN, _AL, _AL_BEFORE_SUN):
            grown = pattern.fullmatch(word)
            if grown:
                words[grown[1]] = None
    return tuple(words)
