"""How documents are kept: within limits, sealed in parts that open together or not at all, and gone when removed."""

from __future__ import annotations

import subprocess
import threading
from uuid import UUID

import filecraft as make
import pytest
from attachcraft import API, NAME
from attachcraft import add as _add
from attachcraft import count as _count
from attachcraft import lines as _lines
from attachcraft import listed as _list
from attachcraft import read as _read
from attachcraft import remove as _remove

from app.cases import attachments
from app.kernel.embedded import Cluster
from app.kernel.sealed import Sealed
from app.kernel.vault import Shredded
from app.retention.sweeping import sweep_all


@pytest.fixture
def added(house, case_id):
    answer = _add(house, case_id)
    assert answer.status_code == 201, answer.text
    return answer.json()


# Limits -------------------------------------------------------------------------------------------------


@pytest.fixture
def narrow(house):
    """Set the limits of this house."""

    def settle(**limits):
        house.installation.settings = house.installation.settings.model_copy(update=limits)

    return settle


def test_a_file_that_is_too_large_is_refused_as_announced_and_as_it_comes(house, case_id, narrow):
    narrow(attachment_bytes=100_000)
    assert _add(house, case_id, file=("a.txt", b"a" * 100_000)).status_code == 201
    for size in (100_001, 300_000):
        answer = _add(house, case_id, file=("b.txt", b"b" * size))
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:problem-type:belgif:payloadTooLarge")
        assert _lines(house, "attachment.add")[-1]["outcome"] == "refused"
    sent = []

    def pieces():
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.txt"\r\n\r\n'
        yield head
        for _ in range(50):
            sent.append(1)
            yield b"x" * 100_000

    answer = house.client("mayor").post(
        API + "/attachments", content=pieces(), headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert answer.status_code == 413
    assert _count(house) == [1, 1]


def test_a_case_holds_so_many_files_and_so_many_bytes(house, case_id, narrow):
    narrow(case_attachments=2)
    for letter in "ab":
        assert _add(house, case_id, file=(f"{letter}.txt", letter.encode() * 50_000)).status_code == 201
    full = _add(house, case_id, file=("c.txt", b"c"))
    assert (full.status_code, full.json()["issues"][0]["name"]) == (400, "file")
    assert _list(house, case_id).json()["roomLeft"] == 0
    narrow(case_attachments=50, case_attachment_bytes=120_000)
    assert _add(house, case_id, file=("c.txt", b"c" * 20_001)).status_code == 400
    assert _add(house, case_id, file=("c.txt", b"c" * 20_000)).status_code == 201
    assert _list(house, case_id).json()["roomLeft"] == 0


def test_removing_one_makes_room(house, case_id, added, narrow):
    narrow(case_attachments=1)
    assert _add(house, case_id, file=("c.txt", b"c")).status_code == 400
    assert _remove(house, added).status_code == 200
    assert _add(house, case_id, file=("c.txt", b"c")).status_code == 201


def test_the_same_document_is_not_kept_twice(house, case_id, added):
    again = _add(house, case_id, file=("andere-naam.pdf", make.pdf()))
    assert again.status_code == 400
    assert _count(house) == [1, 1]


def test_of_uploads_at_once_over_the_limit_only_as_many_stay_as_there_is_room(house, case_id, narrow):
    narrow(case_attachments=1)
    names = ("mayor", "coordinator", "delegate")
    for name in names:
        house.client(name)
    together, answers = threading.Barrier(len(names)), []

    def send(name):
        together.wait()
        answers.append(_add(house, case_id, name, file=(f"{name}.txt", name.encode() * 9_000)).status_code)

    threads = [threading.Thread(target=send, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 400, 400]
    assert _count(house) == [1, 1]


# Sealed -------------------------------------------------------------------------------------------------


def test_nothing_of_it_stands_readable_in_the_database_nor_in_a_dump(house, case_id, added):
    url = house.process.addresses.main
    program = Cluster.tool("pg_dump", house.installation.settings.postgres)
    dump = subprocess.run([str(program), url], check=True, capture_output=True).stdout
    for clear in (make.MARK, NAME.encode(), b"Brief van de school", b"%PDF", added["digest"].encode()):
        assert clear not in dump
        assert clear.hex().encode() not in dump
    assert b"attachment_part" in dump


SPOILT = {
    "a bit turned": "UPDATE attachment_part SET content = set_byte(content, 100, get_byte(content, 100) # 1) WHERE number = 1",
    "cut off": "DELETE FROM attachment_part WHERE number = 2",
    "cut off, and the count with it": "WITH d AS (DELETE FROM attachment_part WHERE number = 2) UPDATE attachment SET parts = 2",
    "the first left out": "WITH d AS (DELETE FROM attachment_part WHERE number = 0) UPDATE attachment SET parts = 2",
    "two exchanged": "UPDATE attachment_part p SET content = q.content FROM attachment_part q"
    " WHERE p.number < 2 AND q.number = 1 - p.number",
    "one repeated": "INSERT INTO attachment_part SELECT attachment_id, 3, case_id, municipality_id, content"
    " FROM attachment_part WHERE number = 2",
    "all gone": "DELETE FROM attachment_part",
    "another digest": "UPDATE attachment SET digest = name",
}


@pytest.mark.parametrize("change", SPOILT)
def test_what_was_changed_in_the_database_does_not_open(house, case_id, change):
    made = _add(house, case_id, file=("groot.txt", b"0123456789" * 70_000)).json()
    assert _read(house, made).status_code == 200
    house.sql(SPOILT[change])
    answer = _read(house, made)
    assert answer.status_code == 500
    assert b"0123456789" not in answer.content
    assert _lines(house, "attachment.read")[-1]["outcome"] == "refused"


def test_a_part_of_one_document_does_not_open_in_another(house, case_id):
    one, two = (
        _add(house, case_id, file=(f"{letter}.txt", letter.encode() * 1000)).json() for letter in "ab"
    )
    house.sql(
        "UPDATE attachment_part p SET content = q.content FROM attachment_part q WHERE p.attachment_id <> q.attachment_id"
    )
    assert [_read(house, each).status_code for each in (one, two)] == [500, 500]


# Removing -----------------------------------------------------------------------------------------------


def test_a_removed_document_leaves_that_it_was_there_and_why_it_went(house, case_id, added):
    assert _remove(house, added, tag=None).status_code == 428
    assert _remove(house, added, tag='"9"').status_code == 412
    gone = _remove(house, added, ground="notPermitted")
    assert gone.status_code == 200, gone.text
    (item,) = _list(house, case_id).json()["items"]
    assert item["removalGround"] == "notPermitted"
    assert item["abilities"] == []
    assert "fileName" not in item
    assert _count(house) == [1, 0]
    (row,) = house.sql("SELECT name, description, category_reason, digest FROM attachment")
    assert tuple(row) == (None, None, None, None)
    assert _read(house, added).status_code == _remove(house, added, tag="*").status_code == 404


# The end ------------------------------------------------------------------------------------------------


def test_parts_that_an_older_copy_still_holds_open_for_nobody_once_the_case_is_destroyed(
    house, case_id, added
):
    older = house.sql("SELECT * FROM attachment_part")
    document = house.sql("SELECT * FROM attachment")
    vault = house.installation.vault.within(house.cast.towns.values())
    place = attachments._place(UUID(case_id), UUID(added["attachmentId"]), 0, 1)
    assert vault.unseal_bytes(place, Sealed(older[0].content)) == make.kept(NAME, make.pdf())
    house.later(days=366)
    assert sweep_all(house.installation).destroyed == 1
    assert _count(house) == [0, 0]
    assert document[0].name is not None
    with pytest.raises(Shredded):
        vault.unseal_bytes(place, Sealed(older[0].content))
