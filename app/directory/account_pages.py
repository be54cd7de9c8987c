"""Pages about one's own account: the password, the passkeys, the sessions that are open (R14, R20)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.directory import keeping_passkeys, managing, passwords, sessions
from app.directory.choosing import accounts
from app.directory.commands import (
    ChangePassword,
    ChangePerson,
    CloseSession,
    ListPasskey,
    ListPerson,
    ListSession,
    OfferPasskey,
    ReadSession,
    RegisterPasskey,
    RemovePasskey,
    RevokeSession,
)
from app.directory.mandates import list_person
from app.directory.proving_pages import passkey_address, takes_passkeys
from app.kernel.http.form_pages import FormRow, Prepared, page_button, page_form
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.problems import not_found

router = APIRouter()
_HOME = "/account"
register_codes("channel", ["page", "api"])
register_codes("openedWith", ["password", "passkey", "console", "provider"])
register_codes("hint", ["newPassword", "changePerson.managesService"])


def _account(call: PageCall, work: Work) -> Response:
    return call.show(
        "directory/account.html",
        call.phrase("Your account"),
        call.phrase("With what you sign in, and where you are signed in now."),
        sessions=sessions.list_session(work, ListSession()).items,
        passkeys=keeping_passkeys.list_passkey(work, ListPasskey()).items,
        takes_passkeys=takes_passkeys(call),
        passkey_address=passkey_address(call),
    )


page_get(router, _HOME, _account, before_access=True)


def _prepare_password(call: PageCall, work: Work) -> Prepared:
    sessions.read_session(work, ReadSession(sessionId=there(work.actor.session_id)))
    return Prepared(back=_HOME, breadcrumb=[(call.phrase("Your account"), _HOME)])


page_form(
    router,
    FormRow(
        _HOME + "/password", ChangePassword, Action.PASSWORD_CHANGE, passwords.change_password, _prepare_password,
        lambda _call, _view: _HOME,
        title=to_translate("Change your password"),
        purpose=to_translate("Your other sessions end when you do."),
        submit=to_translate("Change the password"),
    ),
    before_access=True,
)  # fmt: skip


def _prepare_passkey(call: PageCall, work: Work) -> Prepared:
    return Prepared(
        back=_HOME,
        hidden={"passkey": ""},
        breadcrumb=[(call.phrase("Your account"), _HOME)],
        context={"passkey": keeping_passkeys.offer_passkey(work, OfferPasskey())},
    )


page_form(
    router,
    FormRow(
        _HOME + "/passkeys/new", RegisterPasskey, Action.PASSKEY_REGISTER, keeping_passkeys.register_passkey,
        _prepare_passkey, lambda _call, _view: _HOME,
        title=to_translate("Add a passkey"),
        purpose=to_translate("Your device makes a passkey for this site and asks for your fingerprint, your face or your PIN."),
        submit=to_translate("Make the passkey"),
        template="directory/new_passkey.html",
        hidden=("passkey",),
    ),
    before_access=True,
)  # fmt: skip
page_button(
    router, _HOME + "/passkeys/{passkeyId}/remove", RemovePasskey, Action.PASSKEY_REMOVE,
    keeping_passkeys.remove_passkey, lambda _call, _view: _HOME, before_access=True,
)  # fmt: skip
page_button(
    router, _HOME + "/sessions/{sessionId}/end", CloseSession, Action.SESSION_CLOSE, sessions.close_session,
    lambda _call, _view: _HOME, before_access=True,
)  # fmt: skip


def _prepare_revoke(call: PageCall, work: Work) -> Prepared:
    return Prepared(
        back="/members",
        options={"personId": accounts(work)},
        breadcrumb=[(call.phrase("Members and mandates"), "/members")],
    )


page_form(
    router,
    FormRow(
        "/members/sessions", RevokeSession, Action.SESSION_REVOKE, sessions.revoke_session, _prepare_revoke,
        lambda _call, _view: "/members",
        title=to_translate("End somebody's sessions"),
        purpose=to_translate("Wherever this person is signed in, they have to sign in again."),
        submit=to_translate("End all sessions"),
        kind="danger",
    ),
)  # fmt: skip


def _prepare_person(call: PageCall, work: Work) -> Prepared:
    wanted = call.id("personId")
    people = list_person(work, ListPerson()).items
    person = next((each for each in people if each.person_id == wanted), None)
    if person is None or person.account_version is None:  # told to an administrator alone
        raise not_found()
    return Prepared(
        back="/members",
        version=person.account_version,
        values={"managesService": person.manages_service},
        intro=f"{person.name}, {person.agency_name}",
        breadcrumb=[(call.phrase("Members and mandates"), "/members")],
    )


page_form(
    router,
    FormRow(
        "/members/{personId}/change", ChangePerson, Action.PERSON_CHANGE, managing.change_person, _prepare_person,
        lambda _call, _view: "/members",
        title=to_translate("Who manages the service"),
        purpose=to_translate(
            "An invitation to a service of the French Community goes to its management, which names who comes."
        ),
        submit=to_translate("Save"),
    ),
)  # fmt: skip
