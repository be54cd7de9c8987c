"""Signing the draft as it reads, recording who signed for a service, adopting it; and what waits for a mayor (R1, R115)."""

from __future__ import annotations

from fastapi import APIRouter

from app.constitution.agreements import compare_agreement
from app.constitution.commands import (
    AdoptAgreement,
    CompareAgreement,
    DiscardAgreement,
    RecordSignatureAgreement,
    SignAgreement,
)
from app.constitution.draft_pages import DRAFT, draft_told
from app.constitution.drafting import discard_agreement
from app.constitution.pages import ADDRESS, change_rows, parts, version_address
from app.constitution.signing import adopt_agreement, record_signature_agreement, sign_agreement
from app.constitution.views import ComparisonView
from app.kernel.http.form_pages import FormRow, Prepared, asked, page_form, require
from app.kernel.http.frames import Block, able, today_block
from app.kernel.http.pages import PageCall
from app.kernel.i18n import register_codes, to_translate
from app.kernel.work import Work
from app.rules.actions import Action

router = APIRouter()
register_codes("field", ["adoptAgreement.document"])


def _version(call: PageCall, work: Work, action: Action) -> ComparisonView:
    told = compare_agreement(work, asked(call, CompareAgreement))
    require(told.agreement.abilities, action)
    return told


def _prepare_sign(call: PageCall, work: Work) -> Prepared:
    told = _version(call, work, Action.AGREEMENT_SIGN)
    return Prepared(
        back=DRAFT,
        version=told.agreement.version,
        breadcrumb=[(call.phrase("Agreement"), ADDRESS), (call.phrase("Draft"), DRAFT)],
        context=parts(call, told.agreement)
        | {"changes": change_rows(call, told.changes), "former": told.former_number},
    )


def _to_draft(*_: object) -> str:
    return DRAFT


page_form(
    router,
    FormRow(
        "/agreement/versions/{agreementId}/sign", SignAgreement, Action.AGREEMENT_SIGN, sign_agreement, _prepare_sign,
        _to_draft,
        title=to_translate("Sign the agreement"),
        purpose=to_translate("You sign this text as it stands here. A change afterwards asks for a new signature."),
        submit=to_translate("Sign"), template="constitution/sign.html",
    ),
)  # fmt: skip


def _prepare_discard(call: PageCall, work: Work) -> Prepared:
    told = _version(call, work, Action.AGREEMENT_DISCARD)
    signed = any(party.signed_by for party in told.agreement.parties)
    return Prepared(
        back=DRAFT,
        version=told.agreement.version,
        breadcrumb=[(call.phrase("Agreement"), ADDRESS), (call.phrase("Draft"), DRAFT)],
        warning=call.phrase("The signatures under it come to nothing.") if signed else "",
    )


page_form(
    router,
    FormRow(
        "/agreement/versions/{agreementId}/discard", DiscardAgreement, Action.AGREEMENT_DISCARD, discard_agreement,
        _prepare_discard, _to_draft,
        title=to_translate("Discard the draft"),
        purpose=to_translate("It will never be adopted. The agreement in force stays as it is, and a new draft can be begun."),
        submit=to_translate("Discard the draft"),
    ),
)  # fmt: skip


def _prepare_record(call: PageCall, work: Work) -> Prepared:
    told = _version(call, work, Action.AGREEMENT_RECORD_SIGNATURE)
    waiting = [p for p in told.agreement.parties if p.agency_id and not p.signed_by]
    return Prepared(
        back=DRAFT,
        options={"agencyId": [(str(party.agency_id), party.name) for party in waiting]},
        version=told.agreement.version,
        breadcrumb=[(call.phrase("Agreement"), ADDRESS), (call.phrase("Draft"), DRAFT)],
    )


page_form(
    router,
    FormRow(
        "/agreement/versions/{agreementId}/signatures/new", RecordSignatureAgreement, Action.AGREEMENT_RECORD_SIGNATURE,
        record_signature_agreement, _prepare_record, _to_draft,
        title=to_translate("Record a signature"),
        purpose=to_translate("Who signed for a service, in which capacity and on which day."),
        submit=to_translate("Record"),
    ),
)  # fmt: skip


def _prepare_adopt(call: PageCall, work: Work) -> Prepared:
    told = _version(call, work, Action.AGREEMENT_ADOPT)
    return Prepared(
        back=DRAFT,
        version=told.agreement.version,
        breadcrumb=[(call.phrase("Agreement"), ADDRESS), (call.phrase("Draft"), DRAFT)],
        warning=call.phrase(
            "From the moment of adoption this version governs, and the one before no longer does."
        ),
    )


page_form(
    router,
    FormRow(
        "/agreement/versions/{agreementId}/adopt", AdoptAgreement, Action.AGREEMENT_ADOPT, adopt_agreement, _prepare_adopt,
        lambda *_: ADDRESS,
        title=to_translate("Adopt the agreement"),
        purpose=to_translate("Every mayor has signed. State the decision of the council (or councils)."),
        submit=to_translate("Adopt"),
        confirm=to_translate("From this moment other rules hold for everybody here. This cannot be undone."),
    ),
)  # fmt: skip


@today_block(12, able(Action.AGREEMENT_SIGN))
def _waiting(call: PageCall, work: Work) -> Block | None:
    """Show a mayor the draft that waits for a signature or for adoption."""
    if work.actor.cell_id is None:
        return None
    told = draft_told(work)
    if told is None:
        return None
    able_to = set(told.agreement.abilities)
    own = next((p for p in told.agreement.parties if p.municipality_id == work.actor.municipality_id), None)
    steps = []
    if Action.AGREEMENT_SIGN.value in able_to and own is not None and not own.signed_by:
        steps.append((call.phrase("Sign the agreement"), "sign"))
    if Action.AGREEMENT_ADOPT.value in able_to:
        steps.append((call.phrase("Adopt the agreement"), "adopt"))
    if not steps:
        return None
    return Block(
        call.phrase("The local agreement"),
        [
            {
                "title": title,
                "href": f"{version_address(told.agreement.agreement_id)}/{step}",
                "note": call.phrase("Version %(number)s", number=told.agreement.number),
            }
            for title, step in steps
        ],
    )
