"""Which passwords are good enough: long ones that nobody tries first (NIST SP 800-63B, BSI IT-Grundschutz ORP.4).

Length comes first, and nothing is asked of the sorts of characters. Twelve characters are the least: both sources
ask for eight where a second factor is always asked, as here, and for fifteen where none is; twelve leaves a margin
and suits the words people here are used to. Every character counts, in any script. What is refused is what an
attacker tries first: known passwords, words, names, dates and keyboard runs, in the estimate of zxcvbn with the
words of this field added; and, where the installation keeps the list, every password known from a breach.
Nothing leaves this machine.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from zxcvbn import zxcvbn

from app.kernel.identity import PASSWORD_LEAST, PASSWORD_MOST, clean_password
from app.rules.problems import Kind, Problem, invalid

GUESSES_LEAST: Final = 10**10
"""Fewer guesses than this, in the estimate, are within reach of who stole the hashes."""
_HASH_LENGTH: Final = 40
_LINE_MOST: Final = 128
_WORDS: Final = """
    wachtwoord paswoord welkom geheim toegang gemeente burgemeester politie veiligheid radicalisme coordinator schepen
    ambtenaar stadhuis voetbal liefde zomer winter lente herfst januari februari maart april juni juli augustus september
    oktober november december maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    motdepasse bienvenue secret commune bourgmestre police securite radicalisme coordinateur fonctionnaire soleil chouchou
    printemps automne hiver janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre lundi mardi
    passwort kennwort willkommen geheim gemeinde burgermeister polizei sicherheit sommer fruhling fussball
    livc livcr csil csilr zivc belgie belgique belgien vlaanderen wallonie brussel bruxelles
    azerty azertyuiop qsdfghjklm wxcvbn qwertz
"""


def weakness(password: str, about: Iterable[str] = (), breached: Path | None = None) -> str:
    """Say what is wrong with a new password: `tooShort`, `tooLong`, `tooCommon`, `breached`; empty when it is good.

    In: the password as typed, words that belong to its owner (names), a file of breached hashes. Raises Problem 503
    when that file is named but cannot be read: a check that is not made is not passed.
    """
    clean = clean_password(password)
    if len(clean) < PASSWORD_LEAST:
        return "tooShort"
    if len(clean) > PASSWORD_MOST:
        return "tooLong"
    if is_common(clean, about):
        return "tooCommon"
    if breached is not None and is_breached(clean, breached):
        return "breached"
    return ""


def refuse_weak(password: str, field: str, about: Iterable[str] = (), breached: Path | None = None) -> None:
    """Refuse a new password that is not good enough. Raises Problem 400, with the reason and never the password."""
    fault = weakness(password, about, breached)
    if fault:
        raise invalid(field, f"password.{fault}")


def is_common(clean: str, about: Iterable[str] = ()) -> bool:
    """Tell whether few guesses find a password: known ones, words of the field, of its owner, dates, repetitions."""
    own = {part for name in about for part in (name.casefold(), *name.casefold().split()) if part}
    found = zxcvbn(
        _plain(clean), user_inputs=[*own, *map(_plain, own), *_WORDS.split()], max_length=PASSWORD_MOST * 2
    )
    return bool(found["guesses"] < GUESSES_LEAST)


def _plain(text: str) -> str:
    """Take accents off, as who guesses does."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))[
        : PASSWORD_MOST * 2
    ]


def is_breached(clean: str, path: Path) -> bool:
    """Look a password up in a file of lines `SHA1` or `SHA1:COUNT`, sorted by hash; some thirty reads of a large one.

    Raises Problem 503 when the file cannot be read.
    """
    wanted = hashlib.sha1(clean.encode(), usedforsecurity=False).hexdigest().upper().encode()
    try:
        with path.open("rb") as file:
            low, high = 0, file.seek(0, 2)
            while low < high:  # a line that begins at or after `low` and before `high` may be the one
                middle = (low + high) // 2
                file.seek(max(middle - 1, 0))
                if middle:
                    file.readline(_LINE_MOST)  # the rest of the line before
                begins = file.tell()
                line = file.readline(_LINE_MOST) if begins < high else b""
                found = line[:_HASH_LENGTH].upper()
                if line and found == wanted:
                    return True
                if not line or found > wanted:
                    high = middle
                else:
                    low = begins + len(line)
    except OSError:
        raise Problem(Kind.UNAVAILABLE, retry_after=60) from None
    return False
