"""Where notices are sent: one's own to change, an administrator's to set, nobody else's to know (R37)."""

import pytest
from pagecraft import reader, texts_of
from sqlalchemy import text

CURRENT = "/api/v1/mailAddresses/current"
OWN = "/api/v1/mailAddresses"
MINE = "iemand@dienst.example"


def _current(house, name):
    return house.client(name).get(CURRENT).json().get("address")


def test_somebody_changes_their_own_and_nobody_else_s(house):
    assert _current(house, "school") is None
    answer = house.client("school").post(OWN, json={"address": MINE})
    assert answer.status_code == 200, answer.text
    assert (_current(house, "school"), _current(house, "clb")) == (MINE, None)
    assert house.client("school").post(OWN, json={"address": "ander@dienst.example"}).status_code == 200
    assert _current(house, "school") == "ander@dienst.example"


def test_it_wants_a_fresh_second_factor(house):
    client = house.client("school")
    house.sql("UPDATE session SET confirmed_at = '2026-01-01'")
    answer = client.post(OWN, json={"address": MINE})
    assert answer.status_code in {403, 409}, answer.text
    assert _current(house, "school") is None


@pytest.mark.parametrize(
    "address", ["iemand", "a@b", "a@b.example\r\nBcc: c@d.example", "Naam <a@b.example>", "é@b.example"]
)
def test_what_is_no_plain_address_is_refused(house, address):
    assert house.client("school").post(OWN, json={"address": address}).status_code == 400
    assert _current(house, "school") is None


def test_the_address_the_account_was_made_with_holds_until_another_is_chosen(house):
    house.sql(
        "UPDATE person SET email = 'account@dienst.example' WHERE id = :p", p=house.cast.persons["school"]
    )
    assert _current(house, "school") == "account@dienst.example"
    house.client("school").post(OWN, json={"address": MINE})
    assert _current(house, "school") == MINE
    (row,) = house.sql("SELECT email FROM person WHERE id = :p", p=house.cast.persons["school"])
    assert row.email == "account@dienst.example", (
        "what finds an account at a provider is not one's own to change"
    )


@pytest.mark.parametrize("name", ["mayor", "coordinator", "participant", "dpo", "auditor"])
def test_only_an_administrator_sets_somebody_else_s(house, name):
    answer = house.client(name).post(
        f"/api/v1/persons/{house.cast.persons['school']}/mailAddress", json={"address": MINE}
    )
    assert answer.status_code == 403
    assert _current(house, "school") is None


def test_an_administrator_sets_it_and_sees_no_notice(house):
    client = house.client("administrator")
    path = f"/api/v1/persons/{house.cast.persons['school']}/mailAddress"
    assert client.post(path, json={"address": MINE}).json()["address"] == MINE
    assert _current(house, "school") == MINE
    nobody = f"/api/v1/persons/{house.cast.towns['C']}/mailAddress"
    assert client.post(nobody, json={"address": MINE}).status_code == 404


def test_the_database_shows_an_address_to_its_owner_and_an_administrator_alone(house):
    house.client("school").post(OWN, json={"address": MINE})
    seen = {}
    for name in ("school", "clb", "mayor", "coordinator", "administrator", "dpo"):
        with house.installation.sessions() as session:
            session.info.update(
                actor=house.cast.persons[name], mandate=house.cast.mandates[name], now=house.now
            )
            seen[name] = session.scalar(text("SELECT count(*) FROM mail_address"))
    assert {name for name, count in seen.items() if count} == {"school", "administrator"}


def test_the_post_is_numbers_for_an_administrator_alone(house):
    house.sql(
        "INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at, post_state)"
        " SELECT gen_random_uuid(), :p, 'invitation', 'C-2026-VERZN', :m, :n, s FROM unnest(ARRAY['waiting','undeliverable']) s",
        p=house.cast.persons["school"], m=house.cast.towns["C"], n=house.now,
    )  # fmt: skip
    view = house.client("administrator").get("/api/v1/post").json()
    assert {k: view[k] for k in ("configured", "waiting", "withoutAddress", "undeliverable")} == {
        "configured": False,
        "waiting": 1,
        "withoutAddress": 1,
        "undeliverable": 1,
    }
    assert "VERZN" not in str(view)
    for name in ("mayor", "coordinator", "auditor", "participant"):
        assert house.client(name).get("/api/v1/post").status_code == 403
    with house.installation.sessions() as session:
        session.info.update(
            actor=house.cast.persons["mayor"], mandate=house.cast.mandates["mayor"], now=house.now
        )
        assert tuple(session.execute(text("SELECT waiting, undeliverable FROM post_counts()")).one()) == (
            0,
            0,
        )


def test_the_pages_do_the_same(house):
    page = reader(house, "school")
    answer = page.send("/account/mail-address", address=MINE)
    assert (answer.status_code, answer.url.path) == (200, "/account"), texts_of(answer.text)
    assert "Het adres is bewaard." in texts_of(answer.text)
    assert MINE in page.get("/account/mail-address").text
    wrong = page.send("/account/mail-address", address="iemand")
    assert wrong.status_code == 400
    assert "Dit is geen e-mailadres dat wij kunnen gebruiken." in texts_of(wrong.text)
    admin = reader(house, "administrator")
    assert "Er is geen mailserver ingesteld" in texts_of(admin.get("/").text)
    answer = admin.send(
        "/members/mail-address", personId=str(house.cast.persons["clb"]), address="clb@dienst.example"
    )
    assert answer.url.path == "/post", texts_of(answer.text)
    assert _current(house, "clb") == "clb@dienst.example"
    assert page.get("/post").status_code == 403
