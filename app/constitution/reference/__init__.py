"""Code lists, legal references and the 115 rules, read from the data files beside this module.

They are data with validity dates (R8): a renumbered code of law or a renamed service is a new record, not a
new release. Everything is checked while it is read, so that a file with a missing language or an unknown
key stops the start-up and never a user. Standard library only; read once, never changed afterwards.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_Kind = TypeVar("_Kind")

Language = Literal["nl", "fr", "de", "en"]
Tag = Literal["LAW", "POLICY", "PRACTICE"]
Mark = Literal["C", "S", "R", "A"]
SettingValue = bool | int | str | tuple[int, ...] | tuple[str, ...]

LANGUAGES: tuple[Language, ...] = get_args(Language)
RULE_COUNT = 115

_LEGAL_REFERENCES = "legal_references.toml"
_RULES = "rules.toml"
_CODE = re.compile(r"[a-z][a-zA-Z0-9]*")
_LEGAL_KEY = re.compile(r"[a-z][a-zA-Z0-9]*(\.[a-z][a-zA-Z0-9]*)?")
_SETTING = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class ReferenceDataError(ValueError):
    """A data file of this folder breaks its own rules; the message names file and place."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in the four languages; none is ever empty."""

    nl: str
    fr: str
    de: str
    en: str

    def of(self, language: str) -> str:
        """Give the text in a language of `LANGUAGES`; any other is a LookupError."""
        if language not in LANGUAGES:
            raise LookupError(f"no texts in language {language!r}")
        return cast("str", getattr(self, language))


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code of a list. `number` is the number that the law gives it, where it gives one."""

    code: str
    labels: Texts
    valid_from: date
    valid_to: date | None
    source: str
    number: int | None = None
    sensitive: bool = False
    needs_reason: bool = False

    def in_force(self, day: date) -> bool:
        """Say whether the code may be chosen on this day; `valid_to` is the last day."""
        return _within(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A whole list, in the order in which it is shown."""

    name: str
    description: str
    source: str
    entries: tuple[CodeEntry, ...]

    def entry(self, code: str) -> CodeEntry:
        """Find a code, also one no longer in force; an unknown one is a LookupError."""
        for entry in self.entries:
            if entry.code == code:
                return entry
        raise LookupError(f"no code {code!r} in list {self.name}")

    def in_force(self, day: date) -> tuple[CodeEntry, ...]:
        """Give the entries that may be chosen on this day."""
        return tuple(entry for entry in self.entries if entry.in_force(day))


@dataclass(frozen=True, slots=True)
class LegalReference:
    """One dated citation. `mark` tells how well it was checked: C read, S secondary, R recalled, A assumed.

    A pending reference has no first day: it is a successor whose entry into force is uncertain.
    """

    key: str
    subject: str
    texts: Texts
    valid_from: date | None
    valid_to: date | None
    pending: bool
    source: str
    mark: Mark
    note: str | None = None

    def in_force(self, day: date) -> bool:
        """Say whether the citation is in force on this day; a pending one never is."""
        return self.valid_from is not None and _within(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """A setting that an agreement may fix, with the value it has while nobody fixes it; *fixed*: why none may."""

    name: str
    default: SettingValue
    fixed: str | None = None


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """One of R1 to R115. `label` says what is required, as half a sentence for an error or a hint."""

    number: int
    tag: Tag
    also: Tag | None
    statement: str
    label: Texts
    legal: tuple[str, ...]
    settings: tuple[RuleSetting, ...]

    @property
    def name(self) -> str:
        """Give the name by which code, journal and documents call the rule, such as R87."""
        return f"R{self.number}"


@cache
def load_lists() -> Mapping[str, CodeList]:
    """Read every code list, by its name (`refData/{name}`)."""
    lists: dict[str, CodeList] = {}
    for file_name in sorted(path.name for path in files(__name__).iterdir()):
        if file_name.endswith(".toml") and file_name not in (_LEGAL_REFERENCES, _RULES):
            code_list = _code_list(_read(file_name), file_name)
            if _file_name(code_list.name) != file_name:
                raise ReferenceDataError(f"{file_name}: holds the list {code_list.name}")
            lists[code_list.name] = code_list
    return MappingProxyType(lists)


@cache
def load_legal_references() -> Mapping[str, tuple[LegalReference, ...]]:
    """Read the legal references: for each key its records, the oldest first and a pending one last."""
    found: dict[str, list[LegalReference]] = {}
    for table in _tables(_read(_LEGAL_REFERENCES), "reference", _LEGAL_REFERENCES):
        reference = _legal_reference(table)
        found.setdefault(reference.key, []).append(reference)
    for key, records in found.items():
        records.sort(key=lambda record: record.valid_from or date.max)
        dated = [record.valid_from for record in records if record.valid_from]
        if len(dated) != len(set(dated)) or len(records) - len(dated) > 1:
            raise ReferenceDataError(f"{_LEGAL_REFERENCES}: {key} has two records for one time")
    return MappingProxyType({key: tuple(records) for key, records in found.items()})


@cache
def load_rules() -> Mapping[int, RuleRecord]:
    """Read the rules by number; all 115 are there and cite known references only."""
    rules = [_rule(table) for table in _tables(_read(_RULES), "rule", _RULES)]
    if [rule.number for rule in rules] != list(range(1, RULE_COUNT + 1)):
        raise ReferenceDataError(f"{_RULES}: the rules are not R1 to R{RULE_COUNT}, each once and in order")
    known = load_legal_references()
    for rule in rules:
        for key in rule.legal:
            if key not in known:
                raise ReferenceDataError(f"{_RULES}: {rule.name} cites the unknown reference {key}")
    _refuse_twice((setting.name for rule in rules for setting in rule.settings), _RULES)
    return MappingProxyType({rule.number: rule for rule in rules})


@cache
def default_settings() -> Mapping[str, SettingValue]:
    """Give every setting of every rule with its default."""
    return MappingProxyType({s.name: s.default for rule in load_rules().values() for s in rule.settings})


def label(list_name: str, code: str, language: str) -> str:
    """Give the label of a code in a language; an unknown list, code or language is a LookupError."""
    return load_lists()[list_name].entry(code).labels.of(language)


def reference_in_force(
    key: str, day: date, entered_into_force: Mapping[str, date] | None = None
) -> LegalReference | None:
    """Find the record of a key that is in force on a day, or nothing.

    `entered_into_force` holds the first days that the installation set for pending successors, by key. The
    record that started last wins, so a successor takes over from its own first day.
    """
    best: tuple[date, LegalReference] | None = None
    for record in load_legal_references()[key]:
        start = (entered_into_force or {}).get(key) if record.pending else record.valid_from
        if start is None or not _within(start, record.valid_to, day):
            continue
        if best is None or start >= best[0]:
            best = (start, record)
    return best[1] if best else None


def citation(
    key: str, language: str, day: date, entered_into_force: Mapping[str, date] | None = None
) -> str | None:
    """Give the citation to print on a day in a language, or nothing while none is in force."""
    reference = reference_in_force(key, day, entered_into_force)
    return reference.texts.of(language) if reference else None


def _within(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def _file_name(list_name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), list_name) + ".toml"


def _read(file_name: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(file_name).read_text(encoding="utf-8"))


def _tables(document: dict[str, Any], name: str, place: str) -> list[dict[str, Any]]:
    tables = document.pop(name, None)
    if not isinstance(tables, list) or not tables:
        raise ReferenceDataError(f"{place}: no [[{name}]]")
    _refuse_unknown(document, place)
    return tables


def _code_list(document: dict[str, Any], place: str) -> CodeList:
    name, description, source = (_text(document, key, place) for key in ("name", "description", "source"))
    entries = tuple(_entry(table, place) for table in _tables(document, "entry", place))
    if not _CODE.fullmatch(name):
        raise ReferenceDataError(f"{place}: the name {name!r} is not lowerCamelCase")
    _refuse_twice((entry.code for entry in entries), place)
    _refuse_twice((str(entry.number) for entry in entries if entry.number is not None), place)
    return CodeList(name, description, source, entries)


def _entry(table: dict[str, Any], place: str) -> CodeEntry:
    code = _text(table, "code", place)
    place = f"{place}: {code}"
    if not _CODE.fullmatch(code):
        raise ReferenceDataError(f"{place} is not lowerCamelCase")
    entry = CodeEntry(
        code=code,
        labels=_texts(table, place),
        valid_from=_take(table, "valid_from", date, place),
        valid_to=_take_optional(table, "valid_to", date, place),
        source=_text(table, "source", place),
        number=_take_optional(table, "number", int, place),
        sensitive=_take_optional(table, "sensitive", bool, place) or False,
        needs_reason=_take_optional(table, "needs_reason", bool, place) or False,
    )
    _refuse_reversed(entry.valid_from, entry.valid_to, place)
    _refuse_unknown(table, place)
    return entry


def _legal_reference(table: dict[str, Any]) -> LegalReference:
    key = _text(table, "key", _LEGAL_REFERENCES)
    place = f"{_LEGAL_REFERENCES}: {key}"
    if not _LEGAL_KEY.fullmatch(key):
        raise ReferenceDataError(f"{place} is not lowerCamelCase with at most one dot")
    mark = _text(table, "mark", place)
    if mark not in get_args(Mark):
        raise ReferenceDataError(f"{place}: unknown mark {mark!r}")
    reference = LegalReference(
        key=key,
        subject=_text(table, "subject", place),
        texts=_texts(table, place),
        valid_from=_take_optional(table, "valid_from", date, place),
        valid_to=_take_optional(table, "valid_to", date, place),
        pending=_take_optional(table, "pending", bool, place) or False,
        source=_text(table, "source", place),
        mark=cast("Mark", mark),
        note=_take_optional(table, "note", str, place),
    )
    if reference.pending == (reference.valid_from is not None):
        raise ReferenceDataError(f"{place}: either pending or with a first day")
    if reference.valid_from:
        _refuse_reversed(reference.valid_from, reference.valid_to, place)
    _refuse_unknown(table, place)
    return reference


def _rule(table: dict[str, Any]) -> RuleRecord:
    number = _take(table, "number", int, _RULES)
    place = f"{_RULES}: R{number}"
    tags = [_text(table, "tag", place), _take_optional(table, "also", str, place)]
    if any(tag is not None and tag not in get_args(Tag) for tag in tags) or tags[0] == tags[1]:
        raise ReferenceDataError(f"{place}: unknown or repeated tag")
    legal = _take(table, "legal", list, place)
    settings = _take_optional(table, "setting", list, place) or []
    rule = RuleRecord(
        number=number,
        tag=cast("Tag", tags[0]),
        also=cast("Tag | None", tags[1]),
        statement=_text(table, "statement", place),
        label=_texts(table, place),
        legal=tuple(legal),
        settings=tuple(_setting(setting, place) for setting in settings),
    )
    _refuse_twice(rule.legal, place)
    _refuse_unknown(table, place)
    return rule


def _setting(table: dict[str, Any], place: str) -> RuleSetting:
    name = _text(table, "name", place)
    if not _SETTING.fullmatch(name):
        raise ReferenceDataError(f"{place}: the setting {name!r} is not snake_case")
    default = table.pop("default", None)
    if isinstance(default, list):
        default = tuple(default)
    if not isinstance(default, bool | int | str | tuple):
        raise ReferenceDataError(f"{place}: {name} has no usable default")
    fixed = _text(table, "fixed", f"{place}: {name}") if "fixed" in table else None
    _refuse_unknown(table, place)
    return RuleSetting(name, default, fixed)


def _texts(table: dict[str, Any], place: str) -> Texts:
    return Texts(**{language: _text(table, language, place) for language in LANGUAGES})


def _text(table: dict[str, Any], key: str, place: str) -> str:
    text = _take(table, key, str, place)
    if not text or text != text.strip():
        raise ReferenceDataError(f"{place}: {key} is empty or padded")
    return text


def _take(table: dict[str, Any], key: str, kind: type[_Kind], place: str) -> _Kind:
    value = _take_optional(table, key, kind, place)
    if value is None:
        raise ReferenceDataError(f"{place}: {key} is missing")
    return value


def _take_optional(table: dict[str, Any], key: str, kind: type[_Kind], place: str) -> _Kind | None:
    value = table.pop(key, None)
    if value is None:
        return None
    # The exact type: a bool is no number here, and a moment no day.
    if type(value) is not kind:
        raise ReferenceDataError(f"{place}: {key} is not of type {kind.__name__}")
    return value


def _refuse_unknown(table: dict[str, Any], place: str) -> None:
    if table:
        raise ReferenceDataError(f"{place}: unknown {', '.join(sorted(table))}")


def _refuse_twice(names: Iterable[str], place: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ReferenceDataError(f"{place}: {name} stands there twice")
        seen.add(name)


def _refuse_reversed(first: date, last: date | None, place: str) -> None:
    if last is not None and last < first:
        raise ReferenceDataError(f"{place}: ends before it starts")
