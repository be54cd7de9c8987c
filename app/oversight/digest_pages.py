"""Pages of the misuse digest: which digests there are, the lines of one, and answering a line (R105, R106)."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from app.kernel.clock import brussels_day
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_form, require
from app.kernel.http.frames import Block, able, may, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, format_moment, register_codes, to_translate
from app.kernel.work import Work
from app.oversight import digest_commands as c
from app.oversight import digests
from app.oversight.digest_views import DigestItem, DigestLineView, DigestView
from app.rules.actions import Action
from app.rules.problems import not_found
from app.rules.roles import Role
from app.rules.signs import ANSWERS

router = APIRouter()
_ALL = "/digests"
_ONE = _ALL + "/{digestId}"
_SHOWN = 3

menu_line(58, _ALL, to_translate("Worth a look"), able(Action.DIGEST_LIST))
register_codes("option.conclusion", ANSWERS)
register_codes("field", ["answerDigest.conclusion", "answerDigest.note"])
register_codes("hint", ["answerDigest.note"])


def _days(call: PageCall, item: DigestItem | DigestView) -> str:
    first, last = (format_date(call.language, day) for day in (item.first_day, item.last_day))
    return last if first == last else call.phrase("%(first)s to %(last)s", first=first, last=last)


def _list(call: PageCall, work: Work) -> Response:
    command = asked(call, c.ListDigest)
    page = digests.list_digest(work, command)
    return call.show(
        "oversight/digests.html",
        call.phrase("Worth a look"),
        call.phrase(
            "What in the processing log was unusual. A line is no accusation: it asks you to look, and to say what it was."
        ),
        rows=[(item, _days(call, item)) for item in page.items],
        waiting_only=command.waiting,
        waiting=page.waiting,
        looked_until=page.looked_until,
        answers=may(work.actor, Action.DIGEST_ANSWER),
        following=page.next.partition("?")[2] if page.next else "",
    )


page_get(router, _ALL, _list)


def _in_log(line: DigestLineView) -> str:
    """Give the address at which the log shows what this line is about."""
    if line.person_id is None:
        return ""
    days = {
        "from": brussels_day(line.first_at).isoformat(),
        "to": brussels_day(line.last_at).isoformat(),
        "actorId": line.person_id,
    }
    return f"/journal?{urlencode(days)}"


def _show(call: PageCall, work: Work) -> Response:
    view = digests.read_digest(work, c.ReadDigest(digestId=call.id("digestId")))
    return call.show(
        "oversight/digest.html",
        call.phrase("Worth a look: %(days)s", days=_days(call, view)),
        call.phrase("Each line says what was seen and what it does not mean. Ask the person first."),
        view=view,
        rows=[(line, _in_log(line)) for line in view.items],
        answers=may(work.actor, Action.DIGEST_ANSWER),
    )


page_get(router, _ONE, _show)


def _prepare(call: PageCall, work: Work) -> Prepared:
    view = digests.read_digest(work, c.ReadDigest(digestId=call.id("digestId")))
    wanted = call.id("lineId")
    line = next((each for each in view.items if each.line_id == wanted), None)
    if line is None:
        raise not_found()
    require(line.abilities, Action.DIGEST_ANSWER)
    who = line.person_name or call.phrase("Somebody at the console of the server")
    return Prepared(
        back=f"{_ALL}/{view.digest_id}",
        breadcrumb=[
            (call.phrase("Worth a look"), _ALL),
            (_days(call, view), f"{_ALL}/{view.digest_id}"),
        ],
        intro=f"{who}, {format_moment(call.language, line.first_at)}: "
        f"{call.phrase(f'sign.{line.sign}')}. {line.explanation}",
    )


page_form(
    router,
    FormRow(
        _ONE + "/lines/{lineId}", c.AnswerDigest, Action.DIGEST_ANSWER, digests.answer_digest, _prepare,
        lambda _, view: f"{_ALL}/{view.digest_id}",
        title=to_translate("Answer this line"),
        purpose=to_translate("Your answer stays with the line. If you learn more later, you add another."),
        submit=to_translate("Save the answer"),
    ),
)  # fmt: skip


@today_block(8, able(Action.DIGEST_LIST, frozenset({Role.DPO})))
def _waiting(call: PageCall, work: Work) -> Block:
    """Show how many lines wait, and the digests that have them."""
    page = digests.list_digest(work, c.ListDigest(waiting=True, pageSize=_SHOWN))
    return Block(
        call.phrase("Worth a look"),
        [
            {
                "title": _days(call, item),
                "href": f"{_ALL}/{item.digest_id}",
                "note": call.phrase("Lines that wait for an answer: %(number)s", number=item.waiting),
                "state": (str(item.waiting), "warning"),
            }
            for item in page.items
        ],
        link=(call.phrase("All digests"), _ALL),
        empty=call.phrase("Nothing in the log waits for an answer of yours."),
        purpose=call.phrase("In all, %(number)s lines wait.", number=page.waiting) if page.items else "",
    )
