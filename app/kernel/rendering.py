"""Turning templates into pages: one environment per language, so that each text is fixed when it is compiled.

Shared pieces stand in `app/templates`; a feature's own pages in `app/<feature>/templates`, named
`<feature>/<page>.html`. An unknown name in a template is an error, never an empty spot.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from app.kernel import i18n

STATIC = i18n.APP / "static"


@cache
def environment(language: str) -> Environment:
    """Give the environment in which pages of a language are made."""
    made = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(i18n.APP / "templates"),
                PrefixLoader(
                    {folder.parent.name: FileSystemLoader(folder) for folder in i18n.APP.glob("*/templates")}
                ),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    i18n.install(made, language)
    made.globals["assets"] = assets_version()
    made.globals["code"] = lambda prefix, value: i18n.translate(language, f"{prefix}.{value}")
    return made


def render(language: str, template: str, /, **context: Any) -> str:
    """Give a page as text."""
    return environment(language).get_template(template).render(**context)


@cache
def assets_version() -> str:
    """Give a mark of the style and the script, so that a browser keeps them until they change."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.glob("livcr.*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
