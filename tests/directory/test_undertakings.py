"""The secrecy undertaking: before the first access, in the version in force, renewed yearly, in one's own language (R16, R17)."""

import pytest
from pagecraft import Reader, reader, texts_of

from app.directory import actors, models, queries, undertakings
from app.kernel.i18n import LANGUAGES, translate


def _unsworn(house, name):
    house.sql("DELETE FROM undertaking WHERE person_id = :p", p=house.cast.persons[name])


@pytest.fixture
def new_text(monkeypatch):
    """A later version of the text comes into force."""

    def come():
        for module in (models, actors, queries, undertakings):
            monkeypatch.setattr(module, "TEXT_VERSION", "2027-1")

    return come


def test_a_new_text_wants_a_new_confirmation_of_everybody(house, door, new_text):
    mayor = door("mayor").enter()
    assert mayor.get("/cases").status_code == 200
    confirmed = models.TEXT_VERSION
    new_text()
    assert mayor.get("/cases").json()["rule"] == "R16"
    current = mayor.get("/undertakings/current").json()
    assert current["textVersion"] == "2027-1"
    assert "validUntil" not in current
    old = mayor.post("/undertakings", {"textVersion": confirmed, "confirmed": True})
    assert old.status_code == 400
    assert mayor.post("/undertakings", {"textVersion": "2027-1", "confirmed": True}).status_code == 201
    assert mayor.get("/cases").status_code == 200
    versions = house.sql(
        "SELECT text_version FROM undertaking WHERE person_id = :p ORDER BY confirmed_at",
        p=house.cast.persons["mayor"],
    )
    assert [v for (v,) in versions] == [confirmed, "2027-1"], "what was confirmed before is kept"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_read_and_kept_in_the_readers_language(house, language):
    _unsworn(house, "participant")
    one = Reader(house)
    one.get(f"/language/{language}")
    assert one.sign_in("participant").url.path == "/undertaking"
    one.get(f"/language/{language}")
    page = one.get("/undertaking")
    assert page.headers["content-language"] == language
    first = translate(language, "undertaking.text", secrecy="").split("\n\n")[-1]
    assert first in texts_of(page.text)
    assert one.send("/undertaking", confirmed="true").url.path == "/"
    ((kept, version),) = house.sql(
        "SELECT language, text_version FROM undertaking WHERE person_id = :p",
        p=house.cast.persons["participant"],
    )
    assert (kept, version) == (language, models.TEXT_VERSION)


def test_nothing_is_shown_before_it_on_any_page(house):
    _unsworn(house, "mayor")
    one = Reader(house)
    one.sign_in("mayor")
    for path in ("/", "/registrations", "/cases", "/meetings", "/members", "/retention"):
        assert one.get(path).url.path == "/undertaking", path
    assert one.get("/account").url.path == "/account", "one's own account is part of getting in"


def test_its_last_weeks_are_said_on_the_first_page(house):
    _unsworn(house, "mayor")
    one = Reader(house)
    one.sign_in("mayor")
    one.send("/undertaking", confirmed="true")
    assert "/undertaking" not in one.get("/").text
    house.later(days=340)
    late = reader(house, "mayor")
    assert 'href="/undertaking"' in late.get("/").text
    assert late.send("/undertaking", confirmed="true").url.path == "/"
    assert 'href="/undertaking"' not in late.get("/").text
