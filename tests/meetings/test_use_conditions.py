"""Use conditions of a statement hold on every path on which its text or existence goes out (R52, R53, R65, R66)."""

import re

import pytest
from pagecraft import reader
from sqlalchemy import text

TEXTS = {
    "present": "De leraar zag een pagaai met runentekens achter in het klaslokaal staan.",
    "notInMinutes": "De grootmoeder betaalt stiekem de huur van zijn garagebox in Verzonnendam.",
    "desk": "Een buur vertelde de burgemeester onder vier ogen over een koffer vol flyers.",
}
SENSITIVE = "Hij volgt wekelijks een behandeling bij het verzonnen centrum in de Fluitstraat."
SECRET = "De dienst meldt een reis van drie weken naar een verzonnen trainingskamp elders."
GOOD = {
    "category": 5, "origin": "livcParticipant", "kind": "fact", "relevantAndProportionate": True,
    "nothingClassified": True,
}  # fmt: skip
SEES = {
    # who -> the audiences whose text they read while the item is discussed
    "mayor": {"present", "notInMinutes", "desk"},
    "delegate": {"present", "notInMinutes", "desk"},
    "coordinator": {"present", "notInMinutes", "desk"},
    "secretary": {"present", "notInMinutes"},  # of the meeting: taking its minutes
    "policeMember": {"present", "notInMinutes"},  # in the room
    "school": {"present", "notInMinutes"},  # in the room
    "clb": set(),  # invited, not in the room
    "participant": set(),  # never asked
    "caseManager": set(),
    "informationOfficer": set(),
    "strategicMember": set(),
    "dpo": set(),
    "auditor": set(),
    "administrator": set(),
    "zoneMayorD": set(),
    "zonePolice": set(),
}


@pytest.fixture
def told(table):
    """A sitting at which one statement of each audience was made, one sensitive, one of a security service."""
    meeting, item, case = table.tabled("school", "policeMember", "clb", secretaryId=table.person("secretary"))
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "school", "policeMember")
    table.said = {}
    for name, said, more in (
        *((audience, said, {"audience": audience}) for audience, said in TEXTS.items()),
        ("sensitive", SENSITIVE, {"category": 9}),
        ("secret", SECRET, {"origin": "securityServices", "contributorId": table.person("policeMember")}),
    ):
        body = GOOD | {"caseId": case, "agendaItemId": item, "text": said} | more
        table.said[name] = table.ok(table.post("coordinator", "/statements", body), 201)["statementId"]
    return meeting, item, case


def in_sight(answer):
    """Which of the texts stand in an answer, whatever its shape."""
    return {audience for audience, said in TEXTS.items() if said in answer.text}


def named(table, answer):
    """Which of the statements an answer names by id."""
    return {name for name, identity in table.said.items() if identity in answer.text}


def draft(table, meeting, item, who="coordinator", match="*", **over):
    body = {"agendaItemId": item, "assessment": "Zorg.", "decisions": "Doorgaan."} | over
    return table.house.client(who).post(
        f"/api/v1/meetings/{meeting}/minutes/items", json=body, headers={"If-Match": match}
    )


@pytest.mark.parametrize("who", SEES)
def test_each_reader_sees_on_every_path_what_the_contributor_allowed(table, told, who):
    meeting, item, case = told
    wanted = SEES[who]
    seen = {
        path: table.get(who, path, **query)
        for path, query in (
            (f"/agendaItems/{item}", {"reason": "meetingPreparation"}),
            (f"/cases/{case}", {"reason": "newInformation"}),
            (f"/cases/{case}/trajectory", {"reason": "newInformation"}),
            (f"/meetings/{meeting}", {"reason": "meetingPreparation"}),
            (f"/meetings/{meeting}/minutes", {}),
            ("/invitations", {}), ("/actions", {}), ("/registrations", {}), ("/cases", {}), ("/meetings", {}),
        )
    }  # fmt: skip
    everywhere = set().union(*(in_sight(answer) for answer in seen.values()))
    assert everywhere == wanted
    assert in_sight(seen[f"/agendaItems/{item}"]) == wanted
    for path, answer in seen.items():
        assert SENSITIVE not in answer.text, path
        unknown = named(table, answer) & set(TEXTS) - wanted
        assert unknown == set(), (path, "tells that it exists")
        if path not in {f"/agendaItems/{item}", f"/cases/{case}"}:
            assert in_sight(answer) == named(table, answer) == set(), path
    for audience in TEXTS:
        opened = table.post(who, f"/statements/{table.said[audience]}/open", {"reason": "meetingPreparation"})
        assert (opened.status_code == 200) == (audience in wanted), audience
        if audience not in wanted:
            assert opened.status_code == 404
            assert in_sight(opened) == set()


@pytest.mark.parametrize("who", SEES)
def test_the_database_holds_the_same_line(table, told, who):
    with table.house.work(who) as unit:
        unit.repeat()
        shown = {str(i) for i in unit.session.scalars(text("SELECT id FROM statement"))}
    assert {audience for audience in TEXTS if table.said[audience] in shown} == SEES[who]


@pytest.mark.parametrize("who", ["school", "policeMember", "clb", "coordinator", "mayor", "secretary"])
def test_the_pages_show_no_more_than_the_other_door(table, told, who):
    meeting, item, case = told
    browser = reader(table.house, who)
    for path in (f"/agenda-items/{item}", f"/meetings/{meeting}", f"/meetings/{meeting}/minutes",
                 f"/cases/{case}?reason=newInformation", f"/meetings/{meeting}/minutes/{item}", "/", "/invitations"):  # fmt: skip
        page = browser.get(path)
        assert in_sight(page) <= SEES[who], path
        if path.startswith("/agenda-items"):
            assert in_sight(page) == SEES[who]
        assert SENSITIVE not in page.text, path


def test_after_the_window_nobody_who_sat_there_reads_any_of_it(table, told):
    meeting, item, case = told
    table.close(meeting)
    table.house.later(hours=5)
    for who in ("school", "policeMember", "clb"):
        assert table.get(who, f"/agendaItems/{item}").status_code == 404
        for identity in table.said.values():
            assert (
                table.post(who, f"/statements/{identity}/open", {"reason": "supervision"}).status_code == 404
            )
    assert in_sight(table.get("mayor", f"/cases/{case}", reason="newInformation")) == set(TEXTS)


def test_an_excluded_reader_loses_each_of_them(table, told):
    _, item, case = told
    for who in ("school", "mayor"):
        table.ok(table.post(who, f"/cases/{case}/exclude"))
        assert table.get(who, f"/agendaItems/{item}", reason="newInformation").status_code == 404
        for identity in table.said.values():
            assert (
                table.post(who, f"/statements/{identity}/open", {"reason": "supervision"}).status_code == 404
            )


def test_a_contributor_reads_their_own_whatever_its_audience(table, told):
    _, item, case = told
    body = GOOD | {
        "caseId": case,
        "agendaItemId": item,
        "audience": "desk",
        "text": "Alleen voor de burgemeester.",
    }
    made = table.ok(table.post("school", "/statements", body), 201)
    assert made["text"] in table.get("school", f"/agendaItems/{item}").text
    assert made["text"] not in table.get("policeMember", f"/agendaItems/{item}").text
    assert (
        table.post(
            "policeMember", made["href"].removeprefix("/api/v1") + "/open", {"reason": "supervision"}
        ).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("who", "status"), [("coordinator", 200), ("secretary", 200), ("school", 200), ("clb", 404)]
)
def test_a_sensitive_statement_is_opened_on_its_own_and_each_opening_is_logged(table, told, who, status):
    opened = table.post(who, f"/statements/{table.said['sensitive']}/open", {"reason": "meetingPreparation"})
    assert opened.status_code == status
    lines = table.journal("statement.open", who)
    assert len(lines) == (1 if status == 200 else 0)
    assert [str(line.object_id) for line in lines] == [table.said["sensitive"]] * len(lines)


# -- minutes -------------------------------------------------------------------------------------------------------


def test_nothing_gets_into_minutes_by_itself(table, told):
    meeting, _, _ = told
    assert table.ok(table.get("coordinator", f"/meetings/{meeting}/minutes"))["items"] == []
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    assert table.ok(table.get("coordinator", f"/meetings/{meeting}/minutes"))["items"] == []
    for who in ("school", "policeMember", "secretary"):
        assert in_sight(table.get(who, f"/meetings/{meeting}/minutes")) == set(), who


KEPT_OUT = {
    "notInMinutes": TEXTS["notInMinutes"],
    "desk": TEXTS["desk"],
    "sensitive": SENSITIVE,
    "secret": SECRET,
}


def test_a_correction_of_approved_minutes_does_not_repeat_it_either(table, told):
    meeting, item, _ = told
    table.ok(draft(table, meeting, item))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    table.ok(table.approve("coordinator", meeting))
    for kind, said in KEPT_OUT.items():
        body = {"agendaItemId": item, "text": f"Toch nog: {said}"}
        refused = table.post("coordinator", f"/meetings/{meeting}/minutes/corrections", body)
        assert (refused.status_code, refused.json()["rule"]) == (409, "R66"), kind
        assert not in_sight(refused), kind


@pytest.mark.parametrize("where", ["assessment", "decisions"])
@pytest.mark.parametrize("kind", KEPT_OUT)
def test_minutes_that_repeat_what_was_kept_out_of_them_are_refused_without_quoting(table, told, kind, where):
    meeting, item, _ = told
    said = KEPT_OUT[kind]
    stretch = " ".join(said.split()[1:10])
    for written in (
        said,
        f"De tafel noteert: {stretch}, zo is gezegd.",
        re.sub(" ", "\n  ", stretch.upper()),
    ):
        refused = draft(table, meeting, item, **{where: written})
        assert (refused.status_code, refused.json()["rule"]) == (409, "R66")
        assert not any(word in refused.text for word in said.split() if len(word) > 6)
    assert table.house.sql("SELECT 1 FROM minutes_item") == []
    assert draft(table, meeting, item, **{where: " ".join(said.split()[:7])}).status_code == 200
    lines = table.journal("minutes.draft", "coordinator", "conflict")
    assert {line.rule for line in lines} == {"R66"}


def test_minutes_repeat_neither_why_a_third_person_is_there_nor_a_closed_factor(table, told):
    meeting, item, case = told
    need = "Zij brengt hem elke dag naar de opleiding in Verzonnendam."
    ill = "Hij slaapt al weken slecht door de verzonnen pijn in zijn rug."
    open_one = "Hij vertrouwt sinds de herfst een leraar van de verzonnen school."
    sworn = {"relevantAndProportionate": True, "nothingClassified": True, "caseId": case}
    third = {"contactName": "Zus Verzonnen", "relation": "sibling", "need": need}
    table.ok(table.post("coordinator", "/contacts", sworn | third), 201)
    rest = {"speaksFor": "Zegt het zelf.", "speaksAgainst": "Niets.", "missing": "Niets."}
    factors = [
        rest | {"side": "risk", "lifeDomain": "health", "what": ill},
        rest | {"side": "protective", "lifeDomain": "school", "what": open_one},
    ]
    table.ok(
        table.post("coordinator", "/assessments", sworn | {"factors": factors, "weighed": "Steun."}), 201
    )
    for said in (need, ill):
        refused = draft(table, meeting, item, assessment=said)
        assert (refused.status_code, refused.json()["rule"]) == (409, "R66"), said
    table.ok(draft(table, meeting, item, assessment=open_one))


def test_the_assessment_of_the_table_in_its_own_words_and_what_was_said_freely_go_through(table, told):
    meeting, item, _ = told
    table.ok(draft(table, meeting, item, assessment=TEXTS["present"], decisions="De school volgt het op."))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    table.ok(table.approve("coordinator", meeting))


def test_the_secretary_is_held_to_what_they_heard(table, told):
    meeting, item, _ = told
    for kind in ("notInMinutes", "sensitive", "secret"):
        assert draft(table, meeting, item, "secretary", decisions=KEPT_OUT[kind]).status_code == 409, kind
    assert table.ok(draft(table, meeting, item, "secretary"))["decisions"] == "Doorgaan."


def test_what_is_said_under_a_condition_after_the_draft_stops_submitting_and_approving(table, told):
    meeting, item, case = told
    late = "Zijn neef herstelt in het weekend oude legervoertuigen in een verzonnen loods."
    table.ok(draft(table, meeting, item, decisions=late))
    table.close(meeting)
    body = GOOD | {"caseId": case, "text": late, "audience": "desk"}
    table.ok(table.post("coordinator", "/statements", body), 201)
    refused = table.post("coordinator", f"/meetings/{meeting}/minutes/submit")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R66")
    assert "neef" not in refused.text
    table.ok(draft(table, meeting, item, decisions="Met de familie spreken."))
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    body |= {"text": "Met de familie spreken."}
    table.ok(table.post("coordinator", "/statements", body), 201)
    assert table.approve("coordinator", meeting).json()["rule"] == "R66"


def test_the_page_that_drafts_minutes_says_what_must_not_go_in(table, told):
    meeting, item, _ = told
    page = reader(table.house, "coordinator").get(f"/meetings/{meeting}/minutes/{item}").text
    warned = page.split("Niet voor het verslag")[1].split("<form")[0]
    assert TEXTS["notInMinutes"] in warned
    assert TEXTS["desk"] in warned
    assert SECRET in warned
    assert TEXTS["present"] not in page
    assert SENSITIVE not in page
    by_secretary = reader(table.house, "secretary").get(f"/meetings/{meeting}/minutes/{item}").text
    assert TEXTS["notInMinutes"] in by_secretary
    assert TEXTS["desk"] not in by_secretary


def test_the_other_door_says_so_too(table, told):
    _, item, _ = told
    shown = table.ok(table.get("school", f"/agendaItems/{item}"))["statements"]
    assert {s["statementId"]: s.get("keptOutOfMinutes", False) for s in shown} == {
        table.said["present"]: False, table.said["notInMinutes"]: True, table.said["sensitive"]: True,
        table.said["secret"]: True,
    }  # fmt: skip


def test_no_notice_log_line_or_certificate_holds_any_of_it(table, told):
    meeting, item, _ = told
    draft(table, meeting, item, decisions=TEXTS["desk"])
    for name in ("notice", "journal.entry", "certificate", "idempotency", "statement", "minutes_item"):
        said = str(table.house.sql(f"SELECT t::text FROM {name} t"))
        for each in (*TEXTS.values(), SENSITIVE, SECRET):
            assert each not in said
            assert each.encode().hex() not in said
