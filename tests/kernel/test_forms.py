"""Forms are made from Commands, and give Commands or plain sentences back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID, uuid4

import pytest
from pydantic import Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from app.kernel import i18n
from app.kernel.http import forms
from app.kernel.http.form_reading import WHOLE_FORM, parse_form
from app.kernel.http.questions import questions_of
from app.kernel.shapes import Command, Line, Moment, Prose


class Ground(StrEnum):
    AIM_REACHED = "aimReached"
    MOVED = "moved"


class Language(StrEnum):
    NL, FR, DE, EN, IT, ES = "nl", "fr", "de", "en", "it", "es"


class PlanMeeting(Command):
    title: Line
    reason: Prose
    starts_at: Moment
    place_of_meeting: Line | None = None
    ground: Ground
    follow_up: Ground | None = None
    spoken: Language
    way: Literal["here", "online"] = "here"
    agreed: Literal[True]
    private: bool = False
    heard: bool | None = None
    topics: tuple[Ground, ...] = ()
    names: tuple[Line, ...] = ()
    day: date | None = None
    at: time | None = None
    seats: Annotated[int, Field(ge=2, le=40)] | None = None
    rate: Decimal | None = None
    chair_id: UUID | None = None
    invited: frozenset[UUID] = frozenset()
    secret: SecretStr | None = None
    note: Annotated[Prose, Field(json_schema_extra={"form": {"kind": "text"}})] | None = None
    mail: Line | None = Field(None, json_schema_extra={"form": {"kind": "email", "autocomplete": "email"}})


forms.register_form(PlanMeeting)

GOOD = [
    ("csrfToken", "t"),
    ("etag", '"7"'),
    ("title", " Overleg mei "),
    ("reason", "Een\r\nreden"),
    ("startsAt", "2026-05-04T14:30"),
    ("ground", "moved"),
    ("spoken", "fr"),
    ("agreed", "true"),
]


def sent(**changes):
    """The good form with some fields sent otherwise: a string, a list of strings, or None for not at all."""
    items = [(name, text) for name, text in GOOD if name not in changes]
    for name, text in changes.items():
        items += [
            (name, each) for each in ([] if text is None else [text] if isinstance(text, str) else text)
        ]
    return parse_form(PlanMeeting, items, "en")


def test_a_good_form_becomes_the_command_that_json_would_be():
    command, _, errors = sent(topics=["moved", "aimReached"], names="Ann\r\n\r\n  Bo  \r\n", private="true")
    assert errors == {}
    assert command == PlanMeeting.of(
        title="Overleg mei",
        reason="Een\nreden",
        starts_at=datetime(2026, 5, 4, 12, 30, tzinfo=UTC),
        ground="moved",
        spoken="fr",
        agreed=True,
        topics=["moved", "aimReached"],
        names=["Ann", "Bo"],
        private=True,
    )
    assert command.starts_at.utcoffset().total_seconds() == 7200


def test_what_is_left_empty_is_absent():
    command, values, _ = sent(placeOfMeeting="", day="  ", chairId="", way="", seats="", heard="")
    assert command.place_of_meeting is None
    assert command.way == "here"
    assert "place_of_meeting" not in command.model_fields_set
    assert values["placeOfMeeting"] == ""


def test_typed_values_are_read():
    chair, guest = uuid4(), uuid4()
    command, _, errors = sent(
        day="2026-02-28", at="09:05", seats=" 12 ", rate="1 250,50", chairId=str(chair), invited=[str(guest)],
        heard="false", secret=" s ",
    )  # fmt: skip
    assert errors == {}
    assert (command.day, command.at, command.seats) == (date(2026, 2, 28), time(9, 5), 12)
    assert command.rate == Decimal("1250.50")
    assert (command.chair_id, command.invited) == (chair, frozenset({guest}))
    assert command.heard is False
    assert command.secret.get_secret_value() == " s "


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": None}, "title", "Fill in this field."),
        ({"title": "   "}, "title", "Fill in this field."),
        ({"title": "x" * 201}, "title", "This text is too long. Use 200 characters at most."),
        ({"title": "a\nb"}, "title", "Write this on one line."),
        ({"title": "a\x00b"}, "title", "This text holds characters that cannot be stored. Type it again."),
        ({"title": ["a", "b"]}, "title", "Give one answer only."),
        ({"startsAt": ""}, "startsAt", "Fill in this field."),
        ({"startsAt": "tomorrow"}, "startsAt", "Fill in a date and a time."),
        ({"startsAt": "0001-01-01T00:00"}, "startsAt", "Fill in a date and a time."),
        ({"startsAt": "2026-03-29T02:30"}, "startsAt", "This time does not exist"),
        ({"ground": None}, "ground", "Choose an option."),
        ({"ground": "other"}, "ground", "Choose one of the options in the list."),
        ({"way": "there"}, "way", "Choose one of the options in the list."),
        ({"topics": ["moved", "other"]}, "topics", "Choose one of the options in the list."),
        ({"agreed": None}, "agreed", "Tick this box to continue."),
        ({"agreed": "no"}, "agreed", "Tick this box to continue."),
        ({"heard": "perhaps"}, "heard", "Choose one of the options in the list."),
        ({"day": "31/02/2026"}, "day", "Fill in a date that exists"),
        ({"day": "2026-02-31"}, "day", "Fill in a date that exists"),
        ({"at": "25:00"}, "at", "Fill in a time"),
        ({"seats": "many"}, "seats", "Fill in a whole number."),
        ({"seats": "1"}, "seats", "This is too low. Give 2 at least."),
        ({"seats": "99"}, "seats", "This is too high. Give 40 at most."),
        ({"rate": "x"}, "rate", "Fill in a number."),
        ({"chairId": "x"}, "chairId", "Choose one of the options in the list."),
        ({"names": "ok\n" + "x" * 300}, "names", "This text is too long."),
        ({"unheardOf": "1"}, "", "The page sent something this form does not ask for."),
        ({"place_of_meeting": "x"}, "", "The page sent something this form does not ask for."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(changes, field, sentence):
    command, _, errors = sent(**changes)
    assert command is None
    assert list(errors) == [field]
    assert errors[field].startswith(sentence)


def test_no_error_ever_echoes_what_was_sent():
    marker = "Zq7"
    names = [question.name for question in questions_of(PlanMeeting)]
    items = [(name, marker + "\x00" + "x" * 9000) for name in names] + [(marker, marker)]
    command, values, errors = parse_form(PlanMeeting, items, "nl")
    assert command is None
    assert len(errors) > 10
    assert not any(marker in text for text in errors.values())
    assert values["title"].startswith(marker)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_errors_speak_the_language_of_the_page(language):
    _, _, errors = parse_form(PlanMeeting, [], language)
    assert errors["title"] == i18n.translate(language, "error.missing")


def test_of_the_hour_that_comes_twice_the_first_is_meant():
    command, _, _ = sent(startsAt="2026-10-25T02:30")
    assert command.starts_at.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_moment_with_an_offset_is_taken_as_it_is():
    command, _, _ = sent(startsAt="2026-10-25T02:30:00+00:00")
    assert command.starts_at == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)


class Period(Command):
    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self):
        if self.last < self.first:
            raise PydanticCustomError("periodReversed", "English for engineers")
        return self


def test_an_error_of_the_whole_form_stands_on_top():
    forms.register_form(Period)
    command, values, errors = parse_form(Period, [("first", "2026-05-02"), ("last", "2026-05-01")], "en")
    assert command is None
    assert errors == {WHOLE_FORM: "This answer cannot be used. Check it."}
    form = forms.form_of(Period, "en", values, errors)
    assert form.faults == (forms.Fault("", errors[""]),)
    assert form["first"].value == "2026-05-02"


KINDS = {
    "title": "text",
    "reason": "textarea",
    "startsAt": "datetime-local",
    "placeOfMeeting": "text",
    "ground": "radio",
    "followUp": "select",
    "spoken": "select",
    "way": "select",
    "agreed": "checkbox",
    "private": "checkbox",
    "heard": "select",
    "topics": "checkboxes",
    "names": "lines",
    "day": "date",
    "at": "time",
    "seats": "number",
    "rate": "number",
    "chairId": "text",
    "invited": "lines",
    "secret": "password",
    "mail": "email",
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_each_type_has_its_control(name, kind):
    assert forms.form_of(PlanMeeting, "nl")[name].kind == kind


def test_a_field_says_what_it_needs():
    form = forms.form_of(PlanMeeting, "nl")
    assert (form["title"].required, form["placeOfMeeting"].required) == (True, False)
    assert (form["title"].max_length, form["reason"].max_length) == (200, 5000)
    assert form["placeOfMeeting"].max_length == 200
    assert form["seats"].input_mode == "numeric"
    assert form["mail"].autocomplete == "email"
    assert form["reason"].free_text
    assert form["names"].hint == "Eén per regel."
    assert [option.value for option in form["ground"].options] == ["aimReached", "moved"]
    assert [option.label for option in form["heard"].options] == ["Ja", "Nee"]
    assert form["way"].value == "here"


def test_what_was_sent_comes_back_in_its_field():
    _, values, errors = sent(title="x" * 201, topics=["moved"], secret="hidden", names="a\nb", agreed=None)
    form = forms.form_of(PlanMeeting, "en", values, errors)
    assert form["title"].value == "x" * 201
    assert [option.selected for option in form["topics"].options] == [False, True]
    assert form["startsAt"].value == "2026-05-04T14:30"
    assert form["names"].value == "a\nb"
    assert form["secret"].value == ""
    assert {fault.target for fault in form.faults} == {"f-title", "f-agreed"}
    assert form["title"].described_by == "f-title-error"


def test_values_of_a_view_are_shown_as_the_controls_expect():
    form = forms.form_of(
        PlanMeeting,
        "nl",
        {
            "startsAt": datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
            "ground": Ground.MOVED,
            "private": True,
            "at": time(8, 5),
            "day": date(2026, 1, 5),
            "names": ("Ann", "Bo"),
        },
    )
    assert form["startsAt"].value == "2026-01-05T10:00"
    assert form["private"].value == "true"
    assert form["at"].value == "08:05"
    assert form["names"].value == "Ann\nBo"
    assert [option.selected for option in form["ground"].options] == [False, True]


def test_given_options_make_a_list_and_hidden_fields_go_along_unseen():
    chair = str(uuid4())
    form = forms.form_of(
        PlanMeeting,
        "nl",
        {"chairId": chair},
        options={"chairId": [(chair, "Els Janssens")], "invited": [(chair, "Els Janssens")]},
        hidden={"ground": Ground.MOVED, "topics": ["moved", "aimReached"]},
        id_prefix="second",
    )
    assert form["chairId"].kind == "select"
    assert form["chairId"].options == (forms.Option(chair, "Els Janssens", selected=True),)
    assert form["invited"].kind == "checkboxes"
    assert form["invited"].target == "second-invited-1"
    assert form.hidden == (("ground", "moved"), ("topics", "moved"), ("topics", "aimReached"))
    assert "ground" not in {each.name for each in form.fields}


def test_an_error_of_a_hidden_field_is_still_told():
    form = forms.form_of(PlanMeeting, "nl", errors={"ground": "Wrong."}, hidden={"ground": "moved"})
    assert form.faults == (forms.Fault("", "Wrong."),)


class Unregistered(Command):
    title: Line


def test_a_form_that_nobody_registered_is_refused_loudly():
    with pytest.raises(LookupError, match="register_form"):
        forms.form_of(Unregistered, "nl")
    assert Unregistered not in forms.registered_forms()


def test_registering_asks_for_the_texts_of_fields_and_options(monkeypatch):
    monkeypatch.setattr(i18n, "_codes", set())
    monkeypatch.setattr(PlanMeeting, "__module__", "app.meetings.commands")
    forms.register_form(PlanMeeting, hidden=("chairId",))
    codes = i18n.code_messages()
    assert {"field.title", "option.ground.moved", "option.way.online"} <= set(codes)
    assert not {"field.chairId", "option.agreed.True", "option.bool.true"} & set(codes)


def test_a_command_of_several_types_has_no_form():
    class Vague(Command):
        what: int | date

    with pytest.raises(TypeError, match="several types"):
        parse_form(Vague, [], "nl")


def test_defaults_made_by_a_factory_are_left_to_the_command():
    class Draft(Command):
        names: list[Line] = Field(default_factory=list)
        must: tuple[Line, ...] = Field(min_length=1)

    forms.register_form(Draft)
    assert forms.form_of(Draft, "en")["names"].value == ""
    _, _, errors = parse_form(Draft, [], "en")
    assert errors == {"must": "Fill in this field."}
