"""The JSON door of the directory."""

from __future__ import annotations

from fastapi import APIRouter

from app.directory import commands as c
from app.directory import federated_identities, mandates, signing_in, undertakings
from app.directory import views as v
from app.kernel.http.routes import endpoint

router = APIRouter()
_SESSION = "/sessions/{sessionId}"

endpoint(router, "POST", "/sessions", signing_in.open_session, c.OpenSession, v.SessionView, tag="Sessions",
         summary="Sign in: name and password", status=201, location="/api/v1/sessions/{sessionId}", visitors=True)  # fmt: skip
endpoint(router, "POST", _SESSION + "/confirm", signing_in.confirm_session, c.ConfirmSession, v.SessionView,
         tag="Sessions", summary="Sign in: one-time code", visitors=True)  # fmt: skip
endpoint(router, "POST", _SESSION + "/refresh", signing_in.refresh_session, c.RefreshSession, v.SessionView,
         tag="Sessions", summary="Get a new access token", visitors=True)  # fmt: skip
endpoint(router, "POST", _SESSION + "/switch", signing_in.switch_session, c.SwitchSession, v.SessionView,
         tag="Sessions", summary="Act under another mandate")  # fmt: skip
endpoint(router, "GET", _SESSION, signing_in.read_session, c.ReadSession, v.SessionView,
         tag="Sessions", summary="Look at one's own session")  # fmt: skip
endpoint(router, "DELETE", _SESSION, signing_in.close_session, c.CloseSession, None, tag="Sessions", summary="Sign out")  # fmt: skip
endpoint(router, "GET", "/undertakings/current", undertakings.read_undertaking, c.ReadUndertaking, v.UndertakingView,
         tag="Directory", summary="Read the secrecy undertaking")  # fmt: skip
endpoint(router, "POST", "/undertakings", undertakings.confirm_undertaking, c.ConfirmUndertaking, v.UndertakingView,
         tag="Directory", summary="Confirm the secrecy undertaking", status=201, location="/api/v1/undertakings/current")  # fmt: skip
endpoint(router, "POST", "/agencies", mandates.create_agency, c.CreateAgency, v.AgencyView, tag="Directory",
         summary="Add an agency", status=201, location="/api/v1/agencies/{agencyId}")  # fmt: skip
endpoint(router, "POST", "/agencies/{agencyId}/identify", federated_identities.identify_agency, c.IdentifyAgency, v.AgencyView,
         tag="Directory", summary="Record an agency's code at the provider of identities")  # fmt: skip
endpoint(router, "GET", "/agencies", mandates.list_agency, c.ListAgency, v.AgencyList, tag="Directory", summary="List agencies")  # fmt: skip
endpoint(router, "POST", "/persons", mandates.create_person, c.CreatePerson, v.PersonView, tag="Directory",
         summary="Add an account", status=201, location="/api/v1/persons/{personId}")  # fmt: skip
endpoint(router, "GET", "/persons", mandates.list_person, c.ListPerson, v.PersonList, tag="Directory", summary="List persons")  # fmt: skip
endpoint(router, "POST", "/mandates", mandates.grant_mandate, c.GrantMandate, v.MandateView, tag="Directory",
         summary="Give a person a role", status=201, location="/api/v1/mandates/{mandateId}")  # fmt: skip
endpoint(router, "POST", "/mandates/{mandateId}/end", mandates.end_mandate, c.EndMandate, v.MandateView,
         tag="Directory", summary="Let a mandate end")  # fmt: skip
endpoint(router, "GET", "/mandates", mandates.list_mandate, c.ListMandate, v.MandateList,
         tag="Directory", summary="List mandates")  # fmt: skip
endpoint(router, "POST", "/federatedIdentities", federated_identities.link_federated_identity, c.LinkFederatedIdentity,
         v.FederatedIdentityView, tag="Directory", summary="Link a person to a subject of the provider of identities", status=201)  # fmt: skip
endpoint(router, "POST", "/federatedIdentities/expect", federated_identities.expect_federated_identity,
         c.ExpectFederatedIdentity, v.FederatedIdentityView, tag="Directory",
         summary="Expect a person's first sign-in at the provider of identities", status=201)  # fmt: skip
endpoint(router, "POST", "/federatedIdentities/{federatedIdentityId}/unlink", federated_identities.unlink_federated_identity,
         c.UnlinkFederatedIdentity, v.FederatedIdentityView, tag="Directory", summary="Take a link with the provider away")  # fmt: skip
endpoint(router, "GET", "/federatedIdentities", federated_identities.list_federated_identity, c.ListFederatedIdentity,
         v.FederatedIdentityList, tag="Directory", summary="List the links with the provider of identities")  # fmt: skip
