"""Cursors: opaque, of one list, and refused when they are not."""

from __future__ import annotations

import base64
import contextlib
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.paging import cursor, position
from app.rules.problems import Kind, Problem


@given(moment=st.datetimes(timezones=st.just(UTC)), row=st.uuids())
def test_a_cursor_brings_back_the_position_it_was_made_of(moment, row):
    text = cursor(moment.isoformat(), row)
    assert position(text, datetime.fromisoformat, UUID) == (moment, row)
    assert "=" not in text
    assert all(c.isalnum() or c in "-_" for c in text)


def test_no_cursor_is_the_beginning():
    assert position(None, int) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "é",
        "!!!!",
        base64.urlsafe_b64encode(b"not json").decode(),
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"5").decode(),
        cursor("2026-01-01"),  # of a list with fewer sort values
        cursor("2026-01-01T00:00:00+00:00", "no-uuid"),
        cursor("yesterday", UUID(int=1)),
        cursor("2026-01-01T00:00:00+00:00", UUID(int=1), 3),
    ],
)
def test_what_is_not_a_cursor_of_this_list_is_refused_by_name(text):
    with pytest.raises(Problem) as refused:
        position(text, datetime.fromisoformat, UUID)
    assert refused.value.kind is Kind.BAD_REQUEST
    assert [(i.place, i.name) for i in refused.value.issues] == [("query", "cursor")]


@given(text=st.text(max_size=80))
def test_whatever_is_sent_is_read_or_refused_and_never_a_fault(text):
    with contextlib.suppress(Problem):
        position(text, datetime.fromisoformat, UUID)
