"""The pages of emergency access: calm, plain, and not there for anybody else (R21)."""

import pytest
from glasscraft import EMERGENCY, reference, smash
from pagecraft import reader, texts_of


def test_the_pages_say_what_it_does_keep_a_banner_and_end_it_early(table, known):
    house = table.house
    police = reader(house, "policeMember")
    form = texts_of(police.get("/break-glass/new").text)
    assert "60 minuten" in form
    assert "worden meteen verwittigd" in form
    wrong = police.send("/break-glass/new", reference="C-2026-ZZZZZ", **EMERGENCY)
    assert wrong.status_code == 404
    file = police.send("/break-glass/new", reference=reference(table, known), **EMERGENCY)
    assert file.status_code == 200, texts_of(file.text)[-500:]
    assert file.url.path == f"/cases/{known}"
    assert "Zorgeloos Verzonnen" in file.text
    assert "Noodtoegang tot" in file.text
    assert 'data-ends="2026-' in file.text
    assert "Burgemeester kent de ouders." not in file.text
    for step in ("/statements/new", "/closure/propose", "/close", "/monitor"):
        assert f"/cases/{known}{step}" not in file.text
    assert "Noodtoegang" in texts_of(police.get("/").text)
    ended = police.send(f"/cases/{known}?reason=acuteDanger", action="/close")
    assert "De noodtoegang is beëindigd." in texts_of(ended.text)
    assert police.get(f"/cases/{known}?reason=acuteDanger").status_code == 404


@pytest.mark.parametrize("who", ["coordinator", "dpo"])
def test_it_stands_on_the_first_page_of_who_watches_until_it_is_reviewed(table, known, who):
    glass = table.ok(smash(table, "policeMember", known), 201)
    table.house.later(hours=2)
    browser, ref = reader(table.house, who), reference(table, known)
    first = browser.get("/")
    address = f"/break-glass/{glass['breakGlassId']}/review"
    assert address in first.text
    assert ref in first.text
    asked = texts_of(browser.get(address).text)
    assert "mes aan de schoolpoort" in asked
    done = browser.send(address, outcome="notJustified", note="De desk was bereikbaar.")
    assert "De beoordeling is bewaard." in texts_of(done.text)
    assert address not in browser.get("/").text
    assert "Niet gerechtvaardigd" in texts_of(browser.get("/break-glass?state=all").text)
    own = texts_of(reader(table.house, "policeMember").get("/break-glass?state=all").text)
    assert "De desk was bereikbaar." in own


@pytest.mark.parametrize("who", ["school", "secretary", "mayor", "coordinator", "auditor"])
def test_the_page_that_opens_one_is_not_there_for_anybody_else(table, known, who):
    browser = reader(table.house, who)
    assert browser.get("/break-glass/new").status_code in {403, 404}
    assert "/break-glass/new" not in browser.get("/").text


def test_where_it_is_off_no_page_speaks_of_it(table):
    browser = reader(table.house, "policeMember")
    assert "/break-glass" not in browser.get("/").text
    assert browser.get("/break-glass/new").status_code == 404
