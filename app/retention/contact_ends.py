"""Letting go of third persons whose end has come, in files that stay (R49, R86, R93; docs/decisions/0042)."""

from __future__ import annotations

from sqlalchemy import CursorResult, delete

from app.cases.contact_models import Contact
from app.cases.contact_queries import contacts_over
from app.kernel.ids import new_reference
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.work import Work
from app.retention.commands import DestroyContact
from app.retention.destroying import certify
from app.retention.standing import retention_facts
from app.retention.views import ContactsGoneView
from app.rules.actions import Action
from app.rules.facts import Standing


@operation(Action.CONTACT_DESTROY)
def destroy_contact(work: Work, command: DestroyContact) -> ContactsGoneView:
    """Delete every contact of a municipality whose day has come: all of them or none, with one certificate.

    One journal line per contact, by its case. The certificate says how many, and of no case: it has a number of its own. Out:
    how many. The sealed bytes stay in older backups until those expire, as those of a document that was taken out (R92).
    """
    facts = retention_facts(work, command.municipality_id)
    known = facts.standing > Standing.NONE
    rows = (
        contacts_over(work.session, command.municipality_id, work.today, work.actor.person_id)
        if known
        else []
    )
    nothing = About(command.municipality_id if known else About().controller, object_type="contact")
    abouts = [About(row.municipality_id, row.case_id, row.subject_id, "contact", row.id) for row in rows]
    work.allow(Action.CONTACT_DESTROY, facts, abouts or nothing, reason="destroyed" if rows else "")
    if not rows:
        return ContactsGoneView(municipality_id=command.municipality_id, contacts=0)
    done = work.session.execute(delete(Contact).where(Contact.id.in_([row.id for row in rows])))
    count = done.rowcount if isinstance(done, CursorResult) else 0
    first = min(row.ends_on for row in rows)
    if count:
        said = {
            "reference": new_reference(work.today.year).replace("C-", "K-", 1),
            "kind": "contact",
            "municipality_id": command.municipality_id,
            "listed_on": first,
            "last_discussed_on": None,
            "due_on": first,
            "ground": "contact",
            "counts": {Contact.__tablename__: count},
        }
        certify(work, [said])
    return ContactsGoneView(municipality_id=command.municipality_id, contacts=count)
