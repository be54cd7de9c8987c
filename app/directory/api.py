"""The JSON door of the directory."""

from __future__ import annotations

from fastapi import APIRouter

from app.directory import commands as c
from app.directory import (
    federated_identities,
    keeping_passkeys,
    mail_addresses,
    managing,
    mandates,
    notices,
    passwords,
    recovering,
    representatives,
    sessions,
    signing_in,
    undertakings,
)
from app.directory import views as v
from app.kernel.http.routes import endpoint

router = APIRouter()
_SESSION = "/sessions/{sessionId}"

endpoint(router, "POST", "/sessions", signing_in.open_session, c.OpenSession, v.SessionView, tag="Sessions",
         summary="Sign in: name and password", status=201, location="/api/v1/sessions/{sessionId}", visitors=True)  # fmt: skip
endpoint(router, "POST", _SESSION + "/confirm", signing_in.confirm_session, c.ConfirmSession, v.SessionView,
         tag="Sessions", summary="Give a second factor: sign in, or confirm again", visitors=True, while_locked=True)  # fmt: skip
endpoint(router, "POST", "/sessionChallenges", signing_in.challenge_session, c.ChallengeSession, v.ChallengeView,
         tag="Sessions", summary="Get what a passkey has to sign", visitors=True, while_locked=True)  # fmt: skip
endpoint(router, "POST", _SESSION + "/unlock", sessions.unlock_session, c.UnlockSession, v.SessionView,
         tag="Sessions", summary="Wake up a locked session with the password", while_locked=True)  # fmt: skip
endpoint(router, "POST", _SESSION + "/refresh", sessions.refresh_session, c.RefreshSession, v.SessionView,
         tag="Sessions", summary="Get a new access token", visitors=True)  # fmt: skip
endpoint(router, "POST", _SESSION + "/switch", sessions.switch_session, c.SwitchSession, v.SessionView,
         tag="Sessions", summary="Act under another mandate")  # fmt: skip
endpoint(router, "GET", _SESSION, sessions.read_session, c.ReadSession, v.SessionView,
         tag="Sessions", summary="Look at one's own session")  # fmt: skip
endpoint(router, "DELETE", _SESSION, sessions.close_session, c.CloseSession, None,
         tag="Sessions", summary="Sign out, or end another session of one's own", while_locked=True)  # fmt: skip
endpoint(router, "GET", "/sessions", sessions.list_session, c.ListSession, v.SessionList,
         tag="Sessions", summary="List one's own open sessions")  # fmt: skip
endpoint(router, "POST", "/persons/{personId}/endSessions", sessions.revoke_session, c.RevokeSession, v.RevokedView,
         tag="Sessions", summary="End every session of a person")  # fmt: skip
endpoint(router, "POST", "/passwords", passwords.change_password, c.ChangePassword, None,
         tag="Sessions", summary="Change one's own password")  # fmt: skip
endpoint(router, "POST", "/passkeys/offer", keeping_passkeys.offer_passkey, c.OfferPasskey, v.ChallengeView,
         tag="Sessions", summary="Get what a browser needs to make a passkey")  # fmt: skip
endpoint(router, "POST", "/passkeys", keeping_passkeys.register_passkey, c.RegisterPasskey, v.PasskeyView,
         tag="Sessions", summary="Keep a new passkey", status=201, location="/api/v1/passkeys")  # fmt: skip
endpoint(router, "GET", "/passkeys", keeping_passkeys.list_passkey, c.ListPasskey, v.PasskeyList,
         tag="Sessions", summary="List one's own passkeys")  # fmt: skip
endpoint(router, "DELETE", "/passkeys/{passkeyId}", keeping_passkeys.remove_passkey, c.RemovePasskey, None,
         tag="Sessions", summary="Remove one of one's own passkeys")  # fmt: skip
endpoint(router, "POST", "/recoveries", recovering.propose_recovery, c.ProposeRecovery, v.RecoveryView, tag="Sessions",
         summary="Propose new means to sign in for somebody", status=201, location="/api/v1/recoveries")  # fmt: skip
endpoint(router, "GET", "/recoveries", recovering.list_recovery, c.ListRecovery, v.RecoveryList,
         tag="Sessions", summary="List recoveries under way")  # fmt: skip
endpoint(router, "POST", "/recoveries/{recoveryId}/approve", recovering.approve_recovery, c.ApproveRecovery, v.RecoveryView,
         tag="Sessions", summary="Agree to a recovery")  # fmt: skip
endpoint(router, "POST", "/recoveries/use", recovering.use_recovery, c.UseRecovery, v.RecoveredView,
         tag="Sessions", summary="Take new means to sign in", visitors=True)  # fmt: skip
endpoint(router, "GET", "/undertakings/current", undertakings.read_undertaking, c.ReadUndertaking, v.UndertakingView,
         tag="Directory", summary="Read the secrecy undertaking")  # fmt: skip
endpoint(router, "GET", "/undertakings/current/document", undertakings.print_undertaking, c.PrintUndertaking, None,
         tag="Directory", summary="Print the secrecy undertaking", paper=("application/pdf",))  # fmt: skip
endpoint(router, "POST", "/undertakings", undertakings.confirm_undertaking, c.ConfirmUndertaking, v.UndertakingView,
         tag="Directory", summary="Confirm the secrecy undertaking", status=201, location="/api/v1/undertakings/current")  # fmt: skip
endpoint(router, "POST", "/agencies", mandates.create_agency, c.CreateAgency, v.AgencyView, tag="Directory",
         summary="Add an agency", status=201, location="/api/v1/agencies/{agencyId}")  # fmt: skip
endpoint(router, "POST", "/agencies/{agencyId}/identify", federated_identities.identify_agency, c.IdentifyAgency, v.AgencyView,
         tag="Directory", summary="Record an agency's code at the provider of identities")  # fmt: skip
endpoint(router, "GET", "/agencies", mandates.list_agency, c.ListAgency, v.AgencyList, tag="Directory", summary="List agencies")  # fmt: skip
endpoint(router, "POST", "/persons", mandates.create_person, c.CreatePerson, v.PersonView, tag="Directory",
         summary="Add an account", status=201, location="/api/v1/persons/{personId}")  # fmt: skip
endpoint(router, "POST", "/persons/{personId}/change", managing.change_person, c.ChangePerson, v.PersonView, tag="Directory",
         summary="Say whether somebody manages their service")  # fmt: skip
endpoint(router, "GET", "/persons", mandates.list_person, c.ListPerson, v.PersonList, tag="Directory", summary="List persons")  # fmt: skip
endpoint(router, "POST", "/mandates", mandates.grant_mandate, c.GrantMandate, v.MandateView, tag="Directory",
         summary="Give a person a role", status=201, location="/api/v1/mandates/{mandateId}")  # fmt: skip
endpoint(router, "POST", "/mandates/{mandateId}/end", mandates.end_mandate, c.EndMandate, v.MandateView,
         tag="Directory", summary="Let a mandate end")  # fmt: skip
endpoint(router, "GET", "/mandates", mandates.list_mandate, c.ListMandate, v.MandateList,
         tag="Directory", summary="List mandates")  # fmt: skip
endpoint(router, "POST", "/representatives", representatives.name_representative, c.NameRepresentative,
         v.RepresentativeView, tag="Directory", summary="Name the permanent representative of a service", status=201)  # fmt: skip
endpoint(router, "POST", "/representatives/{representativeId}/end", representatives.end_representative, c.EndRepresentative,
         v.RepresentativeView, tag="Directory", summary="Let somebody's time as permanent representative end")  # fmt: skip
endpoint(router, "GET", "/representatives", representatives.list_representative, c.ListRepresentative, v.RepresentativeList,
         tag="Directory", summary="List permanent representatives")  # fmt: skip
endpoint(router, "GET", "/notices", notices.list_notice, c.ListNotice, v.NoticePage, tag="Directory",
         summary="List one's own notices")  # fmt: skip
endpoint(router, "POST", "/notices/read", notices.read_notice, c.ReadNotice, v.ReadNoticesView, tag="Directory",
         summary="Mark one's own notices as read")  # fmt: skip
endpoint(router, "GET", "/mailAddresses/current", mail_addresses.read_mail_address, c.ReadMailAddress, v.MailAddressView,
         tag="Directory", summary="Look up where one's own notices are sent")  # fmt: skip
endpoint(router, "POST", "/mailAddresses", mail_addresses.change_mail_address, c.ChangeMailAddress, v.MailAddressView,
         tag="Directory", summary="Have one's own notices sent to another address")  # fmt: skip
endpoint(router, "POST", "/persons/{personId}/mailAddress", mail_addresses.assign_mail_address, c.AssignMailAddress,
         v.MailAddressView, tag="Directory", summary="Have somebody's notices sent to an address")  # fmt: skip
endpoint(router, "GET", "/post", mail_addresses.read_post, c.ReadPost, v.PostView, tag="Directory",
         summary="See how the sending of notices fares")  # fmt: skip
endpoint(router, "POST", "/federatedIdentities", federated_identities.link_federated_identity, c.LinkFederatedIdentity,
         v.FederatedIdentityView, tag="Directory", summary="Link a person to a subject of the provider of identities", status=201)  # fmt: skip
endpoint(router, "POST", "/federatedIdentities/expect", federated_identities.expect_federated_identity,
         c.ExpectFederatedIdentity, v.FederatedIdentityView, tag="Directory",
         summary="Expect a person's first sign-in at the provider of identities", status=201)  # fmt: skip
endpoint(router, "POST", "/federatedIdentities/{federatedIdentityId}/unlink", federated_identities.unlink_federated_identity,
         c.UnlinkFederatedIdentity, v.FederatedIdentityView, tag="Directory", summary="Take a link with the provider away")  # fmt: skip
endpoint(router, "GET", "/federatedIdentities", federated_identities.list_federated_identity, c.ListFederatedIdentity,
         v.FederatedIdentityList, tag="Directory", summary="List the links with the provider of identities")  # fmt: skip
