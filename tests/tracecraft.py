"""Looking for traces: what was said of somebody in stories, and whether any writing of it stands anywhere (R92, R109)."""

from __future__ import annotations

import base64
import json
import subprocess
import unicodedata
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import text

from app.demo import EXAMPLES
from app.keeping import back_up
from app.kernel.embedded import Cluster
from app.kernel.migrating import admin_engine
from app.walkthrough import Player

STORIES = sorted(
    path.name for path in EXAMPLES.glob("*.toml") if path.name not in {"demo-world.toml", "policy-plan.toml"}
)
"""Those about a person; the strategic table has nobody."""
FULLEST = {"extension.toml": "granted", "hand-over.toml": "accepted"}
"""Up to where a story is played that closes no case: there most is known of the person."""
OF_NOBODY = {"place", "document", "startsAt", "endsAt", "name"} | {
    f"answer{question}" for question in ("Register", "Discuss", "Record", "Close")
}
"""Values of a command that are of no person: where and when a meeting is, what an agreement says."""


def forms(said: str) -> dict[str, bytes]:
    """Give a text in every writing in which a dump could hold it: by encoding, escaped, in hex and base64 at each offset."""
    plain = said.encode()
    found = {
        "UTF-8": plain, "UTF-16 little": said.encode("utf-16-le"), "UTF-16 big": said.encode("utf-16-be"),
        "UTF-32": said.encode("utf-32-le"), "Latin-1": said.encode("latin-1", "replace"),
        "JSON": json.dumps(said)[1:-1].encode(), "percent": quote(said).encode(),
        "plus": quote(said, safe="").replace("%20", "+").encode(),
        "escaped": said.encode("unicode_escape"), "backwards": plain[::-1], "doubled": said.replace("'", "''").encode(),
    }  # fmt: skip
    for name, raw in (("UTF-8", plain), ("UTF-16", said.encode("utf-16-le"))):
        found |= {f"hex of {name}": raw.hex().encode(), f"HEX of {name}": raw.hex().upper().encode()}
        for offset in range(3):
            whole = base64.b64encode(b"\0" * offset + raw)
            found[f"base64 of {name} at {offset}"] = whole[4 if offset else 0 : len(whole) // 4 * 4 - 4]
    return found


def fragments(said: str) -> set[str]:
    """Give a text as a whole, and its runs of three words: part of a sentence gives it away as well."""
    words = said.split()
    return {said} | {" ".join(words[n : n + 3]) for n in range(len(words) - 2)}


def found_in(dump: bytes, texts: set[str]) -> set[tuple[str, str]]:
    return {
        (text, form)
        for text in texts
        for form, written in forms(text).items()
        if len(written) > 8 and written in dump
    }


class Listener(Player):
    """Plays a story and remembers every text about a person that was said in it."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.heard: set[str] = set()

    def _step(self, step):
        for name, value in step.get("with", {}).items():
            self._hear(name, self._filled(value))
        for name, value in step.get("file", {}).items():
            self._hear(f"file {name}", self._filled(value))
        super()._step(step)

    def _hear(self, name, value):
        if isinstance(value, dict):
            for inner, each in value.items():
                self._hear(inner, each)
        elif isinstance(value, list):
            for each in value:
                self._hear(name, each)
        elif (
            isinstance(value, str)
            and name not in OF_NOBODY
            and (" " in value or name in {"subjectName", "birthDate"})
        ):
            self.heard.add(value)


def writings(said: str) -> set[str]:
    """Give a text as it stands, in lower and upper case, without accents, and both."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", said) if not unicodedata.combining(c))
    return {each for one in (said, bare) for each in (one, one.lower(), one.upper())}


def copies(house, folder: Path) -> dict[str, bytes]:
    """Give all that this installation holds or makes, as bytes: rows, dumps, the backup the house makes, its files."""
    found = {}
    for name, url in (("main", house.process.addresses.main), ("keys", house.process.addresses.keys)):
        found |= {f"{name}: {table}": content for table, content in _rows(url).items()}
        dump = [Cluster.tool("pg_dump", house.installation.settings.postgres), url]
        found[f"{name}: fresh dump"] = subprocess.run(dump, check=True, capture_output=True).stdout
    list(back_up(house.process, folder / "house", "both"))
    for path in (folder / "house", folder / "house.keys"):
        found[f"backup {path.suffix or 'main'}"] = path.read_bytes()
        as_sql = [Cluster.tool("pg_restore"), "--file=-", path]
        found[f"backup {path.suffix or 'main'} as SQL"] = subprocess.run(
            as_sql, check=True, capture_output=True
        ).stdout
    for path in house.installation.settings.data.rglob("*"):
        if path.is_file():
            found[f"file {path.name}"] = path.name.encode() + b"\n" + path.read_bytes()
    return found


def _rows(url: str) -> dict[str, bytes]:
    """Give every column of every table of every schema, as text and, where it holds bytes, as these bytes."""
    found: dict[str, list[bytes]] = {}
    with admin_engine(url).connect() as conn:
        columns = conn.execute(
            text(
                "SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
                " JOIN information_schema.tables t USING (table_schema, table_name) WHERE t.table_type = 'BASE TABLE'"
                " AND c.table_schema !~ '^pg_' AND c.table_schema <> 'information_schema'"
            )
        ).all()
        for schema, table, column, kind in columns:
            asked = f'"{column}"' if kind == "bytea" else f'"{column}"::text'
            values = conn.scalars(
                text(f'SELECT {asked} FROM "{schema}"."{table}" WHERE "{column}" IS NOT NULL')
            )
            parts = found.setdefault(f"{schema}.{table}", [])
            parts += [bytes(value) if kind == "bytea" else value.encode() for value in values]
    return {table: b"\n".join(parts) for table, parts in found.items()}
