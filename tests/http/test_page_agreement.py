"""The pages of the agreement: read, drafted by steps, signed and adopted without a script (R115)."""

import re

import pytest
from agreecraft import DECIDED, adopted, draft, ok
from pagecraft import forms_of, reader, texts_of


def test_what_is_in_force_reads_as_text_with_every_setting(house):
    page = reader(house, "participant").get("/agreement").text
    words = texts_of(page)
    assert "Artikel 7. Bespreking van een casus" in words
    assert "uiterlijk na 3 maanden" in words
    assert "Op voorstel van de tafel, beslist door de burgemeester." in words
    assert "/agreement/draft" not in page
    for code in ("nl", "fr", "de"):
        assert f"language={code}&amp;format=docx" in page


def test_a_coordinator_drafts_by_steps_a_mayor_signs_and_adopts(house):
    desk = reader(house, "coordinator")
    assert "Er is geen ontwerp" in desk.get("/agreement/draft").text
    page = desk.send("/agreement/draft", "/agreement/draft/start")
    assert "Het kan worden ondertekend" in page.text
    desk.send("/agreement/draft/settings", reviewMonths="2")
    desk.send("/agreement/draft/answers", answerClose="Anders dan voorheen.")
    desk.send(
        "/agreement/draft/strategic",
        held="true",
        name="Strategische tafel",
        chair="mayor",
        cadenceWeeks="26",
        functions=["mayor", "strategicMember"],
    )
    page = desk.send(
        "/agreement/draft/operational", cadenceWeeks="4", functions=["mayor", "coordinator", "policeMember"]
    )
    words = texts_of(page.text)
    assert "3 maanden 2 maanden" in words
    assert "Anders dan voorheen." in words
    assert "om de 4 weken" in words
    mayor = reader(house, "mayor")
    today = mayor.get("/").text
    (sign,) = set(re.findall(r'href="(/agreement/versions/[^"]+/sign)"', today))
    page = mayor.get(sign).text
    assert "Strategische tafel" in page
    mayor.send(sign)
    assert '/sign"' not in mayor.get("/agreement/draft").text, "what is signed is not offered again"
    assert "Elke burgemeester ondertekende" in texts_of(mayor.get("/agreement/draft").text)
    (adopt,) = set(re.findall(r'href="(/agreement/versions/[^"]+/adopt)"', mayor.get("/").text))
    page = mayor.get(adopt).text
    assert 'data-confirm="Vanaf dit moment gelden er andere regels' in page
    assert "Beslissing van de gemeenteraad (kenmerk)" in texts_of(page)
    page = mayor.send(adopt, **DECIDED)
    assert "uiterlijk na 2 maanden" in texts_of(page.text)
    assert sign.removesuffix("/sign") not in mayor.get("/").text
    assert "Er is geen ontwerp" in desk.get("/agreement/draft").text


def test_a_table_named_after_its_kind_is_named_once_and_a_municipality_is_no_service(house):
    desk = reader(house, "coordinator")
    assert "Operationele tafel: Operationele tafel" not in texts_of(desk.get("/agreement").text)
    desk.send("/agreement/draft", "/agreement/draft/start")
    house.sql("UPDATE agency SET name = 'Gemeente C' WHERE id = :i", i=house.cast.agencies["town hall"])
    words = texts_of(desk.get("/agreement/draft/parties").text)
    assert "Gemeente C" not in words.partition("Diensten die partij zijn")[2]


def test_a_setting_outside_its_bounds_comes_back_with_what_was_typed(house):
    desk = reader(house, "coordinator")
    desk.send("/agreement/draft", "/agreement/draft/start")
    page = desk.send("/agreement/draft/settings", caseTermDays="900")
    assert page.status_code == 400
    assert 'value="900"' in page.text


def test_what_lacks_something_says_what_and_offers_no_signature(house):
    ok(draft(house, tables=[], partyIds=[]))
    words = texts_of(reader(house, "coordinator").get("/agreement/draft").text)
    assert "Er is geen operationele tafel." in words
    assert "Geen enkele dienst is partij." in words
    assert '/sign"' not in reader(house, "mayor").get("/agreement/draft").text


def test_who_changes_a_draft_after_somebody_else_loses_nothing_of_either(house):
    ok(draft(house))
    desk = reader(house, "coordinator")
    (form,) = [f for f in forms_of(desk.get("/agreement/draft/answers").text) if "answerClose" in f["values"]]
    ok(draft(house, answerRecord="Van iemand anders."))
    answer = desk.client.post("/agreement/draft/answers", data=form["values"] | {"answerClose": "Van mij."})
    assert answer.status_code == 412
    assert "Van mij." in answer.text
    assert "Van iemand anders." in desk.get("/agreement/draft/answers").text


def test_every_version_is_listed_and_says_what_it_changed(house):
    adopted(house, settings={"review_months": 2})
    who = reader(house, "strategicMember")
    page = who.get("/agreement/versions").text
    newest = re.search(r'href="(/agreement/versions/[^"]+)"', page)[1]
    words = texts_of(who.get(newest).text)
    assert "Wat wijzigt tegenover versie 1" in words
    assert "3 maanden 2 maanden" in words


def test_a_document_comes_as_a_download(house):
    page = reader(house, "participant").get("/agreement").text
    href = re.search(r'href="(/agreement/versions/[^"]+format=docx)"', page)[1].replace("&amp;", "&")
    answer = reader(house, "participant").get(href)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize("who", ["participant", "dpo", "zoneMayorD"])
def test_a_draft_is_not_there_for_who_has_no_part_in_it(house, who):
    version = ok(draft(house))["agreementId"]
    one = reader(house, who)
    assert one.get(f"/agreement/versions/{version}").status_code == 404
    assert "Ontwerp van het akkoord" not in one.get("/agreement/versions").text


def test_a_draft_is_discarded_on_its_page_and_after_a_signature_by_the_mayor(house):
    desk, mayor = reader(house, "coordinator"), reader(house, "mayor")
    desk.send("/agreement/draft", "/agreement/draft/start")
    (away,) = set(
        re.findall(r'href="(/agreement/versions/[^"]+/discard)"', desk.get("/agreement/draft").text)
    )
    page = desk.send(away)
    assert "Het ontwerp is weggegooid." in texts_of(page.text)
    assert "Er is geen ontwerp" in page.text
    desk.send("/agreement/draft", "/agreement/draft/start")
    (sign,) = set(re.findall(r'href="(/agreement/versions/[^"]+/sign)"', mayor.get("/agreement/draft").text))
    mayor.send(sign)
    away = sign.removesuffix("sign") + "discard"
    assert away not in desk.get("/agreement/draft").text
    assert desk.get(away).status_code == 409
    assert "De handtekeningen eronder vervallen." in texts_of(mayor.get(away).text)
    mayor.send(away)
    assert "Er is geen ontwerp" in mayor.get("/agreement/draft").text
