"""The public notice: made from the settings in force, in plain words, about nobody, to edit and publish (R103)."""

from __future__ import annotations

import io

import pytest
from agreecraft import adopted
from docx import Document as Docx
from pypdf import PdfReader

from app.constitution.articles import ArticleError
from app.constitution.public_notice import _section, load_sections
from app.constitution.reference import LANGUAGES
from app.rules.settings import SETTINGS

API = "/api/v1"


def version(house, cell="C"):
    (row,) = house.sql(
        "SELECT id FROM agreement WHERE state = 'adopted' AND cell_id = :c", c=house.cast.cells[cell]
    )
    return row.id


def printed(house, who="coordinator", cell="C", **query):
    answer = house.client(who).get(f"{API}/agreements/{version(house, cell)}/publicNotice", params=query)
    assert answer.status_code == 200, answer.text
    return answer


def words(answer):
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split()
    )


def test_it_says_what_the_agreement_fixes_and_nothing_else_governs(house):
    house.sql(
        "UPDATE agreement SET settings = settings || '{\"case_term_days\": 200, \"not_listed_days\": 5}', written = ''"
    )
    said = words(printed(house, language="nl"))
    assert "uiterlijk 200 dagen na de laatste bespreking" in said
    assert "na 5 dagen gewist" in said
    assert "365 dagen" not in said


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
def test_it_is_there_to_edit_in_each_language_with_a_place_for_whom_to_write_to(house, language):
    answer = printed(house, language=language, format="docx")
    said = "\n".join(
        [p.text for p in Docx(io.BytesIO(answer.content)).paragraphs]
        + [c.text for t in Docx(io.BytesIO(answer.content)).tables for r in t.rows for c in r.cells]
    )
    assert {"nl": "[in te vullen", "fr": "[à compléter", "de": "[auszufüllen"}[language] in said
    for section in load_sections():
        assert section.title.of(language) in said


def test_it_names_the_supervisor_of_the_region_and_the_decree_where_it_applies(house):
    flemish = words(printed(house, language="nl"))
    assert "Vlaamse Toezichtcommissie" in flemish
    assert "LIVC R-decreet" in flemish
    house.sql("UPDATE municipality SET profile = 'wallonia'")
    walloon = words(printed(house, language="fr"))
    assert "Autorité de protection des données" in walloon
    assert "flamand" not in walloon
    assert "règles générales" in walloon
    assert "[à compléter : loi, article]" in walloon
    assert "algemene regels" not in flemish
    signed = '{"act": "Décret inventé", "article": "art. 12"}'
    house.sql("UPDATE municipality SET recording_basis = CAST(:b AS jsonb)", b=signed)
    walloon = words(printed(house, language="fr"))
    assert "Décret inventé, art. 12" in walloon
    assert "[à compléter : loi, article]" not in walloon


def test_it_says_who_decides_as_the_agreement_has_it_and_that_the_police_may_pass_on_with_consent(house):
    plain = words(printed(house, language="nl"))
    assert "De burgemeester beslist, met vermelding" in plain
    assert "noodgeval" not in plain
    assert "alleen als iedereen die bij de bespreking was ermee instemt" in plain
    house.sql(
        "UPDATE agreement SET settings = settings || '{\"listing_by_delegate\": 1, \"break_glass\": 1}', written = ''"
    )
    other = words(printed(house, language="nl"))
    assert "De burgemeester of een aangestelde vertegenwoordiger beslist" in other
    assert "noodgeval" in other


def test_every_member_of_the_cell_has_it_another_cell_does_not_and_each_printing_is_a_line_of_the_log(house):
    for who in ("zoneMayorD", "zoneSchool"):
        answer = house.client(who).get(f"{API}/agreements/{version(house)}/publicNotice")
        assert answer.status_code == 404, who
    assert house.client("school").get(f"{API}/agreements/{version(house)}/publicNotice").status_code == 200
    (line,) = house.sql(
        "SELECT rule FROM journal.entry WHERE action = 'publicNotice.print' AND outcome = 'allowed'"
    )
    assert line.rule == "R103"


def test_every_paragraph_says_the_same_values_in_each_language_and_only_settings():
    named = set()
    for section in load_sections():
        for clause in (part.clause for part in section.parts):
            named |= clause.names
            assert all(clause.texts.of(language).strip() for language in LANGUAGES)
    assert named <= set(SETTINGS)
    assert {
        "case_term_days",
        "participant_window_hours",
        "registration_limit_days",
        "not_listed_days",
    } <= named


def test_a_section_with_an_unknown_reference_stops_the_start():
    texts = dict.fromkeys(LANGUAGES, "x")
    with pytest.raises(ArticleError, match="unknown"):
        _section({"code": "x", "legal": ["nothing"], "clause": [dict(texts)], **texts})


def test_the_notice_of_a_version_that_was_replaced_says_on_each_page_that_it_no_longer_applies(house):
    former = version(house)
    marked = {"nl": "Niet meer van kracht", "fr": "N’est plus en vigueur", "de": "Nicht mehr in Kraft"}
    for language, mark in marked.items():
        assert mark not in words(printed(house, language=language))
    adopted(house)
    for language, mark in marked.items():
        for path in ("publicNotice", "document"):
            said = house.client("coordinator").get(
                f"{API}/agreements/{former}/{path}", params={"language": language}
            )
            assert said.status_code == 200
            assert mark in words(said), (language, path)


def test_who_was_there_reads_the_minutes_for_remarks_and_after_the_approval(house):
    said = words(printed(house, language="nl"))
    assert (
        "leest het verslag van dat punt: 7 dagen om er opmerkingen bij te maken, en 14 dagen na de goedkeuring"
        in said
    )
