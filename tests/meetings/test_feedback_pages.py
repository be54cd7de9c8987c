"""Pages of feedback sheets and of the register: for police, for those who were there, for the desk (R79, R83, R105)."""

import hashlib
import re

import pytest
from feedbackcraft import MARK, TEXT, Sheet
from glasscraft import switch
from pagecraft import reader, texts_of

DIGEST = hashlib.sha256(b"brief").hexdigest()


@pytest.fixture
def sheet(table):
    """A closed sitting at which police, school, clb and coordinator were in the room."""
    return Sheet(table)


def shown(page):
    assert page.status_code == 200, (page.status_code, page.url, texts_of(page.text)[-600:])
    return texts_of(page.text)


def test_a_sheet_from_draft_to_document_through_pages(sheet):
    police = reader(sheet.house, "policeMember")
    assert "/feedback" in police.get("/").text
    said = shown(police.get("/feedback"))
    assert "Besprekingen waarbij u aanwezig was" in said
    address = f"/agenda-items/{sheet.item}/feedback"
    assert address in police.get("/feedback").text
    unticked = police.send(address, text=TEXT)
    assert unticked.status_code == 409
    assert TEXT in unticked.text, "what was typed stays"
    ticks = {"nothingClassified": "true", "noSecrets": "true"}
    without = police.send(address, text=TEXT, nothingClassified="true")
    assert "R81" in shown_anyway(without)
    drafted = police.send(address, text=TEXT, **ticks)
    assert "Het ontwerp is bewaard." in shown(drafted)
    sheet.id = drafted.url.path.rpartition("/")[2]
    rewritten = police.send(address, text=TEXT + " Meer.", **ticks)
    assert "Meer." in shown(rewritten)
    asked = police.send(f"/feedback/{sheet.id}", action="/ask")
    assert "De vraag is gesteld" in shown(asked)
    assert police.get(address).status_code == 200, "another sheet can be drafted"
    for who in sheet.asked:
        browser = reader(sheet.house, who)
        assert f"/feedback/{sheet.id}" in browser.get("/").text
        page = browser.get(f"/feedback/{sheet.id}")
        assert {"Ik ga akkoord", "Ik ga niet akkoord"} <= set(
            re.findall(r"Ik ga (?:niet )?akkoord", shown(page))
        )
        assert "Er wordt geen reden gevraagd" in shown(page)
        form = [f for f in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if 'value="true"' in f]
        (button,) = form
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', button))
        done = browser.client.post(f"/feedback/{sheet.id}/answer", data=fields)
        assert "Uw antwoord is bewaard." in shown(done)
        assert f"/feedback/{sheet.id}" not in browser.get("/").text
    assert "Alle aanwezigen gingen akkoord: 4 personen" in shown(police.get(f"/feedback/{sheet.id}"))
    issued = police.send(
        f"/feedback/{sheet.id}/issue", recipients="ocad", recipientName="OCAD (verzonnen)", competentForArea="true",
        language="fr",
    )  # fmt: skip
    assert "Het document is gemaakt." in shown(issued)
    fetched = police.send(f"/feedback/{sheet.id}", action="/document")
    assert fetched.content.startswith(b"%PDF")
    register = shown(reader(sheet.house, "coordinator").get("/transmissions"))
    assert hashlib.sha256(fetched.content).hexdigest() in register
    assert "OCAD (verzonnen)" in register


def shown_anyway(page):
    return texts_of(page.text)


def test_both_answers_look_the_same(sheet):
    sheet.put_to_all()
    page = reader(sheet.house, "school").get(f"/feedback/{sheet.id}").text
    buttons = [
        re.search(r'<button class="([^"]*)"', f)[1]
        for f in re.findall(r"<form.*?</form>", page, re.DOTALL)
        if "/answer" in f
    ]
    assert len(buttons) == 2
    assert len(set(buttons)) == 1


def test_the_board_shows_counts_and_never_who(sheet):
    sheet.put_to_all()
    sheet.table.ok(sheet.answer("school", agrees=False))
    police = reader(sheet.house, "policeMember")
    said = shown(police.get(f"/feedback/{sheet.id}"))
    assert "2" in said
    assert "School Verzonnen" not in said
    assert "Clb Verzonnen" not in said
    for who in ("clb", "coordinator"):
        sheet.table.ok(sheet.answer(who))
    assert "Niet alle aanwezigen gingen akkoord." in shown(police.get(f"/feedback/{sheet.id}"))
    assert police.get(f"/feedback/{sheet.id}/issue").status_code == 409


def test_who_has_nothing_to_do_with_it_finds_nothing(sheet):
    sheet.put_to_all()
    for who in ("mayor", "participant", "secretary", "informationOfficer"):
        browser = reader(sheet.house, who)
        assert browser.get(f"/feedback/{sheet.id}").status_code == 404, who
        assert sheet.id not in browser.get("/").text, who
        assert browser.get(f"/agenda-items/{sheet.item}/feedback").status_code == 404, who
    assert reader(sheet.house, "dpo").get("/feedback").status_code == 403
    assert "/feedback" not in reader(sheet.house, "school").get("/cases").text
    assert MARK not in reader(sheet.house, "school").get("/").text


def test_the_desk_records_a_hand_over_by_digest_or_by_file(sheet):
    desk = reader(sheet.house, "coordinator")
    said = {
        "caseId": sheet.case, "ground": "courtOrder", "recipientType": "court", "recipientName": "Griffie (verzonnen)",
    }  # fmt: skip
    token = re.search(r'name="csrfToken" value="([^"]+)"', desk.get("/transmissions/new").text)[1]

    def send(file=None, **over):
        data = {"csrfToken": token} | said | over
        return desk.client.post(
            "/transmissions/new", data=data, files={"file": ("brief.txt", file)} if file else None
        )

    assert send().status_code == 400
    assert send(digest="teatime").status_code == 400
    assert "De mededeling is genoteerd." in shown(send(digest=DIGEST))
    assert "De mededeling is genoteerd." in shown(send(file=b"brief"))
    lines = sheet.table.ok(sheet.table.get("coordinator", "/transmissions"))["items"]
    assert [line["digest"] for line in lines] == [DIGEST, DIGEST]
    assert b"brief" not in b"".join(bytes(r[0]) for r in sheet.house.sql("SELECT digest FROM transmission"))
    filtered = shown(desk.get("/transmissions?ground=supervisoryAuthority"))
    assert "Griffie" not in filtered
    assert send(ground="feedbackSheet", digest=DIGEST).status_code == 409
    assert desk.client.post("/transmissions/new", data=said | {"digest": DIGEST}).status_code == 403, (
        "not our form"
    )


def test_police_record_what_they_handed_over_and_read_no_register(sheet):
    police = reader(sheet.house, "policeMember")
    assert sheet.case in police.get("/transmissions/new").text
    done = police.send(
        "/transmissions/new", caseId=sheet.case, ground="courtOrder", recipientType="court", recipientName="Griffie",
        digest=DIGEST,
    )  # fmt: skip
    assert "De mededeling is genoteerd." in shown(done)
    assert police.get("/transmissions").status_code == 403
    for who in ("school", "secretary"):
        assert reader(sheet.house, who).get("/transmissions/new").status_code == 403, who


def test_oversight_reads_ids_and_digests(sheet):
    sheet.all_agree()
    sheet.table.ok(sheet.issue())
    for who in ("dpo", "auditor"):
        said = shown(reader(sheet.house, who).get("/transmissions"))
        assert "OCAD, dienst analyse (verzonnen)" in said
        assert sheet.case[:8] in said
        assert MARK not in said
        assert TEXT not in said
        assert reader(sheet.house, who).get("/transmissions/new").status_code == 403


def test_the_note_that_a_card_was_mentioned_is_one_button_of_the_police(table):
    switch(table, card_mention_note=1)
    sitting = Sheet(table, "school", close=False)
    police = reader(table.house, "policeMember")
    done = police.send("/feedback", action="/card-mention")
    assert "Genoteerd dat er een kaart is vermeld." in shown(done)
    assert "U noteerde op" in shown(police.get("/feedback"))
    assert "card-mention" not in police.get("/feedback").text
    for who in ("school", "coordinator"):
        page = reader(table.house, who).get(f"/agenda-items/{sitting.item}")
        assert "card-mention" not in page.text, who
