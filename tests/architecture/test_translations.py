"""Every text is there in every language, and the catalogues say what the application says (R111)."""

from __future__ import annotations

import io
import re

import pytest
from babel.messages.pofile import read_po

from app.kernel import i18n

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def template():
    return i18n.extract()


def wanted_in(language, template):
    return [m for m in template if m.id and (language != "en" or i18n.is_code(m.id))]


def placeholders(text):
    return sorted(match[0] for match in PLACEHOLDER.finditer(text))


def test_the_template_equals_a_fresh_extraction(template, tmp_path):
    i18n.write_catalogue(template, tmp_path / "messages.pot", None)
    fresh = (tmp_path / "messages.pot").read_text(encoding="utf-8")
    kept = (i18n.LOCALE_FOLDER / "messages.pot").read_text(encoding="utf-8")
    assert kept == fresh, "run: python -m app.kernel.i18n update"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_message_is_translated_without_doubt(language, template):
    catalogue = i18n.read_catalogue(language)
    missing = []
    for message in wanted_in(language, template):
        ours = catalogue.get(message.id, message.context)
        if ours is None or not i18n.is_translated(ours):
            missing.append(message.id)
    assert missing == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_nothing_is_kept_that_nobody_says_any_more(language, template):
    wanted = {(m.id, m.context) for m in wanted_in(language, template)}
    catalogue = i18n.read_catalogue(language)
    assert [m.id for m in catalogue if m.id and (m.id, m.context) not in wanted] == []
    assert not catalogue.obsolete


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_translations_keep_the_placeholders(language, template):
    catalogue, english = i18n.read_catalogue(language), i18n.read_catalogue("en")
    wrong = []
    for message in catalogue:
        if not message.id:
            continue
        wrong += [f"{message.id}: {error}" for error in message.check(catalogue)]
        if i18n.is_code(message.id):
            reference = english.get(message.id)
            if reference is None or placeholders(reference.string) != placeholders(message.string):
                wrong.append(message.id)
        elif isinstance(message.id, str) and placeholders(message.id) != placeholders(message.string):
            wrong.append(message.id)
    assert wrong == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_text_is_a_format_string(language):
    """A lone percent sign would fail on the page, not in the catalogue."""
    for message in i18n.read_catalogue(language):
        if message.id:
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            names = {name: 1 for text in texts for name in re.findall(r"%\((\w+)\)", text)}
            for text in texts:
                assert text % names is not None


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_catalogue_file_is_written_the_way_we_write_it(language, tmp_path):
    path = i18n.catalogue_path(language)
    i18n.write_catalogue(i18n.read_catalogue(language), tmp_path / "again.po", language)
    assert path.read_bytes() == (tmp_path / "again.po").read_bytes()
    assert read_po(io.BytesIO(path.read_bytes()), locale=language).num_plurals >= 2
