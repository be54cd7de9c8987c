"""What a screening and closing ask stands in the agreement, and is fixed by its version (R43, R84, R115)."""

import json

import pytest
from agreecraft import DECIDED, adopted, draft, in_force, ok, step, words_of
from lockcraft import reached
from pagecraft import reader, texts_of

from app.constitution.checklists import ALWAYS, CHECKLISTS, CODES, OWN
from app.constitution.reference import load_lists

OURS = {
    "code": "own1",
    "nl": "Kent de wijkwerking deze persoon?",
    "fr": "Le quartier connaît-il cette personne ?",
}
SCREENING = [{"code": code} for code in ("indications", "source", "urgency", "age")] + [OURS]


def codes(answer, name="screening"):
    return [each["code"] for each in answer["checklists"][name]]


def test_the_first_draft_asks_what_everybody_has_and_the_next_reads_as_the_one_in_force(house):
    view = ok(draft(house))
    for name in CHECKLISTS:
        assert codes(view, name) == [entry.code for entry in load_lists()[CODES[name]].entries]
    ok(draft(house, screening=SCREENING))
    version = ok(draft(house))["agreementId"]
    ok(step(house, "mayor", version, "sign"))
    ok(step(house, "mayor", version, "adopt", **DECIDED))
    assert codes(ok(in_force(house))) == ["indications", "source", "urgency", "age", "own1"]
    assert codes(ok(draft(house, answerClose="Anders."))) == [
        "indications",
        "source",
        "urgency",
        "age",
        "own1",
    ]


def test_a_question_of_its_own_is_put_in_the_language_of_who_reads_or_the_first_it_has(house):
    adopted(house, screening=SCREENING)
    asked = ok(in_force(house))["checklists"]["screening"][-1]
    assert (asked["text"], set(asked["texts"])) == (OURS["nl"], {"nl", "fr"})
    ((told,),) = house.sql("SELECT written FROM agreement WHERE digest = :d", d=ok(in_force(house))["digest"])
    assert json.loads(told)["checklists"]["screening"][-1] == {
        "code": "own1",
        "texts": {"nl": OURS["nl"], "fr": OURS["fr"]},
    }


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        *(("screening", [each for each in SCREENING if each["code"] != left]) for left in ALWAYS["screening"]),
        *(
            ("closing", [{"code": each.code} for each in load_lists()[CODES["closing"]].entries if each.code != left])
            for left in ALWAYS["closing"]
        ),
        ("screening", []),
        ("screening", [*SCREENING, {"code": "unheardOf"}]),
        ("screening", [*SCREENING, {"code": "own6", "nl": "Een zesde?"}]),
        ("screening", [*SCREENING, {"code": "own2"}]),
        ("screening", [*SCREENING, {"code": "own2", "nl": "   "}]),
        ("screening", [*SCREENING, OURS]),
        ("screening", [*SCREENING, {"code": "reliability", "nl": "In andere woorden?"}]),
        ("screening", [*SCREENING, {"code": "own2", "nl": "x" * 201}]),
        ("screening", [*SCREENING, {"code": "own2", "nl": "Twee\nregels?"}]),
    ],
)  # fmt: skip
def test_what_every_cell_asks_is_not_left_out_and_nothing_odd_comes_in(house, name, asked):
    ok(draft(house))
    assert draft(house, **{name: asked}).status_code == 400
    assert codes(ok(draft(house)), name) == [entry.code for entry in load_lists()[CODES[name]].entries]


def test_another_question_makes_it_another_text_which_nobody_signed(house):
    version = ok(draft(house))["agreementId"]
    signed = ok(step(house, "mayor", version, "sign"))["digest"]
    assert ok(draft(house, screening=SCREENING))["digest"] != signed
    assert step(house, "mayor", version, "adopt", **DECIDED).status_code == 409
    changed = ok(house.client("coordinator").get(f"/api/v1/agreements/{version}"))["changes"]
    (told,) = [each for each in changed if each["name"] == "checklist.screening"]
    assert OURS["nl"] in told["after"]
    assert OURS["nl"] not in told["before"]


@pytest.mark.parametrize(
    ("language", "kind"), [("nl", "pdf"), ("nl", "docx"), ("fr", "docx"), ("de", "docx")]
)
def test_the_questions_are_printed_with_the_text(house, language, kind):
    version = adopted(house, screening=SCREENING)["agreementId"]
    words = words_of(house, version, language, kind)
    entry = load_lists()["screeningQuestions"].entry("source")
    assert entry.labels.of(language) in words
    assert OURS.get(language, OURS["nl"]) in words
    assert load_lists()["screeningQuestions"].entry("reliability").labels.of(language) not in words
    assert load_lists()["closingChecklist"].entry("furtherCare").labels.of(language) in words


def test_a_version_from_before_asks_what_everybody_has_and_prints_no_list_of_its_own(house):
    house.sql(
        "UPDATE agreement SET checklists = '{}', written = (written::jsonb - 'checklists')::text WHERE state = 'adopted'"
    )
    view = ok(in_force(house))
    assert codes(view) == [entry.code for entry in load_lists()["screeningQuestions"].entries]
    words = words_of(house, view["agreementId"], "nl", "docx")
    assert load_lists()["screeningQuestions"].entry("source").labels.nl not in words


CHANGE = """
    UPDATE agreement SET checklists = '{}', written = other, digest = encode(sha256(convert_to(other, 'UTF8')), 'hex')
    FROM (SELECT id AS this, jsonb_set(written::jsonb, '{checklists}', '{}')::text AS other FROM agreement) o
    WHERE id = this AND state = 'draft'
"""


def test_the_database_holds_the_questions_as_it_holds_the_rest(house):
    adopted(house, screening=SCREENING)
    ok(draft(house))
    everybody = ("mayor", "coordinator", "participant", "administrator", "zoneMayorD")
    for change in (
        "UPDATE agreement SET checklists = '{}'",
        "UPDATE agreement SET checklists = '{}', digest = 'x'",
    ):
        for state in ("adopted", "draft"):
            assert not [w for w in everybody if reached(house, w, f"{change} WHERE state = '{state}'")], (
                change,
                state,
            )
    assert [w for w in everybody if reached(house, w, CHANGE)] == ["coordinator"]


def test_the_pages_show_the_lists_and_the_coordinator_changes_them(house):
    desk = reader(house, "coordinator")
    desk.send("/agreement/draft", "/agreement/draft/start")
    for name, left, kept in (
        ("screening", "Reliability", "Source"),
        ("closing", "FurtherCare", "PersonTold"),
    ):
        page = f"/agreement/draft/{name}"
        shown = desk.get(page).text
        assert "Elke cel vraagt" in texts_of(shown)
        for own in OWN:
            assert f'name="{own}Nl"' in shown
        saved = desk.send(page, **{f"ask{left}": None, "own2Nl": f"Nog een vraag van ons ({name})?"})
        assert "done=agreement.draft" in str(saved.url)
        again = desk.get(page).text
        assert f"Nog een vraag van ons ({name})?" in again
        assert again.count(" checked") == shown.count(" checked") - 1
        assert f'name="ask{kept}" value="true" checked' in again
    words = texts_of(desk.get("/agreement/draft").text)
    assert "Nog een vraag van ons (screening)?" in words
    mayor = reader(house, "mayor")
    ((version,),) = house.sql("SELECT id FROM agreement WHERE state = 'draft'")
    mayor.send(f"/agreement/versions/{version}/sign")
    mayor.send(f"/agreement/versions/{version}/adopt", **DECIDED)
    words = texts_of(reader(house, "participant").get("/agreement").text)
    assert "Nog een vraag van ons (closing)?" in words
    assert load_lists()["screeningQuestions"].entry("reliability").labels.nl not in words
    assert load_lists()["screeningQuestions"].entry("age").labels.nl in words
