"""The JSON door of the consultation."""

from __future__ import annotations

from fastapi import APIRouter

from app.cases.views import CaseStateView
from app.constitution.views import ConstitutionView
from app.kernel.http.routes import endpoint
from app.meetings import (
    addenda,
    agenda,
    agenda_items,
    answering,
    briefing,
    briefing_views,
    calendar_feeds,
    calendar_views,
    changing,
    commands,
    composition,
    contributing,
    contribution_commands,
    contribution_views,
    convening,
    framing,
    inviting,
    leaving_off,
    minutes_commands,
    minutes_reading,
    minuting,
    moving,
    nominating,
    nomination_commands,
    nomination_views,
    planning,
    printing,
    proposal_views,
    proposing,
    remarking,
    reviewing,
    sitting,
    tabling,
    views,
    withdrawing,
)
from app.meetings import telling as _telling  # noqa: F401 — it tells its part of a chronology

router = APIRouter()
_MEETING = "/meetings/{meetingId}"
_MINUTES = _MEETING + "/minutes"
_INVITATION = "/invitations/{invitationId}"
_ITEM = "/agendaItems/{agendaItemId}"
_PDF = ("application/pdf",)

endpoint(router, "POST", "/meetings", planning.plan_meeting, commands.PlanMeeting, views.MeetingView,
         tag="Meetings", summary="Plan a meeting", status=201, location="/api/v1/meetings/{meetingId}")  # fmt: skip
endpoint(router, "GET", "/meetings", planning.list_meeting, commands.ListMeeting, views.MeetingPage,
         tag="Meetings", summary="List meetings")  # fmt: skip
endpoint(router, "GET", _MEETING, agenda.read_meeting, commands.ReadMeeting, views.MeetingView,
         tag="Meetings", summary="Consult the agenda")  # fmt: skip
endpoint(router, "GET", _MEETING + "/proposals", proposing.list_agenda_proposal, commands.ListAgendaProposal,
         proposal_views.ProposalList, tag="Meetings", summary="List what the agenda could hold")  # fmt: skip
endpoint(router, "POST", _MEETING + "/table", tabling.table_meeting, commands.TableMeeting, proposal_views.TabledView,
         tag="Meetings", summary="Put several cases on the agenda at once")  # fmt: skip
endpoint(router, "POST", "/cases/{caseId}/leaveOff", leaving_off.leave_off_case, commands.LeaveOffCase, CaseStateView,
         tag="Meetings", summary="Say why a case whose review was missed is not put on an agenda")  # fmt: skip
endpoint(router, "GET", _MEETING + "/review", reviewing.review_meeting, commands.ReviewMeeting, proposal_views.ReviewView,
         tag="Meetings", summary="See what convening would send")  # fmt: skip
endpoint(router, "GET", "/cells/{cellId}/constitution", composition.check_constitution, commands.CheckConstitution,
         ConstitutionView, tag="Constitution", summary="Check what stands before a case may be tabled")  # fmt: skip
endpoint(router, "POST", _MEETING + "/convene", convening.convene_meeting, commands.ConveneMeeting, views.MeetingView,
         tag="Meetings", summary="Convene a meeting and send its invitations")  # fmt: skip
endpoint(router, "POST", _MEETING + "/invite", moving.invite_meeting, commands.InviteMeeting, views.MeetingView,
         tag="Meetings", summary="Send what was prepared for a meeting that is convened")  # fmt: skip
endpoint(router, "POST", _MEETING + "/change", moving.change_meeting, commands.ChangeMeeting, views.MeetingView,
         tag="Meetings", summary="Change the place or the people of a meeting")  # fmt: skip
endpoint(router, "POST", _MEETING + "/move", moving.move_meeting, commands.MoveMeeting, views.MeetingView,
         tag="Meetings", summary="Move a meeting to another time")  # fmt: skip
endpoint(router, "POST", _MEETING + "/cancel", moving.cancel_meeting, commands.CancelMeeting, views.MeetingView,
         tag="Meetings", summary="Call a meeting off")  # fmt: skip
endpoint(router, "POST", _MEETING + "/open", sitting.open_meeting, commands.OpenMeeting, views.MeetingView,
         tag="Meetings", summary="Open the sitting")  # fmt: skip
endpoint(router, "POST", _MEETING + "/close", sitting.close_meeting, commands.CloseMeeting, views.MeetingView,
         tag="Meetings", summary="Close the sitting")  # fmt: skip
endpoint(router, "GET", _MEETING + "/document", printing.print_meeting, commands.PrintMeeting, None,
         tag="Meetings", summary="Print the agenda", paper=_PDF)  # fmt: skip
endpoint(router, "POST", "/agendaItems", tabling.add_agenda_item, commands.AddAgendaItem, views.AgendaItemView,
         tag="Meetings", summary="Put a case on the agenda", status=201,
         location="/api/v1/agendaItems/{agendaItemId}")  # fmt: skip
endpoint(router, "GET", "/agendaItems/{agendaItemId}", agenda_items.read_agenda_item, commands.ReadAgendaItem,
         views.AgendaItemView, tag="Meetings", summary="Read an agenda item")  # fmt: skip
endpoint(router, "POST", _ITEM + "/order", changing.order_agenda_item, commands.OrderAgendaItem,
         views.AgendaItemView, tag="Meetings", summary="Move an item to another place")  # fmt: skip
endpoint(router, "POST", _ITEM + "/change", changing.change_agenda_item, commands.ChangeAgendaItem,
         views.AgendaItemView, tag="Meetings", summary="Change the time or the question of an item")  # fmt: skip
endpoint(router, "POST", _ITEM + "/postpone", changing.postpone_agenda_item, commands.PostponeAgendaItem,
         views.AgendaItemView, tag="Meetings", summary="Put an item off")  # fmt: skip
endpoint(router, "POST", _ITEM + "/takeOff", changing.take_off_agenda_item, commands.TakeOffAgendaItem,
         views.AgendaItemView, tag="Meetings", summary="Take an item off the agenda")  # fmt: skip
endpoint(router, "POST", _ITEM + "/carryOver", changing.carry_over_agenda_item, commands.CarryOverAgendaItem,
         views.AgendaItemView, tag="Meetings", summary="Put an item on a later meeting")  # fmt: skip
endpoint(router, "POST", "/invitations", inviting.prepare_invitation, commands.PrepareInvitation,
         views.InvitationView, tag="Meetings", summary="Prepare an invitation", status=201,
         location="/api/v1/invitations/{invitationId}")  # fmt: skip
endpoint(router, "GET", "/invitations", answering.list_invitation, commands.ListInvitation, views.InvitationPage,
         tag="Meetings", summary="List one's own invitations")  # fmt: skip
endpoint(router, "POST", _INVITATION + "/send", inviting.send_invitation, commands.SendInvitation,
         views.InvitationView, tag="Meetings", summary="Send an invitation")  # fmt: skip
endpoint(router, "POST", _INVITATION + "/withdraw", withdrawing.withdraw_invitation, commands.WithdrawInvitation,
         views.InvitationView, tag="Meetings", summary="Ask somebody no longer")  # fmt: skip
endpoint(router, "POST", _INVITATION + "/remove", withdrawing.remove_invitation, commands.RemoveInvitation,
         views.InvitationView, tag="Meetings", summary="Take out an invitation that was not sent")  # fmt: skip
endpoint(router, "POST", _INVITATION + "/answer", answering.answer_invitation, commands.AnswerInvitation,
         views.InvitationView, tag="Meetings", summary="Answer an invitation")  # fmt: skip
endpoint(router, "POST", _INVITATION + "/nominate", nominating.nominate_invitation,
         nomination_commands.NominateInvitation, views.InvitationView, tag="Meetings",
         summary="Name who comes in one's place")  # fmt: skip
endpoint(router, "GET", _INVITATION + "/nominations", nominating.list_nomination, nomination_commands.ListNomination,
         nomination_views.NominationList, tag="Meetings", summary="Read whom one named, and whom one can")  # fmt: skip
endpoint(router, "POST", _INVITATION + "/takeBackNomination", nominating.take_back_nomination,
         nomination_commands.TakeBackNomination, views.InvitationView, tag="Meetings",
         summary="Take back that somebody comes in one's place")  # fmt: skip
endpoint(router, "GET", _INVITATION + "/document", printing.print_invitation, commands.PrintInvitation, None,
         tag="Meetings", summary="Print an invitation", paper=_PDF)  # fmt: skip
endpoint(router, "POST", _INVITATION + "/briefings", briefing.record_briefing, commands.RecordBriefing,
         briefing_views.BriefingView, tag="Meetings", summary="Record that one briefed a colleague", status=201)  # fmt: skip
endpoint(router, "GET", _INVITATION + "/briefings", briefing.list_briefing, commands.ListBriefing, briefing_views.BriefingList,
         tag="Meetings", summary="List whom one briefed, and whom one could")  # fmt: skip
endpoint(router, "POST", "/attendances", sitting.record_attendance, commands.RecordAttendance, views.AttendanceView,
         tag="Meetings", summary="Record who is in the room for an item")  # fmt: skip
endpoint(router, "GET", _MEETING + "/frameworks", framing.list_framework, commands.ListFramework, views.FrameworkList,
         tag="Meetings", summary="Read the framework statements of a meeting")  # fmt: skip
endpoint(router, "POST", _MEETING + "/frameworks", framing.state_framework, commands.StateFramework,
         views.FrameworkList, tag="Meetings", summary="State the legal and ethical framework of a service")  # fmt: skip
endpoint(router, "GET", _MINUTES, minutes_reading.read_minutes, minutes_commands.ReadMinutes, views.MinutesView,
         tag="Meetings", summary="Read the minutes")  # fmt: skip
endpoint(router, "POST", _MINUTES + "/items", minuting.draft_minutes, minutes_commands.DraftMinutes, views.MinutesItemView,
         tag="Meetings", summary="Write the minutes of an item")  # fmt: skip
endpoint(router, "POST", _MINUTES + "/submit", minuting.submit_minutes, minutes_commands.SubmitMinutes, views.MinutesView,
         tag="Meetings", summary="Submit the minutes for remarks")  # fmt: skip
endpoint(router, "POST", _MINUTES + "/remark", remarking.remark_minutes, minutes_commands.RemarkMinutes, views.RemarkView,
         tag="Meetings", summary="Remark on an item of the minutes", status=201)  # fmt: skip
endpoint(router, "POST", _MINUTES + "/assent", remarking.assent_minutes, minutes_commands.AssentMinutes, views.MinutesView,
         tag="Meetings", summary="Say that one has no remark on the minutes")  # fmt: skip
endpoint(router, "POST", _MINUTES + "/revise", minuting.revise_minutes, minutes_commands.ReviseMinutes, views.MinutesView,
         tag="Meetings", summary="Take submitted minutes back to be written on")  # fmt: skip
endpoint(router, "POST", _MINUTES + "/approve", minuting.approve_minutes, minutes_commands.ApproveMinutes, views.MinutesView,
         tag="Meetings", summary="Approve the minutes")  # fmt: skip
endpoint(router, "POST", _MINUTES + "/corrections", addenda.correct_minutes, minutes_commands.CorrectMinutes, views.AddendumView,
         tag="Meetings", summary="Correct an item of approved minutes", status=201)  # fmt: skip
endpoint(router, "POST", _MINUTES + "/corrections/decide", addenda.decide_correction_minutes,
         minutes_commands.DecideCorrectionMinutes, views.AddendumView, tag="Meetings",
         summary="Approve or refuse a correction of approved minutes")  # fmt: skip
endpoint(router, "GET", _MINUTES + "/document", printing.print_minutes, minutes_commands.PrintMinutes, None,
         tag="Meetings", summary="Print the minutes, or one's extract", paper=_PDF)  # fmt: skip
endpoint(router, "POST", "/calendars", calendar_feeds.open_calendar, commands.OpenCalendar, calendar_views.CalendarView,
         tag="Meetings", summary="Make a calendar address", status=201, location="/api/v1/calendars")  # fmt: skip
endpoint(router, "GET", "/calendars", calendar_feeds.list_calendar, commands.ListCalendar, calendar_views.CalendarList,
         tag="Meetings", summary="List one's own calendar addresses")  # fmt: skip
endpoint(router, "POST", "/calendars/{calendarId}/close", calendar_feeds.close_calendar, commands.CloseCalendar,
         calendar_views.CalendarView, tag="Meetings", summary="Have a calendar address stop working")  # fmt: skip
endpoint(router, "POST", "/invitations/{invitationId}/contributionRequest", contributing.send_contribution_request,
         contribution_commands.SendContributionRequest, contribution_views.ContributionRequestView, tag="Meetings",
         summary="Ask an invited person a question before the meeting", status=201)  # fmt: skip
endpoint(router, "GET", "/contributionRequests", contributing.list_contribution_request, contribution_commands.ListContributionRequest,
         contribution_views.ContributionRequestList, tag="Meetings", summary="List the questions to oneself")  # fmt: skip
endpoint(router, "POST", "/contributionRequests/{contributionRequestId}/answer", contributing.answer_contribution_request,
         contribution_commands.AnswerContributionRequest, contribution_views.ContributionRequestView, tag="Meetings",
         summary="Answer a question to oneself")  # fmt: skip
endpoint(router, "POST", "/contributionRequests/{contributionRequestId}/withdraw", contributing.withdraw_contribution_request,
         contribution_commands.WithdrawContributionRequest, contribution_views.ContributionRequestView, tag="Meetings",
         summary="Take back one's own answer")  # fmt: skip
endpoint(router, "GET", "/agendaItems/{agendaItemId}/contributionBoard", contributing.read_contribution_board,
         contribution_commands.ReadContributionBoard, contribution_views.ContributionBoard, tag="Meetings",
         summary="See who was asked and who answered")  # fmt: skip
endpoint(router, "POST", "/agendaItems/{agendaItemId}/openContributions", contributing.open_contribution_request,
         contribution_commands.OpenContributionRequest, contribution_views.OpenedView, tag="Meetings",
         summary="Open in the sitting what was written for an item")  # fmt: skip
