"""Real witnesses over loopback HTTP and over a folder: what they say goes out, what they refuse is known."""

from __future__ import annotations

import contextlib
import http.server
import os
import resource
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.journal.note import WITNESS, Signer, Verifier, cosigned, split
from app.kernel.settings import Settings
from app.oversight.publishing import publish_all
from app.oversight.verifying import verify_file
from app.oversight.witnessing import witness_all
from tests.witnesscraft import seeded

ROOT = Path(__file__).resolve().parents[2]
EXPORT = "/api/v1/journalEntries/export"
KEY = Signer("dpo.example.be", seeded("witness of a test"), WITNESS)


class Process:
    """`livcr witness serve` as it runs on another machine: a process, a folder, a port."""

    def __init__(self, folder, key, name="dpo.example.be"):
        self.folder, self.name = folder, name
        folder.mkdir(exist_ok=True)
        (folder / "logs").write_text(f"{key}\n")
        self.port, self.said = 0, []

    def command(self, *words):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("LIVCR", "DATABASE", "KEYS"))}
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "witness", *words, "--state", self.folder / "state",
             "--logs", self.folder / "logs", "--name", self.name],
            cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=self.limits,  # noqa: PLW1509 — it only sets a limit
        )  # fmt: skip

    limits = None

    def start(self):
        self.process = self.command("serve", "--port", str(self.port))
        first = self.process.stdout.readline()
        assert "answers at" in first, first
        self.port = int(first.partition("http://127.0.0.1:")[2].partition(".")[0])
        self.key = Verifier.parse(self.process.stdout.readline().strip())
        return self

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.said += self.process.communicate(timeout=20)[0].splitlines()
        return self

    @property
    def setting(self):
        return f"{self.key} http://127.0.0.1:{self.port}"


@pytest.fixture
def witness(house, tmp_path):
    made = Process(tmp_path / "neighbour", house.installation.signer.verifier).start()
    yield made
    made.kill()


def told(house, **settings):
    house.installation.settings = house.installation.settings.model_copy(update=settings)


def cosignatures(house):
    return house.sql("SELECT controller, size, witness, line FROM journal.cosignature ORDER BY size")


def faults(house):
    return {row.fault for row in house.sql("SELECT fault FROM journal.witness_state")}


def later(house, minutes=2):
    house.at(house.now + timedelta(minutes=minutes))


def test_what_a_witness_said_goes_out_with_checkpoint_and_export(
    house, played, play_again, witness, tmp_path
):
    told(house, witnesses=witness.setting)
    house.installation.sealer.seal_all()
    trees = house.sql("SELECT count(*) FROM journal.tree")[0][0]
    assert witness_all(house.installation) == {witness.key.quoted: trees}
    assert witness_all(house.installation) == {witness.key.quoted: 0}
    page = house.client("auditor").get("/api/v1/checkpoints").json()
    assert witness.key in cosigned(page["items"][0]["note"], [witness.key])
    play_again()
    path = tmp_path / "export.csv"
    path.write_bytes(house.client("auditor").get(EXPORT).content)  # sealed and cosigned on the way out
    key = str(house.installation.signer.verifier)
    report = verify_file(path, [key], witnesses=[str(witness.key)])
    assert report.fine, report.sentence
    assert f"Witnessed by: {house.cast.towns['C']}/2026: {witness.key.quoted} on" in report.sentence
    assert "Witnessed" in verify_file(path, [key, str(witness.key)]).sentence
    assert "Witnessed" not in verify_file(path, [key]).sentence
    other = str(KEY.verifier)
    assert "not cosigned by witness" in verify_file(path, [key], witnesses=[other]).sentence
    assert "not among those given" in verify_file(path, [str(witness.key)]).sentence


def test_a_witness_that_is_killed_is_put_off_and_remembers_when_it_is_back(
    house, played, play_again, witness
):
    told(house, witnesses=witness.setting)
    house.installation.sealer.seal_all()
    assert sum(witness_all(house.installation).values())
    before = len(cosignatures(house))
    witness.kill()
    play_again()
    house.installation.sealer.seal_all()
    assert sum(witness_all(house.installation).values()) == 0
    assert faults(house) == {"unreachable"}
    assert house.client("auditor").get(EXPORT).status_code == 200  # nothing waits for it
    witness.start()
    assert sum(witness_all(house.installation).values()) == 0  # spared for a minute
    later(house)
    assert sum(witness_all(house.installation).values())
    assert len(cosignatures(house)) > before
    assert faults(house) == set()


def test_pauses_grow(house, played, witness):
    told(house, witnesses=witness.setting)
    witness.kill()
    house.installation.sealer.seal_all()
    pauses = []
    for _ in range(7):
        witness_all(house.installation)
        (row,) = house.sql(
            "SELECT DISTINCT failures, next_at - :now AS pause FROM journal.witness_state", now=house.now
        )
        pauses.append(int(row.pause.total_seconds() // 60))
        house.at(house.now + row.pause)
    assert pauses == [1, 5, 15, 30, 60, 60, 60]


def test_a_log_cut_back_and_grown_again_with_the_real_key_is_found(
    house, played, play_again, witness, tmp_path
):
    """Who owns the database takes lines away and has the real sealer sign what is left: the witness does not."""
    told(house, witnesses=witness.setting)
    house.installation.sealer.seal_all()
    witness_all(house.installation)
    for table in ("leaf", "node", "tree", "checkpoint"):
        house.sql(f"DELETE FROM journal.{table}")
    house.sql("ALTER TABLE journal.entry DISABLE TRIGGER stays")
    house.sql("DELETE FROM journal.entry WHERE action = 'registration.read'")
    house.sql("ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER stays")
    house.sql("UPDATE journal.seal_state SET floor = '0'")
    house.installation.sealer.seal_all()
    later(house)
    assert sum(witness_all(house.installation).values()) == 0
    assert faults(house) == {"disagrees"}
    for _ in range(3):
        play_again()
    house.installation.sealer.seal_all()  # longer than ever now
    house.at(house.now + timedelta(hours=1))
    grown = house.sql("SELECT max(size) FROM journal.tree")[0][0]
    seen = max(row.size for row in cosignatures(house))
    assert grown > seen
    witness_all(house.installation)
    assert "disagrees" in faults(house)
    witness.kill(signal.SIGTERM)
    assert any(line.startswith("ALARM") for line in witness.said)
    assert list((witness.folder / "state" / "evidence").iterdir())


def test_a_disk_that_is_full_signs_nothing_and_is_no_reproach_to_the_log(house, played, tmp_path):
    """The process may not write more than 250 bytes to a file: its key fits, a checkpoint with its cosignature does not."""
    witness = Process(tmp_path / "full", house.installation.signer.verifier)

    def limits():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (250, 250))

    witness.limits = limits
    witness.start()
    try:
        told(house, witnesses=witness.setting)
        house.installation.sealer.seal_all()
        assert sum(witness_all(house.installation).values()) == 0
        assert faults(house) == {"unable"}
        assert list((witness.folder / "state" / "seen").iterdir()) == []
    finally:
        witness.kill()
    assert witness.process.returncode == -signal.SIGKILL


@contextlib.contextmanager
def answering(status, body, pause=None):
    """Be a witness that answers every submission so."""

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if pause:
                pause.wait(20)
            said = body(asked[-1]) if callable(body) else body
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(said)

        def log_message(self, *_):
            pass

    asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{KEY.verifier} http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, b"", "spoiled"),
        (200, b"\xff", "spoiled"),
        (200, lambda _: KEY.cosignature("another text\n", 5).encode(), "spoiled"),
        (
            200,
            lambda _: Signer("else.example", seeded("x"), WITNESS).cosignature("a\n", 5).encode(),
            "spoiled",
        ),
        (200, b"x" * 70000, "unreachable"),
        (404, b"", "refused"),
        (403, b"", "refused"),
        (302, b"", "refused"),
        (422, b"", "disagrees"),
        (409, b"99999\n", "disagrees"),
        (409, b"0\n", "disagrees"),
        (409, b"1\n", "disagrees"),
        (409, b"many", "disagrees"),
        (500, b"", "unable"),
    ],
)
def test_whatever_a_witness_answers_is_told_by_its_kind(house, played, status, body, fault):
    house.installation.sealer.seal_all()
    with answering(status, body) as (setting, asked):
        told(house, witnesses=setting)
        assert sum(witness_all(house.installation).values()) == 0
    assert faults(house) == {fault}
    assert asked
    assert cosignatures(house) == []


def test_a_witness_that_never_answers_holds_an_export_up_for_two_seconds_once(house, played):
    import time

    house.installation.sealer.seal_all()
    over = threading.Event()
    with answering(200, b"", over) as (setting, asked):
        told(house, witnesses=setting)
        for _ in range(2):
            began = time.monotonic()
            assert house.client("auditor").get(EXPORT).status_code == 200
            took = time.monotonic() - began
        over.set()
    assert len(asked) == 1
    assert took < 2


def test_a_size_that_the_witness_names_is_taken_up(house, played):
    """A new database of ours asks from nothing; the witness says how far it is, and the proof leads on from there."""
    house.installation.sealer.seal_all()

    def body(request):
        text = request.partition("\n\n")[2]
        return KEY.cosignature(split(text)[0], 1_790_000_000).encode()

    with answering(409, b"1\n") as (_, asked), answering(200, body) as (good, _):
        told(house, witnesses=good)
        done = witness_all(house.installation)
        assert asked == []
    assert sum(done.values())
    assert {row.witness for row in cosignatures(house)} == {KEY.verifier.quoted}


def test_the_settings_refuse_half_a_witness():
    key = str(KEY.verifier)
    log = str(Signer("livcr-x", seeded("x")).verifier)
    assert Settings(LIVCR_WITNESSES=f"{key} folder", witnesses=f"{key} folder").witnesses
    for wrong in (
        key,
        f"{key} http://elsewhere.example",
        f"{log} folder",
        "nonsense folder",
        f"{key} https://u:p@x.example",
    ):
        with pytest.raises(ValueError, match="LIVCR_WITNESSES"):
            Settings(witnesses=wrong)


# -- the folder -----------------------------------------------------------------------------------------------------


def test_a_folder_carries_everything_to_a_witness_without_a_line_and_back(
    house, played, play_again, tmp_path
):
    witness = Process(tmp_path / "away", house.installation.signer.verifier)
    folder = tmp_path / "published"
    told(house, checkpoint_folder=folder)
    house.installation.sealer.seal_all()
    trees = house.sql("SELECT count(*) FROM journal.tree")[0][0]
    assert publish_all(house.installation) == trees
    assert publish_all(house.installation) == 0
    play_again()
    house.installation.sealer.seal_all()
    assert publish_all(house.installation) >= 1
    town = folder / f"{house.cast.towns['C']}-2026"
    assert (town / "newest.note").stat().st_mode & 0o777 == 0o644
    done = witness.command("check", str(folder))
    said = done.communicate(timeout=60)[0]
    assert done.returncode == 0, said
    assert said.count("cosigned at") == trees
    key = Verifier.parse((witness.folder / "state" / "witness.pub").read_text().strip())
    told(house, witnesses=f"{key} folder")
    assert witness_all(house.installation) == {}
    (town / f"cosigned-{key.key_id.hex()}.note").chmod(0o644)
    assert publish_all(house.installation) == trees
    assert key in cosigned((town / "newest.note").read_text(), [key])
    assert len(cosignatures(house)) == trees
    play_again()
    house.installation.sealer.seal_all()
    assert publish_all(house.installation) >= 1  # what it left is of an older checkpoint by now, and known
    assert key not in cosigned((town / "newest.note").read_text(), [key])
    (town / f"cosigned-{key.key_id.hex()}.note").write_text("spoiled")
    assert publish_all(house.installation) == 0
    done = witness.command("check", str(folder))
    assert done.communicate(timeout=60)[0].count("cosigned at") == trees


def test_a_history_cut_off_in_the_middle_of_a_record_goes_on(house, played, play_again, tmp_path):
    folder = tmp_path / "published"
    told(house, checkpoint_folder=folder)
    house.installation.sealer.seal_all()
    publish_all(house.installation)
    town = folder / f"{house.cast.towns['C']}-2026"
    (history,) = town.glob("history-*.txt")
    with history.open("a") as file:
        file.write("old 7\nhalf a re")
    play_again()
    house.installation.sealer.seal_all()
    publish_all(house.installation)
    witness = Process(tmp_path / "away", house.installation.signer.verifier)
    done = witness.command("check", str(folder))
    assert done.communicate(timeout=60)[0].count("NOT") == 0
    assert done.returncode == 0


def test_what_contradicts_the_published_history_is_not_published(house, played, play_again, tmp_path, caplog):
    folder = tmp_path / "published"
    told(house, checkpoint_folder=folder)
    house.installation.sealer.seal_all()
    publish_all(house.installation)
    town = folder / f"{house.cast.towns['C']}-2026"
    before = (town / "newest.note").read_text()
    for table in ("leaf", "node", "tree", "checkpoint"):
        house.sql(f"DELETE FROM journal.{table}")
    house.sql("UPDATE journal.seal_state SET floor = '0'")
    house.sql("ALTER TABLE journal.entry DISABLE TRIGGER stays")
    house.sql("UPDATE journal.entry SET reason = 'other' WHERE action = 'registration.read'")
    house.sql("ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER stays")
    house.installation.sealer.seal_all()
    publish_all(house.installation)
    assert "NOT what was published" in caplog.text
    assert (town / "newest.note").read_text() == before


def test_without_a_folder_nothing_is_published_and_a_witness_without_its_files_says_so(house, tmp_path):
    assert publish_all(house.installation) == 0
    witness = Process(tmp_path / "away", house.installation.signer.verifier)
    done = witness.command("check", str(tmp_path / "nothing"))
    assert "holds no published" in done.communicate(timeout=60)[0]
    assert done.returncode == 1
    (witness.folder / "logs").write_text("no key\n")
    for way in (("check", str(tmp_path)), ("serve", "--port", "0")):
        done = witness.command(*way)
        assert "line 1" in done.communicate(timeout=60)[0]
        assert done.returncode == 1
