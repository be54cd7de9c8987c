"""An export proves itself: it verifies as it is, and no change of it does (R106)."""

import io
import json
import random
import re

import pytest

from app.kernel.journal.sealer import Sealer
from app.kernel.journal.verify import verify_export
from app.oversight import exporting
from app.oversight.api import wanted
from app.oversight.verifying import sentence, verify_file
from app.rules.problems import Problem

EXPORT = "/api/v1/journalEntries/export"


@pytest.fixture
def told(house, tmp_path):
    """Verify bytes with the installation's public key, as the command line does."""
    key = str(house.installation.signer.verifier)

    def verify(data):
        path = tmp_path / "export"
        path.write_bytes(data)
        return verify_file(path, [key])

    return verify


@pytest.fixture
def check(house, told):
    """Verify bytes that must be fine; give what they prove."""

    def verify(data):
        assert told(data).fine, told(data).sentence
        return verify_export(io.BytesIO(data), [house.installation.signer.verifier])

    return verify


def _export(house, name="auditor", accept="text/csv", **filters):
    answer = house.client(name).get(EXPORT, params=filters, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(accept)
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


@pytest.mark.parametrize("accept", ["text/csv", "application/jsonl"])
def test_an_export_of_a_played_story_verifies(house, played, check, accept):
    data = _export(house, accept=accept)
    assert b"Verzonnen" not in data
    report = check(data)
    kept = house.sql("SELECT count(*) FROM journal.entry WHERE controller = :c", c=house.cast.towns["C"])[0][
        0
    ]
    assert report.count == kept - 1  # the line about the export itself came after
    said = sentence(report)
    assert said.startswith(f"VERIFIED. {report.count} lines, from 2026-0")
    assert "Checkpoint: " in said
    assert report.keys[0] in said


@pytest.mark.parametrize("accept", ["text/csv", "application/jsonl"])
def test_every_change_removal_insertion_and_move_of_a_line_is_rejected(house, played, check, told, accept):
    data = _export(house, accept=accept)
    end = b"\r\n" if accept == "text/csv" else b"\n"
    lines = data.split(end)[:-1]
    assert len(lines) >= 8
    chance = random.Random(7)  # noqa: S311
    changed = []
    for place, line in enumerate(lines):
        spot = chance.randrange(len(line))
        other = bytes([line[spot] ^ 1]) if line[spot] ^ 1 not in b"\r\n" else b"~"
        changed.append([*lines[:place], line[:spot] + other + line[spot + 1 :], *lines[place + 1 :]])
        changed.append([*lines[:place], *lines[place + 1 :]])
        changed.append([*lines[:place], line, line, *lines[place + 1 :]])
        swapped = chance.choice([n for n in range(len(lines)) if n != place])
        moved = list(lines)
        moved[place], moved[swapped] = moved[swapped], moved[place]
        if moved != lines:
            changed.append(moved)
    changed.append(lines[:-1])
    for each in changed:
        answer = told(end.join(each) + end)
        assert not answer.fine
        assert re.fullmatch(r"NOT VERIFIED\. .*\.", answer.sentence)
    assert check(data).count


def test_a_filtered_export_verifies_and_cannot_be_thinned_out(house, played, check, told):
    mayor = str(house.cast.persons["mayor"])
    data = _export(
        house,
        accept="application/jsonl",
        actorId=mayor,
        outcome="allowed",
        **{"from": "2026-03-02", "to": "2026-03-02"},
    )
    report = check(data)
    assert 0 < report.count < report.trees[0].size
    assert report.chosen == {
        "controller": str(house.cast.towns["C"]), "actorId": mayor, "outcome": "allowed", "from": "2026-03-02",
        "to": "2026-03-02",
    }  # fmt: skip
    lines = data.splitlines(keepends=True)
    entries = [n for n, line in enumerate(lines) if line.startswith(b'{"type":"entry"')]
    assert {json.loads(lines[n])["actorId"] for n in entries} == {mayor}
    for n in entries:
        assert not told(b"".join(lines[:n] + lines[n + 1 :])).fine


def test_an_export_over_two_years_carries_both_trees_and_an_empty_one_still_proves(
    house, played, check, play_again
):
    house.later(days=365)
    house.client("auditor").get("/api/v1/journalEntries")
    report = check(_export(house))
    assert [tree.tree[-4:] for tree in report.trees] == ["2026", "2027"]
    assert [t.tree[-4:] for t in check(_export(house, **{"from": "2027-01-01"})).trees] == ["2027"]
    assert (
        check(_export(house, **{"from": "2026-02-02", "to": "2026-02-02", "action": "case.close"})).count == 0
    )
    assert "0 lines" in sentence(check(_export(house, to="2019-01-01")))


def test_another_municipality_exports_its_own_lines_only(house, played, check):
    data = _export(house, "zoneAuditorE")
    assert played.encode() not in data
    assert str(house.cast.towns["C"]).encode() not in data
    d = check(_export(house, "zoneDpoD"))
    assert {tree.tree[:36] for tree in d.trees} == {str(house.cast.towns["D"])}
    assert d.count


def test_the_export_leaves_a_line_with_its_reason_and_says_what_it_may_be_used_for(house, played):
    refused = house.client("auditor").get(EXPORT, params={"reason": "curiosity"})
    assert (refused.status_code, refused.json()["issues"][0]["name"]) == (400, "reason")
    answer = _export(house, accept="application/jsonl", caseId=played)
    head = json.loads(answer.split(b"\n")[0])
    assert head["reason"] == "supervision"
    assert "geheimhoudingsplicht" in head["notice"]
    lines = house.sql(
        "SELECT role, reason, case_id::text, outcome FROM journal.entry WHERE action = 'journal.export'"
    )
    assert [tuple(line) for line in lines] == [
        ("auditor", "badRequest", None, "refused"),
        ("auditor", "supervision", played, "allowed"),
    ]


def test_what_is_not_asked_properly_is_refused_and_nothing_is_exported(house, played):
    client = house.client("auditor")
    refused = client.get(EXPORT, headers={"Accept": "application/pdf"})
    assert refused.status_code == 406
    assert refused.json()["type"] == "urn:problem-type:livcr:notAcceptable"
    for wrong in ({"pageSize": 3}, {"from": "x"}, {"caseId": "1"}, {"action": "case.fly"}):
        answer = client.get(EXPORT, params=wrong)
        assert answer.status_code == 400, wrong
        assert answer.headers["content-type"] == "application/problem+json"
    assert house.sql("SELECT count(*) FROM journal.entry WHERE action = 'journal.export'") == [(0,)]


def test_the_format_is_what_the_caller_prefers():
    for accept in (None, "*/*", "text/*", "text/csv", "application/json, text/csv;q=0.5", "TEXT/CSV"):
        assert wanted(accept) == "text/csv", accept
    for accept in (
        "application/jsonl",
        "application/*",
        "text/csv;q=0.2, application/jsonl;q=0.9",
        "text/csv;q=x, */*;q=0.1",
    ):
        assert wanted(accept) in {"application/jsonl", "text/csv"}
    assert wanted("text/csv;q=0.2, application/jsonl;q=0.9") == "application/jsonl"
    for accept in ("application/json", "text/csv;q=0", "image/*", ""):
        if accept:
            with pytest.raises(Problem):
                wanted(accept)


def test_an_export_waits_for_a_sealer_at_work_and_gives_up_with_503(house, played, monkeypatch):
    rounds = iter([-1, -1, 4, 0])
    monkeypatch.setattr(Sealer, "round", lambda _: next(rounds))
    exporting.seal_now(house.installation.sealer)
    assert next(rounds, None) is None
    monkeypatch.setattr(exporting, "_PATIENCE", 0.0)
    monkeypatch.setattr(Sealer, "round", lambda _: -1)
    assert house.client("auditor").get(EXPORT).status_code == 503


def test_a_large_export_is_written_to_disk_and_arrives_whole(house, played, check, monkeypatch):
    monkeypatch.setattr(exporting, "_IN_MEMORY", 1000)
    monkeypatch.setattr(exporting, "_BLOCK", 100)
    assert check(_export(house)).count


def test_the_export_stands_in_the_published_document_with_both_formats(house):
    document = house.app.openapi()["paths"]["/api/v1/journalEntries/export"]["get"]
    assert document["operationId"] == "exportJournal"
    assert document["tags"] == ["Oversight"]
    assert set(document["responses"]["200"]["content"]) == {"text/csv", "application/jsonl"}
    assert "application/problem+json" in document["responses"]["default"]["content"]
    assert {p["name"] for p in document["parameters"]} == {
        "from",
        "to",
        "caseId",
        "actorId",
        "action",
        "outcome",
        "reason",
    }
