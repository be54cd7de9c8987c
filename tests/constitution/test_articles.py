"""The articles of the agreement: every setting in exactly one, every question answered, text and value never apart (R115)."""

from datetime import date

import pytest
from agreecraft import V1, adopted, draft, in_force, ok, words_of

from app.constitution.articles import MATTERS, QUESTIONS, amount, article_of, load_articles
from app.constitution.reference import LANGUAGES, citation
from app.constitution.writing import considerations
from app.rules.settings import SETTINGS

YESNO = [name for name, row in SETTINGS.items() if row.unit == "yesno"]
NUMBERS = [name for name in SETTINGS if name not in YESNO]
PRINTED = ("nl", "fr", "de")
EMERGENCY = {"break_glass": 1}
"""How long an emergency lasts stands in the text where there is one."""
NONE_AGREED = {
    "nl": "is er hier geen afgesproken",
    "fr": "aucun n'est convenu ici",
    "de": "hier ist keine vereinbart",
    "en": "none is agreed here",
}


def text_of(language, fixed):
    return "\n".join(p for article in load_articles() for p in article.text(language, fixed))


def test_each_setting_stands_in_exactly_one_article_and_each_question_is_answered_by_one():
    fixed = [name for article in load_articles() for name in article.settings]
    assert sorted(fixed) == sorted(SETTINGS)
    assert sorted(a.question for a in load_articles() if a.question) == sorted(QUESTIONS)
    assert {a.matter for a in load_articles()} == set(MATTERS)
    assert [a.number for a in load_articles()] == list(range(1, len(load_articles()) + 1))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NUMBERS)
def test_the_value_of_a_setting_stands_in_the_text_and_a_changed_one_changes_it(language, name):
    row = SETTINGS[name]
    for value in {row.least, row.default, row.most}:
        said = amount(language, name, value)
        (article,) = [a for a in load_articles() if name in a.settings]
        if value == 0 and any(clause.condition == (name, 0) for clause in article.clauses):
            said = NONE_AGREED[language]  # a term of no days is said in words
        assert said in "\n".join(article.text(language, EMERGENCY | {name: value})), (name, value)
    other = row.least if row.default != row.least else row.most
    assert text_of(language, EMERGENCY | {name: other}) != text_of(language, EMERGENCY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", YESNO)
def test_a_yes_reads_otherwise_than_a_no(language, name):
    assert text_of(language, {name: 1}) != text_of(language, {name: 0})


def test_german_says_days_and_months_as_its_prepositions_want_them():
    assert "nach 3 Monaten" in text_of("de", {})
    assert "nach 1 Monat erneut" in text_of("de", {"review_months": 1})
    assert "nach 30 Tagen" in text_of("de", {})


@pytest.mark.parametrize("language", PRINTED)
def test_the_printed_document_says_the_value_of_every_setting_in_force(house, language):
    fixed = EMERGENCY | {name: SETTINGS[name].most for name in NUMBERS} | {"listing_by_delegate": 1}
    version = adopted(house, settings=fixed)["agreementId"]
    words = words_of(house, version, language, "docx")
    for name, value in fixed.items():
        assert amount(language, name, value) in words, name
        assert all(" ".join(p.split()) in words for p in article_of(name).text(language, fixed)), name
    assert "Gemeente C" in words or "Commune C" in words
    assert "ocmw (invented)" in words
    assert "GR 2026/7 (verzonnen)" in words
    assert "Via het formulier, aan de burgemeester." in words


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_changed_setting_changes_the_document_and_nothing_else_of_it(house, kind):
    before = words_of(house, ok(in_force(house))["agreementId"], "nl", kind)
    assert "uiterlijk na 3 maanden" in before
    after = words_of(house, adopted(house, settings={"review_months": 2})["agreementId"], "nl", kind)
    assert "uiterlijk na 2 maanden" in after
    assert "uiterlijk na 3 maanden" not in after


def test_both_formats_say_the_same_articles(house):
    version = ok(in_force(house))["agreementId"]
    pdf, docx = (words_of(house, version, "fr", kind).replace("- ", "-") for kind in ("pdf", "docx"))
    for article in load_articles():
        assert article.title.fr in docx
        assert article.title.fr in pdf


def test_the_considerations_are_those_in_force_on_the_day(house):
    day = date(2026, 3, 2)
    cited = considerations("nl", day, flemish=True)
    assert citation("livcrAct.consultationStructure", "nl", day) in cited
    assert citation("caseConsultation", "nl", day) in cited
    assert citation("flemishDecree.retention", "nl", day) in cited
    assert citation("flemishDecree.retention", "nl", day) not in considerations("nl", day, flemish=False)
    assert not [each for each in considerations("nl", date(2015, 1, 1), flemish=True) if "LIVC" in each]


def test_a_draft_prints_for_its_desk_alone_and_says_what_it_is(house):
    version = ok(draft(house))["agreementId"]
    assert "Ontwerp" in words_of(house, version, "nl", "pdf", "delegate")
    path = f"{V1}/agreements/{version}/document"
    assert house.client("participant").get(path).status_code == 404
    assert house.client("zoneCoordinatorD").get(path).status_code == 404
    assert house.client("coordinator").get(path, params={"language": "en"}).status_code == 400
    assert house.client("coordinator").get(path, params={"format": "odt"}).status_code == 400


def test_printing_leaves_a_line_in_the_log(house):
    version = ok(in_force(house))["agreementId"]
    words_of(house, version, "de", "pdf", "participant")
    rows = house.sql(
        "SELECT object_id FROM journal.entry WHERE action = 'agreement.print' AND outcome = 'allowed'"
    )
    assert [str(row.object_id) for row in rows] == [version]
