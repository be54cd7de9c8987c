"""The JSON door of third persons in a file."""

from __future__ import annotations

from fastapi import APIRouter

from app.cases import contact_commands as c
from app.cases import contact_views as v
from app.cases import contacts
from app.kernel.http.routes import endpoint

router = APIRouter()

endpoint(router, "GET", "/cases/{caseId}/contacts", contacts.list_contact, c.ListContact, v.ContactList,
         tag="Cases", summary="List the contacts of a case")  # fmt: skip
endpoint(router, "POST", "/contacts", contacts.add_contact, c.AddContact, v.ContactList,
         tag="Cases", summary="Note a contact of the person discussed", status=201,
         location="/api/v1/cases/{caseId}/contacts")  # fmt: skip
endpoint(router, "POST", "/contacts/{contactId}/open", contacts.open_contact, c.OpenContact, v.ContactView,
         tag="Cases", summary="Open a contact of a sensitive category")  # fmt: skip
endpoint(router, "POST", "/contacts/{contactId}/remove", contacts.remove_contact, c.RemoveContact, v.ContactGone,
         tag="Cases", summary="Take a contact out of the file")  # fmt: skip
