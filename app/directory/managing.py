"""Who manages a service, said of an account by an administrator (R28).

An invitation to a service of the French Community goes to its management alone, and the management names who comes: whoever
is taken for it wrongly would see what is not theirs. So nothing says it but this.
"""

from __future__ import annotations

from app.constitution.standing import cell_facts
from app.directory.commands import ChangePerson
from app.directory.models import Agency, Person
from app.directory.views import PersonView
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import not_found


@operation(Action.PERSON_CHANGE)
def change_person(work: Work, command: ChangePerson) -> PersonView:
    """Say whether somebody manages their service, or is a line manager there (If-Match). Raises Problem 404 for nobody."""
    about = About(object_type="person", object_id=command.person_id)
    said = "managesService" if command.manages_service else "managesNoService"
    work.allow(Action.PERSON_CHANGE, cell_facts(work, work.actor.cell_id), about, reason=said)
    person = work.session.get(Person, command.person_id, with_for_update=True)
    if person is None:
        raise work.refuse(Action.PERSON_CHANGE, not_found(), about)
    work.expect(person.version)
    person.manages_service = command.manages_service
    person.version += 1
    return PersonView(
        version=person.version,
        href=href("persons", person.id),
        person_id=person.id,
        username=person.username,
        name=person.name,
        agency_id=person.agency_id,
        agency_name=work.session.get_one(Agency, person.agency_id).name,
        language=person.language,
        manages_service=person.manages_service,
    )
