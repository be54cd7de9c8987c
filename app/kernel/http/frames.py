"""The frame around every page: who is signed in, where one can go, in which language, what was just done.

Features say at import what they add: a line of the menu, a block of the page "today". Nobody sees a line or a
block whose Action their role cannot do; the Operations behind it decide again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from app.kernel import i18n
from app.rules.actions import Action
from app.rules.delegation import within
from app.rules.facts import Actor
from app.rules.lifecycle import STATES
from app.rules.policy import POLICY
from app.rules.problems import Kind
from app.rules.roles import EVERYONE, Role

if TYPE_CHECKING:
    from app.kernel.http.pages import PageCall
    from app.kernel.work import Work

DONE = "done"
"""Name of the query parameter that says, once, what has just been done."""

i18n.register_codes("action", [action.value for action in Action])
i18n.register_codes("problem", [kind.code for kind in Kind])
for _noun, _states in STATES.items():
    i18n.register_codes(f"state.{_noun}", _states)
_announced: set[str] = set()

TONES = {
    "received": "info", "decided": "closed", "inScreening": "warning", "listed": "info", "notListed": "closed",
    "referred": "closed", "moreInformationWanted": "warning", "passedToPolice": "closed", "erased": "closed",
    "underDiscussion": "warning", "inTrajectory": "info", "monitored": "info", "closureProposed": "warning",
    "removed": "closed", "withdrawn": "closed", "cancelled": "closed", "postponed": "closed", "takenOff": "closed",
    "notDiscussed": "closed",
    "closed": "closed", "destroyed": "closed", "draft": "neutral", "convened": "info", "inSession": "warning",
    "sent": "warning", "accepted": "success", "declined": "closed", "mustDecline": "closed", "passedOn": "closed",
    "attended": "success", "absent": "closed", "noAnswer": "closed",
    "submitted": "warning", "approved": "success", "open": "warning",
    "consensusAsked": "warning", "blocked": "closed", "issued": "success",
    "discussed": "warning",
    "proposed": "warning", "agreed": "info", "refused": "closed", "used": "closed", "ended": "closed", "reviewed": "success",
    "onAgenda": "info", "treated": "success", "parked": "closed", "carriedOver": "warning", "planned": "neutral",
    "underWay": "info", "stopped": "closed", "done": "success", "notDone": "closed", "adopted": "success", "superseded": "closed",
    "discarded": "closed", "lapsed": "closed", "signed": "success",
    "asked": "warning", "answered": "success", "nothingToShare": "success", "opened": "closed",
}  # fmt: skip
"""The look of each state; the word beside it says the same."""


def announces(*actions: Action) -> None:
    """Say that pages tell afterwards that these were done: each `done.<action>` needs a text."""
    for action in actions:
        _announced.add(action.value)
    i18n.register_codes("done", [action.value for action in actions])


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody signed in through the page door."""

    actor: Actor
    csrf_token: str
    name: str
    cell_name: str
    mandates: int
    """How many mandates they could act under today."""
    locked: bool = False
    """Whether the session was left idle: it shows and does nothing until its owner confirms."""


Able = Callable[[Actor], bool]
"""Tells whether something on a page is for an actor."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the menu."""

    order: int
    href: str
    label: str
    shown: Able
    also: tuple[str, ...] = ()
    """Addresses elsewhere that belong to it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the page "today": what waits, or what to do when nothing does."""

    title: str
    items: list[dict[str, Any]] = field(default_factory=list)
    link: tuple[str, str] | None = None
    empty: str = ""
    purpose: str = ""


Build = Callable[["PageCall", "Work"], Block | None]

MENU: list[Line] = []
TODAY: list[tuple[int, Able, Build]] = []


def may(actor: Actor, action: Action) -> bool:
    """Tell whether *action* is for this actor's role at all, and within what was delegated to a delegate (R9)."""
    role = actor.role
    return role in POLICY[action].roles and (role is not Role.DELEGATE or within(action, actor.delegation))


def able(action: Action, roles: frozenset[Role] = EVERYONE) -> Able:
    """Say for whom a line or a block is: who may do *action*, of those in *roles*."""
    return lambda actor: actor.role in roles and may(actor, action)


def menu_line(order: int, href: str, label: str, shown: Able, *also: str) -> None:
    """Add a line to the menu; *label* is a message id, *also* are addresses elsewhere that belong to it."""
    MENU.append(Line(order, href, label, shown, also))
    MENU.sort(key=lambda line: line.order)


def today_block(order: int, shown: Able) -> Callable[[Build], Build]:
    """Add a block to the page "today" for whom it is."""

    def add(build: Build) -> Build:
        TODAY.append((order, shown, build))
        TODAY.sort(key=lambda entry: entry[0])
        return build

    return add


def today_for(actor: Actor) -> Iterable[Build]:
    """Give the blocks for an actor, in their order."""
    return [build for _, shown, build in TODAY if shown(actor)]


@dataclass(frozen=True, slots=True)
class User:
    """What the frame says of the person signed in."""

    name: str
    role_label: str
    cell_name: str


@dataclass(frozen=True, slots=True)
class Frame:
    """All that `base.html` asks for, as `page`."""

    title: str
    purpose: str
    language: str
    languages: tuple[tuple[str, str, str], ...]
    csrf_token: str
    demo: bool
    user: User | None
    nav: tuple[tuple[str, str, bool], ...]
    done: str
    mandates: int
    idle_seconds: int
    """After how long without a touch the page covers itself; 0 where nothing is to be covered."""


def frame(
    reader: Reader | None,
    language: str,
    path: str,
    *,
    title: str,
    purpose: str = "",
    done: str = "",
    demo: bool = False,
    csrf_token: str = "",
    idle_seconds: int = 0,
) -> Frame:
    """Give the frame of a page at *path*. *done* is an action's code from the address; another text is not shown."""
    actor = reader.actor if reader else None
    role = actor.role if actor else None
    reader_locked = reader is not None and reader.locked
    menu = [line for line in MENU if line.shown(actor)] if actor and role and not reader_locked else []
    here = [(at, line.href) for line in menu for at in (line.href, *line.also) if _within(path, at)]
    current = max(here, key=lambda found: len(found[0]), default=("", ""))[1]
    return Frame(
        title=title,
        purpose=purpose,
        language=language,
        languages=tuple(
            (code, name, f"/language/{code}?{urlencode({'next': path})}") for code, name in i18n.NAMES.items()
        ),
        csrf_token=reader.csrf_token if reader else csrf_token,
        demo=demo,
        user=User(
            reader.name,
            i18n.translate(language, f"role.{role}")
            if role
            else i18n.translate(language, "No current mandate"),
            reader.cell_name,
        )
        if reader
        else None,
        nav=tuple((line.href, i18n.translate(language, line.label), line.href == current) for line in menu),
        done=i18n.translate(language, f"done.{done}") if done in _announced else "",
        mandates=reader.mandates if reader else 0,
        idle_seconds=idle_seconds if reader and not reader.locked else 0,
    )


def _within(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href + "/"))
