"""The JSON door of the constitution."""

from __future__ import annotations

from fastapi import APIRouter

from app.constitution import agreements, cells
from app.constitution import commands as c
from app.constitution import views as v
from app.kernel.http.routes import endpoint

router = APIRouter()

endpoint(router, "POST", "/municipalities", cells.create_municipality, c.CreateMunicipality, v.MunicipalityView,
         tag="Constitution", summary="Add a municipality", status=201, location="/api/v1/municipalities/{municipalityId}")  # fmt: skip
endpoint(router, "GET", "/municipalities", cells.list_municipality, c.ListMunicipality, v.MunicipalityList,
         tag="Constitution", summary="List municipalities")  # fmt: skip
endpoint(router, "POST", "/cells", cells.create_cell, c.CreateCell, v.CellView,
         tag="Constitution", summary="Set up a cell", status=201, location="/api/v1/cells/{cellId}")  # fmt: skip
endpoint(router, "GET", "/cells", cells.list_cell, c.ListCell, v.CellList, tag="Constitution", summary="List cells")  # fmt: skip
endpoint(router, "POST", "/tables", cells.create_table, c.CreateTable, v.TableView,
         tag="Constitution", summary="Add a table to a cell", status=201, location="/api/v1/tables/{tableId}")  # fmt: skip
endpoint(router, "GET", "/tables", cells.list_table, c.ListTable, v.TableList,
         tag="Constitution", summary="List the tables of one's cell")  # fmt: skip
endpoint(router, "POST", "/cells/{cellId}/agreement/adopt", agreements.adopt_agreement, c.AdoptAgreement, v.AgreementView,
         tag="Constitution", summary="Adopt the next version of the agreement", status=201,
         location="/api/v1/cells/{cellId}/agreement")  # fmt: skip
endpoint(router, "GET", "/cells/{cellId}/agreement", agreements.read_agreement, c.ReadAgreement, v.AgreementView,
         tag="Constitution", summary="Read the agreement in force")  # fmt: skip
endpoint(router, "GET", "/refData/{listName}", cells.read_ref_data, c.ReadRefData, v.RefDataView,
         tag="Reference data", summary="Read a code list", visitors=True)  # fmt: skip
