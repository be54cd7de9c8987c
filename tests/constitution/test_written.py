"""What is printed is what is signed: a version keeps its whole text, and a signature stands under exactly that (R1, R115)."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from agreecraft import DECIDED, adopted, draft, in_force, ok, step, words_of
from pagecraft import reader, texts_of

from app.constitution import writing
from app.constitution.articles import load_articles
from app.rules.settings import SETTINGS, setting


def written(house, version):
    ((told, digest),) = house.sql("SELECT written, digest FROM agreement WHERE id = :a", a=version)
    return told, digest


def rewritten(monkeypatch):
    """Have the articles say something else from now on, as after a new release."""
    first, *others = load_articles()
    clause = first.clauses[0]
    other = replace(clause, texts=replace(clause.texts, nl="Anders dan ondertekend."))
    changed = (replace(first, clauses=(other, *first.clauses[1:])), *others)
    monkeypatch.setattr(writing, "load_articles", lambda: changed)


def test_a_draft_writes_down_every_setting_also_one_left_as_it_is(house, monkeypatch):
    house.sql("UPDATE agreement SET settings = '{}' WHERE state = 'adopted'")
    version = adopted(house, settings={"review_months": 2})["agreementId"]
    ((kept,),) = house.sql("SELECT settings FROM agreement WHERE id = :a", a=version)
    assert set(kept) == set(SETTINGS)
    assert kept["review_months"] == 2
    usual = SETTINGS["action_reminder_days"].default
    monkeypatch.setitem(
        SETTINGS, "action_reminder_days", replace(SETTINGS["action_reminder_days"], default=usual + 1)
    )
    assert setting(kept, "action_reminder_days") == usual, "a default of a later release changes no agreement"
    told = ok(in_force(house))["settings"]
    assert next(s for s in told if s["name"] == "action_reminder_days")["value"] == usual


def test_the_digest_is_of_the_whole_text(house):
    version = ok(draft(house))["agreementId"]
    told, digest = written(house, version)
    assert digest == sha256(told.encode()).hexdigest()
    text = json.loads(told)
    assert {
        "municipalities",
        "parties",
        "tables",
        "answers",
        "settings",
        "considerations",
        "articles",
    } <= set(text)
    assert [a["code"] for a in text["articles"]] == [a.code for a in load_articles()]
    assert set(text["articles"][0]["paragraphs"]) == {"nl", "fr", "de", "en"}
    assert [town["names"]["nl"] for town in text["municipalities"]] == ["Gemeente C"]
    assert text["tables"][0]["cadenceWeeks"] == 6


@pytest.mark.parametrize(
    "said",
    [
        {"settings": {"extract_download": 1}},
        {"answerClose": "Anders."},
        {"partyIds": []},
        {"tables": [{"kind": "operational", "name": "O", "cadenceWeeks": 2,
                     "functions": ["mayor", "coordinator", "policeMember"]}]},
    ],
)  # fmt: skip
def test_whatever_changes_makes_another_digest(house, said):
    before = ok(draft(house))["digest"]
    assert ok(draft(house, **said))["digest"] != before


def test_saving_the_same_again_on_another_day_keeps_the_signatures(house):
    version = ok(draft(house, settings={"review_months": 2}))["agreementId"]
    ok(step(house, "mayor", version, "sign"))
    house.later(days=3)
    again = ok(draft(house, settings={"review_months": 2}))
    assert again["parties"][0]["signedBy"] == "Mayor Verzonnen"


def test_articles_that_say_something_else_by_now_are_not_signed_in_the_name_of_the_former(house, monkeypatch):
    version = ok(draft(house))["agreementId"]
    rewritten(monkeypatch)
    refused = step(house, "mayor", version, "sign")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R115")
    told = ok(house.client("mayor").get(f"/api/v1/agreements/{version}"))["agreement"]
    assert told["lacks"] == ["textDiffers"]
    said = {
        "agencyId": str(house.cast.agencies["ocmw"]),
        "name": "N",
        "capacity": "V",
        "signedOn": "2026-03-01",
    }
    assert step(house, "coordinator", version, "recordSignature", **said).status_code == 409
    assert ok(draft(house))["lacks"] == [], "saved again it is written out anew"
    ok(step(house, "mayor", version, "sign"))


def test_a_text_that_was_signed_and_reads_otherwise_by_now_is_not_adopted(house, monkeypatch):
    version = ok(draft(house))["agreementId"]
    ok(step(house, "mayor", version, "sign"))
    rewritten(monkeypatch)
    assert step(house, "mayor", version, "adopt", **DECIDED).status_code == 409


@pytest.mark.parametrize(
    "past_the_door",
    [
        "UPDATE agreement SET settings = settings || '{\"extract_download\": 1}' WHERE id = :a",
        "UPDATE agreement SET written = replace(written, 'Gemeente C', 'Gemeente X') WHERE id = :a",
        "UPDATE agreement SET written = '' WHERE id = :a",
    ],
)
def test_a_signed_text_that_was_changed_past_every_lock_is_not_adopted(house, past_the_door):
    version = ok(draft(house))["agreementId"]
    ok(step(house, "mayor", version, "sign"))
    house.sql(past_the_door, a=version)
    refused = step(house, "mayor", version, "adopt", **DECIDED)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R115")


def test_what_was_adopted_is_printed_and_read_as_it_was_signed_whatever_comes_after(house, monkeypatch):
    version = adopted(house)["agreementId"]
    before = words_of(house, version, "nl", "docx")
    rewritten(monkeypatch)
    house.sql('UPDATE municipality SET names = names || \'{"nl": "Gemeente Z"}\'')
    assert words_of(house, version, "nl", "docx") == before
    assert "Anders dan ondertekend." not in str(ok(in_force(house)))
    assert "Anders dan ondertekend." in str(ok(draft(house))["articles"])


def test_a_version_from_before_texts_were_kept_is_still_read_and_printed(house):
    version = ok(in_force(house))["agreementId"]
    before = words_of(house, version, "nl", "docx")
    house.sql("UPDATE agreement SET written = '' WHERE id = :a", a=version)
    after = words_of(house, version, "nl", "docx")
    assert after.partition("Artikel 1.")[2] == before.partition("Artikel 1.")[2] != ""
    (row,) = house.sql("SELECT number, digest FROM agreement WHERE id = :a", a=version)
    pdf = words_of(house, version, "nl", "pdf")
    assert row.digest[:12] not in pdf, "that digest is not of these articles"
    assert f"Versie {row.number}" in pdf


def test_the_digest_of_a_text_that_was_kept_stands_on_its_pages(house):
    version = ok(in_force(house))["agreementId"]
    ((digest,),) = house.sql("SELECT digest FROM agreement WHERE id = :a", a=version)
    assert digest[:12] in words_of(house, version, "nl", "pdf")


def forged(house, version, change):
    """Have the text of a draft say something else, under a digest that is of it."""
    told, _ = written(house, version)
    text = json.loads(told)
    change(text)
    told = json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    house.sql(
        "UPDATE agreement SET written = :w, digest = :d WHERE id = :a",
        w=told, d=sha256(told.encode()).hexdigest(), a=version,
    )  # fmt: skip


FORGERIES = {
    "number": lambda text: text.update(number=99),
    "cell": lambda text: text["cell"].update(name="Andere cel"),
    "one municipality more": lambda text: text["municipalities"].append(
        {"municipalityId": text["municipalities"][0]["municipalityId"], "names": {"nl": "Gemeente X"}}
    ),
    "another name": lambda text: text["municipalities"][0]["names"].update(nl="Gemeente X"),
    "other law": lambda text: text["considerations"]["texts"]["nl"].append("Wet van gisteren (verzonnen)"),
    "law of tomorrow": lambda text: text["considerations"].update(on="2049-01-01"),
    "no day": lambda text: text["considerations"].update(on="gisteren"),
    "something beside it": lambda text: text.update(more="Verzonnen."),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_nobody_signs_a_text_whose_parties_law_or_number_somebody_else_wrote(house, what):
    version = ok(draft(house))["agreementId"]
    forged(house, version, FORGERIES[what])
    refused = step(house, "mayor", version, "sign")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R115")
    assert not house.sql("SELECT 1 FROM agreement_signature WHERE agreement_id = :a", a=version)


def test_considerations_of_an_earlier_day_are_signed_as_long_as_the_law_reads_the_same(house, monkeypatch):
    version = ok(draft(house))["agreementId"]
    house.later(days=2)
    ok(step(house, "mayor", version, "sign"))
    monkeypatch.setattr(writing, "considerations", lambda *_, **__: ["Andere wet (verzonnen)"])
    assert step(house, "mayor", version, "adopt", **DECIDED).status_code == 409


def test_the_page_to_sign_shows_the_law_that_the_signature_covers(house):
    told = ok(draft(house))
    version, regarded = told["agreementId"], told["considerations"]
    assert regarded
    shown = texts_of(reader(house, "mayor").get(f"/agreement/versions/{version}/sign").text)
    for each in regarded:
        assert each in shown, each
