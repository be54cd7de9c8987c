"""A version of the agreement as it is shown: its text by article, its parties with their signatures, and what it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.constitution.articles import QUESTIONS, amount, article_of, load_articles
from app.constitution.checklists import CHECKLISTS, agreed, in_words, wording
from app.constitution.contents import KINDS, NUMBER_GROUND, table_of
from app.constitution.models import Agreement, AgreementSignature
from app.constitution.reference import citation
from app.constitution.standing import version_facts
from app.constitution.views import (
    AgreementView,
    ArticleView,
    ChangeView,
    PartyView,
    SettingView,
    TableTermsView,
)
from app.constitution.writing import municipalities_of, name_in, text_of, wanting
from app.kernel.i18n import register_codes, translate, translate_many
from app.kernel.shapes import href
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.policy import abilities
from app.rules.settings import SETTINGS, setting

load_articles()  # a table that is not whole stops the start-up, and never a user
register_codes("setting", SETTINGS)
register_codes("tableKind", KINDS)
register_codes("question", QUESTIONS)
register_codes("checklist", CHECKLISTS)


def signatures_under(work: Work, row: Agreement) -> dict[UUID, AgreementSignature]:
    """Give the signatures under this very text, by municipality or agency."""
    query = select(AgreementSignature).filter_by(agreement_id=row.id, digest=row.digest)
    found: dict[UUID, AgreementSignature] = {}
    for each in work.session.scalars(query):
        party = each.municipality_id or each.agency_id
        if party is not None:
            found[party] = each
    return found


def ever_signed(work: Work, row: Agreement) -> bool:
    """Tell whether anybody signed this draft, as it stands or as it stood before."""
    return (
        work.session.scalar(select(AgreementSignature.id).filter_by(agreement_id=row.id).limit(1)) is not None
    )


def every_mayor_signed(work: Work, row: Agreement) -> bool:
    """Tell whether each municipality of the cell signed the text as it stands (R1)."""
    towns = {town.id for town in municipalities_of(work, row)}
    return bool(towns) and towns <= set(signatures_under(work, row))


def parties_of(work: Work, row: Agreement, text: Mapping[str, Any], language: str) -> list[PartyView]:
    """Give the municipalities, then the services, as the text names them, each with its signature."""
    signed = signatures_under(work, row)
    parties = [
        PartyView(name=name_in(town["names"], language), municipality_id=UUID(town["municipalityId"]))
        for town in text["municipalities"]
    ]
    parties += [PartyView(name=each["name"], agency_id=UUID(each["agencyId"])) for each in text["parties"]]
    for party in parties:
        given = signed.get(party.municipality_id or party.agency_id)  # type: ignore[arg-type]
        if given is not None:
            party.signed_by, party.capacity, party.signed_on = given.name, given.capacity, given.signed_on
    return parties


def articles_of(language: str, text: Mapping[str, Any]) -> list[ArticleView]:
    """Give the articles as they stand in the text of a version."""
    return [
        ArticleView(
            number=article["number"],
            code=article["code"],
            title=article["titles"][language],
            paragraphs=article["paragraphs"][language],
            answer=text["answers"].get(article["question"]) if article["question"] else None,
        )
        for article in text["articles"]
    ]


def agreement_view(work: Work, row: Agreement) -> AgreementView:
    """Give a version whole, in the reader's language, with what this reader may do with it."""
    language = work.actor.language
    text = text_of(work, row)
    lacks = wanting(work, row) if row.state == "draft" else None
    facts = version_facts(
        work,
        row,
        agreement_whole=not lacks,
        signed_by_nobody=not ever_signed(work, row),
        every_mayor_signed=every_mayor_signed(work, row),
    )
    signed = work.actor.municipality_id in signatures_under(work, row)  # who signed has nothing more to sign
    return AgreementView(
        version=row.version,
        href=href("agreements", row.id),
        abilities=abilities(
            work.actor,
            facts,
            Action.AGREEMENT_DRAFT,
            Action.AGREEMENT_DISCARD,
            *(() if signed else (Action.AGREEMENT_SIGN,)),
            Action.AGREEMENT_RECORD_SIGNATURE,
            Action.AGREEMENT_ADOPT,
            Action.AGREEMENT_PRINT,
        ),
        agreement_id=row.id,
        cell_id=row.cell_id,
        number=row.number,
        state=row.state,
        document=row.document,
        adopted_on=row.adopted_on,
        in_force_from=row.adopted_at,
        in_force_until=row.superseded_at,
        digest=row.digest,
        parties=parties_of(work, row, text, language),
        tables=[_terms(each) for each in _in_order(row.tables)],
        answers=row.answers,
        settings=[_setting(work, row, name) for name in SETTINGS],
        checklists={
            name: in_words(agreed(row.checklists, name, work.today), language) for name in CHECKLISTS
        },
        considerations=text["considerations"]["texts"][language],
        considered_on=date.fromisoformat(text["considerations"]["on"]),
        articles=articles_of(language, text),
        lacks=lacks,
    )


def _terms(table: Mapping[str, Any]) -> TableTermsView:
    return TableTermsView(
        kind=table["kind"],
        name=table["name"],
        chair=table["chair"],
        cadence_weeks=table["cadenceWeeks"],
        functions=list(table["functions"]),
        agencies=[PartyView(name=a["name"], agency_id=UUID(a["agencyId"])) for a in table["agencies"]],
    )


def _in_order(tables: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(tables, key=lambda table: KINDS.index(table["kind"]))


def _setting(work: Work, row: Agreement, name: str) -> SettingView:
    each = SETTINGS[name]
    return SettingView(
        name=name,
        value=setting(row.settings, name),
        unit=each.unit,
        least=each.least,
        most=each.most,
        rule=each.number,
        article=article_of(name).number,
        legal_reference=citation(each.law, work.actor.language, work.today) if each.law else None,
    )


def table_words(language: str, table: Mapping[str, Any]) -> str:
    """Say in words what was agreed of a table: chair, how often, members."""
    chair = translate(language, f"role.{table['chair']}")
    weeks = translate_many(language, "every %(num)s week", "every %(num)s weeks", table["cadenceWeeks"])
    members = [translate(language, f"role.{code}") for code in table["functions"]]
    members += [each["name"] for each in table["agencies"]]
    said = translate(
        language,
        "%(name)s: meets %(weeks)s, chaired by: %(chair)s.",
        name=table["name"],
        weeks=weeks,
        chair=chair,
    )
    if members:
        said += " " + translate(language, "Members: %(members)s.", members=", ".join(members))
    return said


def changes_between(language: str, former: Agreement, row: Agreement, today: date) -> list[ChangeView]:
    """Give what differs: each setting by its value, each answer by its text, parties, tables and checklists in words."""
    return [
        ChangeView(name=name, before=before, after=after)
        for name, (before, after) in _told(language, former, row, today).items()
        if before != after
    ]


def _told(
    language: str, former: Agreement, row: Agreement, today: date
) -> dict[str, tuple[str | None, str | None]]:
    both = (former, row)
    found: dict[str, list[str | None]] = {}
    for name in SETTINGS:
        found[f"setting.{name}"] = [amount(language, name, setting(each.settings, name)) for each in both]
    for question in QUESTIONS:
        found[f"question.{question}"] = [each.answers.get(question) for each in both]
    found["question.nationalNumber"] = [each.answers.get(NUMBER_GROUND) for each in both]
    found["agreementParties"] = [", ".join(p["name"] for p in each.parties) or None for each in both]
    for kind in KINDS:
        terms = [table_of(each.tables, kind) for each in both]
        found[f"tableKind.{kind}"] = [table_words(language, each) if each else None for each in terms]
    for name in CHECKLISTS:
        asked = [agreed(each.checklists, name, today) for each in both]
        found[f"checklist.{name}"] = [" ".join(wording(q, language) for q in each) for each in asked]
    return {name: (pair[0], pair[1]) for name, pair in found.items()}


register_codes("question", ["nationalNumber"])
