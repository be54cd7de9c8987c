"""Passwords: long ones, of any characters, that nobody tries first; changed with the present one and a second factor."""

import hashlib
import random
import unicodedata

import pytest
from cast import PASSWORD
from pagecraft import reader

from app.kernel.identity import PASSWORD_LEAST, PASSWORD_MOST, hash_password, password_fits
from app.kernel.passwords import is_breached, weakness
from app.rules.problems import Kind, Problem

NEW = "zeven paarse olifanten breien"


@pytest.mark.parametrize(
    "password",
    [
        NEW,
        "kwartel dynamo pelikaan mist",
        "zebra-olie-kruik-vuur",
        "Grüße aus dem Nebelwald, Tante Frida",
        "Ἐν ἀρχῇ ἦν ὁ λόγος",
        "пять зелёных ежей поют",
        "🦔🌧️🪁🧦🦆🪵🧲🪴🦉🧵🪐🫖",
        "nolowercasedigitorsign",
        "x7#Qv!m2Zp9w",
        "q" + "wKz7-" * 25 + "9t",
    ],
)
def test_a_long_password_of_any_characters_is_good(password):
    assert PASSWORD_LEAST <= len(password) <= PASSWORD_MOST
    assert weakness(password) == ""


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "passwordpassword", "123456789012", "aaaaaaaaaaaa", "abcabcabcabc", "qwertyuiop12",
        "azertyuiop123", "Wachtwoord2026", "welkomwelkom", "motdepasse2026", "Bienvenue2026!", "Passwort12345",
        "Burgemeester1", "LIVCR-LIVCR-1", "iloveyouiloveyou", "19871987198719", "gemeente2026!", "P@ssw0rd1234",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password):
    assert weakness(password) == "tooCommon"


def test_a_password_out_of_ones_own_name_is_refused():
    about = ("marieke.verzonnen", "Marieke Verzonnen", "OCMW Gemeente C")
    for password in ("mariekeverzonnen", "Marieke.Verzonnen1", "verzonnenmarieke", "Mariéke-Verzönnen"):
        assert weakness(password, about) == "tooCommon", password
    assert weakness(NEW, about) == ""


def test_every_character_counts_and_both_ends_are_told():
    good = "zeven paarse olifanten breien sokken voor een egel in de mist "
    assert weakness(good[: PASSWORD_LEAST - 1]) == "tooShort"
    assert weakness((good * 3)[:PASSWORD_MOST]) != "tooLong"
    assert weakness((good * 3)[: PASSWORD_MOST + 1]) == "tooLong"
    # Twelve of them, however many bytes, and one letter is one letter however it is spelt.
    assert weakness("ηθικόνδώμαξ") == "tooShort"
    decomposed = unicodedata.normalize("NFD", "éàèùâêîôûëï")
    assert len(decomposed) == 22
    assert weakness(decomposed) == "tooShort"


def test_the_same_keys_on_another_machine_open_the_same_account():
    typed = "crème brûlée à la Fée\u00a0Électricité"
    kept = hash_password(typed)
    assert password_fits(unicodedata.normalize("NFD", typed), kept)
    assert password_fits(typed.replace("\u00a0", " "), kept)
    assert not password_fits(typed.replace("é", "e"), kept)
    assert not password_fits(typed.lower(), kept)
    assert not password_fits(typed[:-1], kept)


# The list of breached passwords ----------------------------------------------------------------------------------


def _sha1(password):
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.mark.parametrize(("end", "counted"), [("\n", True), ("\r\n", True), ("\n", False)])
@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_every_line_of_the_list_is_found_and_nothing_else(tmp_path, end, counted, size):
    known = [f"invented {n}" for n in range(size)]
    lines = sorted(_sha1(each) + (f":{len(each) ** 5}" if counted else "") for each in known)
    for last in (end, ""):
        path = tmp_path / "breached.txt"
        path.write_bytes((end.join(lines) + last).encode())
        assert all(is_breached(each, path) for each in known)
        assert not any(is_breached(f"other {n}", path) for n in range(200))


@pytest.mark.parametrize("content", [b"", b"\n", b"no hashes here at all", b"\x00" * 1000, b"A" * 5000])
def test_a_list_that_is_none_finds_nothing_and_ends(tmp_path, content):
    path = tmp_path / "odd.txt"
    path.write_bytes(content)
    assert not is_breached(NEW, path)


def test_a_large_list_is_searched_by_a_few_reads(tmp_path, monkeypatch):
    rng = random.Random(4711)  # noqa: S311 — a list, no secret
    hashes = {f"{rng.getrandbits(160):040X}" for _ in range(200_000)} | {_sha1(NEW)}
    path = tmp_path / "large.txt"
    path.write_text("\n".join(f"{each}:1" for each in sorted(hashes)))
    reads = []
    opened = path.open("rb")

    class Counted:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def readline(self, most):
            reads.append(most)
            return opened.readline(most)

        seek, tell = opened.seek, opened.tell

    monkeypatch.setattr(type(path), "open", lambda *_: Counted())
    assert is_breached(NEW, path)
    assert len(reads) <= 60
    opened.close()


def test_a_breached_password_is_refused_and_a_check_that_cannot_be_made_is_not_passed(tmp_path):
    path = tmp_path / "breached.txt"
    path.write_text(_sha1(NEW) + ":3\n")
    assert weakness(NEW, breached=path) == "breached"
    assert weakness(NEW + "!", breached=path) == ""
    with pytest.raises(Problem) as refused:
        weakness(NEW, breached=tmp_path / "gone.txt")
    assert refused.value.kind is Kind.UNAVAILABLE


# Changing one's own ----------------------------------------------------------------------------------------------


def _change(one, new=NEW, current=PASSWORD):
    return one.post("/passwords", {"currentPassword": current, "newPassword": new})


def test_one_changes_ones_password_with_the_present_one_and_the_other_sessions_end(house, door):
    other, mayor = door("mayor").enter(), door("mayor")
    house.later(minutes=1)
    mayor.enter()
    assert _change(mayor).status_code == 204
    assert mayor.get("/cases").status_code == 200
    assert other.get("/cases").status_code == 401
    house.later(minutes=1)
    assert door("mayor").open().status_code == 401
    assert door("mayor").enter(NEW).get("/cases").status_code == 200
    assert "paarse" not in str(house.sql("SELECT * FROM journal.entry"))


def test_a_sign_in_that_began_with_the_former_password_comes_to_nothing(house, door):
    one, other = door("participant").enter(), door("participant")
    house.later(minutes=1)
    assert other.open().status_code == 201
    assert _change(one).status_code == 204
    house.later(minutes=1)
    assert other.confirm().status_code == 404


def test_changing_wants_a_fresh_second_factor(house, door):
    mayor = door("mayor").enter()
    house.later(minutes=6)
    refused = _change(mayor)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R20")
    assert mayor.confirm().status_code == 200
    assert _change(mayor).status_code == 204


def test_a_wrong_present_password_changes_nothing_and_the_fifth_ends_the_session(house, door):
    mayor = door("mayor").enter()
    for _ in range(5):
        refused = _change(mayor, current="not the right one")
        assert (refused.status_code, refused.json()["issues"][0]["name"]) == (400, "currentPassword")
    assert mayor.get("/cases").status_code == 401
    house.later(minutes=1)
    door("mayor").enter()


@pytest.mark.parametrize("new", ["short", "password1234", "mayor verzonnen", "x" * 129, ""])
def test_a_new_password_that_is_not_good_enough_is_refused_by_field_and_never_repeated(house, door, new):
    mayor = door("mayor").enter()
    refused = _change(mayor, new)
    assert refused.status_code == 400
    assert [issue["name"] for issue in refused.json()["issues"]] == ["newPassword"]
    assert not new or new not in refused.text
    house.later(minutes=1)
    door("mayor").enter()


def test_an_account_is_opened_with_a_good_password_only(house, tmp_path):
    body = {
        "username": "new.one", "name": "Nieuw Verzonnen", "agencyId": str(house.cast.agencies["ocmw"]),
        "password": "nieuw verzonnen",
    }  # fmt: skip
    refused = house.client("administrator").post("/api/v1/persons", json=body)
    assert [issue["name"] for issue in refused.json()["issues"]] == ["password"]
    path = tmp_path / "breached.txt"
    path.write_text(_sha1(NEW) + ":3\n")
    settings = house.installation.settings
    house.installation.settings = settings.model_copy(update={"breached_passwords": path})
    refused = house.client("administrator").post("/api/v1/persons", json=body | {"password": NEW})
    assert "datalek" in refused.json()["issues"][0]["detail"]


def test_the_form_for_the_password_says_what_is_wrong_in_its_field(house):
    one = reader(house, "mayor")
    page = one.send("/account/password", currentPassword=PASSWORD, newPassword="password1234")
    assert page.status_code == 400
    assert "te gemakkelijk te raden" in page.text
    assert "password1234" not in page.text
    page = one.send("/account/password", currentPassword="not the right one", newPassword=NEW)
    assert "niet uw huidige wachtwoord" in page.text
    done = one.send("/account/password", currentPassword=PASSWORD, newPassword=NEW)
    assert "Uw wachtwoord is gewijzigd." in done.text
