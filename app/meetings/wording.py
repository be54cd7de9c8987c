"""What pages say of a meeting in words: when it is, why somebody sees an item, who holds it, what is to be done now."""

from __future__ import annotations

from typing import Any

from app.constitution.labels import label
from app.kernel.http.pages import PageCall
from app.kernel.i18n import format_date, format_moment, format_time
from app.meetings.views import Holding, MeetingItem, MeetingView, Why


def when(call: PageCall, meeting: Any) -> str:
    """Say when a meeting takes place."""
    return (
        f"{format_moment(call.language, meeting.starts_at)} – {format_time(call.language, meeting.ends_at)}"
    )


def why(call: PageCall, each: Why) -> str:
    """Say in a sentence why the reader sees an item, and until when."""
    if each.standing == "file":
        return call.phrase("You see this because you keep the file of this municipality.")
    said = []
    if each.invited_by and each.invited_at:
        said.append(
            call.phrase(
                "%(name)s invited you on %(day)s.",
                name=each.invited_by,
                day=format_date(call.language, each.invited_at),
            )
        )
    else:
        said.append(call.phrase("You take part in this meeting."))
    if each.ground_list and each.ground_code:
        said.append(
            call.phrase(
                "Ground: %(ground)s.", ground=label(each.ground_list, each.ground_code, call.language)
            )
        )
    if each.visible_until:
        said.append(
            call.phrase(
                "You can see this until %(moment)s.", moment=format_moment(call.language, each.visible_until)
            )
        )
    return " ".join(said)


def facts_of(call: PageCall, view: MeetingView) -> list[tuple[str, Any]]:
    """Give what stands above the agenda: when, where, who holds it, under which agreement; and when it really sat."""
    held = view.holding or Holding()
    said: list[tuple[str, Any]] = [
        (call.phrase("When"), when(call, view)),
        (call.phrase("Place"), view.place),
        (call.phrase("Chair"), held.chair_name),
        (call.phrase("Secretary"), held.secretary_name),
    ]
    if held.opened_at:
        until = format_time(call.language, held.closed_at) if held.closed_at else "…"
        said.append((call.phrase("Sat"), f"{format_moment(call.language, held.opened_at)} – {until}"))
    said.append((call.phrase("Items readable until"), format_moment(call.language, view.window_until)))
    return [(label, value) for label, value in said if value]


def step_of(call: PageCall, view: MeetingView) -> str:
    """Say in a sentence what is to be done now; empty for who only sits at an item, and where a warning says it."""
    held = view.holding
    if held is None or held.next_step is None or view.overdue:
        return ""
    said = call.phrase(
        f"nextStep.{held.next_step}",
        prepared=held.prepared,
        day=format_date(call.language, held.remarks_until or view.starts_at),
    )
    if view.state != "convened" or not held.sent:
        return said
    return f"{said} " + call.phrase(
        "Invitations sent: %(sent)s. Will come: %(coming)s, will not come: %(declined)s, no answer yet: %(silent)s.",
        sent=held.sent,
        coming=held.coming,
        declined=held.declined,
        silent=held.sent - (held.coming or 0) - (held.declined or 0),
    )


def short_step(call: PageCall, item: MeetingItem) -> str:
    """Say what is to be done now with a meeting in a list."""
    day = format_date(call.language, item.starts_at)
    return call.phrase(f"nextStep.{item.next_step}", prepared=item.waiting or 0, day=day)


def absent(call: PageCall, codes: list[str] | None) -> str:
    """Say which of mayor and police is not noted as present (R11)."""
    return ", ".join(call.phrase(f"coreAbsent.{code}") for code in codes or ())
