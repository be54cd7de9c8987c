"""The record of processing activities of a controller (GDPR art. 30, R104): made from what is configured and in force.

Nothing of it is prose that somebody keeps up: the activities are the table that the log refers to, the terms are those that
the sweep follows, the measures are asked of the settings and of the database.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from app.constitution.articles import amount
from app.constitution.reference import citation, load_lists
from app.constitution.writing import name_in
from app.directory.models import TEXT_VERSION
from app.kernel.i18n import format_date, register_codes, translate
from app.kernel.work import Work, there
from app.oversight import record_queries
from app.oversight.record_shape import Entry, Record, facts
from app.oversight.witnessing import witnesses_of
from app.rules.actions import Action
from app.rules.audience import SENSITIVE_CATEGORIES
from app.rules.conditions import Condition
from app.rules.legal import FLANDERS, LEGAL
from app.rules.policy import ACCESS
from app.rules.processing import Activity, processing_of, running
from app.rules.retention import BACKUP_DAYS, SCHEDULE
from app.rules.roles import Role
from app.rules.settings import setting

KIND = "processingRecord"
SETTING_OF_TERM = {
    "caseData": "case_term_days", "contact": "contact_term_days", "registrationUndecided": "registration_limit_days",
    "registrationNotListed": "not_listed_days", "handOverPackage": "hand_over_days",
}  # fmt: skip
"""Terms that an agreement may make shorter, and the setting that does."""
register_codes("term", [term.data for term in SCHEDULE])
register_codes("termLength", [term.data for term in SCHEDULE])
register_codes("personCategory", ["discussed", "contact", "user", "serviceStaff"])
register_codes("otherData", ["account", "clearance", "message", "log"])
register_codes("recipientKind", ["desk", "table", "oversight", "otherMunicipality"])
register_codes("keyProvider", ["file", "secret", "kms"])
register_codes("recordPart", ["about", "measures", "everybody"])
register_codes(
    "recordText",
    ["noThirdCountry", "outside", "noConnection", "encryption", "access", "secondFactor", "noSecondFactor",
     "provider", "sessions", "rowSecurity", "log", "witness", "noWitness", "retention", "backup",
     "copies", "fillIn", "noOfficer", "noAssessment", "noAgreement"],
)  # fmt: skip
_RECIPIENTS = {"transmission": "transmissionRecipients", "feedback": "feedbackRecipients"}


def processing_record(work: Work, language: str) -> Record:
    """Give the record of the actor's municipality as it is today, in a language."""
    town_id = there(work.actor.municipality_id)
    town = there(record_queries.municipality(work.session, town_id))
    agreed = record_queries.agreement(work.session, work.actor.cell_id)
    name = name_in(town.names, language)
    entries = tuple(_entry(work, language, row, agreed, town.profile) for row in running())
    return Record(
        kind=KIND,
        language=language,
        title=translate(language, "Record of processing activities: %(controller)s", controller=name),
        about=about_controller(work, language),
        entries=entries,
        general=_measures(work, language, agreed),
        head=tuple(said.code for said in entries[0].said),
    )


def name_of(code: str, language: str) -> str:
    """Give what an entry of this record is called, also of one that is not there any more."""
    return translate(language, f"{'recordPart' if code in ('about', 'measures') else 'processing'}.{code}")


def about_controller(work: Work, language: str) -> Entry:
    """Give who answers for it: controller, officer, cell and agreement (GDPR art. 30, § 1, a)."""
    session, town_id, cell_id = work.session, there(work.actor.municipality_id), work.actor.cell_id
    town, cell = record_queries.municipality(session, town_id), record_queries.cell_of(session, cell_id)
    agreed = record_queries.agreement(session, cell_id)
    mayors = record_queries.holders(session, town_id, {Role.MAYOR}, work.today)
    officers = record_queries.holders(session, town_id, {Role.DPO}, work.today)
    made = record_queries.assessments(session, town_id)
    others = [each for each in record_queries.towns_of(session, cell_id) if each.id != town_id]
    return Entry(
        "about",
        translate(language, "recordPart.about"),
        facts(
            ("controller", name_in(there(town).names, language)),
            ("contact", [_reached(language, *each) for each in mayors] or translate(language, "recordText.fillIn")),
            ("officer", [_reached(language, *each) for each in officers] or translate(language, "recordText.noOfficer")),
            ("otherControllers", [name_in(each.names, language) for each in others]),
            ("cell", cell.name if cell else ""),
            ("agreement", agreement_said(language, agreed)),
            ("impactAssessment", _assessment(language, made[0].dated, made[0].reference) if made
                else translate(language, "recordText.noAssessment")),
        ),
    )  # fmt: skip


def agreement_said(language: str, agreed: Any) -> str:
    """Give the version in force and since when."""
    if agreed is None:
        return translate(language, "recordText.noAgreement")
    since = format_date(language, agreed.adopted_on) if agreed.adopted_on else "–"
    return translate(language, "version %(number)s, adopted on %(day)s", number=agreed.number, day=since)


def _reached(language: str, name: str, email: str | None) -> str:
    return f"{name}, {email or translate(language, 'recordText.fillIn')}"


def _assessment(language: str, dated: date, reference: str) -> str:
    return f"{format_date(language, dated)}, {reference}"


def _entry(work: Work, language: str, row: Activity, agreed: Any, profile: str) -> Entry:
    """Give one activity (GDPR art. 30, § 1, b to f)."""
    fixed = dict(agreed.settings) if agreed else {}
    categories = _categories(language)
    return Entry(
        row.code,
        translate(language, f"processing.{row.code}"),
        facts(
            ("purpose", translate(language, f"processingPurpose.{row.code}")),
            ("basis", _basis(language, row, profile, work.today)),
            ("persons", [translate(language, f"personCategory.{each}") for each in row.persons]),
            ("data", [categories[each] for each in row.categories]
                + [translate(language, f"otherData.{each}") for each in row.others]),
            ("specialData", [categories[each] for each in row.categories if each in SENSITIVE_CATEGORIES]),
            ("recipients", _recipients(language, row, agreed, fixed)),
            ("terms", [term_said(work, language, each, fixed) for each in row.terms]),
        ),
        tuple(action for action in Action if processing_of(action) == row.code),
    )  # fmt: skip


def _categories(language: str) -> dict[int, str]:
    entries = load_lists()["dataCategories"].entries
    return {each.number: each.labels.of(language) for each in entries if each.number is not None}


def _basis(language: str, row: Activity, profile: str, today: date) -> list[str]:
    """Give each rule with the provisions behind it: of the Flemish decree in Flanders alone; local policy has none."""
    told = []
    for number in row.numbers:
        keys = [
            key
            for key in LEGAL.get(number, ())
            if profile == FLANDERS or not key.startswith("flemishDecree.")
        ]
        said = [each for key in keys if (each := citation(key, language, today))]
        told.append(f"{number}: {', '.join(said) or translate(language, 'local policy')}")
    return told


def _recipients(language: str, row: Activity, agreed: Any, fixed: dict[str, int]) -> list[str]:
    told = []
    for kind in row.recipients:
        if kind == "table":
            parties = ", ".join(party["name"] for party in agreed.parties) if agreed else ""
            told.append(f"{translate(language, 'recipientKind.table')}: {parties or '–'}")
        elif kind in _RECIPIENTS:
            entries = load_lists()[_RECIPIENTS[kind]].entries
            told += [each.labels.of(language) for each in entries if _may_get(each.code, fixed)]
        elif kind != "otherMunicipality" or setting(fixed, "hand_over"):
            told.append(translate(language, f"recipientKind.{kind}"))
    return list(dict.fromkeys(told))


def _may_get(code: str, fixed: dict[str, int]) -> bool:
    """Tell whether this kind of recipient gets anything: other municipalities and supervisors only where it was agreed."""
    if code == "otherMunicipality":
        return bool(setting(fixed, "hand_over"))
    return code not in {"policeSupervision", "intelligenceSupervision"} or bool(
        setting(fixed, "feedback_supervisors")
    )


def term_said(work: Work, language: str, data: str, fixed: dict[str, int]) -> str:
    """Give a term with its length: the agreement's where it made it shorter."""
    named = SETTING_OF_TERM.get(data)
    length = amount(language, named, setting(fixed, named)) if named else ""
    years = work.installation.settings.journal_years
    said = translate(language, f"termLength.{data}", amount=length, years=years, days=BACKUP_DAYS)
    return f"{translate(language, f'term.{data}')}: {said}"


def connections(work: Work, language: str) -> list[str]:
    """Give every line that leaves this machine by configuration, and to which host; none is to a third country by itself."""
    set_to = work.installation.settings
    lines = (
        (translate(language, "mail server"), set_to.smtp_host),
        (translate(language, "provider of identities"), urlsplit(set_to.oidc_issuer).hostname),
        (translate(language, "key service"), urlsplit(set_to.kms_url).hostname if set_to.key_provider == "kms" else ""),
    )  # fmt: skip
    return [f"{what}: {host}" for what, host in lines if host]


def _measures(work: Work, language: str, agreed: Any) -> Entry:
    """Give the security measures that are on (GDPR art. 30, § 1, g; art. 32), as the settings and the database say."""
    set_to, fixed = work.installation.settings, dict(agreed.settings) if agreed else {}
    every, secured = record_queries.secured_tables(work.session)
    outside = connections(work, language)

    def say(code: str, **values: Any) -> str:
        return translate(language, f"recordText.{code}", **values)

    factor = "secondFactor" if Condition.SECOND_FACTOR in ACCESS else "noSecondFactor"
    return Entry(
        "measures",
        translate(language, "recordPart.measures"),
        facts(
            ("thirdCountries", say("outside" if outside else "noThirdCountry")),
            ("connections", outside or say("noConnection")),
            ("encryption", say("encryption", keys=translate(language, f"keyProvider.{set_to.key_provider}"))),
            ("access", say("access", version=TEXT_VERSION,
                days=amount(language, "undertaking_renewal_days", setting(fixed, "undertaking_renewal_days")))),
            ("secondFactor", [say(factor, minutes=set_to.confirm_minutes),
                say("provider", name=set_to.oidc_name) if set_to.oidc_issuer else ""]),
            ("sessions", say("sessions", idle=set_to.idle_minutes, hours=set_to.session_hours)),
            ("rowSecurity", say("rowSecurity", secured=secured, every=every)),
            ("log", say("log", key=work.installation.signer.name, seconds=f"{set_to.seal_seconds:g}",
                years=set_to.journal_years)),
            ("witnesses", [say("witness", name=each.key.quoted) for each in witnesses_of(set_to)] or say("noWitness")),
            ("retention", say("retention")),
            ("backup", [say("backup", days=BACKUP_DAYS), say("copies") if set_to.key_copies else ""]),
        ),
    )  # fmt: skip
