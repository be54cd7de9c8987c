"""What comes in and goes out: unknown properties, limits, Unicode, names on the wire (evo-object, jsn-null, req-valid)."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.kernel.shapes import Command, Document, Line, Moment, Page, Prose, View, href


class Plan(Command):
    place_of_meeting: Line
    note: Prose | None = None
    starts_at: Moment | None = None


class ThingView(Document):
    thing_id: UUID
    first_name: str | None = None


class ThingItem(View):
    thing_id: int


class ThingPage(Page[ThingItem]):
    pass


def test_a_command_is_built_by_the_names_of_the_wire_and_by_python_alike():
    assert Plan.model_validate({"placeOfMeeting": "Zaal"}) == Plan.of(place_of_meeting="Zaal")


@pytest.mark.parametrize(
    "body",
    [
        {"placeOfMeeting": "Zaal", "surprise": 1},
        {"place_of_meeting": "Zaal"},
        {"placeOfMeeting": "Zaal", "place_of_meeting": "Zaal"},
        {},
        {"placeOfMeeting": None},
        {"placeOfMeeting": 5},
    ],
)
def test_a_command_refuses_what_it_does_not_know_and_misses_nothing(body):
    with pytest.raises(ValidationError):
        Plan.model_validate(body)


def test_a_command_cannot_be_changed_on_the_way():
    with pytest.raises(ValidationError):
        Plan.of(place_of_meeting="Zaal").place_of_meeting = "Elders"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\t", "x" * 201, "two\nlines", "a\rb", "bell\a", "para\u2029graph", "li\u2028ne", "\x7f"],
)
def test_a_line_is_one_line_of_1_to_200_characters(text):
    with pytest.raises(ValidationError):
        Plan.of(place_of_meeting=text)


@pytest.mark.parametrize("text", ["x" * 5001, " ", "nul \x00 byte", "lone \ud800 surrogate", "\udfff"])
def test_prose_has_a_limit_and_holds_only_what_can_be_stored(text):
    with pytest.raises(ValidationError):
        Plan.of(place_of_meeting="Zaal", note=text)


@pytest.mark.parametrize(
    "text", ["x" * 5000, "regel\nregel\ttab", "العربية", "👩‍👩‍👧", "\ufdd0", "a\u0301", "\U0010ffff"]
)
def test_prose_survives_any_unicode(text):
    assert Plan.of(place_of_meeting="Zaal", note=text).note == unicodedata.normalize("NFC", text)


@given(text=st.text(max_size=300))
def test_what_a_line_accepts_is_trimmed_composed_and_storable(text):
    try:
        kept = Plan.of(place_of_meeting=text).place_of_meeting
    except ValidationError:
        return
    assert kept == unicodedata.normalize("NFC", kept)
    assert kept.strip()
    assert "\x00" not in kept
    kept.encode()


@given(text=st.text(max_size=300))
def test_the_same_text_written_differently_is_kept_the_same(text):
    def kept(form: str) -> str | None:
        try:
            return Plan.of(place_of_meeting="Zaal", note=unicodedata.normalize(form, text)).note
        except ValidationError:
            return None

    assert kept("NFC") == kept("NFD")


def test_a_moment_needs_its_offset():
    assert Plan.of(place_of_meeting="Zaal", starts_at="2026-03-02T10:00:00+01:00").starts_at == datetime(
        2026, 3, 2, 9, tzinfo=UTC
    )
    with pytest.raises(ValidationError):
        Plan.of(place_of_meeting="Zaal", starts_at="2026-03-02T10:00:00")


def test_a_document_leaves_without_nulls_and_without_its_version():
    view = ThingView(version=3, href="/x", thing_id=UUID(int=1))
    assert (
        view.wire_bytes() == b'{"self":"/x","abilities":[],"thingId":"00000000-0000-0000-0000-000000000001"}'
    )


def test_a_page_says_where_the_next_part_begins_only_while_there_is_more():
    assert ThingPage(href="/things", items=[ThingItem(thing_id=1)], page_size=1, next="abc").wire_bytes() == (
        b'{"self":"/things","items":[{"thingId":1}],"next":"abc","pageSize":1}'
    )
    assert b"next" not in ThingPage(href="/things", items=[], page_size=1).wire_bytes()


def test_addresses_are_those_of_collections_and_their_documents():
    assert href("cases") == "/api/v1/cases"
    assert href("cases", UUID(int=1)) == "/api/v1/cases/00000000-0000-0000-0000-000000000001"
