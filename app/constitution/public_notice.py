"""The public notice of a cell: how it handles data, in plain words, made from a version of the agreement (R103).

Each version of the agreement has its own, with the values that it fixes and the references as in force on the day it is
printed. As DOCX, for a municipality adds whom to write to before it publishes the notice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.constitution.agreements import about_agreement
from app.constitution.articles import Amount, ArticleError, Clause, clause_of, texts_of
from app.constitution.commands import PrintPublicNotice
from app.constitution.models import Agreement, Municipality
from app.constitution.reference import Texts, citation, load_legal_references, load_lists
from app.constitution.standing import version_facts
from app.constitution.writing import mark_of, municipalities_of, text_of
from app.kernel.i18n import to_translate, translate
from app.kernel.operation import operation
from app.kernel.printing import Block, Document, Facts, Heading, Paper, Paragraph, Words, paper
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.legal import FLANDERS
from app.rules.settings import setting

_VTC = to_translate("Flemish Supervisory Commission (VTC)")
_GBA = to_translate("Data Protection Authority (GBA/APD)")


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, and the region inside or outside which it holds; empty: everywhere."""

    clause: Clause
    inside: str
    outside: str

    def holds(self, regions: frozenset[str]) -> bool:
        """Tell whether it holds for a cell with municipalities in these regions."""
        return (not self.inside or self.inside in regions) and (
            not self.outside or bool(regions - {self.outside})
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the notice: its heading, its paragraphs and the provisions behind it."""

    code: str
    title: Texts
    legal: tuple[str, ...]
    parts: tuple[Part, ...]


@cache
def load_sections() -> tuple[Section, ...]:
    """Read the sections in their order. Raises ArticleError where the table is not whole."""
    told = tomllib.loads(files("app.constitution").joinpath("public_notice.toml").read_text(encoding="utf-8"))
    return tuple(_section(row) for row in told["section"])


def _section(row: dict[str, Any]) -> Section:
    parts = tuple(_part(each) for each in row.pop("clause"))
    section = Section(row.pop("code"), texts_of(row), tuple(row.pop("legal")), parts)
    if row or not section.legal or set(section.legal) - set(load_legal_references()):
        raise ArticleError(f"public_notice.toml, {section.code}: an unknown word or legal reference")
    return section


def _part(row: dict[str, Any]) -> Part:
    inside, outside = row.pop("in", ""), row.pop("outside", "")
    regions = {entry.code for entry in load_lists()["jurisdictionProfiles"].entries}
    if {inside, outside} - regions - {""}:
        raise ArticleError("public_notice.toml: an unknown region")
    return Part(clause_of(row), inside, outside)


@operation(Action.PUBLIC_NOTICE_PRINT)
def print_public_notice(work: Work, command: PrintPublicNotice) -> Paper:
    """Print the public notice of a version. That of a draft, or of a version that was replaced, carries its mark."""
    row = work.session.get(Agreement, command.agreement_id)
    work.allow(
        Action.PUBLIC_NOTICE_PRINT, version_facts(work, row), about_agreement(work, command.agreement_id)
    )
    row = there(row)
    return paper(notice_of(work, row, command.language), f"public-notice-{row.number}", command.format)


def notice_of(work: Work, row: Agreement, language: str) -> Document:
    """Give the public notice of a version as a document, in a language."""
    phrase = Words(language).phrase
    text = text_of(work, row)
    towns = municipalities_of(work, row)
    regions = frozenset(town.profile for town in towns)
    blocks: list[Block] = [
        Paragraph(phrase("How this cell handles data about people, and what your rights are."))
    ]
    for section in load_sections():
        blocks += [Heading(section.title.of(language))]
        blocks += [Paragraph(each) for each in _paragraphs(section, language, text["settings"], regions)]
        cited = [
            citation(key, language, work.today)
            for key in section.legal
            if FLANDERS in regions or not key.startswith("flemishDecree.")
        ]
        if said := "; ".join(dict.fromkeys(each for each in cited if each)):
            blocks.append(Facts(((phrase("Legal reference"), said),)))
    blocks.append(Heading(phrase("Whom to turn to")))
    blocks += [Facts(_contact(language, town)) for town in towns]
    return Document(
        title=phrase("How we handle data: %(cell)s", cell=text["cell"]["name"]),
        language=language,
        blocks=tuple(blocks),
        made_on=work.today,
        reference=phrase("Version %(number)s", number=row.number),
        watermark=mark_of(row.state, language),
    )


def _paragraphs(
    section: Section, language: str, fixed: Mapping[str, int], regions: frozenset[str]
) -> list[str]:
    clauses = [part.clause for part in section.parts if part.holds(regions)]
    names = {name for clause in clauses for name in clause.names}
    values = {name: Amount(language, name, setting(dict(fixed), name)) for name in names}
    return [each.texts.of(language).format(**values) for each in clauses if each.applies(fixed)]


def _contact(language: str, town: Municipality) -> tuple[tuple[str, str], ...]:
    """Give who is responsible and who supervises; the places to fill in before it is published."""
    supervisor = _VTC if town.profile == FLANDERS else _GBA
    fill_in = translate(language, "[to be filled in: address, e-mail, telephone]")
    return (
        (translate(language, "Controller"), town.names.get(language) or next(iter(town.names.values()))),
        *_basis(language, town),
        (translate(language, "Data protection officer"), fill_in),
        (translate(language, "Supervisor"), translate(language, supervisor)),
    )


def _basis(language: str, town: Municipality) -> tuple[tuple[str, str], ...]:
    """Give on what the municipality keeps the file, outside Flanders: what was signed off, or a place to fill in (R113)."""
    if town.profile == FLANDERS:
        return ()
    signed = [(town.recording_basis or {}).get(name) for name in ("act", "article")]
    said = ", ".join(each for each in signed if each) if all(signed) else ""
    return (
        (
            translate(language, "Basis for keeping the file"),
            said or translate(language, "[to be filled in: act, article]"),
        ),
    )
