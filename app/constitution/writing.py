"""A version written out whole: the very text that is read on a page, printed for the council and signed (R1, R115).

What is signed is one string: municipalities, services, tables, answers, every setting with its value, the questions of the
checklists, the considerations and each article as it reads in each language. The digest is over that string; what is
printed is read from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from app.constitution.articles import load_articles
from app.constitution.contents import Content, lacking
from app.constitution.models import Agreement, Cell, CellMunicipality, Municipality
from app.constitution.reference import LANGUAGES, citation
from app.constitution.standing import NEVER_ADOPTED
from app.kernel.i18n import register_codes, translate
from app.kernel.work import Work, there
from app.rules.legal import FLANDERS, LEGAL

AGREED = ("parties", "tables", "answers", "settings", "checklists")
"""What of a text also stands in columns of its own."""
OTHER_TEXT = "textDiffers"
"""What a draft lacks whose text is not what its parts say, or not what the articles say by now."""
register_codes("agreementLacks", [OTHER_TEXT])


def write(work: Work, row: Agreement) -> None:
    """Write a draft out as its parts read now; the considerations keep their day while they say the same."""
    told = composed(work, row, work.today)
    former = json.loads(row.written)["considerations"] if row.written else None
    if former and former["texts"] == told["considerations"]["texts"]:
        told["considerations"] = former
    row.written = _as_text(told)
    row.digest = digest_of(row.written)


def digest_of(written: str) -> str:
    """Give the digest of exactly what is signed: SHA-256, in hexadecimal."""
    return sha256(written.encode()).hexdigest()


def text_of(work: Work, row: Agreement) -> dict[str, Any]:
    """Give the text of a version as it was written; one from before texts were kept reads as its articles do now."""
    if row.written:
        told: dict[str, Any] = json.loads(row.written)
        return told
    return composed(work, row, row.adopted_on or work.today)


def wanting(work: Work, row: Agreement) -> list[str]:
    """Give what keeps a draft from being signed or adopted: what it lacks, and a text that is another by now."""
    return lacking(row) + ([] if _reads_as_written(work, row) else [OTHER_TEXT])


def _reads_as_written(work: Work, row: Agreement) -> bool:
    """Tell whether the text that is signed is, word for word, what would be written today: law, names and articles too.

    Of the considerations the day may be an earlier one, as long as they still say the same.
    """
    if not row.written or row.digest != digest_of(row.written):
        return False
    told, now = json.loads(row.written), json.loads(_as_text(composed(work, row, work.today)))
    regarded = told["considerations"].pop("on", "")
    del now["considerations"]["on"]
    return told == now and _is_past_day(regarded, work.today)


def _is_past_day(said: object, today: date) -> bool:
    try:
        return date.fromisoformat(str(said)) <= today
    except ValueError:
        return False


def _as_text(told: Mapping[str, Any]) -> str:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def composed(work: Work, row: Agreement, day: date) -> dict[str, Any]:
    """Give the whole text of a version, with the considerations as in force on a day."""
    towns = municipalities_of(work, row)
    flemish = any(town.profile == FLANDERS for town in towns)
    return {
        "number": row.number,
        "cell": {"cellId": str(row.cell_id), "name": there(work.session.get(Cell, row.cell_id)).name},
        "municipalities": [{"municipalityId": str(town.id), "names": town.names} for town in towns],
        **{name: getattr(row, name) for name in AGREED},
        "considerations": {
            "on": day.isoformat(),
            "texts": {language: considerations(language, day, flemish=flemish) for language in LANGUAGES},
        },
        "articles": _articles(row),
    }


def _articles(content: Content) -> list[dict[str, Any]]:
    return [
        {
            "number": article.number,
            "code": article.code,
            "question": article.question,
            "titles": {language: article.title.of(language) for language in LANGUAGES},
            "paragraphs": {language: article.text(language, content.settings) for language in LANGUAGES},
        }
        for article in load_articles()
    ]


def considerations(language: str, day: date, *, flemish: bool) -> list[str]:
    """Give the citations behind the articles, as in force on a day; the Flemish decree where it applies."""
    keys = ["livcrAct.consultationStructure", "caseConsultation"]
    keys += [key for article in load_articles() for rule in article.rules for key in LEGAL.get(rule, ())]
    kept = [key for key in dict.fromkeys(keys) if flemish or not key.startswith("flemishDecree.")]
    found = [citation(key, language, day) for key in kept]
    return list(dict.fromkeys(each for each in found if each))


def municipalities_of(work: Work, row: Agreement) -> list[Municipality]:
    """Give the municipalities of a version's cell, which are parties to it by law (R1)."""
    query = select(Municipality).join(CellMunicipality).where(CellMunicipality.cell_id == row.cell_id)
    return sorted(work.session.scalars(query), key=lambda town: (town.names.get("nl", ""), town.id))


def mark_of(state: str, language: str) -> str:
    """Give what stands across each page of a version that does not apply: a draft, or one that was replaced."""
    if state in NEVER_ADOPTED:
        return translate(language, "Draft")
    return translate(language, "No longer in force") if state == "superseded" else ""


def name_in(names: Mapping[str, str], language: str) -> str:
    """Give a municipality's name in a language, or the first it has."""
    return names.get(language) or next(iter(names.values()), "")
