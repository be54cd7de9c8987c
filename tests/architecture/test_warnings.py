"""No free text and no upload without the warning that nothing classified may be entered (R56)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app.main  # noqa: F401 — brings every form with it
from app.kernel.http.forms import form_of, registered_forms

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "app").glob("**/templates/**/*.html"))
DRAWN = ROOT / "app" / "templates" / "components.html"
"""The macros that draw the fields of a form: the one place where such a control may stand by itself."""
FREE = re.compile(r"<textarea|type=\"file\"")
WARNS = re.compile(r"field__classified|classified_warning\(\)")
FORMS = sorted(
    (form for form in registered_forms() if form.__module__.startswith("app.")),
    key=lambda form: form.__name__,
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_running_text_of_a_form_stands_above_the_warning(form):
    for field in form_of(form, "en").fields:
        assert field.free_text or field.kind != "textarea", field.name


def test_the_macro_draws_the_warning_under_a_running_text():
    drawn = DRAWN.read_text(encoding="utf-8")
    after = drawn[drawn.index("<textarea") :]
    assert WARNS.search(after[: after.index("endmacro")])


def test_a_control_drawn_by_hand_stands_with_the_warning():
    bare = [
        str(path.relative_to(ROOT))
        for path in TEMPLATES
        if path != DRAWN and FREE.search(text := path.read_text(encoding="utf-8")) and not WARNS.search(text)
    ]
    assert bare == []


def test_every_page_that_takes_a_file_warns_above_it():
    taking = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES if path != DRAWN}
    taking = {name: text for name, text in taking.items() if "upload_form(" in text}
    assert taking, "there is such a page"
    for name, text in taking.items():
        assert WARNS.search(text), name
        assert WARNS.search(text).start() < text.index("upload_form("), name
