"""The pages of the misuse digest: they explain themselves, and show no name to who may not know it (R106)."""

import pytest
from digestcraft import answer, day_at, lines, night, read
from pagecraft import reader, texts_of


@pytest.fixture
def line(house, played):
    """A line of a digest, on the coordinator, who shares the name of nobody."""
    house.sql("UPDATE person SET name = username || ' Lezer'")
    house.sql("DELETE FROM name_likeness")
    house.sql("UPDATE case_file SET listed_on = listed_on - 100, review_on = NULL")
    house.sql("UPDATE case_file SET due_on = due_on + 300, locks_on = locks_on + 300")
    night(house)
    day_at(house, (3, 5), 22)
    read(house, "coordinator", played)
    night(house)
    (found,) = lines(house)
    return found


def pages(house):
    digest = house.sql("SELECT digest_id::text FROM digest_line")[0][0]
    return f"/digests/{digest}"


def test_the_first_page_says_how_many_lines_wait_and_leads_to_them(house, line):
    today = reader(house, "dpo").get("/").text
    assert "Aandacht gevraagd" in today
    assert "Lijnen die op een antwoord wachten: 1" in today
    assert pages(house) in today
    answer(house, line)
    assert "Niets in het logboek wacht op uw antwoord." in reader(house, "dpo").get("/").text
    assert pages(house) not in reader(house, "auditor").get("/").text


def test_a_digest_says_what_was_seen_and_what_it_does_not_mean(house, line):
    page = reader(house, "dpo").get(pages(house)).text
    for said in (
        "Buiten de uren",
        "coordinator Lezer",
        "doet daarom nog niets verkeerd.",
        "R105",
        "Antwoorden",
    ):
        assert said in texts_of(page), said
    assert "/journal?from=2026-03-05" in page
    hidden = reader(house, "auditor").get(pages(house)).text
    assert "Buiten de uren" in hidden
    assert "coordinator Lezer" not in hidden
    assert "Antwoorden</a>" not in hidden
    assert "beantwoordt deze lijnen" in hidden


def test_a_line_is_answered_on_its_page(house, line):
    client = reader(house, "dpo")
    where = f"{pages(house)}/lines/{line['lineId']}"
    form = client.get(where).text
    assert "Noem niemand bij naam" in form
    assert "authenticator" not in form
    empty = client.send(where)
    assert empty.status_code == 400
    done = client.send(where, conclusion="explained", note="Wachtdienst.")
    assert done.status_code == 200, texts_of(done.text)
    assert "Uw antwoord is bewaard." in done.text
    shown = client.get(pages(house)).text
    assert "Verklaard: er was een goede reden" in shown
    assert "Wachtdienst." in shown
    assert "beantwoord" in shown


@pytest.mark.parametrize("name", ["mayor", "coordinator", "participant"])
def test_nobody_else_finds_the_pages(house, line, name):
    client = reader(house, name)
    assert "Aandacht gevraagd" not in client.get("/").text
    assert client.get("/digests").status_code == 403
    assert client.get(pages(house)).status_code in {403, 404}
