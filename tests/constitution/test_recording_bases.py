"""Outside Flanders case data wait for a basis that somebody proposed and the officer of the municipality signed off (R113)."""

from threading import Barrier, Thread

import pytest
from lockcraft import reached
from pagecraft import reader, texts_of
from tablecraft import Acting

SAID = {
    "act": "Verzonnen decreet",
    "article": "art. 12",
    "document": "Advies 2026/1 (verzonnen)",
    "dated": "2026-01-10",
}


@pytest.fixture
def town(house):
    """A municipality in Wallonia, with people and without a basis."""
    house.sql(
        "UPDATE municipality SET profile = 'wallonia', recording_basis = NULL WHERE id = :m",
        m=house.cast.towns["C"],
    )
    return str(house.cast.towns["C"])


@pytest.fixture
def acting(house):
    return Acting(house)


def propose(acting, town, who="administrator", **over):
    return acting.post(who, "/recordingBases", SAID | {"municipalityId": town} | over)


def decide(acting, basis, who="dpo", decision="approve"):
    return acting.post(who, f"/recordingBases/{basis}/signOff", {"decision": decision})


def signal(acting, town):
    body = {"municipalityId": town, "subjectName": "Zorgeloos Verzonnen", "narrative": "Verzonnen.", "phenomenon": "sects",
            "urgency": "normal", "nothingClassified": True}  # fmt: skip
    return acting.post("participant", "/registrations", body)


def test_nothing_is_recorded_until_the_officer_signed_the_basis_off(acting, town):
    assert signal(acting, town).json()["rule"] == "R113"
    made = acting.ok(propose(acting, town), 201)
    assert made["state"] == "proposed"
    assert signal(acting, town).json()["rule"] == "R113", "a proposal is no basis"
    (shown,) = acting.ok(acting.get("dpo", "/recordingBases"))["items"]
    assert {name: shown[name] for name in SAID} == SAID
    assert shown["abilities"] == ["recordingBasis.signOff"]
    assert acting.ok(decide(acting, made["recordingBasisId"]))["state"] == "signed"
    acting.ok(signal(acting, town), 201)
    ((basis,),) = acting.house.sql("SELECT recording_basis FROM municipality WHERE id = :m", m=town)
    assert (basis["article"], basis["signedOffBy"]) == ("art. 12", acting.person("dpo"))


def test_a_refused_basis_is_none_and_another_can_be_proposed(acting, town):
    made = acting.ok(propose(acting, town), 201)["recordingBasisId"]
    assert propose(acting, town).status_code == 409, "one waits at a time"
    acting.ok(decide(acting, made, decision="refuse"))
    assert signal(acting, town).json()["rule"] == "R113"
    assert decide(acting, made).status_code == 409
    acting.ok(propose(acting, town), 201)


def test_a_later_basis_takes_the_place_of_an_earlier_one(acting, town):
    for article in ("art. 12", "art. 13"):
        acting.ok(decide(acting, acting.ok(propose(acting, town, article=article), 201)["recordingBasisId"]))
    ((basis,),) = acting.house.sql(
        "SELECT recording_basis ->> 'article' FROM municipality WHERE id = :m", m=town
    )
    assert basis == "art. 13"


@pytest.mark.parametrize("who", ["mayor", "coordinator", "dpo", "auditor", "participant", "policeMember"])
def test_only_an_administrator_proposes(acting, town, who):
    assert propose(acting, town, who).status_code in {403, 404}


@pytest.mark.parametrize(
    "who", ["administrator", "mayor", "coordinator", "auditor", "participant", "zoneDpoD"]
)
def test_only_the_officer_of_the_municipality_signs_off(acting, town, who):
    made = acting.ok(propose(acting, town), 201)["recordingBasisId"]
    assert decide(acting, made, who).status_code in {403, 404}
    assert acting.ok(acting.get("dpo", "/recordingBases"))["items"][0]["state"] == "proposed"


def test_nobody_signs_off_what_they_proposed(acting, town):
    made = acting.ok(propose(acting, town), 201)["recordingBasisId"]
    acting.house.sql("UPDATE recording_basis SET proposed_by = :p", p=acting.person("dpo"))
    refused = decide(acting, made)
    assert refused.status_code == 409
    acting.ok(acting.get("dpo", "/recordingBases"))


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"dated": "2099-01-01"}, "dated"),
        ({"municipalityId": "0197a1d0-0000-7000-8000-000000000000"}, "municipalityId"),
    ],
)
def test_what_cannot_be_is_named(acting, town, over, field):
    answer = propose(acting, town, **over)
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["name"] == field


def test_in_flanders_the_decree_is_the_basis_and_nothing_is_proposed(acting, house):
    assert acting.ok(acting.get("administrator", "/recordingBases"))["abilities"] == []
    assert "/recording-bases/new" not in reader(house, "administrator").get("/recording-bases").text
    assert propose(acting, str(house.cast.towns["C"])).status_code == 400


def test_of_two_decisions_at_once_one_wins(acting, town):
    made = acting.ok(propose(acting, town), 201)["recordingBasisId"]
    client, start, answers = acting.house.client("dpo"), Barrier(2), []

    def act(decision):
        start.wait()
        path = f"/api/v1/recordingBases/{made}/signOff"
        answers.append(
            client.post(path, json={"decision": decision}, headers={"If-Match": '"1"'}).status_code
        )

    threads = [Thread(target=act, args=(each,)) for each in ("approve", "refuse")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in ([200, 409], [200, 412])


def test_the_database_lays_down_what_was_signed_and_nothing_else(acting, town):
    house, made = acting.house, acting.ok(propose(acting, town), 201)["recordingBasisId"]
    sign = "UPDATE recording_basis SET state = 'signed', decided_by = :p, decided_at = now() WHERE id = :b"
    for who in ("administrator", "mayor", "zoneDpoD"):
        assert reached(house, who, sign, b=made, p=acting.person(who)) == 0, who
    assert reached(house, "dpo", sign, b=made, p=acting.person("mayor")) is None, "in nobody else's name"
    assert (
        reached(house, "dpo", "UPDATE municipality SET recording_basis = '{}' WHERE id = :m", m=town) is None
    )
    stated = (
        "INSERT INTO municipality (id, names, profile, recording_basis, created_at, version) VALUES"
        " (gen_random_uuid(), '{}', 'brussels', :b, now(), 1)"
    )
    assert reached(house, "administrator", stated, b='{"act": "x"}') is None
    assert reached(house, "administrator", stated, b=None) == 1
    proposed = (
        "INSERT INTO recording_basis (id, municipality_id, act, article, document, dated, state, proposed_by, proposed_at,"
        " version) VALUES (gen_random_uuid(), :m, 'x', 'x', 'x', '2026-01-01', 'signed', :p, now(), 1)"
    )
    assert reached(house, "administrator", proposed, m=town, p=acting.person("administrator")) is None
    assert reached(house, "dpo", sign, b=made, p=acting.person("dpo")) is None, (
        "at no other moment than it is"
    )
    assert reached(house, "dpo", sign.replace("now()", "moment()"), b=made, p=acting.person("dpo")) == 1


def test_the_pages_lead_there(acting, town):
    admin, officer = reader(acting.house, "administrator"), reader(acting.house, "dpo")
    page = admin.get("/recording-bases")
    assert "/recording-bases/new" in page.text
    done = admin.send("/recording-bases/new", **SAID, municipalityId=town)
    assert done.status_code == 200
    assert "Verzonnen decreet" in texts_of(done.text)
    made = acting.ok(acting.get("dpo", "/recordingBases"))["items"][0]["recordingBasisId"]
    assert f"/recording-bases/{made}/sign-off" in officer.get("/").text, "it waits on the first page"
    signed = officer.send(f"/recording-bases/{made}/sign-off", decision="approve")
    assert signed.status_code == 200
    assert "/sign-off" not in officer.get("/").text
