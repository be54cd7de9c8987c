"""Pages of representatives and briefings: for coordinator, invited person and desk, each their own part (R28, R36)."""

import re

from briefcraft import Story
from pagecraft import reader, texts_of

NAMED = "FrenchHandler Verzonnen"


def _shown(page):
    assert page.status_code == 200, (page.status_code, page.url, texts_of(page.text)[-600:])
    return texts_of(page.text)


def test_the_coordinator_names_and_ends_a_representative_among_the_members(house):
    coordinator, new = reader(house, "coordinator"), "/members/representatives/new"
    assert "Nog voor geen enkele dienst" in _shown(coordinator.get("/members"))
    people = [str(house.cast.persons[name]) for name in ("frenchHandler", "frenchYouth")]
    period = {"startsOn": "2026-03-02", "document": "Brief (invented)"}
    after = _shown(coordinator.send(new, personId=people[0], **period))
    assert "De vaste vertegenwoordiger is aangewezen." in after
    assert NAMED in after
    assert coordinator.send(new, personId=people[1], **period).status_code == 409
    (row,) = house.sql("SELECT id FROM representative")
    ended = coordinator.send(f"/members/representatives/{row.id}/end", endsOn="2026-03-31")
    assert "De einddatum is vastgelegd." in _shown(ended)
    assert str(house.sql("SELECT ends_on FROM representative")[0].ends_on) == "2026-03-31"
    for who in ("mayor", "secretary"):
        browser = reader(house, who)
        assert "Vaste vertegenwoordigers" not in _shown(browser.get("/members"))
        assert browser.get(new).status_code == 403
    assert "LIVC R zone" in _shown(reader(house, "administrator").get(new))


def test_whoever_prepares_an_invitation_sees_representatives_first(table):
    named = {
        "personId": table.person("frenchHandler"), "cellId": str(table.house.cast.cells["C"]), "startsOn": "2026-03-02",
        "document": "x",
    }  # fmt: skip
    table.ok(table.post("coordinator", "/representatives", named), 201)
    address = f"/agenda-items/{table.add(table.plan(), table.case())}/invite"
    page = reader(table.house, "coordinator").get(address).text
    offered = re.findall(r"<option[^>]*>([^<]*Verzonnen[^<]*)<", page)
    assert offered[0] == f"{NAMED}, french youth (invented) (vaste vertegenwoordiger)"
    assert sum("vaste vertegenwoordiger" in each for each in offered) == 1
    assert "vaste vertegenwoordiger" not in reader(table.house, "mayor").get(address).text


def test_the_invited_person_records_and_the_desk_reads(table):
    story = Story(table)
    invited, address = reader(table.house, "frenchYouth"), f"/invitations/{story.invitation}/briefing"
    assert address in invited.get("/invitations").text
    form = _shown(invited.get(address))
    assert NAMED in form
    assert "Vóór het overleg" in form
    assert "Na het overleg" not in form
    said = {"handlerId": table.person("frenchHandler"), "moment": "before", "briefedOn": "2026-03-02",
            "directlyInvolved": "true"}  # fmt: skip
    assert "De briefing is vastgelegd." in _shown(invited.send(address, **said))
    assert invited.send(address, **said).status_code == 409
    assert f"U hebt vastgelegd: {NAMED}" in _shown(invited.get(address))
    told = _shown(reader(table.house, "coordinator").get(f"/agenda-items/{story.item}"))
    assert f"{NAMED} door FrenchYouth Verzonnen" in told
    handler = reader(table.house, "frenchHandler")
    for path in (address, f"/agenda-items/{story.item}"):
        assert handler.get(path).status_code == 404
    assert story.case not in handler.get("/").text
    assert reader(table.house, "mayor").get(address).status_code == 404


def test_without_a_colleague_who_is_bound_the_form_says_so(table):
    story = Story(table)
    table.house.sql(
        "DELETE FROM undertaking WHERE person_id = :p", p=table.house.cast.persons["frenchHandler"]
    )
    page = _shown(reader(table.house, "frenchYouth").get(f"/invitations/{story.invitation}/briefing"))
    assert "Geen collega van uw dienst kan worden ingelicht" in page
    assert NAMED not in page
