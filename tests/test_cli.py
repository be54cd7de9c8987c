"""The command: one clear sentence and a non-zero exit for every foreseeable fault, never a traceback."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).resolve().parents[1]


def _run(*arguments, data, timeout=120, **environment):
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "KEYS_DATABASE_URL", "PORT"}}
    env |= {"LIVCR_DATA": str(data)} | environment
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=timeout,
        check=False,
    )  # fmt: skip


@cache
def _token(who, data):
    """A token of somebody of the demonstration; one start of the command for all tests that want it."""
    return _run("demo-token", who, data=data).stdout.strip()


def _sentence(done):
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_an_occupied_port_is_said_before_anything_is_started(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = _sentence(_run("serve", data=tmp_path, PORT=port))
    assert port in said
    assert "in use" in said
    assert list(tmp_path.iterdir()) == []


def test_an_unreachable_database_is_one_sentence(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    url = f"postgresql://somebody:secret-word@127.0.0.1:{port}/nowhere"
    said = _sentence(_run("migrate", data=tmp_path, DATABASE_URL=url))
    assert "cannot be reached" in said
    assert "secret-word" not in said


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    from app import cli, starting

    monkeypatch.setattr(starting, "LEAST_DISK", 1 << 60)
    monkeypatch.setenv("LIVCR_DATA", str(tmp_path))
    assert cli.main(["migrate"]) == 1


def test_a_demonstration_on_a_public_address_is_refused(tmp_path):
    assert "own address only" in _sentence(_run("demo", data=tmp_path, LIVCR_HOST="0.0.0.0", PORT="0"))  # noqa: S104


def test_a_walkthrough_without_a_demonstration_says_what_to_do(tmp_path):
    said = _sentence(_run("walkthrough", "examples/school-and-ocmw.toml", data=tmp_path))
    assert "make demo" in said


def test_generated_pages_are_current(tmp_path):
    done = _run("docs", "--check", data=tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    """`livcr demo` as a person starts it, on a free port."""
    data = tmp_path_factory.mktemp("demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "KEYS_DATABASE_URL"}}
    with (data / "out").open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "demo"], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
            env=env | {"LIVCR_DATA": str(data), "PORT": port},
        )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        for _ in range(600):
            if process.poll() is not None:
                pytest.fail((data / "out").read_text())
            try:
                if httpx2.get(url + "/api/v1/health").json() == {"status": "UP"}:
                    break
            except httpx2.TransportError:
                time.sleep(0.3)
        yield url, data, (data / "out").read_text
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


@pytest.mark.slow
def test_the_demonstration_says_who_can_sign_in(demonstration):
    _, _, said = demonstration
    for role in ("mayor", "coordinator", "participant", "auditor", "dpo", "administrator"):
        assert role in said()
    assert "password for all" in said()


@pytest.mark.slow
def test_a_demo_token_opens_the_api_and_the_exported_log_verifies(demonstration, tmp_path):
    url, data, _ = demonstration
    token = _run("demo-token", "auditor", data=data)
    assert token.returncode == 0, token.stderr
    headers = {"Authorization": f"Bearer {token.stdout.strip()}"}
    for kind in ("text/csv", "application/jsonl"):
        answer = httpx2.get(
            f"{url}/api/v1/journalEntries/export", headers=headers | {"Accept": kind}, timeout=60
        )
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        file = tmp_path / "log"
        file.write_bytes(answer.content)
        assert _run("journal", "verify", str(file), data=data).returncode == 0
        lines = answer.content.splitlines(keepends=True)
        file.write_bytes(b"".join(lines[:5] + lines[6:]))
        assert _run("journal", "verify", str(file), data=data).returncode == 1


@pytest.mark.slow
def test_the_demonstration_has_cases_in_every_state(demonstration):
    url, data, _ = demonstration
    states = set()
    for who in ("coordinator", "coordinatorg", "coordinator.b"):
        answer = httpx2.get(
            f"{url}/api/v1/cases",
            params={"state": "all", "pageSize": 100},
            headers={"Authorization": f"Bearer {_token(who, data)}"},
        )
        states |= {item["state"] for item in answer.json()["items"]}
    assert states == {"listed", "underDiscussion", "inTrajectory", "monitored", "closureProposed", "closed"}
    token = _run("demo-token", "dpo", data=data).stdout.strip()
    certificates = httpx2.get(
        f"{url}/api/v1/certificates", headers={"Authorization": f"Bearer {token}"}
    ).json()
    assert any(item["kind"] == "case" for item in certificates["items"])


@pytest.mark.slow
def test_the_demonstration_has_a_document_words_for_some_and_an_emergency_to_review(demonstration):
    url, data, _ = demonstration

    def ask(who, path, **query):
        headers = {"Authorization": f"Bearer {_token(who, data)}"}
        answer = httpx2.get(f"{url}/api/v1{path}", params=query, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    (emergency,) = ask("coordinator.c", "/breakGlass")["items"]
    assert (emergency["state"], "breakGlass.review" in emergency["abilities"]) == ("ended", True)
    case = f"/cases/{emergency['caseId']}"
    said = ask("coordinator.c", case, reason="supervision")["statements"]
    assert {each["audience"] for each in said} == {"present", "notInMinutes", "desk"}
    (document,) = ask("coordinator.c", case + "/attachments", reason="supervision")["items"]
    assert document["fileName"].endswith(".txt")
    switched_on = {}
    for who in ("coordinator.c", "coordinator", "coordinatorg", "coordinator.b"):
        (cell,) = ask(who, "/cells")["items"]
        settings = ask(who, f"/cells/{cell['cellId']}/agreement")["settings"]
        switched_on[who] = {each["name"]: each["value"] for each in settings}["break_glass"]
    # Elsewhere nobody switched it on: that is how it comes.
    assert switched_on == {"coordinator.c": 1, "coordinator": 0, "coordinatorg": 0, "coordinator.b": 0}


@pytest.mark.slow
def test_a_second_start_finds_the_port_taken_and_harms_nothing(demonstration):
    url, data, _ = demonstration
    said = _sentence(_run("demo", data=data, PORT=url.rsplit(":", 1)[1]))
    assert "in use" in said
    assert httpx2.get(url + "/api/v1/health").json() == {"status": "UP"}


@pytest.mark.slow
def test_the_demonstrations_secrets_are_for_their_owner_only(demonstration):
    _, data, _ = demonstration
    for path in (data / "demo.json", *(data / "secrets").glob("*.key")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert json.loads((data / "demo.json").read_text())["password"]


@pytest.mark.slow
def test_a_walkthrough_over_the_network_holds(demonstration):
    url, data, _ = demonstration
    done = _run("walkthrough", "examples/returnee.toml", "--url", url, data=data, timeout=180)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "The story holds" in done.stdout


@pytest.mark.slow
def test_the_console_says_why_somebody_may_see_a_case(demonstration):
    url, data, _ = demonstration
    token = _run("demo-token", "mayor", data=data).stdout.strip()
    cases = httpx2.get(f"{url}/api/v1/cases", headers={"Authorization": f"Bearer {token}"}, timeout=60).json()
    reference = cases["items"][0]["reference"]
    said = _run("access", "explain", "mayor", "case.open", reference, data=data)
    assert said.returncode == 0, said.stderr
    assert "yes: as mayor of" in said.stdout
    assert "UNDERTAKING_CONFIRMED" in said.stdout
    assert "1 of case_file" in said.stdout
    for wrong in (
        ("nobody-here", "case.open", reference),
        ("mayor", "case.steal", reference),
        ("mayor", "case.open", "C-0"),
    ):
        answer = _run("access", "explain", *wrong, data=data)
        assert answer.returncode == 1
        assert len(answer.stderr.strip().splitlines()) == 1
