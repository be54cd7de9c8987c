"""The demonstration: a world of invented persons, made by playing the stories of `examples/` into an empty database.

Demo accounts exist only here: they are refused on any other address than this machine's own and on any
database that was not created by the demonstration.
"""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi.testclient import TestClient
from sqlalchemy import select

from app.constitution.models import Cell
from app.directory.commands import CreateAgency, CreatePerson, GrantMandate
from app.directory.mandates import create_agency, create_person, grant_mandate
from app.directory.models import Credential, Mandate, Person, SignIn
from app.kernel.clock import brussels_day
from app.kernel.identity import Claims, code_now
from app.kernel.ids import new_id
from app.kernel.installing import Process, console_work
from app.kernel.journal.store import About
from app.kernel.work import Installation, work
from app.main import create_app
from app.rules.actions import Action
from app.rules.facts import Actor
from app.rules.roles import Role
from app.staging import Administrator
from app.walkthrough import Player, read_story

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
WORLD = EXAMPLES / "demo-world.toml"
_TOKEN_HOURS = 8
_WORDS = tuple("appel brug dijk eend fiets gracht haven iep kade laan molen nest oever".split())  # noqa: SIM905


def console() -> Actor:
    """Give the actor behind a command typed on the server's own console: sets up, sees no case."""
    return Actor(
        role=Role.ADMINISTRATOR, second_factor=True, recently_confirmed=True, undertaking_until=date.max
    )


def create_administrator(process: Process, username: str, name: str, password: str, *, demo: bool) -> str:
    """Make the first account of an installation. Gives the secret of its second factor, once."""
    actor = (
        console()
        if not demo
        else Actor(
            role=Role.ADMINISTRATOR,
            second_factor=True,
            recently_confirmed=True,
            undertaking_until=date.max,
            demo=True,
        )
    )
    with console_work(process, actor) as unit:
        agency = create_agency(
            unit,
            CreateAgency.of(
                name="Beheer", regime="municipal", ground_list="groundsGeneral", ground_code="municipalStaff"
            ),
        )
        unit.session.flush()
        person = create_person(
            unit, CreatePerson.of(username=username, name=name, agency_id=agency.agency_id, password=password)
        )
        unit.session.flush()
        start = brussels_day(unit.now) - timedelta(days=3650 if demo else 0)
        grant_mandate(
            unit,
            GrantMandate.of(
                person_id=person.person_id,
                role="administrator",
                starts_on=start,
                document="Eerste aanstelling",
            ),
        )
    return str(person.totp_secret)


def _secrets_file(data: Path) -> Path:
    return data / "demo.json"


def read_secrets(data: Path) -> dict[str, Any]:
    """Give what the demonstration wrote down about its accounts; empty before it was built."""
    try:
        found: dict[str, Any] = json.loads(_secrets_file(data).read_text())
    except (OSError, ValueError):
        return {}
    return found


def _write_secrets(data: Path, content: dict[str, Any]) -> None:
    path = _secrets_file(data)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=2)


def is_built(data: Path, installation_id: UUID) -> bool:
    """Tell whether the world of this very database was built to its end."""
    return bool(read_secrets(data).get("built") == str(installation_id))


def build_world(process: Process, data: Path, say: Any = print) -> None:
    """Play the world into an empty, migrated demonstration database."""
    password = "-".join(secrets.SystemRandom().sample(_WORDS, 4))
    installation = process.installation
    totp = create_administrator(process, "administrator", "Adriaan Verzonnen", password, demo=True)
    admin = Administrator("administrator", password, totp)
    client = TestClient(create_app(installation), base_url="http://127.0.0.1", client=("127.0.0.1", 1))
    with WORLD.open("rb") as file:
        world = tomllib.load(file)
    today = brussels_day(datetime.now(UTC))
    reuse: dict[str, Any] = {}
    again: dict[str, Any] = {}
    named: dict[str, str] = {}
    entered = ""
    plays = sorted(world["play"], key=lambda play: -int(play["days_ago"]))
    for number, play in enumerate(plays, 1):
        story = read_story(EXAMPLES / play["story"])
        _name_accounts(story, password, named)
        start = today - timedelta(days=int(play["days_ago"]))
        given = {name: play[name] for name in ("subject", "born") if name in play}
        player = Player(
            client,
            admin,
            start,
            say=lambda _: None,
            reuse=reuse,
            given=given,
            looks=False,
            admin_token=entered,
            again=again,
        )
        player.play(story, until=play.get("until", ""))
        entered = player.admin_token
        say(f"  {number:2} of {len(plays)}  {play['shows']}")
    last = Player(client, admin, today, say=lambda _: None, reuse=reuse, admin_token=entered, again=again)
    for cell in reuse:
        last.renew(cell)
    last.confirm(entered)
    installation.sealer.seal_all()
    _write_secrets(
        data,
        {
            "built": str(installation.installation_id),
            "password": password,
            "administrator": {"username": "administrator", "totpSecret": totp},
        },
    )


def _name_accounts(story: dict[str, Any], password: str, named: dict[str, str]) -> None:
    """Give the people of a cell names that are easy to type; *named* remembers which cell has which."""
    cell = story["cell"]["name"]
    for person in story["person"]:
        plain = person["key"].lower()
        if named.setdefault(plain, cell) != cell:
            plain = f"{plain}.{cell.split()[-1].lower()}"
        person["username"], person["password"] = plain, password


def administrator_of(data: Path) -> Administrator | None:
    """Give the demonstration's administrator, if this data folder knows one."""
    found = read_secrets(data)
    if not found:
        return None
    return Administrator(
        found["administrator"]["username"], found["password"], found["administrator"]["totpSecret"]
    )


def accounts(installation: Installation) -> dict[str, list[tuple[str, str, str]]]:
    """Give (role, username, name) of everybody who can sign in to the demonstration, by cell; the first made last."""
    with installation.sessions() as session:
        rows = session.execute(
            select(Cell.name, Mandate.role, Person.username, Person.name)
            .join(Person, Person.id == Mandate.person_id)
            .outerjoin(Cell, Cell.id == Mandate.cell_id)
            .where(Person.demo)
            .order_by(Mandate.created_at, Mandate.id)
        ).all()
    order = {role.value: number for number, role in enumerate(Role)}
    found: dict[str, list[tuple[str, str, str]]] = {}
    for cell, role, username, name in rows:
        found.setdefault(cell or "", []).append((role, username, name))
    return {cell: sorted(people, key=lambda p: (order[p[0]], p[1])) for cell, people in found.items()}


def welcome(installation: Installation, data: Path) -> Iterator[str]:
    """Say who can sign in, and how."""
    yield "\nWho can sign in (invented persons; these accounts work on this machine only):\n"
    for cell, people in sorted(accounts(installation).items()):
        yield f"  {cell or 'this installation'}"
        for role, username, name in people:
            yield f"    {role:18} {username:22} {name}"
        yield ""
    yield f"  password for all       {read_secrets(data)['password']}"
    yield "  one-time code          .venv/bin/livcr demo-code USERNAME   (the sign-in page shows it too)"
    yield "  token for the API      .venv/bin/livcr demo-token USERNAME\n"
    told = installation.settings
    yield f"Serving on http://{told.host}:{told.port} — stop with Ctrl-C."


def _find(installation: Installation, who: str) -> tuple[Person, Mandate] | None:
    """Find a demo person by username, or the first one with a role."""
    with installation.sessions() as session:
        query = (
            select(Person, Mandate)
            .join(Mandate, Mandate.person_id == Person.id)
            .where(Person.demo)
            .order_by(Mandate.created_at, Mandate.id)
        )
        for condition in (Person.username == who.lower(), Mandate.role == who):
            found = session.execute(query.where(condition).limit(1)).one_or_none()
            if found is not None:
                return found[0], found[1]
    return None


def demo_token(installation: Installation, who: str) -> str | None:
    """Give a bearer token of a demo person (username or role), or None when there is no such person.

    A session opened from the console is decided and journalled like any other.
    """
    found = _find(installation, who)
    if found is None or not installation.demo:
        return None
    person, mandate = found
    moment = installation.clock.now()
    row = SignIn(
        id=new_id(),
        person_id=person.id,
        mandate_id=mandate.id,
        channel="api",
        state="active",
        opened_at=moment,
        # Who sits at the console has the code too, so the token is as fresh as a sign-in; and it does not fall asleep.
        confirmed_at=moment,
        seen_at=moment + timedelta(hours=_TOKEN_HOURS),
        opened_with="console",
        expires_at=moment + timedelta(hours=_TOKEN_HOURS),
    )
    with work(installation, Actor(person_id=person.id, session_id=row.id), channel="cli") as unit:
        unit.session.add(row)
        unit.allow(Action.SESSION_OPEN, unit.facts(), About(object_type="session", object_id=row.id))
    return installation.tokens.issue(Claims(person.id, row.id, mandate.id), _TOKEN_HOURS * 60)


def demo_code(installation: Installation, who: str) -> str | None:
    """Give the one-time code of a demo person at this moment, or None when there is no such person."""
    found = _find(installation, who)
    if found is None or not installation.demo:
        return None
    with installation.sessions() as session:
        session.info["actor"] = found[0].id
        credential = session.get_one(Credential, found[0].id)
        secret = installation.provider.unwrap(credential.totp_secret, found[0].id.bytes).decode()
    return code_now(secret, installation.clock.now())
