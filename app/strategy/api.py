"""The JSON door of the strategic and the tactical table."""

from __future__ import annotations

from fastapi import APIRouter

from app.kernel.http.routes import endpoint
from app.meetings.calendar_feeds import ALSO_IN_CALENDAR
from app.strategy import commands as c
from app.strategy import measures, moving, planning, plans, printing, sitting, topics
from app.strategy import views as v
from app.strategy.calendar import appointments

router = APIRouter()
ALSO_IN_CALENDAR[:] = [appointments]
_TOPIC = "/topics/{topicId}"
_MEETING = "/policyMeetings/{policyMeetingId}"
_AGENDA = "/agendaTopics/{agendaTopicId}"
_PLAN = "/policyPlans/{policyPlanId}"
_MEASURE = "/measures/{measureId}"
TAG = "Strategy"

endpoint(router, "POST", "/topics", topics.create_topic, c.CreateTopic, v.TopicView,
         tag=TAG, summary="Raise a topic", status=201, location="/api/v1/topics/{topicId}")  # fmt: skip
endpoint(
    router, "GET", "/topics", topics.list_topic, c.ListTopic, v.TopicPage, tag=TAG, summary="List topics"
)
endpoint(router, "GET", _TOPIC, topics.read_topic, c.ReadTopic, v.TopicView, tag=TAG, summary="Read a topic")
endpoint(router, "POST", _TOPIC + "/change", topics.change_topic, c.ChangeTopic, v.TopicView,
         tag=TAG, summary="Rewrite a topic")  # fmt: skip
endpoint(router, "POST", _TOPIC + "/close", topics.close_topic, c.CloseTopic, v.TopicView,
         tag=TAG, summary="Close a topic, or put it aside")  # fmt: skip
endpoint(router, "POST", "/policyMeetings", planning.plan_policy_meeting, c.PlanPolicyMeeting, v.PolicyMeetingView,
         tag=TAG, summary="Plan a meeting of the strategic or tactical table", status=201,
         location="/api/v1/policyMeetings/{policyMeetingId}")  # fmt: skip
endpoint(router, "GET", "/policyMeetings", planning.list_policy_meeting, c.ListPolicyMeeting, v.PolicyMeetingPage,
         tag=TAG, summary="List the meetings of the strategic and tactical table")  # fmt: skip
endpoint(router, "GET", _MEETING, planning.read_policy_meeting, c.ReadPolicyMeeting, v.PolicyMeetingView,
         tag=TAG, summary="Read a meeting and its agenda of topics")  # fmt: skip
endpoint(router, "POST", _MEETING + "/attend", sitting.attend_policy_meeting, c.AttendPolicyMeeting,
         v.PolicyMeetingView, tag=TAG, summary="Record who is at the meeting")  # fmt: skip
endpoint(router, "POST", _MEETING + "/convene", sitting.convene_policy_meeting, c.ConvenePolicyMeeting,
         v.PolicyMeetingView, tag=TAG, summary="Convene a meeting of the strategic or tactical table")  # fmt: skip
endpoint(router, "POST", _MEETING + "/move", moving.move_policy_meeting, c.MovePolicyMeeting, v.PolicyMeetingView,
         tag=TAG, summary="Move a meeting of the strategic or tactical table")  # fmt: skip
endpoint(router, "POST", _MEETING + "/cancel", moving.cancel_policy_meeting, c.CancelPolicyMeeting, v.PolicyMeetingView,
         tag=TAG, summary="Call off a meeting of the strategic or tactical table")  # fmt: skip
endpoint(router, "GET", _MEETING + "/document", printing.print_policy_meeting, c.PrintPolicyMeeting, None,
         tag=TAG, summary="Print the agenda or the minutes of a meeting on policy", paper=("application/pdf",))  # fmt: skip
endpoint(router, "POST", _MEETING + "/open", sitting.open_policy_meeting, c.OpenPolicyMeeting, v.PolicyMeetingView,
         tag=TAG, summary="Open a meeting of the strategic or tactical table")  # fmt: skip
endpoint(router, "POST", _MEETING + "/close", sitting.close_policy_meeting, c.ClosePolicyMeeting, v.PolicyMeetingView,
         tag=TAG, summary="Close a meeting of the strategic or tactical table")  # fmt: skip
endpoint(router, "POST", "/agendaTopics", sitting.add_agenda_topic, c.AddAgendaTopic, v.AgendaTopicView,
         tag=TAG, summary="Put a topic on the agenda", status=201)  # fmt: skip
endpoint(router, "POST", _AGENDA + "/withdraw", sitting.withdraw_agenda_topic, c.WithdrawAgendaTopic, v.AgendaTopicView,
         tag=TAG, summary="Take a topic off the agenda")  # fmt: skip
endpoint(router, "POST", _AGENDA + "/minute", sitting.minute_agenda_topic, c.MinuteAgendaTopic, v.AgendaTopicView,
         tag=TAG, summary="Write notes and decisions on a topic")  # fmt: skip
endpoint(router, "POST", "/policyPlans", plans.draft_policy_plan, c.DraftPolicyPlan, v.PolicyPlanView,
         tag=TAG, summary="Begin a policy plan", status=201, location="/api/v1/policyPlans/{policyPlanId}")  # fmt: skip
endpoint(router, "GET", "/policyPlans", plans.list_policy_plan, c.ListPolicyPlan, v.PolicyPlanList,
         tag=TAG, summary="List policy plans")  # fmt: skip
endpoint(router, "GET", _PLAN, plans.read_policy_plan, c.ReadPolicyPlan, v.PolicyPlanView,
         tag=TAG, summary="Read a policy plan")  # fmt: skip
endpoint(router, "POST", _PLAN + "/change", plans.change_policy_plan, c.ChangePolicyPlan, v.PolicyPlanView,
         tag=TAG, summary="Rewrite a draft plan")  # fmt: skip
endpoint(router, "POST", _PLAN + "/adopt", plans.adopt_policy_plan, c.AdoptPolicyPlan, v.PolicyPlanView,
         tag=TAG, summary="Adopt a plan as mayor")  # fmt: skip
endpoint(router, "POST", "/goals", plans.add_goal, c.AddGoal, v.GoalView,
         tag=TAG, summary="Add a goal to a draft plan", status=201)  # fmt: skip
endpoint(router, "POST", "/goals/{goalId}/change", plans.change_goal, c.ChangeGoal, v.GoalView,
         tag=TAG, summary="Rewrite a goal")  # fmt: skip
endpoint(router, "POST", "/measures", measures.add_measure, c.AddMeasure, v.MeasureView,
         tag=TAG, summary="Add a measure to a goal", status=201)  # fmt: skip
endpoint(router, "GET", "/measures", measures.list_measure, c.ListMeasure, v.MeasurePage,
         tag=TAG, summary="List one's own measures")  # fmt: skip
endpoint(router, "POST", _MEASURE + "/change", measures.change_measure, c.ChangeMeasure, v.MeasureView,
         tag=TAG, summary="Rewrite a measure, or give it another owner or day")  # fmt: skip
endpoint(router, "POST", _MEASURE + "/evaluate", measures.evaluate_measure, c.EvaluateMeasure, v.MeasureView,
         tag=TAG, summary="Say what was done and what it brought")  # fmt: skip
