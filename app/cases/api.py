"""The JSON door of the file."""

from __future__ import annotations

from fastapi import APIRouter

from app.cases import (
    breaking_glass,
    closing,
    correcting,
    discussions,
    exclusions,
    identity,
    opening,
    relisting,
    statements,
    trajectories,
)
from app.cases import commands as c
from app.cases import views as v
from app.kernel.http.routes import endpoint
from app.kernel.shapes import Document

router = APIRouter()
_CASE = "/cases/{caseId}"

endpoint(
    router, "GET", "/cases", opening.list_case, c.ListCase, v.CasePage, tag="Cases", summary="List cases"
)
endpoint(router, "GET", _CASE, opening.open_case, c.OpenCase, v.CaseView, tag="Cases", summary="Open a file")
endpoint(router, "POST", _CASE + "/monitor", trajectories.monitor_case, c.MonitorCase, Document,
         tag="Cases", summary="Go on without a trajectory")  # fmt: skip
endpoint(router, "POST", _CASE + "/proposeClosure", closing.propose_closure_case, c.ProposeClosureCase, v.CaseStateView,
         tag="Cases", summary="Propose closure")  # fmt: skip
endpoint(router, "POST", _CASE + "/close", closing.close_case, c.CloseCase, v.CaseStateView, tag="Cases", summary="Close a case")  # fmt: skip
endpoint(router, "POST", _CASE + "/keepOpen", closing.keep_open_case, c.KeepOpenCase, v.CaseStateView, tag="Cases",
         summary="Decide against a proposed closure")  # fmt: skip
endpoint(router, "POST", _CASE + "/relist", relisting.relist_case, c.RelistCase, v.CaseStateView, tag="Cases",
         summary="Put a closed case back on the list")  # fmt: skip
endpoint(router, "POST", _CASE + "/exclude", exclusions.declare_exclusion, exclusions.DeclareExclusion,
         exclusions.ExclusionView, tag="Cases", summary="Declare a conflict or kinship")  # fmt: skip
endpoint(router, "GET", _CASE + "/discussions", discussions.list_discussion, c.ListDiscussion, v.DiscussionList,
         tag="Cases", summary="List the days on which a person was discussed")  # fmt: skip
endpoint(router, "POST", _CASE + "/discussions/correct", discussions.propose_discussion, c.ProposeDiscussion,
         v.DiscussionList, tag="Cases", summary="Propose to correct the day of a discussion")  # fmt: skip
endpoint(router, "POST", _CASE + "/discussions/decide", discussions.decide_discussion, c.DecideDiscussion,
         v.DiscussionList, tag="Cases", summary="Decide on the correction of a day")  # fmt: skip
endpoint(router, "POST", "/statements", statements.create_statement, c.CreateStatement, v.StatementView,
         tag="Cases", summary="Put a statement into the file", status=201,
         location="/api/v1/statements/{statementId}")  # fmt: skip
endpoint(router, "POST", "/statements/{statementId}/open", statements.open_statement, c.OpenStatement, v.StatementView,
         tag="Cases", summary="Open a sensitive statement")  # fmt: skip
endpoint(router, "POST", "/statements/{statementId}/correct", correcting.correct_statement, c.CorrectStatement,
         v.StatementView, tag="Cases", summary="Correct a statement")  # fmt: skip
endpoint(router, "POST", "/statements/{statementId}/withdraw", correcting.withdraw_statement, c.WithdrawStatement,
         v.StatementView, tag="Cases", summary="Take a statement back")  # fmt: skip
endpoint(router, "GET", "/statements/{statementId}/versions", correcting.list_statement_version, c.ListStatementVersion,
         v.StatementVersionList, tag="Cases", summary="List what a statement said before")  # fmt: skip
endpoint(router, "POST", "/statementVersions/{statementVersionId}/open", correcting.open_statement_version,
         c.OpenStatementVersion, v.StatementVersionView, tag="Cases",
         summary="Open an earlier version of a sensitive statement")  # fmt: skip
endpoint(router, "GET", _CASE + "/subject", identity.list_subject_version, c.ListSubjectVersion, v.SubjectVersionList,
         tag="Cases", summary="List who a file was said to be about")  # fmt: skip
endpoint(router, "POST", _CASE + "/subject/correct", identity.correct_subject, c.CorrectSubject, v.SubjectVersionList,
         tag="Cases", summary="Correct who a file is about")  # fmt: skip
endpoint(router, "POST", "/breakGlass", breaking_glass.open_break_glass, c.OpenBreakGlass, v.BreakGlassView,
         tag="Cases", summary="Read a file in an emergency", status=201, location="/api/v1/breakGlass/{breakGlassId}")  # fmt: skip
endpoint(router, "GET", "/breakGlass", breaking_glass.list_break_glass, c.ListBreakGlass, v.BreakGlassList,
         tag="Cases", summary="List emergency readings")  # fmt: skip
endpoint(router, "POST", "/breakGlass/{breakGlassId}/close", breaking_glass.close_break_glass, c.CloseBreakGlass,
         v.BreakGlassView, tag="Cases", summary="End an emergency reading")  # fmt: skip
endpoint(router, "POST", "/breakGlass/{breakGlassId}/review", breaking_glass.review_break_glass, c.ReviewBreakGlass,
         v.BreakGlassView, tag="Cases", summary="Review an emergency reading")  # fmt: skip
endpoint(router, "POST", "/trajectories", trajectories.start_trajectory, c.StartTrajectory, v.TrajectoryView,
         tag="Cases", summary="Start a trajectory", status=201, location="/api/v1/cases/{caseId}/trajectory")  # fmt: skip
endpoint(router, "GET", _CASE + "/trajectory", trajectories.read_trajectory, c.ReadTrajectory, v.TrajectoryView,
         tag="Cases", summary="Read a trajectory")  # fmt: skip
endpoint(router, "POST", "/actions", trajectories.assign_action, c.AssignAction, v.ActionView,
         tag="Cases", summary="Assign an action", status=201, location="/api/v1/actions/{actionId}")  # fmt: skip
endpoint(router, "GET", "/actions", trajectories.list_action, c.ListAction, v.ActionList,
         tag="Cases", summary="List one's own actions")  # fmt: skip
endpoint(router, "POST", "/actions/{actionId}/complete", trajectories.complete_action, c.CompleteAction, v.ActionView,
         tag="Cases", summary="Say what became of an action")  # fmt: skip
