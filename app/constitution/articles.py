"""The articles of the local cooperation agreement, read from `articles.toml` beside this module (R115, art. 458ter).

Everything is checked while it is read: a setting without an article, or with two, a question nobody answers, a text
that leaves out a value, stop the start-up and never a user. What is printed and what applies therefore come from one table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from app.constitution.reference import LANGUAGES, Texts, load_rules
from app.kernel.i18n import translate, translate_many
from app.rules.settings import SETTINGS, setting

QUESTIONS = ("register", "discuss", "record", "close")
"""The four questions of the survey, each answered by one article."""
MATTERS = ("purpose", "participants", "method")
"""What art. 458ter wants fixed before anybody is discussed."""


class ArticleError(ValueError):
    """The table of articles breaks its own rules; the message names the place."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One paragraph of an article, in four languages; *condition*: a setting, and 0 where it must be 0 (or no)."""

    texts: Texts
    condition: tuple[str, int] | None = None

    def applies(self, fixed: Mapping[str, int]) -> bool:
        """Tell whether the clause stands in an agreement that fixes these settings."""
        if self.condition is None:
            return True
        name, wanted = self.condition
        return bool(setting(dict(fixed), name)) == bool(wanted)

    @property
    def names(self) -> frozenset[str]:
        """The settings whose value stands in the text, or decides whether it stands there."""
        said = {name for _, name, _, _ in Formatter().parse(self.texts.nl) if name}
        return frozenset(said | ({self.condition[0]} if self.condition else set()))


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its number, what it fixes, and its text."""

    number: int
    code: str
    matter: str
    question: str
    rules: tuple[str, ...]
    settings: tuple[str, ...]
    title: Texts
    clauses: tuple[Clause, ...]

    def text(self, language: str, fixed: Mapping[str, int]) -> list[str]:
        """Give the paragraphs as they read in a language with these settings."""
        values = {name: Amount(language, name, setting(dict(fixed), name)) for name in self.settings}
        return [c.texts.of(language).format(**values) for c in self.clauses if c.applies(fixed)]


@dataclass(frozen=True, slots=True)
class Amount:
    """The value of a setting in words; `dative` as German wants it after a preposition."""

    language: str
    name: str
    value: int

    def __format__(self, form: str) -> str:
        said = amount(self.language, self.name, self.value)
        german = self.language == "de" and form == "dative" and said.endswith(("Tage", "Monate"))
        return said + "n" if german else said


def amount(language: str, name: str, value: int) -> str:
    """Give a setting's value with its unit, or yes or no, in a language."""
    unit = SETTINGS[name].unit
    if unit == "minutes":
        return translate_many(language, "%(num)s minute", "%(num)s minutes", value)
    if unit == "hours":
        return translate_many(language, "%(num)s hour", "%(num)s hours", value)
    if unit == "months":
        return translate_many(language, "%(num)s month", "%(num)s months", value)
    if unit == "days":
        return translate_many(language, "%(num)s day", "%(num)s days", value)
    if unit == "yesno":
        code = "true" if value else "false"
        return translate(language, f"option.bool.{code}")
    return str(value)


@cache
def load_articles() -> tuple[Article, ...]:
    """Read the articles in their order. Raises ArticleError where the table is not whole."""
    told = tomllib.loads(files("app.constitution").joinpath("articles.toml").read_text(encoding="utf-8"))
    articles = tuple(_article(number, row) for number, row in enumerate(told["article"], 1))
    fixed = [name for article in articles for name in article.settings]
    if sorted(fixed) != sorted(SETTINGS):
        odd = sorted(set(fixed) ^ set(SETTINGS)) or sorted({n for n in fixed if fixed.count(n) > 1})
        raise ArticleError(
            f"articles.toml: each setting in exactly one article, and its value in the text: {', '.join(odd)}"
        )
    if sorted(a.question for a in articles if a.question) != sorted(QUESTIONS):
        raise ArticleError("each of the four questions is answered by one article")
    if {a.matter for a in articles} != set(MATTERS) or len({a.code for a in articles}) != len(articles):
        raise ArticleError("purpose, participants and method, and no code twice")
    return articles


def article_of(name: str) -> Article:
    """Give the article that fixes a setting."""
    return next(article for article in load_articles() if name in article.settings)


def _article(number: int, row: dict[str, Any]) -> Article:
    clauses = tuple(clause_of(each) for each in row.pop("clause"))
    title = texts_of(row)
    article = Article(
        number,
        row.pop("code"),
        row.pop("matter"),
        row.pop("question", ""),
        tuple(row.pop("rules")),
        tuple(row.pop("settings", ())),
        title,
        clauses,
    )
    if row:
        raise ArticleError(f"article {number}: unknown {', '.join(row)}")
    if any(int(rule[1:]) not in load_rules() for rule in article.rules):
        raise ArticleError(f"article {number}: an unknown rule")
    if {name for clause in clauses for name in clause.names} != set(article.settings):
        raise ArticleError(
            f"article {number}: its text says the value of each setting it fixes, and of no other"
        )
    return article


def clause_of(row: dict[str, Any]) -> Clause:
    """Read a paragraph that says the same values in each language. Raises ArticleError for any other."""
    conditions = [(row.pop(word), wanted) for word, wanted in (("if", 1), ("unless", 0)) if word in row]
    clause = Clause(texts_of(row), conditions[0] if conditions else None)
    said = [{name for _, name, _, _ in Formatter().parse(clause.texts.of(x)) if name} for x in LANGUAGES]
    if row or len(conditions) > 1 or any(names != said[0] for names in said):
        raise ArticleError(f"a clause that differs between languages: {clause.texts.en[:40]}")
    return clause


def texts_of(row: dict[str, Any]) -> Texts:
    """Read a text in four languages. Raises ArticleError where one is empty."""
    texts = Texts(**{language: row.pop(language) for language in LANGUAGES})
    if not all(texts.of(language).strip() for language in LANGUAGES):
        raise ArticleError("a text without words")
    return texts
