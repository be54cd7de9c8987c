"""The JSON door of the constitution."""

from __future__ import annotations

from fastapi import APIRouter

from app.constitution import agreements, cells, drafting, printing, public_notice, recording_bases, signing
from app.constitution import commands as c
from app.constitution import views as v
from app.kernel.http.routes import endpoint
from app.kernel.printing import MEDIA

router = APIRouter()
_TAG = "Constitution"

endpoint(router, "POST", "/municipalities", cells.create_municipality, c.CreateMunicipality, v.MunicipalityView,
         tag="Constitution", summary="Add a municipality", status=201, location="/api/v1/municipalities/{municipalityId}")  # fmt: skip
endpoint(router, "GET", "/municipalities", cells.list_municipality, c.ListMunicipality, v.MunicipalityList,
         tag="Constitution", summary="List municipalities")  # fmt: skip
endpoint(router, "POST", "/recordingBases", recording_bases.propose_recording_basis, c.ProposeRecordingBasis,
         v.RecordingBasisView, tag=_TAG, summary="Propose a recording basis", status=201)  # fmt: skip
endpoint(router, "GET", "/recordingBases", recording_bases.list_recording_basis, c.ListRecordingBasis, v.RecordingBasisList,
         tag=_TAG, summary="List recording bases")  # fmt: skip
endpoint(router, "POST", "/recordingBases/{recordingBasisId}/signOff", recording_bases.sign_off_recording_basis,
         c.SignOffRecordingBasis, v.RecordingBasisView, tag=_TAG, summary="Sign a recording basis off, or refuse it")  # fmt: skip
endpoint(router, "POST", "/cells", cells.create_cell, c.CreateCell, v.CellView,
         tag="Constitution", summary="Set up a cell", status=201, location="/api/v1/cells/{cellId}")  # fmt: skip
endpoint(router, "GET", "/cells", cells.list_cell, c.ListCell, v.CellList, tag="Constitution", summary="List cells")  # fmt: skip
endpoint(router, "POST", "/tables", cells.create_table, c.CreateTable, v.TableView,
         tag="Constitution", summary="Add a table to a cell", status=201, location="/api/v1/tables/{tableId}")  # fmt: skip
endpoint(router, "GET", "/tables", cells.list_table, c.ListTable, v.TableList,
         tag="Constitution", summary="List the tables of one's cell")  # fmt: skip
endpoint(router, "POST", "/cells/{cellId}/agreement/draft", drafting.draft_agreement, c.DraftAgreement, v.AgreementView,
         tag=_TAG, summary="Begin the next version of the agreement, or change its draft")  # fmt: skip
endpoint(router, "POST", "/agreements/{agreementId}/discard", drafting.discard_agreement, c.DiscardAgreement, v.AgreementView,
         tag=_TAG, summary="Discard the draft")  # fmt: skip
endpoint(router, "POST", "/agreements/{agreementId}/sign", signing.sign_agreement, c.SignAgreement, v.AgreementView,
         tag=_TAG, summary="Sign the draft for one's municipality")  # fmt: skip
endpoint(router, "POST", "/agreements/{agreementId}/recordSignature", signing.record_signature_agreement,
         c.RecordSignatureAgreement, v.AgreementView, tag=_TAG, summary="Record that a service signed the draft")  # fmt: skip
endpoint(router, "POST", "/agreements/{agreementId}/adopt", signing.adopt_agreement, c.AdoptAgreement, v.AgreementView,
         tag=_TAG, summary="Adopt the draft that every mayor signed")  # fmt: skip
endpoint(router, "GET", "/cells/{cellId}/agreement", agreements.read_agreement, c.ReadAgreement, v.AgreementView,
         tag=_TAG, summary="Read the agreement in force, now or on a day")  # fmt: skip
endpoint(router, "GET", "/cells/{cellId}/agreements", agreements.list_agreement, c.ListAgreement, v.AgreementList,
         tag=_TAG, summary="List the versions of the agreement")  # fmt: skip
endpoint(router, "GET", "/agreements/{agreementId}/document", printing.print_agreement, c.PrintAgreement, None,
         tag=_TAG, summary="Print a version of the agreement", paper=MEDIA.values())  # fmt: skip
endpoint(router, "GET", "/agreements/{agreementId}/publicNotice", public_notice.print_public_notice, c.PrintPublicNotice, None,
         tag=_TAG, summary="Print the public notice of a version", paper=MEDIA.values())  # fmt: skip
endpoint(router, "GET", "/agreements/{agreementId}", agreements.compare_agreement, c.CompareAgreement, v.ComparisonView,
         tag=_TAG, summary="Read a version of the agreement, and what it changed")  # fmt: skip
endpoint(router, "GET", "/refData/{listName}", cells.read_ref_data, c.ReadRefData, v.RefDataView,
         tag="Reference data", summary="Read a code list", visitors=True)  # fmt: skip
