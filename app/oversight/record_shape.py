"""What a record of a controller consists of: entries of named fields, in one language. Pages, files and JSON are made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.kernel.i18n import register_codes, translate
from app.rules.actions import Action

FIELDS = (
    "controller", "contact", "officer", "otherControllers", "cell", "agreement", "purpose", "basis", "persons", "data",
    "specialData", "recipients", "thirdCountries", "terms", "connections", "encryption", "access", "secondFactor",
    "sessions", "rowSecurity", "log", "witnesses", "retention", "backup", "impactAssessment", "function", "service", "number",
    "undertaking", "clearance", "extent", "acts", "nobodyElse", "emergency",
)  # fmt: skip
register_codes("recordField", FIELDS)


@dataclass(frozen=True, slots=True)
class Said:
    """One field of a record: its code, and what it says."""

    code: str
    text: str

    def label(self, language: str) -> str:
        """Give what the field is called."""
        return translate(language, f"recordField.{self.code}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a record: a processing activity, or a category of persons."""

    code: str
    name: str
    said: tuple[Said, ...]
    actions: tuple[Action, ...] = ()
    """The acts it covers, for who reads it by machine."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands: about whom it is, its entries, and what concerns all of them."""

    kind: str
    language: str
    title: str
    about: Entry
    entries: tuple[Entry, ...]
    general: Entry
    head: tuple[str, ...] = field(default=())
    """Codes of the fields that every entry has, in their order."""

    def parts(self) -> tuple[Entry, ...]:
        """Give everything it says, in its order."""
        return (self.about, *self.entries, self.general)

    def digests(self) -> dict[str, str]:
        """Give a digest for each entry and each of its fields: equal as long as the text is."""
        return {
            f"{part.code}/{said.code}": hashlib.sha256(said.text.encode()).hexdigest()
            for part in self.parts()
            for said in part.said
        }


def facts(*pairs: tuple[str, str | Iterable[str]]) -> tuple[Said, ...]:
    """Give fields out of codes and texts; a list is joined, and what says nothing is a dash."""
    return tuple(
        Said(code, (told if isinstance(told, str) else "; ".join(each for each in told if each)) or "–")
        for code, told in pairs
    )


def changes(former: dict[str, str], now: dict[str, str]) -> list[str]:
    """Give what is new, gone or different, as `entry/field`; of an entry that came or went one line alone, `entry`."""
    before, after = ({key.split("/")[0] for key in said} for said in (former, now))
    moved = before ^ after
    differs = {
        key
        for key in former.keys() | now.keys()
        if former.get(key) != now.get(key) and key.split("/")[0] not in moved
    }
    return sorted(moved | differs)
