"""A witness signs what continues, and nothing else; what contradicts is kept and said aloud."""

from __future__ import annotations

import base64
import http.client
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.kernel.first_file import replace_whole
from app.kernel.journal import witness as witnesses
from app.kernel.journal.note import LOG, WITNESS, NoteInvalid, Signer, Verifier, cosigned, split
from app.kernel.journal.witness import Logs, Witness, WitnessFault, load_witness_key, request_text
from app.kernel.journal.witness_door import LONGEST_REQUEST, WitnessServer, check_folder, read_records
from tests.witnesscraft import ORIGIN, SmallLog

NOW = 1_790_000_000


@pytest.fixture
def told():
    return []


@pytest.fixture
def own(tmp_path, told):
    log = SmallLog()
    logs = Logs.parse(f"# ours\n\n{log.signer.verifier}  # the log\n")
    signer = load_witness_key(tmp_path / "w", "dpo.example.be")
    return Witness(tmp_path / "w", signer, logs, told.append)


def test_a_cosignature_is_what_the_specification_says(own):
    """Checked by the library alone and by openssl: bytes, key id, signed text (c2sp.org/tlog-cosignature)."""
    import hashlib

    log = SmallLog().grow(5)
    answer = own.add(log.request(), NOW)
    assert (answer.status, answer.media) == (200, "text/plain; charset=utf-8")
    dash, name, blob = answer.body.removesuffix("\n").split(" ")
    assert (dash, name) == ("\N{EM DASH}", "dpo.example.be")
    data = base64.b64decode(blob)
    public = own.signer.private_key.public_key().public_bytes_raw()
    assert data[:4] == hashlib.sha256(b"dpo.example.be\n\x04" + public).digest()[:4]
    assert int.from_bytes(data[4:12], "big") == NOW
    said = f"cosignature/v1\ntime {NOW}\n".encode() + split(log.note())[0].encode()
    Ed25519PublicKey.from_public_bytes(public).verify(data[12:], said)
    assert str(own.signer.verifier).endswith(base64.b64encode(b"\x04" + public).decode())


def test_openssl_agrees(own, tmp_path):
    log = SmallLog().grow(3)
    data = base64.b64decode(own.add(log.request(), NOW).body.split(" ")[2])
    key = own.signer.private_key.public_key()
    (tmp_path / "key.pem").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "sig").write_bytes(data[12:])
    said = f"cosignature/v1\ntime {NOW}\n".encode() + split(log.note())[0].encode()
    for text, code in ((said, 0), (said.replace(b"time 1", b"time 2"), 1)):
        (tmp_path / "text").write_bytes(text)
        done = subprocess.run(
            [shutil.which("openssl"), "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "key.pem", "-rawin", "-in",
             tmp_path / "text", "-sigfile", tmp_path / "sig"],
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr


def test_a_log_that_grows_is_followed(own, told):
    log = SmallLog()
    for old, size in ((0, 1), (1, 4), (4, 4), (4, 9), (9, 300)):
        log.grow(size - log.store.size)
        answer = own.add(log.request(old), NOW + size)
        assert answer.status == 200
        seen = cosigned(log.note() + answer.body, [own.signer.verifier])
        assert int(seen[own.signer.verifier].timestamp()) == NOW + size
    assert own.known(ORIGIN) == 300
    assert own.known("another") == 0
    assert told == []


@pytest.mark.parametrize("old", [0, 3, 6])
def test_who_does_not_know_what_it_knows_is_told_the_size(own, old, told):
    log = SmallLog().grow(5)
    assert own.add(log.request(), NOW).status == 200
    log.grow(5)
    assert own.add(log.request(old), NOW) == (409, "5\n", "text/x.tlog.size")
    assert told == []


def test_a_split_view_is_refused_kept_and_said_once(own, told, tmp_path):
    log, other = SmallLog().grow(5), SmallLog("other").grow(5)
    assert own.add(log.request(), NOW).status == 200
    for _ in range(2):
        assert own.add(other.request(5), NOW).status == 409
    assert len(told) == 1
    assert "SPLIT VIEW" in told[0]
    (evidence,) = (tmp_path / "w" / "evidence").iterdir()
    text = evidence.read_text()
    assert split(log.note())[0] in text
    assert other.note() in text
    assert own.add(log.grow().request(5), NOW).status == 200  # the honest branch goes on


def test_a_log_cut_back_and_grown_again_with_the_real_key_gets_nothing(own, told):
    first = SmallLog().grow(8)
    assert own.add(first.request(), NOW).status == 200
    again = SmallLog().grow(4)
    again.grow(words=["somebody thought better of this", "and this", "x", "y", "z", "v"])
    assert own.add(again.request(8), NOW).status == 422
    assert "no proof" in told[-1]
    small = request_text(8, [], again.note(6, minutes=700))
    assert own.add(small, NOW).status == 400  # an old size above the checkpoint
    assert own.add(request_text(6, [], again.note(6, minutes=700)), NOW).status == 409
    assert "CUT BACK" in told[-1]
    assert own.add(first.request(6, 7), NOW).status == 409  # an older checkpoint, late: no reproach
    assert len(told) == 2
    assert own.add(first.grow().request(8), NOW).status == 200


def test_what_is_malformed_unknown_or_signed_by_another_is_told_apart(own):
    log = SmallLog().grow(3)
    note = log.note()
    for body in (
        "", "old 3\n", "old 03\n\n" + note, "old -1\n\n" + note, "new 0\n\n" + note, "old 0\nAAAA\n\n" + note,
        "old 0\nx\n\n" + note, "old 0\n" + f"{'A' * 43}=\n" * 64 + "\n" + note, "old 0\n\nthree\nlines\nonly\n\n",
        "old 0\n\n" + note.replace("\n3\n", "\n03\n"), "old 0\n\n" + note.partition("\n\n")[0],
    ):  # fmt: skip
        assert own.add(body, NOW).status == 400, body
    assert own.add(SmallLog(origin="livcr.anders/x").grow().request(), NOW).status == 404
    assert own.add(SmallLog(key="forged").grow().request(), NOW).status == 403
    assert own.add(note and request_text(0, [b"\0" * 32], note), NOW).status == 422
    assert own.known(ORIGIN) == 0


def test_an_empty_log_can_be_witnessed_and_one_that_lies_about_it_not(own, told):
    log = SmallLog()
    assert own.add(log.request(), NOW).status == 200
    assert own.add(log.grow(2).request(), NOW).status == 200
    empty = SmallLog(origin=ORIGIN.replace("/2026", "/2027"))
    lie = type(empty.checkpoint())(empty.origin, 0, b"\1" * 32, empty.checkpoint().time).sign(empty.signer)
    assert own.add(request_text(0, [], lie), NOW).status == 409
    assert told


def test_a_clock_that_stands_back_signs_nothing_and_a_small_correction_repeats_the_time(own, told):
    log = SmallLog().grow(2)
    assert own.add(log.request(), NOW).status == 200
    near = own.add(log.grow().request(2), NOW - 30)
    assert near.status == 200
    at = cosigned(log.note() + near.body, [own.signer.verifier])[own.signer.verifier]
    assert int(at.timestamp()) == NOW
    assert own.add(log.grow().request(3), NOW - 3600).status == 503
    assert "stands back" in told[-1]
    assert own.known(ORIGIN) == 3
    assert own.add(log.request(3), NOW + 5).status == 200


def test_what_it_keeps_cannot_be_set_back_by_somebody_else(own, tmp_path):
    log = SmallLog().grow(2)
    own.add(log.request(), NOW)
    (kept,) = (tmp_path / "w" / "seen").iterdir()
    before = kept.read_text()
    kept.write_text(before.replace("\n2\n", "\n1\n"))
    with pytest.raises(WitnessFault, match="was changed"):
        own.add(log.grow().request(2), NOW)
    kept.write_text(log.note())  # without our own cosignature
    with pytest.raises(WitnessFault, match="own cosignature"):
        own.known(ORIGIN)
    kept.write_text(before)
    assert own.add(log.request(2), NOW).status == 200


def test_signatures_of_others_are_not_kept(own, tmp_path):
    log = SmallLog().grow(2)
    foreign = Signer("dpo.example.be", own.signer.private_key, WITNESS)
    body = log.request() + foreign.cosignature("another text\n", NOW)
    assert own.add(body, NOW).status == 200
    (kept,) = (tmp_path / "w" / "seen").iterdir()
    assert kept.read_text().count("\N{EM DASH}") == 2
    assert own.known(ORIGIN) == 2


def test_the_list_of_logs_takes_keys_with_and_without_an_origin():
    ours, sum_db = SmallLog().signer.verifier, Verifier("sum.example", b"\1" * 32)
    logs = Logs.parse(f"{ours}\nelsewhere/ {sum_db}\nexactly {ours}\n{sum_db}")
    assert logs.keys(ORIGIN) == [ours]
    assert logs.keys("livcr.proefje/1") == []
    # Under a key alone, trees and nothing else: a log written anew would be a new one under another name.
    assert logs.keys(ORIGIN.replace("livcr.proef/", "livcr.proef/archive/")) == []
    assert logs.keys(f"{ORIGIN}/x") == logs.keys("livcr.proef/") == []
    assert logs.keys("elsewhere/7") == [sum_db]
    assert logs.keys("exactly") == [ours]
    assert logs.keys("sum.example") == [sum_db]
    for text in ("x", f"a b {ours}", str(Signer("w", Ed25519PrivateKey.generate(), WITNESS).verifier)):
        with pytest.raises(NoteInvalid, match="line 2"):
            Logs.parse(f"{ours}\n{text}")


def test_its_key_is_made_once_for_its_owner_alone(tmp_path):
    with pytest.raises(WitnessFault, match="needs a name"):
        load_witness_key(tmp_path / "w")
    with pytest.raises(WitnessFault, match="cannot be used"):
        load_witness_key(tmp_path / "w", "two words")
    signer = load_witness_key(tmp_path / "w", "dpo.example.be")
    assert (tmp_path / "w" / "witness.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "w" / "witness.pub").read_text().strip() == str(signer.verifier)
    assert load_witness_key(tmp_path / "w").verifier == signer.verifier
    with pytest.raises(WitnessFault, match="not the key"):
        load_witness_key(tmp_path / "w", "other.example")
    (tmp_path / "w" / "witness.key").write_text(SmallLog().signer.to_text())
    with pytest.raises(WitnessFault, match="not the key"):
        load_witness_key(tmp_path / "w")
    (tmp_path / "w" / "witness.key").write_text("")
    with pytest.raises(WitnessFault, match="cannot be used"):
        load_witness_key(tmp_path / "w")


def test_many_at_once_are_answered_one_after_the_other(own):
    """Submissions race on one folder, from threads and as if from two processes: nothing goes back, nothing forks."""
    log = SmallLog().grow(60)
    twin = Witness(own._folder, own.signer, own._logs)
    own.add(log.request(0, 1), NOW)

    def push(number):
        witness = twin if number % 2 else own
        size = 1
        while size < 60:
            target = min(60, size + 1 + number % 7)
            answer = witness.add(log.request(size, target), NOW)
            size = int(answer.body) if answer.status == 409 else target
            assert answer.status in {200, 409}
        return size

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(push, range(6))) == {60}
    assert own.known(ORIGIN) == 60


def test_a_disk_that_refuses_means_no_signature(own, monkeypatch, told):
    log = SmallLog().grow(2)
    own.add(log.request(), NOW)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(witnesses, "replace_whole", full)
    with pytest.raises(OSError, match="No space"):
        own.add(log.grow().request(2), NOW)
    monkeypatch.setattr(witnesses, "make_once", full)
    assert own.add(SmallLog("other").grow(2).request(2), NOW).status == 409
    assert "could not be kept" in told[-1]
    monkeypatch.undo()
    assert own.known(ORIGIN) == 2
    assert own.add(log.request(2), NOW).status == 200


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    place = tmp_path / "x" / "file"
    replace_whole(place, "one")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(5, "broken")))
    with pytest.raises(OSError, match="broken"):
        replace_whole(place, "two")
    assert place.read_text() == "one"
    assert [each.name for each in place.parent.iterdir()] == ["file"]


# -- the doors ------------------------------------------------------------------------------------------------------


@pytest.fixture
def door(own):
    server = WitnessServer(("127.0.0.1", 0), own, lambda: NOW)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    server.shutdown()
    server.server_close()
    thread.join()


def _ask(door, body, path="/w/add-checkpoint", **headers):
    door.request("POST", path, body.encode() if isinstance(body, str) else body, headers)
    answer = door.getresponse()
    return answer.status, answer.read().decode(), answer.headers["Content-Type"]


def test_over_http_every_answer_has_its_status_and_the_line_stays_open(door, own, tmp_path):
    log = SmallLog().grow(4)
    status, line, media = _ask(door, log.request())
    assert (status, media) == (200, "text/plain; charset=utf-8")
    assert cosigned(log.note() + line, [own.signer.verifier])
    assert _ask(door, log.request()) == (409, "4\n", "text/x.tlog.size")
    assert _ask(door, log.grow().request(4), "/elsewhere")[0] == 404
    assert _ask(door, b"\xff\xfe")[0] == 400
    (kept,) = (tmp_path / "w" / "seen").iterdir()
    kept.write_text("spoiled")
    assert _ask(door, log.request(4))[0] == 500
    assert _ask(door, b"x" * (LONGEST_REQUEST + 1))[0] == 413
    assert _ask(door, b"", **{"Content-Length": "many"})[0] == 411


def _published(folder, log, *sizes, day="2026-03-02"):
    folder.mkdir(parents=True, exist_ok=True)
    before = 0
    with (folder / f"history-{day}.txt").open("a") as file:
        for size in sizes:
            file.write(log.request(before, size))
            before = size


def test_a_folder_is_followed_record_by_record_and_cosigned_at_its_end(own, tmp_path, told):
    log = SmallLog().grow(30)
    tree = tmp_path / "pub" / "tree"
    assert [each.fine for each in check_folder(own, tmp_path / "pub", NOW)] == [False]
    _published(tree, log, 3, 10, 12)
    (done,) = check_folder(own, tmp_path / "pub", NOW)
    assert done == (True, "tree: cosigned at 12 lines.")
    note = (tree / f"cosigned-{own.signer.verifier.key_id.hex()}.note").read_text()
    assert own.signer.verifier in cosigned(note, [own.signer.verifier])
    with (tree / "history-2026-03-03.txt").open("w") as file:
        file.write("cut off by a cra\n" + log.request(12, 20)[:40] + "\n" + log.request(12, 30))
    (done,) = check_folder(own, tmp_path / "pub", NOW)
    assert done.fine
    assert own.known(ORIGIN) == 30
    assert [each.fine for each in check_folder(own, tmp_path / "pub", NOW)] == [True]  # nothing new
    assert told == []


def test_a_folder_that_does_not_continue_is_not_cosigned_and_says_why(own, tmp_path, told):
    log = SmallLog().grow(30)
    own.add(log.request(0, 12), NOW)
    _published(tmp_path / "a" / "back", log, 5)
    (done,) = check_folder(own, tmp_path / "a", NOW)
    assert not done.fine
    assert "does not continue the 12 lines" in done.sentence
    other = SmallLog("other").grow(30)
    _published(tmp_path / "b" / "split", other, 3, 12, 20)
    (done,) = check_folder(own, tmp_path / "b", NOW)
    assert "NOT COSIGNED at 12 lines" in done.sentence
    assert "SPLIT VIEW" in told[-1]
    _published(tmp_path / "c" / "unknown", SmallLog(origin="livcr.x/y").grow(3), 3)
    _published(tmp_path / "c" / "wrong", SmallLog(key="forged").grow(3), 3)
    (tmp_path / "c" / "empty").mkdir()
    (tmp_path / "c" / "empty" / "history-x.txt").write_text("nothing\n")
    said = {each.sentence.partition(":")[0]: each.sentence for each in check_folder(own, tmp_path / "c", NOW)}
    assert "nothing in it" in said["empty"]
    assert "does not know" in said["unknown"]
    assert "not signed by a key" in said["wrong"]
    with (tmp_path / "d").open("w"):
        pass
    late = tmp_path / "e" / "late"
    late.mkdir(parents=True)
    (late / "history-1.txt").write_text(log.request(12, 20))
    (done,) = check_folder(own, tmp_path / "e", NOW - 4000)
    assert "clock" in done.sentence


def test_records_are_found_in_any_piece_of_a_history():
    log = SmallLog().grow(9)
    text = log.request(0, 2) + log.request(2, 5) + "\n" + log.request(5, 9)
    assert [each[0] for each in read_records(text)] == [0, 2, 5]
    assert [each[0] for each in read_records(text[30:])] == [2, 5]
    assert [each[0] for each in read_records(text[:-120])] == [0, 2]


# -- cosignatures in notes ------------------------------------------------------------------------------------------


def test_a_witness_key_travels_as_text_and_never_passes_for_that_of_a_log():
    signer = Signer("dpo.example.be", SmallLog().signer.private_key, WITNESS)
    assert Signer.parse(signer.to_text()).verifier == signer.verifier
    assert Verifier.parse(str(signer.verifier)).kind == WITNESS
    assert signer.verifier.key_id != Verifier(signer.name, signer.verifier.public_key, LOG).key_id
    assert signer.verifier.quoted == "+".join(str(signer.verifier).split("+")[:2])


def test_a_changed_cosignature_is_refused_and_a_stranger_s_ignored():
    log = SmallLog().grow(3)
    signer = Signer("dpo.example.be", SmallLog(key="w").signer.private_key, WITNESS)
    note = log.note() + signer.cosignature(split(log.note())[0], NOW)
    assert set(cosigned(note, [signer.verifier, log.signer.verifier])) == {signer.verifier}
    assert cosigned(note, []) == {}
    line = split(note)[1][1]
    for signature in (
        line.signature[:8],
        line.signature[:-1],
        (NOW + 1).to_bytes(8, "big") + line.signature[8:],
        b"\xff" * 8 + line.signature[8:],
    ):
        changed = type(line)(line.name, line.key_id, signature)
        with pytest.raises(NoteInvalid, match="does not hold"):
            cosigned(log.note() + changed.line(), [signer.verifier])
    never = log.note() + signer.cosignature(split(log.note())[0], 2**63 - 1)
    with pytest.raises(NoteInvalid, match="no calendar"):
        cosigned(never, [signer.verifier])
