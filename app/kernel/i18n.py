"""Languages: choosing one, speaking it, and keeping the catalogues complete (R111).

Two sorts of message ids. Prose in templates and Python is plain English and is its own English text. Codes
(`role.mayor`, `field.placeOfMeeting`, `action.case.close`) are built from enumerations, so no extractor can
see them: the module that owns an enumeration says so with `register_codes`, and every language, English
included, must then hold a text for each.

Catalogues are compiled in memory from the committed `.po` files: there is no build step and no `.mo` that
could be stale. A text is always a format string (`%(name)s`), in Python as in templates; a literal percent
sign is written `%%`.

Maintenance: `python -m app.kernel.i18n extract` writes the template, `update` brings every language in step.
"""

from __future__ import annotations

import gettext
import importlib
import io
import pkgutil
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.lists import format_list
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from app.rules.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from jinja2 import Environment

LANGUAGES: Final = ("nl", "fr", "de", "en")
DEFAULT_LANGUAGE: Final = "nl"
NAMES: Final = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}
"""Each language by its own name, for the language switch."""
LOCALES: Final = {"nl": "nl_BE", "fr": "fr_BE", "de": "de_BE", "en": "en_GB"}
BRUSSELS: Final = ZoneInfo("Europe/Brussels")
"""The time that people here read and write; stored moments are in UTC."""

Length = Literal["short", "medium", "long", "full"]

APP: Final = Path(__file__).resolve().parents[1]
LOCALE_FOLDER: Final = APP / "locale"
_LONGEST_HEADER: Final = 500
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=\w|%\()")
_CODE = re.compile(r"[a-z][A-Za-z0-9]*(\.[A-Za-z0-9_-]+)+")


# Choosing a language -------------------------------------------------------------------------------------


def supported(tag: str | None) -> str | None:
    """Give the language of ours that a tag such as `nl-BE` or `FR_be` asks for, or None."""
    primary = re.split(r"[-_]", (tag or "").strip().lower(), maxsplit=1)[0]
    return primary if primary in LANGUAGES else None


def _preferred(accept_language: str) -> Iterator[str]:
    """Read an Accept-Language header, most wanted first. Junk is skipped: a header is no reason to fail."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:_LONGEST_HEADER].split(","):
        tag, _, quality = part.partition(";")
        match = re.fullmatch(r"\s*q\s*=\s*([01](?:\.[0-9]{1,3})?)\s*", quality) if quality else None
        weight = float(match[1]) if match else (0.0 if quality else 1.0)
        language = supported(tag)
        if language and weight > 0:
            wanted.append((weight, language))
    wanted.sort(key=lambda pair: -pair[0])
    return (language for _, language in wanted)


def negotiate(profile: str | None, cookie: str | None, accept_language: str | None) -> str:
    """Choose the language: what the person set, else this browser's choice, else its header, else Dutch."""
    return (
        supported(profile)
        or supported(cookie)
        or next(_preferred(accept_language or ""), None)
        or DEFAULT_LANGUAGE
    )


# Speaking it ---------------------------------------------------------------------------------------------


def catalogue_path(language: str) -> Path:
    """Where the texts of a language are kept."""
    return LOCALE_FOLDER / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: str) -> Catalog:
    """Read the committed catalogue of a language."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def is_translated(message: Message) -> bool:
    """Say whether a message has all its texts and no doubt about them."""
    texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return not message.fuzzy and bool(texts) and all(texts)


def _typographic(said: Any) -> Any:
    """Write each apostrophe between letters as print does, whichever way it was typed."""
    if isinstance(said, (tuple, list)):
        return tuple(_typographic(each) for each in said)
    return _APOSTROPHE.sub("’", said)


@cache
def translations(language: str) -> gettext.GNUTranslations:
    """Compile a language, once. What it lacks is read in English, so that no page fails for a word."""
    catalogue = read_catalogue(language)
    for message in list(catalogue):
        if message.id and not is_translated(message):
            catalogue.delete(message.id, message.context)
        elif message.id and language == "fr":
            message.string = _typographic(message.string)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    spoken = gettext.GNUTranslations(compiled)
    if language != "en":
        spoken.add_fallback(translations("en"))
    return spoken


def load_all() -> None:
    """Compile every language at start-up: a broken catalogue stops the start, not a visitor."""
    for language in LANGUAGES:
        translations(language)


def translate(language: str, msgid: str, /, **values: object) -> str:
    """Give a message in a language, with *values* filled in."""
    return translations(language).gettext(msgid) % values


def translate_many(language: str, singular: str, plural: str, number: int, /, **values: object) -> str:
    """Give the form of a message that fits *number*, which is also available as `%(num)s`."""
    return translations(language).ngettext(singular, plural, number) % {"num": number, **values}


def knows(language: str, msgid: str) -> bool:
    """Say whether a language has a text of its own for a code: optional hints ask this first."""
    return translations(language).gettext(msgid) != msgid


def to_translate(msgid: str) -> str:
    """Mark a message that is translated later, where the reader's language is known."""
    return msgid


# Dates and numbers, as they are written in Belgium -------------------------------------------------------


def _locale(language: str) -> str:
    return LOCALES[supported(language) or DEFAULT_LANGUAGE]


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset cannot be shown")
    return moment.astimezone(BRUSSELS)


def format_date(language: str, day: date, length: Length = "long") -> str:
    """Write a day; of a moment, the day it is in Brussels."""
    if isinstance(day, datetime):
        day = _local(day).date()
    written = dates.format_date(day, length, locale=_locale(language))
    # The first of a month is an ordinal in French, which the patterns of the locale do not know.
    return "1er" + written[1:] if language == "fr" and day.day == 1 and written.startswith("1 ") else written


def format_month(language: str, day: date) -> str:
    """Write the month of a day with its year: `maart 2026`."""
    return dates.format_date(day, "LLLL y", locale=_locale(language))


def format_short_month(language: str, day: date) -> str:
    """Write the month of a day with its year, short: `mrt. 2026`."""
    return dates.format_date(day, "LLL y", locale=_locale(language))


def format_days(language: str, days: Sequence[date]) -> str:
    """Write days in a row: `21 juli 2027, 19 september 2027 en 4 oktober 2027`."""
    return format_list([format_date(language, day) for day in days], locale=_locale(language))


def format_time(language: str, moment: datetime) -> str:
    """Write the time of day it is in Brussels, to the minute."""
    return dates.format_time(_local(moment), "HH:mm", tzinfo=BRUSSELS, locale=_locale(language))


def format_moment(language: str, moment: datetime, length: Length = "long") -> str:
    """Write a moment as day and time in Brussels: `14 maart 2026, 15:05`."""
    return f"{format_date(language, moment, length)}, {format_time(language, moment)}"


def format_number(language: str, number: float | Decimal) -> str:
    """Write a number with the separators of Belgium."""
    return numbers.format_decimal(number, locale=_locale(language))


def install(environment: Environment, language: str) -> None:
    """Give templates their language: `_()`, `{% trans %}`, and the filters date, time, moment, number.

    One environment per language: what a template says is then fixed when it is compiled, also in macros
    that are imported without a context.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    # The extension adds this method at run time, out of sight of the type checker.
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["date"] = lambda day, length="long": format_date(language, day, length)
    environment.filters["month"] = lambda day: format_short_month(language, day)
    environment.filters["time"] = lambda moment: format_time(language, moment)
    environment.filters["moment"] = lambda moment, length="long": format_moment(language, moment, length)
    environment.filters["number"] = lambda number: format_number(language, number)


# Codes ---------------------------------------------------------------------------------------------------

_codes: set[str] = set()


def register_codes(prefix: str, codes: Iterable[str | Enum]) -> None:
    """Say that every `<prefix>.<code>` needs a text. Done where the module owning the list is imported."""
    for code in codes:
        msgid = f"{prefix}.{code.value if isinstance(code, Enum) else code}"
        if not is_code(msgid):
            raise ValueError(f"not a message code: {msgid}")
        _codes.add(msgid)


def code_messages() -> tuple[str, ...]:
    """Give every code registered so far, sorted."""
    return tuple(sorted(_codes))


def is_code(msgid: object) -> bool:
    """Say whether a message id is a code, which needs an English text too, rather than prose."""
    return isinstance(msgid, str) and _CODE.fullmatch(msgid) is not None


register_codes("role", Role)


# Maintenance ---------------------------------------------------------------------------------------------

_PYTHON_KEYWORDS: dict[str, Any] = {
    "to_translate": None,
    "phrase": None,
    "translate": (2,),
    "translate_many": (2, 3),
}
_TEMPLATE_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_ROOTS = ("app.main", "app.cli", "app.__main__")
_TEMPLATE_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


class Step(NamedTuple):
    """What bringing one language in step did."""

    language: str
    added: int
    dropped: int
    missing: int


def import_everything() -> None:
    """Import every module of the application, so that all codes have been registered.

    The composition roots stay out: they own no codes, and importing them may start things.
    """
    for module in pkgutil.walk_packages([str(APP)], prefix="app."):
        if module.name not in _ROOTS:
            importlib.import_module(module.name)


def _sources() -> Iterator[tuple[Path, str, dict[str, Any], dict[str, str]]]:
    for path in sorted(APP.rglob("*")):
        inside = path.relative_to(APP).parts
        if path.suffix == ".py":
            yield path, "python", _PYTHON_KEYWORDS, {}
        elif path.suffix in {".html", ".txt"} and {"templates", "documents"} & set(inside[:-1]):
            yield path, "jinja2.ext:babel_extract", _TEMPLATE_KEYWORDS, _TEMPLATE_OPTIONS


def extract() -> Catalog:
    """Collect every message of the application: what is written in it, and every registered code."""
    import_everything()
    template = Catalog(charset="utf-8", fuzzy=False)
    for path, method, keywords, options in _sources():
        for _, msgid, _, context in extract_from_file(method, path, keywords=keywords, options=options):
            if msgid:
                template.add(msgid, context=context)
    for msgid in code_messages():
        template.add(msgid)
    return template


def write_catalogue(catalogue: Catalog, path: Path, language: str | None) -> None:
    """Write a catalogue so that two writings of the same texts are the same bytes: no dates, no places."""
    body = io.BytesIO()
    write_po(
        body,
        catalogue,
        width=0,
        no_location=True,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
    )
    header = ""
    if language:
        header = _HEADER.format(language=language, plural=catalogue.plural_forms)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + body.getvalue().decode(), encoding="utf-8")


def update(template: Catalog) -> list[Step]:
    """Bring every language in step with the template: new ids get an empty text, vanished ones go.

    The English catalogue holds codes only: prose is its own English text.
    """
    steps = []
    for language in LANGUAGES:
        had = read_catalogue(language) if catalogue_path(language).exists() else Catalog()
        now = Catalog(locale=Locale.parse(language), charset="utf-8", fuzzy=False)
        added = missing = kept = 0
        for wanted in template:
            if not wanted.id or (language == "en" and not is_code(wanted.id)):
                continue
            old = had.get(wanted.id, wanted.context)
            message = now.add(
                wanted.id,
                old.string if old else None,
                flags=old.flags if old else (),
                user_comments=old.user_comments if old else (),
                context=wanted.context,
            )
            kept += old is not None
            added += old is None
            missing += not is_translated(message)
        write_catalogue(now, catalogue_path(language), language)
        steps.append(Step(language, added, len(had) - kept, missing))
    return steps


def main(arguments: list[str]) -> int:
    """Run the maintenance entry: `extract` or `update`."""
    if arguments not in (["extract"], ["update"]):
        sys.stderr.write("usage: python -m app.kernel.i18n extract|update\n")
        return 2
    template = extract()
    write_catalogue(template, LOCALE_FOLDER / "messages.pot", None)
    sys.stdout.write(f"messages.pot: {len(template)} messages\n")
    if arguments == ["update"]:
        for language, added, dropped, missing in update(template):
            sys.stdout.write(f"{language}: {added} added, {dropped} dropped, {missing} not translated\n")
    return 0


if __name__ == "__main__":
    # Run the imported module, not this copy of it: codes are registered with the former.
    raise SystemExit(importlib.import_module("app.kernel.i18n").main(sys.argv[1:]))
