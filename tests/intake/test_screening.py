"""The questions of the screening, and a signal that is taken back (R43 to R47)."""

import pytest
from agreecraft import adopted
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

SIGNAL = {
    "subjectName": "Zorgeloos Verzonnen", "birthDate": "2001-04-05", "narrative": "Plotse afwezigheid en haatboodschappen.",
    "phenomenon": "rightWingExtremism", "urgency": "normal", "nothingClassified": True,
}  # fmt: skip
SAID = {"indications": "Hij noemt het een plicht.", "otherRoute": "Het CLB kan dit nog zelf."}
ANSWERS = {"answers": SAID}


@pytest.fixture
def path(house):
    body = SIGNAL | {"municipalityId": str(house.cast.towns["C"])}
    return house.client("participant").post("/api/v1/registrations", json=body).json()["self"]


def send(house, who, address, body=None, match="*"):
    return house.client(who).post(address, json=body or {}, headers={"If-Match": match})


def screened(house, path):
    return send(house, "mayor", path + "/screen").headers["etag"]


# -- the questions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["mayor", "delegate", "coordinator"])
def test_the_desk_answers_in_words_and_who_decides_reads_it(house, path, who):
    screened(house, path)
    answer = send(house, who, path + "/answers", ANSWERS)
    assert answer.status_code == 200, answer.text
    read = house.client("mayor").get(path).json()
    assert read["answers"] == SAID
    assert read["answeredByName"]
    ((kept,),) = house.sql("SELECT string_agg(r::text, ' ') FROM registration r")
    assert "plicht" not in kept


def test_answers_wait_for_the_screening_and_nobody_else_gives_or_reads_them(house, path):
    assert send(house, "mayor", path + "/answers", ANSWERS).status_code == 409
    screened(house, path)
    send(house, "mayor", path + "/answers", ANSWERS)
    for who, status in (
        ("participant", 403),
        ("school", 404),
        ("zoneMayorD", 404),
        ("dpo", 404),
        ("auditor", 404),
    ):
        assert send(house, who, path + "/answers", ANSWERS).status_code == status, who
    assert "answers" not in house.client("participant").get(path).json()


@pytest.mark.parametrize("question", ["indications", "source", "reliability", "otherRoute"])
def test_no_answer_names_a_card(house, path, question):
    screened(house, path)
    said = {question: "Zo staat het op de informatiekaart (verzonnen)."}
    answer = send(house, "coordinator", path + "/answers", {"answers": said})
    assert (answer.status_code, answer.json()["rule"]) == (409, "R57")
    assert "answers" not in house.client("mayor").get(path).json()


def test_two_who_answer_at_once_do_not_overwrite_each_other(house, path):
    tag = screened(house, path)
    assert send(house, "mayor", path + "/answers", ANSWERS, tag).status_code == 200
    assert send(house, "coordinator", path + "/answers", {"answers": {"age": "24"}}, tag).status_code == 412
    assert house.client("mayor").get(path).json()["answers"] == SAID


def test_there_is_no_score_and_no_answer_decides(house, path):
    screened(house, path)
    assert send(house, "mayor", path + "/answers", {"answers": {"score": "9"}}).status_code == 400
    assert (
        send(house, "mayor", path + "/answers", {"answers": {"urgency": "Zeer dringend."}}).json()["state"]
        == "inScreening"
    )


def test_once_listed_the_answers_stand_in_the_file_and_nowhere_else(house, path):
    screened(house, path)
    tag = send(house, "mayor", path + "/answers", ANSWERS).headers["etag"]
    decision = {"outcome": "listed", "indications": "Aanwijzingen."}
    case = send(house, "mayor", path + "/decide", decision, tag).json()["caseId"]
    assert "plicht" not in house.client("mayor").get(path).text
    file = house.client("mayor").get(f"/api/v1/cases/{case}", params={"reason": "newInformation"}).json()
    assert SAID["otherRoute"] in file["screeningAnswers"]
    assert file["signal"] == SIGNAL["narrative"]  # and nothing that somebody else wrote
    assert house.sql("SELECT answers FROM registration") == [(None,)]


def test_the_note_of_the_mayor_is_not_told_as_what_was_reported(house, path):
    from pagecraft import reader, texts_of

    send(house, "mayor", path + "/screen", {"note": "Graag nagaan bij de school (verzonnen)."})
    decision = {"outcome": "listed", "indications": "Aanwijzingen."}
    case = send(house, "mayor", path + "/decide", decision).json()["caseId"]
    file = house.client("mayor").get(f"/api/v1/cases/{case}", params={"reason": "newInformation"}).json()
    assert file["signal"] == SIGNAL["narrative"]
    assert file["screeningNote"] == "Graag nagaan bij de school (verzonnen)."
    page = texts_of(reader(house, "mayor").get(f"/cases/{case}?reason=newInformation").text)
    assert (
        page.index(SIGNAL["narrative"]) < page.index("Nota van de burgemeester") < page.index("Graag nagaan")
    )
    ((kept,),) = house.sql("SELECT string_agg(l::text, ' ') FROM listing l")
    assert "Graag" not in kept


def test_immediate_danger_stands_first_and_sends_its_readers_to_the_police(house):
    from pagecraft import reader, texts_of

    body = SIGNAL | {"municipalityId": str(house.cast.towns["C"])}
    for urgency in ("immediateDanger", "urgent", "normal"):
        answer = house.client("participant").post("/api/v1/registrations", json=body | {"urgency": urgency})
        if urgency == "immediateDanger":
            danger = answer.json()
        house.later(minutes=1)
    here = danger["self"].removeprefix("/api/v1")
    assert "Bel eerst de politie" in texts_of(reader(house, "participant").get("/registrations/new").text)
    assert "Bel meteen de politie" in texts_of(reader(house, "participant").get(here).text)
    mayor = reader(house, "mayor")
    today = texts_of(mayor.get("/").text)
    assert today.index(danger["reference"]) < today.index("Onmiddellijk gevaar")
    assert today.index("A-2026-") == today.index(danger["reference"])
    assert "Bel meteen de politie" in texts_of(mayor.get(here).text)
    assert "Onmiddellijk gevaar" in texts_of(mayor.get("/registrations").text)


def test_what_a_desk_brought_elsewhere_does_not_wait_for_its_own_decision(house):
    from pagecraft import reader, texts_of

    body = SIGNAL | {"municipalityId": str(house.cast.towns["D"])}
    brought = house.client("zoneMayorE").post("/api/v1/registrations", json=body)
    assert brought.status_code == 201, brought.text
    own = reader(house, "zoneMayorE")
    assert brought.json()["reference"] not in texts_of(own.get("/").text)
    assert "gemeld aan Gemeente D" in texts_of(own.get("/registrations").text)


def test_the_page_shows_the_questions_the_answers_and_what_each_outcome_leads_to(house, path):
    from pagecraft import reader, texts_of

    here = "/" + path.removeprefix("/api/v1/")
    screened(house, path)
    mayor = reader(house, "mayor")
    done = mayor.send(here + "/answers", urgency="Geen haast.", age="Volwassen.")
    assert "Geen haast." in texts_of(done.text)
    assert "16 maart 2026" in texts_of(done.text)  # the reminder, 14 days after 2 March
    assert "31 mei 2026" in texts_of(done.text)  # the hard limit of 90 days
    assert mayor.get(here + "/answers").text.count("Geen haast.") == 1
    deciding = texts_of(mayor.get(here + "/decide").text)
    assert "Geen haast." in deciding
    assert "1 april 2026" in deciding  # not listed: gone after 30 days


# -- the list of the agreement ----------------------------------------------------------------------------------------

OURS = {"code": "own1", "nl": "Kent de wijkwerking deze persoon?"}
FEWER = [{"code": code} for code in ("indications", "urgency", "age")] + [OURS]


def test_a_screening_asks_what_the_agreement_in_force_had_when_it_began(house, path):
    screened(house, path)
    assert [each["code"] for each in house.client("mayor").get(path).json()["questions"]] == [
        "indications", "source", "reliability", "urgency", "otherRoute", "age",
    ]  # fmt: skip
    adopted(house, screening=FEWER)
    assert send(house, "mayor", path + "/answers", {"answers": {"own1": "Ja."}}).status_code == 400
    answer = send(house, "mayor", path + "/answers", ANSWERS)
    assert answer.json()["answers"] == SAID
    assert "otherRoute" in [each["code"] for each in answer.json()["questions"]]


def test_a_question_of_the_cell_is_answered_and_stays_as_it_was_put(house, path):
    adopted(house, screening=FEWER)
    assert "questions" not in house.client("mayor").get(path).json()  # nothing is asked before the screening
    screened(house, path)
    assert send(house, "mayor", path + "/answers", ANSWERS).status_code == 400  # left out by this cell
    said = {"answers": {"own1": "Ja, van het buurthuis."}}
    assert send(house, "coordinator", path + "/answers", said).status_code == 200
    adopted(house, screening=[*FEWER[:-1], OURS | {"nl": "Iets heel anders?"}])
    asked = {each["code"]: each["text"] for each in house.client("mayor").get(path).json()["questions"]}
    assert asked["own1"] == OURS["nl"]
    decision = {"outcome": "listed", "indications": "Aanwijzingen."}
    case = send(house, "mayor", path + "/decide", decision).json()["caseId"]
    file = house.client("mayor").get(f"/api/v1/cases/{case}", params={"reason": "newInformation"}).json()
    assert f"{OURS['nl']}\nJa, van het buurthuis." in file["screeningAnswers"]


def test_looked_at_again_it_keeps_its_questions(house, path):
    screened(house, path)
    wanted = {"outcome": "moreInformationWanted", "indications": "Nog te weinig."}
    assert send(house, "mayor", path + "/decide", wanted).status_code == 200
    adopted(house, screening=FEWER)
    screened(house, path)
    assert "own1" not in [each["code"] for each in house.client("mayor").get(path).json()["questions"]]


def test_past_every_operation_a_screening_changes_no_list(house, path):
    versions = dict(house.sql("SELECT cell_id, id FROM agreement WHERE state = 'adopted'"))
    ours, theirs = versions[house.cast.cells["C"]], versions[house.cast.cells["zone"]]

    def refused(version):
        with pytest.raises(DBAPIError) as fault, house.work("mayor") as unit:
            unit.session.execute(text("UPDATE registration SET screened_under = :v"), {"v": version})
        return fault.value.orig.sqlstate == "42501"

    assert refused(theirs)
    screened(house, path)
    assert house.sql("SELECT screened_under FROM registration") == [(ours,)]
    assert refused(None)
    assert refused(theirs)


def test_the_page_asks_the_questions_of_the_cell_and_no_others(house, path):
    from pagecraft import reader, texts_of

    adopted(house, screening=FEWER)
    here = "/" + path.removeprefix("/api/v1/")
    screened(house, path)
    mayor = reader(house, "mayor")
    page = mayor.get(here + "/answers").text
    assert OURS["nl"] in texts_of(page)
    assert "Volstaat een andere weg" not in texts_of(page)
    done = mayor.send(here + "/answers", own1="Ja, goed.", indications="Haatboodschappen.")
    assert "Ja, goed." in texts_of(done.text)
    assert OURS["nl"] in texts_of(done.text)


# -- taking a signal back ---------------------------------------------------------------------------------------------


def test_who_brought_a_signal_takes_it_back_and_what_it_told_is_gone_at_once(house, path):
    answer = send(house, "participant", path + "/withdraw")
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert house.sql("SELECT subject, narrative, due_on FROM registration") == [
        (None, None, house.now.date())
    ]
    seen = house.client("mayor").get(path).json()
    assert (seen["state"], seen["abilities"]) == ("withdrawn", [])
    assert "subjectName" not in seen
    asked = {"name": "Zorgeloos Verzonnen", "birthDate": "2001-04-05", "reason": "meetingPreparation"}
    assert house.client("mayor").post("/api/v1/subjects/query", json=asked).json()["items"] == []


def test_a_signal_is_taken_back_by_who_brought_it_and_once(house, path):
    for who, status in (("mayor", 409), ("coordinator", 409), ("school", 404), ("zoneMayorD", 404)):
        assert send(house, who, path + "/withdraw").status_code == status, who
    assert send(house, "participant", path + "/withdraw", match='"9"').status_code == 412
    assert send(house, "participant", path + "/withdraw").status_code == 200
    assert send(house, "participant", path + "/withdraw").status_code == 409
    assert send(house, "mayor", path + "/screen").status_code == 409


def test_once_taken_up_it_is_the_mayor_s(house, path):
    screened(house, path)
    assert send(house, "participant", path + "/withdraw").status_code == 409
    assert house.client("participant").get(path).json()["abilities"] == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE registration SET state = 'withdrawn', due_on = '2027-01-01', subject = NULL, narrative = NULL, version = 2",
        "UPDATE registration SET state = 'withdrawn', due_on = present_day(), version = 2",
        (
            "UPDATE registration SET state = 'withdrawn', due_on = present_day(), subject = NULL, narrative = NULL, version = 2,"
            " urgency = 'x'"
        ),
        "UPDATE registration SET narrative = NULL",
        "UPDATE registration SET state = 'listed'",
    ],
)
def test_past_every_operation_who_brought_it_changes_nothing_else(house, path, change):
    with pytest.raises(DBAPIError) as refused, house.work("participant") as unit:
        unit.session.execute(text(change))
    assert refused.value.orig.sqlstate == "42501"


def test_past_every_operation_a_desk_takes_back_no_signal_of_somebody_else(house, path):
    change = "UPDATE registration SET state = 'withdrawn', due_on = present_day(), subject = NULL, narrative = NULL, version = 2"
    with pytest.raises(DBAPIError) as refused, house.work("mayor") as unit:
        unit.session.execute(text(change))
    assert refused.value.orig.sqlstate == "42501"


def test_what_was_handed_over_by_another_municipality_is_not_taken_back(house, path):
    house.sql("UPDATE registration SET ends_by = '2026-12-01'")
    assert house.client("participant").get(path).json()["abilities"] == []
    assert send(house, "participant", path + "/withdraw").status_code == 409
    change = "UPDATE registration SET state = 'withdrawn', due_on = present_day(), subject = NULL, narrative = NULL, version = 2"
    with pytest.raises(DBAPIError) as refused, house.work("participant") as unit:
        unit.session.execute(text(change))
    assert refused.value.orig.sqlstate == "42501"
