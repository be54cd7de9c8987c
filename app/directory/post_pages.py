"""Pages about e-mail: one's own address for notices, and how the sending fares (R37)."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.directory import mail_addresses
from app.directory.choosing import accounts
from app.directory.commands import AssignMailAddress, ChangeMailAddress, ReadMailAddress, ReadPost
from app.kernel.http.form_pages import FormRow, Prepared, page_form
from app.kernel.http.frames import Block, able, may, menu_line, today_block
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action

router = APIRouter()
_POST: Final = "/post"
menu_line(85, _POST, to_translate("E-mail"), able(Action.POST_READ))
register_codes("mailAddress", ["none"])
register_codes("hint", ["address"])


def _prepare_own(call: PageCall, work: Work) -> Prepared:
    present = mail_addresses.read_mail_address(work, ReadMailAddress())
    return Prepared(
        back="/account",
        values={"address": present.address or ""},
        breadcrumb=[(call.phrase("Your account"), "/account")],
    )


page_form(
    router,
    FormRow(
        "/account/mail-address", ChangeMailAddress, Action.MAIL_ADDRESS_CHANGE, mail_addresses.change_mail_address,
        _prepare_own, lambda *_: "/account",
        title=to_translate("Where your notices are sent"),
        purpose=to_translate("An e-mail says that there is something for you, with a reference. It never holds a name."),
        submit=to_translate("Keep this address"),
    ),
)  # fmt: skip


def _prepare_other(call: PageCall, work: Work) -> Prepared:
    return Prepared(
        back=_POST if may(work.actor, Action.POST_READ) else "/members",
        options={"personId": accounts(work)},
        breadcrumb=[(call.phrase("Members and mandates"), "/members")],
    )


page_form(
    router,
    FormRow(
        "/members/mail-address", AssignMailAddress, Action.MAIL_ADDRESS_ASSIGN, mail_addresses.assign_mail_address,
        _prepare_other, lambda *_: _POST,
        title=to_translate("Where somebody's notices are sent"),
        purpose=to_translate("Take an address that this person alone reads. They can change it themselves."),
        submit=to_translate("Keep this address"),
    ),
)  # fmt: skip


def _post(call: PageCall, work: Work) -> Response:
    return call.show(
        "directory/post.html",
        call.phrase("E-mail"),
        call.phrase("How the sending of notices fares, in numbers. Whom they are for does not stand here."),
        view=mail_addresses.read_post(work, ReadPost()),
        may_assign=may(work.actor, Action.MAIL_ADDRESS_ASSIGN),
    )


page_get(router, _POST, _post)


@today_block(4, able(Action.POST_READ))
def _trouble(call: PageCall, work: Work) -> Block | None:
    """Say that e-mail does not get out, as long as it does not."""
    view = mail_addresses.read_post(work, ReadPost())
    if not view.configured:
        said = call.phrase("No mail server is set up: notices stand on the page Today only.")
    elif view.undeliverable or view.without_address or view.fault:
        said = call.phrase("Some notices could not be sent.")
    else:
        return None
    return Block(call.phrase("E-mail"), empty=said, link=(call.phrase("See how it fares"), _POST))
