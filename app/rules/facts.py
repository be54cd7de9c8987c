"""What the rules may know of an actor and of the object: no rows, no text, no names.

A feature derives Facts from rows; the rules decide on Facts alone. A fact nobody derived is None and
counts against the actor: the rules fail closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from uuid import UUID

from app.rules.roles import Role


class Standing(IntEnum):
    """How an actor stands to an object, weakest first; recomputed at each request."""

    EXCLUDED = 0
    """Declared conflict or kinship: beats every grant, also in counts and search."""
    NONE = 1
    PART = 2
    """Holds or belongs to one part only: own registration, own action, membership of the cell."""
    INVITED = 3
    """On a convened agenda, window open (R18, R19)."""
    ATTENDING = 4
    """Recorded present, meeting open (R62)."""
    FILE = 5
    """Mayor, delegate or coordinator of the municipality whose file it is (R5, R14)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, under which mandate. Passed along, never ambient."""

    person_id: UUID | None = None
    session_id: UUID | None = None
    mandate_id: UUID | None = None
    role: Role | None = None
    cell_id: UUID | None = None
    municipality_id: UUID | None = None
    municipalities: frozenset[UUID] = frozenset()
    """Those whose files the mandate can lead to: its own, or those of its cell. The keys of no others open (R4, R5)."""
    agency_id: UUID | None = None
    language: str = "nl"
    second_factor: bool = False
    recently_confirmed: bool = False
    """Whether this session proved a second factor within the last few minutes (by the machine's clock)."""
    undertaking_until: date | None = None
    """Last day on which the confirmed secrecy undertaking holds (R16, R17)."""
    clearance_until: date | None = None
    """Last day of a security clearance of at least 'secret' (R10)."""
    delegation: frozenset[str] | None = None
    """The scope of a delegate's appointment: codes of what was delegated (R9)."""
    demo: bool = False


NEVER = date.max
"""A day that does not come: said where a date does not apply, so that it differs from one nobody looked up."""

VISITOR = Actor()
"""Somebody who has not signed in."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules may know of one object at one moment."""

    standing: Standing = Standing.NONE
    state: str | None = None
    now: datetime | None = None
    today: date | None = None
    """The day in Brussels to which *now* belongs."""
    own: bool | None = None
    """Whether the actor brought, wrote or owns the object."""
    proposed_by_actor: bool | None = None
    window_until: datetime | None = None
    """Until when the object may be read by those invited (R19, R68)."""
    download_allowed: bool | None = None
    own_file_basis: bool | None = None
    """It is the file of one's own municipality, or one's service may by decree record in its own what it heard (R113)."""
    """It is the reader's own file, or the agreement lets who attended keep a copy of the extract (R68)."""
    constitution_complete: bool | None = None
    """Agreement in force, core members recorded (art. 458ter: fixed beforehand)."""
    agreement_whole: bool | None = None
    """The version answers the four questions, names its parties and its tables, and fixes lawful settings (R115)."""
    table_agreed: bool | None = None
    """The agreement in force has the table at which a meeting is planned (R3)."""
    signed_by_nobody: bool | None = None
    """No party signed this draft, as it stands or as it stood before."""
    every_mayor_signed: bool | None = None
    """The mayor of each municipality of the cell signed the text as it stands (R1)."""
    recording_basis: bool | None = None
    """A basis on which the municipality may record case data (R113)."""
    number_ground: bool | None = None
    """No national number was given, or the agreement in force names the ground on which it may be used (R113)."""
    core_recorded: bool | None = None
    """Mayor or delegate, police member and prevention official are members (R11)."""
    chair_mandated: bool | None = None
    """Who is to chair holds a mandate for that today (R13)."""
    day_come: bool | None = None
    """The calendar day of the meeting is here, or past (R69)."""
    ground_stated: bool | None = None
    residual_reason: bool | None = None
    notice_days: int | None = None
    """Whole days between sending and meeting."""
    notice_required: int | None = None
    """The least number of them that the law wants for the invitee's service; 0 for none (R26)."""
    notice_agreed: int | None = None
    """The least number of them that the agreement promises a Flemish service; 0 for none (R30)."""
    urgency_reason: bool | None = None
    child_reason: bool | None = None
    """Why a child under twelve has to be discussed was said, or nobody has to say it (R29)."""
    line_manager_addressed: bool | None = None
    nominee_fits: bool | None = None
    """Who is named to come for a service works there, sits in the cell, is bound by secrecy today, declared no conflict and
    was not asked already (R28)."""
    care_relation: bool | None = None
    was_present: bool | None = None
    """Was recorded present when the person was discussed; said as well of what comes before the discussion (R36)."""
    handler_bound: bool | None = None
    """Who is briefed is a colleague in the same service, said to be directly involved with the person discussed, bound by
    secrecy today, without a declared conflict (R36)."""
    briefing_known: bool | None = None
    """The decree of the service knows a briefing by who was asked: its permanent representative, or its participant (R36)."""
    refusal_reason: bool | None = None
    still_listed: bool | None = None
    """The person is on the mayor's list today (R61, R78); what is said of who leaves the room needs no list."""
    no_secrets: bool | None = None
    """The drafter confirmed that no secret told in the consultation is in it (R81)."""
    others_present: bool | None = None
    """Somebody else than who drafts a feedback sheet was recorded present: there is somebody to ask (R79)."""
    everybody_agreed: bool | None = None
    """Everybody recorded present, and nobody else, was asked and said yes (R79)."""
    recipient_competent: bool | None = None
    """Each recipient is of a kind that the law names, and confirmed to be competent for the area (R80)."""
    ground_to_hand_over: bool | None = None
    """Why something leaves the house is a ground of the code list (R105)."""
    card_noted: bool | None = None
    """Setting: that a card was mentioned is noted (R59)."""
    access_reason: bool | None = None
    age: int | None = None
    age_known: bool | None = None
    exceptional_reasons: bool | None = None
    best_interest_note: bool | None = None
    presumed_adult: bool | None = None
    """No date of birth is known, and the mayor states that this is an adult (R50)."""
    listing_by_delegate: bool | None = None
    """Setting: the delegate may decide on the list and on closure (R41)."""
    discussed: bool | None = None
    """The person was discussed in a meeting that counts for this act (R61, R85, R87)."""
    struck_off: bool | None = None
    """The closure ground leaves nothing to discuss: listed in error, or deceased (R84)."""
    moved: bool | None = None
    """Closing was proposed because the person moved, and the agreement has files handed over (R84)."""
    receiver_may_record: bool | None = None
    """The other municipality has a basis on which it may record case data (R113)."""
    within_year: bool | None = None
    """The year from the last discussion still runs: it is no extension alone that keeps the case (R86, R87)."""
    lapsed: bool | None = None
    """A hand-over was withdrawn, or not accepted in time: what was sent has to go (R84)."""
    review_missed: bool | None = None
    """The day of the review passed, no meeting discussed the person since, and closing was not asked yet (R76)."""
    closure_asked: bool | None = None
    """Closing was asked because a review was missed, and no meeting discussed the person since (R76)."""
    nothing_left_off: bool | None = None
    """Each such case of the municipality stands on an agenda to come, or was left off this one with a reason (R76)."""
    due_on: date | None = None
    """Day on which the data have to be destroyed at the latest (R86)."""
    locks_on: date | None = None
    """From when the file is shut (R90); NEVER where the object is not part of any file."""
    term_ends_on: date | None = None
    """Day on which the data would have to be gone without any extension (R91)."""
    extension_until: date | None = None
    """Day to which the file would be kept; said only where one is asked for."""
    extension_limit: date | None = None
    """The last day the law allows: five years after the last discussion (R87)."""
    objective_ground: bool | None = None
    """The extension rests on a ground of the list in the decrees (R87)."""
    linked_to_prevention: bool | None = None
    """Who decides confirmed that the reasons bear on preventing terrorism or violent radicalisation (R87)."""
    proportionate: bool | None = None
    """The contributor marked the contribution relevant and proportionate (R65)."""
    balanced: bool | None = None
    """An assessment says what protects, not only what worries (R74)."""
    assessor_trained: bool | None = None
    """No licensed instrument was used, or the agreement has them noted and who used it is said to be trained for it (R75)."""
    no_classified: bool | None = None
    """The writer confirmed that nothing classified and no T.E.R. card is in it (R56, R57)."""
    origin_admitted: bool | None = None
    """It comes from no security service, or a cleared police member says it at the table (R57)."""
    attachable_origin: bool | None = None
    """The document comes from no security service: those are not attached here (R57, R58)."""
    category_reason: bool | None = None
    """Category 14 has its necessity reason, or another category was chosen (R51)."""
    own_words: bool | None = None
    """The actor contributed the statement, or keeps the file it stands in (R65)."""
    counterpart: bool | None = None
    """Whether the other half of a decision that takes two was taken by somebody else, in the other role."""
    break_glass_on: bool | None = None
    """Setting of the agreement in force: there is emergency access (R21)."""
    watchers_told: bool | None = None
    """A coordinator and a data protection officer are there to be told of it, somebody else than who asks (R21)."""
    broken_glass: bool | None = None
    """The actor has a break-glass open on this case now (R21)."""
    use_conditions_kept: bool | None = None
    """No minutes text repeats a statement that its contributor kept out of minutes (R65, R66)."""
    remarks_over: bool | None = None
    """The days for remarks on the minutes are over, or everybody who was there assented to the text as submitted (R67)."""
    nobody_named: bool | None = None
    """The writer confirmed that no person is named, and no mark of one (a reference, a national number) is in it (R6)."""
    delegated: bool | None = None
    """Whether a delegate's appointment covers the act (R9); `decide` derives it, nobody else."""


def age_on(birth_date: date, day: date) -> int:
    """Give somebody's age in whole years on a day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
