"""How the log stands, in plain words: the block at the top of the page of checkpoints."""

from __future__ import annotations

from datetime import timedelta

from babel.dates import format_timedelta

from app.kernel.http.pages import PageCall
from app.kernel.i18n import format_moment, format_number
from app.kernel.work import Work
from app.oversight.commands import ReadLogStatus
from app.oversight.views import TreeStatus, WitnessStatus
from app.oversight.watching import STANDS_STILL, read_log_status


def status_block(call: PageCall, work: Work) -> dict[str, object]:
    """Give tone, title and sentences of how the log stands, and a row for each year."""
    view = read_log_status(work, ReadLogStatus())
    gaps = sum(tree.gaps for tree in view.trees)
    faults = {each.fault for tree in view.trees for each in tree.witnesses if each.fault}
    still = view.sealing == STANDS_STILL
    said = []
    if still and view.waiting_since:
        said.append(
            call.phrase(
                "Sealing has stood still since %(when)s; %(count)s lines wait for it. None of them is lost, but until it"
                " runs again only the database protects them. Tell whoever runs this installation.",
                when=format_moment(call.language, view.waiting_since, "medium"),
                count=format_number(call.language, view.waiting),
            )
        )
    if gaps:
        said.append(
            call.phrase(
                "Lines and seals do not match: %(count)s differences. Somebody may have changed the log. Keep an export"
                " and the last checkpoint, and have whoever runs this installation recompute the log.",
                count=format_number(call.language, gaps),
            )
        )
    if "disagrees" in faults:
        said.append(
            call.phrase(
                "A witness contradicts: the log is not what it was when the witness saw it. Ask the witness for its evidence."
            )
        )
    if not said:
        said.append(call.phrase("Every line is sealed within seconds, and no line is missing."))
    alarm = still or gaps or "disagrees" in faults
    return {
        "tone": "danger" if alarm else "success",
        "title": call.phrase("The log needs attention") if alarm else call.phrase("The log is in order"),
        "said": said,
        "rows": [_row(call, tree) for tree in view.trees],
    }


def _row(call: PageCall, tree: TreeStatus) -> tuple[str, str, str, str, list[str]]:
    return (
        str(tree.year),
        format_number(call.language, tree.size),
        _since(call, tree.age_seconds) or call.phrase("not yet"),
        format_number(call.language, tree.gaps),
        [_witness(call, each) for each in tree.witnesses] or [call.phrase("no witness")],
    )


def _witness(call: PageCall, each: WitnessStatus) -> str:
    """Say of a witness when it last cosigned, whether that is the newest, and what is wrong with it."""
    name = each.witness.rpartition("+")[0]
    last = _since(call, each.age_seconds)
    seen = call.phrase("%(name)s: last %(age)s", name=name, age=last) if last else name
    return f"{seen} · {call.phrase(f'witnessFault.{each.fault}')}" if each.fault else seen


def _since(call: PageCall, seconds: int | None) -> str:
    if seconds is None:
        return ""
    return format_timedelta(timedelta(seconds=-seconds), add_direction=True, locale=call.language)
