"""The REST profile: what is refused and how, ETags, idempotency, traces, languages."""

import threading
from uuid import UUID

import pytest

SIGNAL = {
    "subjectName": "Zorgeloos Verzonnen",
    "narrative": "Een verhaal.",
    "phenomenon": "sects",
    "urgency": "normal",
    "nothingClassified": True,
}


def _body(house, **over):
    return SIGNAL | {"municipalityId": str(house.cast.towns["C"])} | over


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"colour": "red"}, "urn:problem-type:belgif:input-validation:unknownInput"),
        ({"subject_name": "x"}, "urn:problem-type:belgif:input-validation:unknownInput"),
        ({"narrative": None}, "urn:problem-type:belgif:input-validation:schemaViolation"),
        ({"municipalityId": "not-an-id"}, "urn:problem-type:belgif:input-validation:schemaViolation"),
        ({"phenomenon": "weather"}, "urn:problem-type:belgif:input-validation:referencedResourceNotFound"),
    ],
)
def test_what_does_not_fit_is_a_400_with_issues(house, change, kind):
    answer = house.client("participant").post("/api/v1/registrations", json=_body(house, **change))
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == "urn:problem-type:belgif:badRequest"
    assert body["issues"][0]["type"] == kind
    assert UUID(body["instance"].removeprefix("urn:uuid:"))
    assert "weather" not in answer.text
    assert "not-an-id" not in answer.text


def test_a_missing_property_is_named(house):
    body = _body(house)
    del body["narrative"]
    (issue,) = house.client("participant").post("/api/v1/registrations", json=body).json()["issues"]
    assert (issue["type"], issue["in"], issue["name"]) == (
        "urn:problem-type:belgif-ext:input-validation:requiredInput", "body", "narrative",
    )  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"null"])
def test_a_body_that_is_no_object_is_a_400(house, content):
    answer = house.client("participant").post(
        "/api/v1/registrations", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400, answer.text


def test_an_unknown_query_parameter_is_refused_and_an_unknown_header_is_not(house):
    answer = house.client("mayor").get("/api/v1/cases?colour=red")
    assert answer.json()["issues"][0]["type"].endswith("unknownInput")
    assert "red" not in answer.text
    assert house.client("mayor").get("/api/v1/cases", headers={"X-Colour": "red"}).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "bm90anNvbg", "WzFd", "WyJhIiwiYiJd", "%F0%9F%98%80"])
def test_a_cursor_of_somebody_elses_making_is_a_400(house, cursor):
    assert house.client("mayor").get(f"/api/v1/cases?cursor={cursor}").status_code == 400


def test_the_same_key_with_the_same_body_says_where_the_first_answer_is_and_no_more(house):
    client, headers = house.client("participant"), {"Idempotency-Key": "one"}
    first = client.post("/api/v1/registrations", json=_body(house), headers=headers)
    again = client.post("/api/v1/registrations", json=_body(house), headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert "reference" in first.json()
    assert again.json() == {"self": first.json()["self"]}
    assert again.headers["location"] == first.headers["location"] == first.json()["self"]
    assert again.headers.get("etag") == first.headers.get("etag")
    assert (again.headers["cache-control"], again.headers["content-type"]) == ("no-store", "application/json")
    other = client.post("/api/v1/registrations", json=_body(house, narrative="Anders."), headers=headers)
    assert (other.status_code, other.json()["type"]) == (409, "urn:problem-type:livcr:idempotencyConflict")
    assert house.sql("SELECT count(*) FROM registration")[0][0] == 1
    elsewhere = house.client("school").post("/api/v1/registrations", json=_body(house), headers=headers)
    assert elsewhere.json()["registrationId"] != first.json()["registrationId"]
    house.later(hours=25)
    late = client.post("/api/v1/registrations", json=_body(house), headers=headers).json()
    assert late["registrationId"] != first.json()["registrationId"]


def test_a_repetition_is_journalled_about_the_session_it_came_in(house):
    client, headers = house.client("participant"), {"Idempotency-Key": "logged"}
    for _ in range(2):
        client.post("/api/v1/registrations", json=_body(house), headers=headers)
    ((action, kind, object_id),) = house.sql(
        "SELECT action, object_type, object_id FROM journal.entry WHERE reason = 'repeatedAnswer'"
    )
    assert (action, kind) == ("session.read", "session")
    assert house.sql("SELECT person_id FROM session WHERE id = :i", i=object_id) == [
        (house.cast.persons["participant"],)
    ]


def test_who_lost_standing_gets_no_text_by_repeating_an_old_request(house):
    made = house.client("participant").post("/api/v1/registrations", json=_body(house)).json()["self"]
    mayor, sent = house.client("mayor"), {"Idempotency-Key": "screened", "If-Match": "*"}
    first = mayor.post(made + "/screen", json={"note": "Vertrouwelijk."}, headers=sent)
    assert "Een verhaal." in first.text
    house.sql("UPDATE registration SET municipality_id = :other", other=house.cast.towns["D"])
    assert mayor.get(made).status_code == 404
    again = mayor.post(made + "/screen", json={"note": "Vertrouwelijk."}, headers=sent)
    assert (again.status_code, again.json()) == (200, {"self": made})
    assert again.headers["etag"] == first.headers["etag"]


def test_a_key_of_one_mandate_says_nothing_under_another(house):
    client, headers = house.client("participant"), {"Idempotency-Key": "mandate"}
    first = client.post("/api/v1/registrations", json=_body(house), headers=headers).json()
    house.sql("UPDATE idempotency SET mandate_id = :other", other=house.cast.mandates["school"])
    second = client.post("/api/v1/registrations", json=_body(house), headers=headers).json()
    assert second["registrationId"] != first["registrationId"]
    assert house.sql("SELECT count(*) FROM idempotency")[0][0] == 2


def test_nothing_of_an_answer_is_kept_and_another_password_is_another_request(house):
    body = {
        "username": "nieuw.verzonnen", "name": "Nieuw Verzonnen", "agencyId": str(house.cast.agencies["ocmw"]),
        "password": "first invented password",
    }  # fmt: skip
    client, headers = house.client("administrator"), {"Idempotency-Key": "account"}
    first = client.post("/api/v1/persons", json=body, headers=headers)
    assert first.status_code == 201, first.text
    secret = first.json()["totpSecret"]
    again = client.post("/api/v1/persons", json=body, headers=headers)
    assert (again.status_code, again.json()) == (201, {"self": first.headers["location"]})
    other = client.post(
        "/api/v1/persons", json=body | {"password": "second invented password"}, headers=headers
    )
    assert other.status_code == 409
    ((kept,),) = house.sql("SELECT idempotency::text FROM idempotency WHERE key = 'account'")
    assert not any(said in kept for said in (secret, "Verzonnen", "invented"))


def test_sessions_take_no_key(house):
    client, headers = house.client("participant"), {"Idempotency-Key": "switch"}
    (session,) = house.sql("SELECT id FROM session WHERE person_id = :p", p=house.cast.persons["participant"])
    body = {"mandateId": str(house.cast.mandates["participant"])}
    answers = [
        client.post(f"/api/v1/sessions/{session.id}/switch", json=body, headers=headers) for _ in range(2)
    ]
    assert all(answer.json()["accessToken"] for answer in answers), answers[1].text
    assert house.sql("SELECT count(*) FROM idempotency")[0][0] == 0


def test_a_refused_request_leaves_its_key_free(house):
    client, headers = house.client("participant"), {"Idempotency-Key": "two"}
    assert (
        client.post(
            "/api/v1/registrations", json=_body(house, nothingClassified=False), headers=headers
        ).status_code
        == 409
    )
    assert client.post("/api/v1/registrations", json=_body(house), headers=headers).status_code == 201


def test_a_double_submit_at_the_same_moment_makes_one(house):
    client, answers = house.client("participant"), []

    def submit():
        answers.append(
            client.post("/api/v1/registrations", json=_body(house), headers={"Idempotency-Key": "three"})
        )

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {a.status_code for a in answers} == {201}
    assert len({a.headers["location"] for a in answers}) == 1
    assert sorted(len(a.json()) == 1 for a in answers) == [False, True, True, True]
    assert house.sql("SELECT count(*) FROM registration")[0][0] == 1


def test_every_answer_has_a_trace_and_echoes_the_callers(house):
    theirs = "7b1b2c3d-0000-4000-8000-000000000001"
    answer = house.client("mayor").get("/api/v1/cases", headers={"BelGov-Trace-Id": theirs})
    assert answer.headers["belgov-related-trace-id"] == theirs
    trace = answer.headers["belgov-trace-id"]
    ((related,),) = house.sql("SELECT related_trace_id::text FROM journal.entry WHERE trace_id = :t", t=trace)
    assert related == theirs
    lost = house.client("mayor").get("/api/v1/nowhere", headers={"BelGov-Trace-Id": "rubbish"})
    assert lost.status_code == 404
    assert lost.headers["belgov-trace-id"]


@pytest.mark.parametrize(
    ("accept", "language"), [("fr-BE", "fr"), ("de", "de"), ("en-GB,en", "en"), ("zh", "nl"), ("", "nl")]
)
def test_details_come_in_the_language_negotiated(house, accept, language):
    answer = house.client("participant").get("/api/v1/cases", headers={"Accept-Language": accept})
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]
    details = {
        lang: house.client("participant")
        .get("/api/v1/cases", headers={"Accept-Language": lang})
        .json()["detail"]
        for lang in ("nl", "fr", "de", "en")
    }
    assert len(set(details.values())) == 4
    assert answer.json()["detail"] == details[language]


def test_what_is_not_there_and_what_is_not_allowed_there(house):
    client = house.client("mayor")
    assert client.get("/api/v1/nowhere").json()["type"] == "urn:problem-type:belgif:resourceNotFound"
    wrong = client.request("PUT", "/api/v1/cases")
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, "application/problem+json")
    assert "GET" in wrong.headers["allow"]
    assert client.get("/api/v1/cases/").status_code == 404


def test_health_says_up_and_nothing_about_the_inside(house):
    assert house.client().get("/api/v1/health").json() == {"status": "UP"}


def test_a_cookie_opens_nothing_here(house):
    answer = house.client().get("/api/v1/cases", headers={"Cookie": f"livcr_session={house.token('mayor')}"})
    assert answer.status_code == 401


def test_no_answer_holds_null(house):
    house.client("participant").post("/api/v1/registrations", json=_body(house))
    answer = house.client("mayor").get("/api/v1/registrations")
    assert "null" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
