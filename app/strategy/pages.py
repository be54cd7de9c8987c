"""Pages of the strategic and tactical table: the topics, and what all its pages share (R6)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.constitution.labels import choices, label
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_button, page_form, require
from app.kernel.http.frames import TONES, able, menu_line
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action
from app.strategy import commands as c
from app.strategy import topics
from app.strategy.views import TopicView

router = APIRouter()
ROOT = "/strategy"
_ONE = ROOT + "/topics/{topicId}"

menu_line(25, ROOT, to_translate("Strategic table"), able(Action.TOPIC_LIST))
register_codes("option.outcome", ["treated", "carriedOver", "parked", "withdrawn"])
register_codes("hint", ["createTopic.title", "namesNobody"])
register_codes("field", ["createTopic.kind", "changeTopic.kind"])


def parts(call: PageCall, current: str) -> list[tuple[str, str, bool]]:
    """Give the three parts of the strategic and tactical table as tabs."""
    named = (
        (call.phrase("Topics"), ROOT),
        (call.phrase("Meetings"), ROOT + "/meetings"),
        (call.phrase("Policy plan"), ROOT + "/plans"),
    )
    return [(text, href, href == current) for text, href in named]


def trail(call: PageCall, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Give the way from the table to a page below it."""
    return [(call.phrase("Strategic table"), ROOT), *more]


def nobody(call: PageCall) -> str:
    """Give the warning above every form that takes a text at a table where nobody is discussed (R6)."""
    return call.phrase(
        "Name no person here, and describe nobody so that others recognize them. Members of this table may not know "
        "who is discussed elsewhere."
    )


def topic_address(topic_id: object) -> str:
    """Give the address of a topic's page."""
    return f"{ROOT}/topics/{topic_id}"


def _list(call: PageCall, work: Work) -> Response:
    command = asked(call, c.ListTopic)
    page = topics.list_topic(work, command)
    return call.show(
        "strategy/topics.html",
        call.phrase("Strategic table"),
        call.phrase("What is discussed here are topics and policy, never persons."),
        parts=parts(call, ROOT),
        items=[
            {
                "title": item.title,
                "href": topic_address(item.topic_id),
                "note": " · ".join(
                    (
                        call.phrase(f"option.kind.{item.kind}"),
                        item.raised_by,
                        format_date(call.language, item.raised_at),
                    )
                ),
                "state": (call.phrase(f"state.topic.{item.state}"), TONES[item.state]),
            }
            for item in page.items
        ],
        shown=command.state,
        following=page.next,
        may_raise=Action.TOPIC_CREATE.value in page.abilities,
    )


page_get(router, ROOT, _list)


def _codes(call: PageCall, work: Work) -> dict[str, Any]:
    return {
        "phenomenon": choices("phenomena", call.language, work.today),
        "actionField": choices("actionFields", call.language, work.today),
    }


def _prepare_new(call: PageCall, work: Work) -> Prepared:
    require(topics.list_topic(work, c.ListTopic(pageSize=1)).abilities, Action.TOPIC_CREATE)
    return Prepared(back=ROOT, options=_codes(call, work), warning=nobody(call), breadcrumb=trail(call))


page_form(
    router,
    FormRow(
        ROOT + "/topics/new", c.CreateTopic, Action.TOPIC_CREATE, topics.create_topic, _prepare_new,
        lambda _, view: topic_address(view.topic_id),
        title=to_translate("Raise a topic"),
        purpose=to_translate("A trend, a question of policy or organization, a good practice, a training."),
        submit=to_translate("Raise the topic"),
    ),
)  # fmt: skip


def _opened(call: PageCall, work: Work) -> TopicView:
    return topics.read_topic(work, asked(call, c.ReadTopic))


def _read(call: PageCall, work: Work) -> Response:
    view = _opened(call, work)
    about = [(call.phrase("Kind"), call.phrase(f"option.kind.{view.kind}"))]
    for name, code_list, code in (
        (call.phrase("field.phenomenon"), "phenomena", view.phenomenon),
        (call.phrase("field.actionField"), "actionFields", view.action_field),
    ):
        if code:
            about.append((name, label(code_list, code, call.language)))
    about.append(
        (call.phrase("Raised by"), f"{view.raised_by}, {format_date(call.language, view.raised_at)}")
    )
    return call.show(
        "strategy/topic.html",
        view.title,
        call.phrase("A topic of the strategic and tactical table."),
        view=view,
        about=about,
        here=topic_address(view.topic_id),
        table=lambda kind: label("tableKinds", kind, call.language),
        tones=TONES,
    )


page_get(router, _ONE, _read)


def _back(call: PageCall, _view: object = None) -> str:
    return topic_address(call.id("topicId"))


def _prepare_change(call: PageCall, work: Work) -> Prepared:
    view = _opened(call, work)
    require(view.abilities, Action.TOPIC_CHANGE)
    return Prepared(
        back=_back(call),
        options=_codes(call, work),
        values={
            "kind": view.kind,
            "title": view.title,
            "text": view.text,
            "phenomenon": view.phenomenon,
            "actionField": view.action_field,
        },
        version=view.version,
        warning=nobody(call),
        breadcrumb=trail(call, (view.title, _back(call))),
    )


page_form(
    router,
    FormRow(
        _ONE + "/change", c.ChangeTopic, Action.TOPIC_CHANGE, topics.change_topic, _prepare_change, _back,
        title=to_translate("Rewrite the topic"),
        purpose=to_translate("What the table will talk about."),
        submit=to_translate("Save"),
    ),
)  # fmt: skip

page_button(router, _ONE + "/close", c.CloseTopic, Action.TOPIC_CLOSE, topics.close_topic, _back)
