"""The page on which the management of a service names who comes in its place (R28)."""

from __future__ import annotations

from fastapi import APIRouter

from app.kernel.http.form_pages import FormRow, Prepared, page_button, page_form
from app.kernel.http.pages import PageCall
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.meetings import nominating
from app.meetings import nomination_commands as c
from app.meetings.wording import when
from app.rules.actions import Action

router = APIRouter()
register_codes("hint", ["nominateInvitation.personId"])
register_codes("field", ["nominateInvitation.personId", "nominateInvitation.careRelation"])
_HOME = "/invitations"


def _prepare(call: PageCall, work: Work) -> Prepared:
    page = nominating.list_nomination(work, c.ListNomination(invitationId=call.id("invitationId")))
    return Prepared(
        back=_HOME,
        version=page.version,
        options={"personId": [(str(each.person_id), each.name) for each in page.colleagues]},
        intro=" · ".join(part for part in (page.reference, when(call, page), page.place) if part),
        warning=""
        if page.colleagues
        else call.phrase(
            "No colleague of your service can be named: each has to sit in this cell and to confirm the duty of secrecy first."
        ),
        context={"nothing_to_fill_in": not page.colleagues},
        breadcrumb=[(call.phrase("My invitations"), _HOME)],
    )


page_form(
    router,
    FormRow(
        "/invitations/{invitationId}/nominate", c.NominateInvitation, Action.INVITATION_NOMINATE,
        nominating.nominate_invitation, _prepare, lambda *_: _HOME,
        title=to_translate("Name who comes in my place"),
        purpose=to_translate(
            "They are asked at once, and answer for themselves. You then see nothing of the item any more; you can take this "
            "back until the meeting begins."
        ),
        submit=to_translate("Name this colleague"),
    ),
)  # fmt: skip
page_button(
    router, "/invitations/{invitationId}/take-back", c.TakeBackNomination, Action.NOMINATION_TAKE_BACK,
    nominating.take_back_nomination, lambda *_: _HOME,
)  # fmt: skip
