"""Choosing a language, speaking it, and writing dates as Belgium does."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import jinja2
import pytest

from app.kernel import i18n
from app.rules.roles import Role


@pytest.mark.parametrize(
    ("profile", "cookie", "header", "language"),
    [
        (None, None, None, "nl"),
        (None, None, "fr-BE,fr;q=0.8,en;q=0.5", "fr"),
        (None, None, "es, de-BE;q=0.4, en;q=0.7", "en"),
        (None, None, "en;q=0, de", "de"),
        (None, "de", "fr", "de"),
        ("en", "de", "fr", "en"),
        ("nl-BE", None, "fr", "nl"),
        ("FR_be", None, None, "fr"),
        ("xx", "klingon", "fr", "fr"),
        (None, "", "*", "nl"),
        (None, None, "es,it;q=0.9", "nl"),
    ],
)
def test_the_profile_beats_the_cookie_beats_the_header(profile, cookie, header, language):
    assert i18n.negotiate(profile, cookie, header) == language


@pytest.mark.parametrize(
    "junk",
    [
        ";;;,,,q=", "fr;q=nan", "fr;q=1e9", "fr;q=-1", "\x00", "q=1", ",", "-", "_", "fr;" * 9000, "é;q=ü",
        "nl;q=0.0.0", "💥",
    ],
)  # fmt: skip
def test_a_junk_header_survives_as_dutch(junk):
    assert i18n.negotiate(None, None, junk) == "nl"


def test_a_good_part_of_a_bad_header_is_used():
    assert i18n.negotiate(None, None, "fr;q=much, de;q=0.3, ;;") == "de"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_name_in_every_language(language, role):
    label = i18n.translate(language, f"role.{role}")
    assert label
    assert not label.startswith("role.")


def test_prose_in_english_is_its_own_text():
    assert i18n.translate("en", "Sign out") == "Sign out"
    assert i18n.translate("nl", "Sign out") == "Afmelden"


def test_values_are_filled_in():
    assert i18n.translate("fr", "%(done)s of %(total)s", done=2, total=5) == "2 sur 5"


def test_a_plural_falls_back_to_english_and_counts():
    assert i18n.translate_many("nl", "%(num)s thing nobody translated", "%(num)s things", 1).startswith(
        "1 thing "
    )
    assert i18n.translate_many("nl", "%(num)s thing nobody translated", "%(num)s things", 3) == "3 things"


def test_an_unknown_code_is_known_to_be_unknown():
    assert not i18n.knows("nl", "hint.nothingOfTheKind")
    assert i18n.knows("de", "role.mayor")


WINTER = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("nl", "1 juli 2026, 14:05"),
        ("fr", "1er juillet 2026, 14:05"),
        ("de", "1. Juli 2026, 14:05"),
        ("en", "1 July 2026, 14:05"),
    ],
)
def test_moments_are_shown_in_brussels_time(language, shown):
    assert i18n.format_moment(language, SUMMER) == shown


def test_a_moment_late_in_the_evening_is_the_next_day_in_brussels():
    assert i18n.format_date("nl", WINTER) == "1 februari 2026"
    assert i18n.format_time("nl", WINTER) == "00:30"


def test_a_plain_date_does_not_move():
    assert i18n.format_date("fr", date(2026, 10, 1)) == "1er octobre 2026"
    assert i18n.format_date("fr", date(2026, 10, 11)) == "11 octobre 2026"
    assert i18n.format_date("nl", date(2026, 2, 1), "full") == "zondag 1 februari 2026"


def test_a_moment_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        i18n.format_moment("nl", SUMMER.replace(tzinfo=None))


def test_numbers_have_belgian_separators():
    assert i18n.format_number("nl", 12345.5) == "12.345,5"
    assert i18n.format_number("en", Decimal("12345.5")) == "12,345.5"
    assert i18n.format_number("fr", 1234567).replace("\u202f", " ") == "1 234 567"


def test_an_unknown_language_formats_as_dutch():
    assert i18n.format_date("xx", date(2026, 5, 2)) == "2 mei 2026"


def template_environment(language):
    environment = jinja2.Environment(autoescape=True)
    i18n.install(environment, language)
    return environment


def test_templates_speak_and_escape():
    environment = template_environment("de")
    page = environment.from_string(
        "{{ _('%(done)s of %(total)s', done=a, total=9) }} {{ when|date }} {{ 0.5|number }}"
    )
    assert page.render(a="<b>", when=date(2026, 3, 14)) == "&lt;b&gt; von 9 14. März 2026 0,5"


def test_codes_are_checked_when_they_are_registered():
    with pytest.raises(ValueError, match="code"):
        i18n.register_codes("role", ["two words"])
    assert "role.mayor" in i18n.code_messages()


@pytest.mark.parametrize(
    "text", ["Sign out", "Done.", "e.g. this", "…", "", None, ("one.thing", "two.things")]
)
def test_prose_is_not_taken_for_a_code(text):
    assert not i18n.is_code(text)


def test_the_maintenance_entry_explains_itself(capsys):
    assert i18n.main(["compile"]) == 2
    assert "extract|update" in capsys.readouterr().err


def test_bringing_in_step_adds_drops_and_keeps(monkeypatch, tmp_path):
    monkeypatch.setattr(i18n, "LOCALE_FOLDER", tmp_path)
    first, second = i18n.Catalog(fuzzy=False), i18n.Catalog(fuzzy=False)
    for msgid in ("Old", "Kept", "role.mayor"):
        first.add(msgid)
    for msgid in ("Kept", "role.mayor", "New"):
        second.add(msgid)
    i18n.update(first)
    catalogue = i18n.read_catalogue("nl")
    catalogue["Kept"].string = "Behouden"
    i18n.write_catalogue(catalogue, i18n.catalogue_path("nl"), "nl")
    steps = {step.language: step for step in i18n.update(second)}
    assert steps["nl"] == ("nl", 1, 1, 2)
    assert steps["en"] == ("en", 0, 0, 1)
    assert i18n.read_catalogue("nl")["Kept"].string == "Behouden"
    assert "New" not in i18n.read_catalogue("en")


def test_french_is_written_with_one_sort_of_apostrophe_and_a_space_before_what_stands_high():
    for message in i18n.read_catalogue("fr"):
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        assert not [each for each in texts if re.search(r"[\w)»][:;?!](\s|$)", each)], message.id
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        for msgid in ids:
            assert not re.search(r"[^\W\d_]'\w", i18n.translations("fr").gettext(msgid)), msgid
