"""Two people write the minutes of one item at the same time: both texts are shown, and nobody's is lost."""

from __future__ import annotations

import re

import pytest
from pagecraft import forms_of, reader, texts_of

FIRST = {"assessment": "Zorg op school.", "decisions": "CLB belt.", "actions": ""}


@pytest.fixture
def written(table):
    """An item whose minutes two readers have open; gives (path of the form, the two readers)."""
    meeting, item, _ = table.sat("school")
    table.ok(
        table.post(
            "coordinator",
            f"/meetings/{meeting}/minutes/items",
            {"agendaItemId": item} | FIRST | {"actions": None},
        )
    )
    return (
        f"/meetings/{meeting}/minutes/{item}",
        reader(table.house, "coordinator"),
        reader(table.house, "coordinator"),
    )


def _form(one, path):
    return next(
        f for f in forms_of(one.get(path).text) if "assessment" in f["values"] or f["action"].endswith(path)
    )


def test_the_second_to_save_sees_both_texts_beside_each_other_and_can_save_again(table, written):
    path, one, two = written
    late = _form(two, path)
    one.send(path, **FIRST | {"decisions": "CLB belt de ouders."})
    answer = two.client.post(path, data=late["values"] | FIRST | {"decisions": "School schrijft."})
    assert answer.status_code == 412
    shown = texts_of(answer.text)
    assert "Twee mensen schreven tegelijk" in shown
    assert re.findall(r"<h3>([^<]*)</h3>", answer.text) == ["Beslissingen"], (
        "what both wrote alike is not compared"
    )
    compared = shown.partition("Twee mensen schreven tegelijk")[2]
    assert "CLB belt de ouders." in compared
    assert "School schrijft." in compared
    again = next(f for f in forms_of(answer.text) if f["values"].get("decisions") == "School schrijft.")
    whole = again["values"] | {"decisions": "CLB belt de ouders; school schrijft."}
    assert two.client.post(again["action"] or path, data=whole, follow_redirects=False).status_code == 303
    meeting = path.split("/")[2]
    (item,) = table.ok(table.get("coordinator", f"/meetings/{meeting}/minutes"))["items"]
    assert item["decisions"] == "CLB belt de ouders; school schrijft."


def test_a_form_that_nobody_else_saved_compares_nothing(written):
    path, one, _ = written
    answer = one.client.post(path, data=_form(one, path)["values"] | {"assessment": ""})
    assert answer.status_code == 400
    assert "Twee mensen schreven tegelijk" not in answer.text
