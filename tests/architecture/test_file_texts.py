"""Every text that goes into somebody's file is looked at for cards and lists, by one mechanism (R56, R57)."""

from __future__ import annotations

import typing

import pytest
from pydantic import BaseModel

import app.main  # noqa: F401 — brings every command with it
from app.kernel.shapes import Command, FileLine, FileText, Line, Prose, file_texts

IN_FILES = ("app.cases.", "app.intake.", "app.meetings.")
"""Where commands say something of a person. Plans, agreements and rights are of nobody: they may name a card."""

LINE_MOST = 200
CODES = {
    "reason", "ground", "ground_code", "origin", "reliability", "life_domain", "relation", "phenomenon", "urgency",
    "instrument", "question_code", "recipients", "recipient_type",
}  # fmt: skip
"""Lines that are codes of a list: `checked` refuses whatever else they say."""
NO_TEXTS = {"cursor", "digest", "reference", "national_number"}
"""What has a form of its own, or is looked for and never kept."""
REASONED = {
    "ChecklistAnswer.question": "a code of closingChecklist",
    "AddAttachment.file_name": "looked at with the description, for evaluations as well, by the refusals of a file (R58)",
    "AddAttachment.description": "the same",
    "DescribeAttachment.description": "the same, when the file comes with it",
    "QuerySubject.name": "looked for, and kept nowhere",
    "PlanMeeting.place": "where a meeting is held; of nobody",
    "ChangeMeeting.place": "the same",
    "StateFramework.text": "what binds a service, said of no person (R38)",
}


def _commands(base: type[Command] = Command) -> set[type[Command]]:
    return {each for sub in base.__subclasses__() for each in {sub, *_commands(sub)}}


COMMANDS = sorted(
    (each for each in _commands() if each.__module__.startswith(IN_FILES)), key=lambda each: each.__name__
)


def _text_in(annotation: object) -> bool:
    """Tell whether free text can stand in this annotation itself; texts of parts are theirs."""
    if isinstance(annotation, type):
        return annotation is str
    if typing.get_origin(annotation) is typing.Literal:
        return False
    return any(_text_in(each) for each in typing.get_args(annotation))


def _sample(annotation: object, said: str) -> object:
    """Give a value of this shape that says something."""
    shapes = {typing.get_origin(annotation)} | {
        typing.get_origin(each) for each in typing.get_args(annotation)
    }
    if dict in shapes:
        return {"work": said}
    return [said] if shapes & {list, tuple} else said


def _is_running(annotation: object, metadata: typing.Iterable[object] = ()) -> bool:
    """Tell whether this is running text, which is no code of a list whatever it is called."""
    whole = [*metadata, *getattr(annotation, "__metadata__", ())]
    return any((getattr(each, "max_length", 0) or 0) > LINE_MOST for each in whole) or any(
        _is_running(each) for each in typing.get_args(annotation)
    )


def unseen(command: type[Command]) -> list[str]:
    """Give the free texts of a command at which nobody looks."""
    found = []
    for name, field in command.model_fields.items():
        if not _text_in(field.annotation):
            continue
        given = command.model_construct(
            **dict.fromkeys(command.model_fields) | {name: _sample(field.annotation, "said")}
        )
        code = name in CODES | NO_TEXTS and not _is_running(field.annotation, field.metadata)
        if not code and "said" not in list(file_texts(given)):
            found.append(name)
    return found


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.__name__)
def test_every_free_text_for_a_file_is_looked_at(command):
    assert [name for name in unseen(command) if f"{command.__name__}.{name}" not in REASONED] == []


def test_no_exception_stands_for_what_is_not_there_or_looked_at_after_all():
    missing = {f"{command.__name__}.{name}" for command in COMMANDS for name in unseen(command)}
    assert set(REASONED) <= missing


class Part(Command):
    what: FileText
    code: Line


class Whole(Command):
    plain: Prose
    origin: Line
    reason: Prose | None = None
    text: FileText
    note: FileText | None = None
    line: FileLine
    by_code: dict[Line, FileText]
    several: list[FileText]
    parts: list[Part]


def test_texts_are_found_wherever_they_stand_and_codes_are_not_texts():
    part = Part.of(what="g", code="x")
    said = Whole(
        plain="p", origin="o", text="a", line="c", byCode={"k": "d"}, several=["e", "f"], parts=[part]
    )
    assert list(file_texts(said)) == ["a", "c", "d", "e", "f", "g"]
    assert isinstance(said, BaseModel)


def test_a_plain_text_in_a_command_would_be_found_out():
    assert unseen(Whole) == ["plain", "reason"]
    assert unseen(Part) == ["code"]
