"""The agreement on paper, made from its articles and the settings it fixes: text and behaviour cannot differ (R115).

For the council and for signing, as PDF or DOCX, in the language asked for; the cell's own answers stand as it wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.constitution.agreement_views import (
    articles_of,
    parties_of,
    table_words,
)
from app.constitution.agreements import about_agreement
from app.constitution.articles import amount, article_of
from app.constitution.checklists import CHECKLISTS, wording
from app.constitution.commands import PrintAgreement
from app.constitution.contents import NUMBER_GROUND
from app.constitution.models import Agreement
from app.constitution.standing import version_facts
from app.constitution.views import PartyView
from app.constitution.writing import mark_of, text_of
from app.kernel.i18n import format_date, translate
from app.kernel.operation import operation
from app.kernel.printing import (
    Block,
    Bullets,
    Document,
    Facts,
    Grid,
    Heading,
    Paper,
    Paragraph,
    Signatures,
    Words,
    paper,
)
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.settings import SETTINGS, setting


@operation(Action.AGREEMENT_PRINT)
def print_agreement(work: Work, command: PrintAgreement) -> Paper:
    """Print a version. A draft carries its mark, and only its desk has it."""
    row = work.session.get(Agreement, command.agreement_id)
    about = about_agreement(work, command.agreement_id)
    work.allow(Action.AGREEMENT_PRINT, version_facts(work, row), about)
    row = there(row)
    return paper(document_of(work, row, command.language), f"agreement-{row.number}", command.format)


def document_of(work: Work, row: Agreement, language: str) -> Document:
    """Give the whole document of a version in a language."""
    text = text_of(work, row)
    parties = parties_of(work, row, text, language)
    phrase = Words(language).phrase
    return Document(
        title=phrase("Local cooperation agreement: %(cell)s", cell=text["cell"]["name"]),
        language=language,
        blocks=(
            *_opening(row, text, language, parties),
            *_articles(text, language),
            *_annex(text, language),
            Heading(phrase("Signatures")),
            Signatures(tuple(_place(language, party) for party in parties)),
        ),
        made_on=work.today,
        reference=phrase("Version %(number)s, text %(digest)s", number=row.number, digest=row.digest[:12])
        if row.written  # of a version from before texts were kept, the digest is of something else than these articles
        else phrase("Version %(number)s", number=row.number),
        watermark=mark_of(row.state, language),
    )


def _opening(row: Agreement, text: Mapping[str, Any], language: str, parties: list[PartyView]) -> list[Block]:
    phrase = Words(language).phrase
    facts = [(phrase("Version"), str(row.number))]
    if row.document and row.adopted_on:
        facts += [
            (phrase("Council decision"), row.document),
            (phrase("Date of the decision"), format_date(language, row.adopted_on)),
        ]
    towns = [party.name for party in parties if party.municipality_id]
    services = [party.name for party in parties if party.agency_id]
    regarded = text["considerations"]
    blocks: list[Block] = [
        Facts(tuple(facts)),
        Heading(phrase("Parties")),
        Paragraph(phrase("Between the following municipalities, each represented by its mayor:")),
        Bullets(tuple(towns)),
    ]
    if services:
        blocks += [Paragraph(phrase("and the following services:")), Bullets(tuple(services))]
    return [
        *blocks,
        Heading(phrase("Considerations")),
        Paragraph(phrase("Having regard to the following provisions, as in force on %(day)s:",
                      day=format_date(language, date.fromisoformat(regarded["on"])))),
        Bullets(tuple(regarded["texts"][language])),
        Paragraph(phrase("the following is agreed:")),
    ]  # fmt: skip


def _articles(text: Mapping[str, Any], language: str) -> list[Block]:
    phrase = Words(language).phrase
    blocks: list[Block] = []
    for article in articles_of(language, text):
        title = phrase("Article %(number)s. %(title)s", number=article.number, title=article.title)
        blocks += [Heading(title), *(Paragraph(each) for each in article.paragraphs)]
        if article.code == "tables" and text["tables"]:
            blocks.append(Bullets(tuple(table_words(language, table) for table in text["tables"])))
        if article.code == "registration":
            ground = text["answers"].get(NUMBER_GROUND)
            blocks.append(
                Paragraph(
                    phrase("The national number is used to find somebody again, on this ground: %(ground)s",
                        ground=ground)
                    if ground
                    else phrase("The national number is not used.")
                )
            )  # fmt: skip
        if article.answer:
            blocks += [
                Paragraph(phrase("What the parties agreed on this:"), strong=True),
                Paragraph(article.answer),
            ]
    return blocks


def _annex(text: Mapping[str, Any], language: str) -> list[Block]:
    phrase = Words(language).phrase
    rows = tuple(
        (
            phrase(f"setting.{name}"),
            amount(language, name, setting(text["settings"], name)),
            str(article_of(name).number),
        )
        for name in sorted(SETTINGS, key=lambda name: article_of(name).number)
    )
    return [
        Heading(phrase("Annex: the settings")),
        Grid(
            phrase("The settings that this agreement fixes"),
            (phrase("Setting"), phrase("Value"), phrase("Article")),
            rows,
            (6, 2, 1),
        ),
        *_checklists(text, language),
    ]


def _checklists(text: Mapping[str, Any], language: str) -> list[Block]:
    """Give the questions that the version fixes; one from before it fixed them says nothing of them."""
    phrase = Words(language).phrase
    blocks: list[Block] = []
    for name in CHECKLISTS:
        if asked := text.get("checklists", {}).get(name):
            title = phrase("Annex: %(name)s", name=phrase(f"checklist.{name}"))
            blocks += [Heading(title), Bullets(tuple(wording(each, language) for each in asked))]
    return blocks


def _place(language: str, party: PartyView) -> tuple[str, str]:
    if party.municipality_id and not party.signed_by:
        return translate(language, "For %(party)s, the mayor", party=party.name), ""
    who = translate(language, "For %(party)s", party=party.name)
    if not party.signed_by or party.signed_on is None:
        return who, ""
    given = translate(
        language,
        "%(name)s (%(capacity)s), on %(day)s",
        name=party.signed_by,
        capacity=party.capacity,
        day=format_date(language, party.signed_on),
    )
    return who, given
