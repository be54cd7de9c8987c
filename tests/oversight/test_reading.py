"""The log is read by its own municipality's auditor and DPO, and reading it leaves a line (R105, R106)."""

from sqlalchemy import text

ENTRIES = "/api/v1/journalEntries"
CHECKPOINTS = "/api/v1/checkpoints"


def test_the_auditor_reads_who_did_what_under_which_rule_and_no_content(house, played):
    answer = house.client("auditor").get(ENTRIES, params={"caseId": played})
    assert answer.status_code == 200, answer.text
    assert "Verzonnen" not in answer.text
    assert all(item["caseId"] == played for item in answer.json()["items"])
    everything = house.client("auditor").get(ENTRIES, params={"pageSize": 100}).json()["items"]
    (listed,) = [i for i in everything if i["action"] == "registration.decide"]
    assert listed["actorId"] == str(house.cast.persons["mayor"])
    assert (listed["role"], listed["outcome"], listed["reason"], listed["rule"]) == (
        "mayor",
        "allowed",
        "listed",
        "R40",
    )
    assert listed["legalBasis"] == "livcrAct.list"
    assert listed["subjectId"]
    assert [i["at"] for i in everything] == sorted((i["at"] for i in everything), reverse=True)


def test_every_filter_narrows_and_an_unknown_one_is_refused(house, played):
    client = house.client("auditor")

    def items(**filters):
        answer = client.get(ENTRIES, params=filters | {"pageSize": 100})
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    assert {i["action"] for i in items(action="registration.screen")} == {"registration.screen"}
    mayor = str(house.cast.persons["mayor"])
    assert {i["actorId"] for i in items(actorId=mayor)} == {mayor}
    assert {i["outcome"] for i in items(outcome="allowed")} == {"allowed"}
    assert items(**{"from": "2026-03-03"}) == []
    today = items(**{"from": "2026-03-02", "to": "2026-03-02"})
    assert today
    assert items(to="2026-03-01")
    assert {i["at"][:10] for i in today} == {"2026-03-02"}
    for wrong in (
        {"action": "case.fly"},
        {"outcome": "maybe"},
        {"from": "gisteren"},
        {"subject": "x"},
        {"pageSize": 101},
    ):
        assert client.get(ENTRIES, params=wrong).status_code == 400, wrong


def test_it_comes_page_by_page_without_a_line_twice(house, played):
    client, found = house.client("auditor"), []
    following = f"{ENTRIES}?pageSize=3&to=2026-03-02&outcome=allowed"
    before = house.sql(
        "SELECT count(*) FROM journal.entry WHERE controller = :c AND outcome = 'allowed'",
        c=house.cast.towns["C"],
    )[0][0]
    while following:
        page = client.get(following).json()
        assert len(page["items"]) <= 3
        found += [i["entryId"] for i in page["items"]]
        following = page.get("next")
        house.later(seconds=1)
    assert len(found) == len(set(found)) == before


def test_no_line_of_another_municipality_and_no_reader_but_oversight(house, played):
    for path in (ENTRIES, CHECKPOINTS, ENTRIES + "/export"):
        for name in ("mayor", "coordinator", "participant", "policeMember", "secretary", "strategicMember"):
            assert house.client(name).get(path).status_code == 403, (path, name)
        assert house.client("administrator").get(path).status_code == 404, path
        assert house.client().get(path).status_code == 401, path
    assert house.client("zoneAuditorE").get(ENTRIES, params={"caseId": played}).json()["items"] == []
    d = house.client("zoneDpoD").get(ENTRIES, params={"pageSize": 100}).json()["items"]
    assert "registration.decide" in {i["action"] for i in d}
    assert str(house.cast.persons["mayor"]) not in {i.get("actorId") for i in d}


def test_reading_the_log_is_in_the_log(house, played):
    house.client("auditor").get(ENTRIES, params={"caseId": played})
    house.client("dpo").get(CHECKPOINTS)
    lines = house.sql(
        "SELECT action, role, case_id::text, rule FROM journal.entry"
        " WHERE action IN ('journal.list', 'checkpoint.list') ORDER BY id"
    )
    assert [tuple(line) for line in lines] == [
        ("journal.list", "auditor", played, "R106"),
        ("checkpoint.list", "dpo", None, "R106"),
    ]


def test_checkpoints_are_signed_by_the_key_that_stands_beside_them(house, played, play_again):
    from app.kernel.journal.note import Checkpoint, Verifier

    house.installation.sealer.seal_all()
    play_again()
    house.installation.sealer.seal_all()
    page = house.client("auditor").get(CHECKPOINTS, params={"pageSize": 1}).json()
    key = Verifier.parse(page["publicKey"])
    rest = house.client("auditor").get(page["next"]).json()
    sizes = []
    for item in page["items"] + rest["items"]:
        checkpoint, _ = Checkpoint.open(item["note"], [key])
        assert (checkpoint.size, item["year"]) == (item["size"], 2026)
        assert checkpoint.origin.endswith(f"{house.cast.towns['C']}/2026")
        sizes.append(item["size"])
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) >= 2


def test_without_an_actor_the_database_shows_no_line(house, played):
    house.installation.sealer.seal_all()
    with house.installation.sessions() as session:
        for table in ("entry", "checkpoint"):
            assert session.scalar(text(f"SELECT count(*) FROM journal.{table}")) == 0


def test_an_act_in_wallonia_is_not_logged_under_the_flemish_decree(house):
    """What binds a municipality follows its profile, line by line (R105, R113)."""
    client = house.client("coordinator")
    for profile, basis in (
        ("flanders", "flemishDecree.controller"),
        ("wallonia", "dpa.specialCategoryAccess"),
    ):
        house.sql("UPDATE municipality SET profile = :p WHERE id = :m", p=profile, m=house.cast.towns["C"])
        house.installation._laws.clear()  # a profile never changes but in a test
        assert client.get("/api/v1/cases").status_code == 200
        found = house.sql(
            "SELECT legal_basis FROM journal.entry WHERE action = 'case.list' ORDER BY id DESC LIMIT 1"
        )
        assert found == [(basis,)]
