"""Pages of third persons in a file: who they are, why they are there and when they go (R49)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import contact_commands as c
from app.cases import contacts
from app.cases.contact_views import ContactList
from app.cases.pages import (
    ONE_CASE,
    back_to_file,
    case_address,
    source_options,
    stated_reason,
    statement_words,
)
from app.constitution.labels import choices, label
from app.kernel.http.form_pages import FormRow, Prepared, page_button, page_form, require
from app.kernel.http.pages import Elsewhere, PageCall, page_get, page_post, with_query
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action

router = APIRouter()
_LIST = ONE_CASE + "/contacts"

register_codes("hint", ["need", "addContact.contactName", "addContact.category", "addContact.contributorId"])
register_codes("contactEnd", ["ownTerm", "lastDiscussion", "caseEnd", "caseClosed"])


def _address(call: PageCall, _view: object = None) -> str:
    return with_query(f"{case_address(call.id('caseId'))}/contacts", reason=stated_reason(call))


def _listed(call: PageCall, work: Work) -> ContactList:
    """List the contacts for the reason in the address. Raises Elsewhere, to the file that asks for one."""
    reason = stated_reason(call)
    if not reason:
        raise Elsewhere(case_address(call.id("caseId")))
    return contacts.list_contact(work, c.ListContact(caseId=call.id("caseId"), reason=reason))


def _show(call: PageCall, work: Work) -> Response:
    view = _listed(call, work)
    return call.show(
        "cases/contacts.html",
        call.phrase("Contacts and relations"),
        call.phrase(
            "Third persons around the person discussed. Each is here for a reason, and for a short time."
        ),
        view=view,
        here=f"{case_address(view.case_id)}/contacts",
        query=with_query("", reason=stated_reason(call)),
        back=back_to_file(call),
        reason_label=label("accessReasons", stated_reason(call), call.language),
        relations=dict(choices("contactRelations", call.language, work.today)),
        categories=statement_words(call.language)[0],
        words=statement_words(call.language)[1],
        reason=stated_reason(call),
    )


page_get(router, _LIST, _show)


def _prepare(call: PageCall, work: Work) -> Prepared:
    view = _listed(call, work)
    require(view.abilities, Action.CONTACT_ADD)
    return Prepared(
        back=_address(call),
        options={
            "relation": choices("contactRelations", call.language, work.today),
            **source_options(call, work),
        },
        values={"contributorId": work.actor.person_id},
        breadcrumb=[
            (view.reference, back_to_file(call)),
            (call.phrase("Contacts and relations"), _address(call)),
        ],
    )


page_form(
    router,
    FormRow(
        _LIST + "/new", c.AddContact, Action.CONTACT_ADD, contacts.add_contact, _prepare, _address,
        template="cases/contact_new.html",
        title=to_translate("Note a contact"),
        purpose=to_translate(
            "Somebody who is not on the list: only with a reason why the consultation cannot do without, and never longer than"
            " that."
        ),
        submit=to_translate("Note this contact"),
    ),
)  # fmt: skip


def _open(call: PageCall, work: Work) -> Response:
    view = contacts.open_contact(
        work, c.OpenContact(contactId=call.id("contactId"), reason=call.sent("reason"))
    )
    return call.show(
        "cases/contact.html",
        call.phrase("Contact"),
        call.phrase("A sensitive category: each opening stands in the processing log."),
        view=view,
        relations=dict(choices("contactRelations", call.language, work.today)),
        categories=statement_words(call.language)[0],
        words=statement_words(call.language)[1],
        back=call.next("/"),
    )


page_post(router, "/contacts/{contactId}", _open)
page_button(
    router, "/contacts/{contactId}/remove", c.RemoveContact, Action.CONTACT_REMOVE, contacts.remove_contact,
    lambda call, _view: call.next("/cases"),
)  # fmt: skip
