"""A reader of pages without a browser: signs in as a cast member, follows links, fills in forms."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

import cast as cast_module
from fastapi.testclient import TestClient


class _Forms(HTMLParser):
    """Collects the forms of a page: address, method and what would be sent as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(
                {"action": said.get("action", ""), "method": said.get("method", "get"), "values": {}}
            )
        if not self.forms:
            return
        values = self.forms[-1]["values"]
        if tag == "input" and said.get("type") not in {"checkbox", "radio", "submit"}:
            values[said["name"]] = said.get("value", "")
        elif tag == "input" and said.get("type") in {"checkbox", "radio"} and "checked" in said:
            values[said["name"]] = said.get("value", "on")
        elif tag == "select":
            self._select = said["name"]
            values.setdefault(said["name"], "")
        elif tag == "option" and self._select and "selected" in said:
            values[self._select] = said.get("value", "")
        elif tag == "textarea":
            self._textarea = said["name"]
            values[said["name"]] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea and self.forms:
            self.forms[-1]["values"][self._textarea] += data.removeprefix("\n")


def forms_of(text: str) -> list[dict[str, Any]]:
    """Give the forms of a page."""
    parser = _Forms()
    parser.feed(text)
    return parser.forms


def texts_of(page: str) -> str:
    """Give the readable text of a page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


class Reader:
    """One browser without scripts: keeps cookies, follows redirects."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.client = TestClient(
            house.app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000), raise_server_exceptions=False
        )

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    def send(self, path: str, action: str | None = None, **values: str) -> Any:
        """Open the page at *path*, fill in its form (to *action*, or the last one there) and send it."""
        page = self.get(path)
        assert page.status_code == 200, (path, page.status_code, texts_of(page.text)[-400:])
        posts = [
            form for form in forms_of(page.text) if form["method"] == "post" and form["action"] != "/sign-out"
        ]
        wanted = [
            form for form in posts if action is None or form["action"].partition("?")[0].endswith(action)
        ]
        assert wanted, (path, action, [form["action"] for form in posts])
        form = wanted[-1]
        sent = {name: value for name, value in (form["values"] | values).items() if value is not None}
        return self.client.post(form["action"] or path, data=sent)

    def sign_in(self, name: str) -> Any:
        """Sign in as a cast member, in two steps."""
        answer = self.send("/sign-in", username=name.lower(), password=cast_module.PASSWORD)
        assert answer.url.path == "/sign-in/code", texts_of(answer.text)
        code = re.search(r'class="reference">(\d{6})<', answer.text)
        assert code, "the demonstration shows its code"
        return self.send("/sign-in/code", code=code[1])


def reader(house: Any, name: str) -> Reader:
    """Give somebody who is signed in."""
    made = Reader(house)
    answer = made.sign_in(name)
    assert answer.status_code == 200, texts_of(answer.text)
    return made
