"""A year of the log goes as a whole once its term is over, never before; the rest verifies, as do exports from before (R105)."""

from __future__ import annotations

import base64
import io
import json
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pagecraft import reader, texts_of
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.cli import main
from app.kernel.journal import segments
from app.kernel.journal.note import Checkpoint
from app.kernel.journal.sealer import latest_checkpoint
from app.kernel.journal.store import About, Circumstance, Decided, append
from app.kernel.journal.verify import verify_export
from app.kernel.migrating import admin_engine
from app.kernel.settings import Settings
from app.kernel.work import work as open_work
from app.oversight.checking import check_journal
from app.oversight.commands import CheckJournal
from app.retention.commands import DestroyJournalYear
from app.retention.journal_years import destroy_journal_year, keep_years
from app.retention.sweeping import ROBOT, sweep_all

EXPORT = "/api/v1/journalEntries/export"
OVER = datetime(2037, 1, 1, tzinfo=UTC)  # an hour into the year in Brussels
NOT_OVER = datetime(2036, 12, 31, 22, 59, tzinfo=UTC)


@pytest.fixture
def lines(house):
    """Writes lines of Gemeente C into a year, and seals them."""

    def write(*years, count=3):
        actor = house.actor("mayor")
        for year in years:
            at = datetime(year, 5, 5, 10, tzinfo=UTC)
            with house.installation.sessions() as session:
                session.info.update(actor=actor.person_id, mandate=actor.mandate_id, now=at)
                about = About(house.cast.towns["C"], object_type="case")
                said = [Decided("case.list", "allowed", "R14", "", [about])] * count
                append(session, Circumstance(actor, at, "test", uuid4()), said)
                session.commit()
        house.installation.sealer.seal_all()

    return write


def kept(house):
    with house.installation.retention_sessions() as session:
        return segments.kept_years(session)


def gone_by(house, moment):
    """Let the day come, for the sweep and for everybody: people still hold office then."""
    house.sql("UPDATE undertaking SET valid_until = '2049-01-01'")
    house.at(moment)
    keep_years(house.installation, moment)


def counted(house, year):
    return house.sql("SELECT count(*) FROM journal.entry WHERE year = :y", y=year)[0][0]


def export(house, **filters):
    answer = house.client("auditor").get(EXPORT, params=filters, headers={"Accept": "application/jsonl"})
    assert answer.status_code == 200, answer.text
    return answer.content


def checked(house, data):
    return verify_export(io.BytesIO(data), [house.installation.signer.verifier])


def test_two_years_go_the_rest_verifies_and_so_does_an_export_from_before(house, lines, tmp_path, capsys):
    lines(2026, 2027, 2028)
    before = export(house)
    assert checked(house, before).count >= 9
    gone_by(house, datetime(2038, 2, 1, tzinfo=UTC))
    assert kept(house)[0] == 2028
    assert [counted(house, year) for year in (2026, 2027)] == [0, 0]
    assert counted(house, 2028) == 3
    after = export(house)
    report = checked(house, after)
    assert {each.tree[-4:] for each in report.trees} >= {"2028"}
    assert not {each.tree[-4:] for each in report.trees} & {"2026", "2027"}
    assert checked(house, before).count >= 9
    key = tmp_path / "key.pub"
    key.write_text(str(house.installation.signer.verifier))
    for data in (before, after):
        path = tmp_path / "export"
        path.write_bytes(data)
        assert main(["journal", "verify", str(path), "--key", key.read_text()]) == 0, capsys.readouterr()


def test_the_last_checkpoint_of_a_year_that_is_gone_is_the_one_an_older_export_carries(house, lines):
    lines(2026)
    report = checked(house, export(house, to="2026-12-31"))
    gone_by(house, OVER)
    with admin_engine(house.process.addresses.main).connect() as conn:
        row = latest_checkpoint(conn, house.cast.towns["C"], 2026)
    said = Checkpoint.parse(row.note.split("\n\n")[0] + "\n")
    assert (said.size, said.root) == (row.size, row.root)
    (tree,) = [each for each in report.trees if each.tree.endswith("/2026")]
    assert row.size >= tree.size
    shown = house.client("auditor").get("/api/v1/checkpoints", params={"pageSize": 100}).json()["items"]
    assert base64.b64encode(row.root).decode() in {each["root"] for each in shown if each["year"] == 2026}


def test_a_period_that_reaches_into_it_says_so_in_the_list_the_page_and_the_export(house, lines):
    lines(2026, 2028)
    page = house.client("auditor").get("/api/v1/journalEntries").json()
    assert page["expired"] == []
    gone_by(house, OVER)
    found = house.client("auditor").get("/api/v1/journalEntries", params={"to": "2026-12-31"}).json()
    assert found["items"] == []
    assert found["expired"] == [{"year": 2026, "at": "2037-01-01T00:00:00Z", "years": 10}]
    later = house.client("auditor").get("/api/v1/journalEntries", params={"from": "2027-01-01"}).json()
    assert later["expired"] == []
    head = json.loads(export(house, to="2026-12-31").split(b"\n")[0])
    said = re.search(r'"expired":\[(.*?)\]', json.dumps(head, separators=(",", ":")))
    assert said
    assert '"2026"' in said[1]
    assert "R105" in said[1]
    shown = texts_of(reader(house, "auditor").get("/journal?to=2026-12-31").text)
    assert "De regels van 2026 zijn vervallen op 1 januari 2037, na 10 volle jaren" in shown


def test_another_municipality_without_lines_of_that_year_is_told_nothing(house, lines):
    lines(2026)
    house.sql("DELETE FROM journal.tree WHERE controller = :c", c=house.cast.towns["D"])
    gone_by(house, OVER)
    assert house.client("zoneDpoD").get("/api/v1/journalEntries").json()["expired"] == []


def test_it_leaves_a_line_and_a_certificate_for_each_controller(house, lines):
    lines(2026)
    ((size,),) = house.sql(
        "SELECT size FROM journal.tree WHERE year = 2026 AND controller = :c", c=house.cast.towns["C"]
    )
    gone_by(house, OVER)
    (line,) = house.sql(
        "SELECT role, outcome, rule, reason, processing, year FROM journal.entry"
        " WHERE action = 'journalYear.destroy' AND controller = :c",
        c=house.cast.towns["C"],
    )
    assert tuple(line) == ("robot", "allowed", "R105", "termOver", "retention", 2037)
    items = house.client("auditor").get("/api/v1/certificates").json()["items"]
    (found,) = [each for each in items if each["kind"] == "journalYear"]
    assert found["counts"] == {"entry": size}
    assert (found["listedOn"], found["dueOn"]) == ("2026-01-01", "2037-01-01")
    assert len(found["digest"]) == 64
    assert "Jaar van het logboek" in texts_of(reader(house, "auditor").get("/certificates").text)


def test_never_while_its_term_is_not_over_neither_here_nor_in_the_database(house, lines):
    lines(2026)
    keep_years(house.installation, NOT_OVER)
    assert counted(house, 2026)
    with house.installation.retention_sessions() as session:
        session.info["now"] = NOT_OVER
        for years in (10, 4, 0, -1, 11):
            with pytest.raises(DBAPIError, match="not over"), session.begin():
                segments.expire(session, 2026, years)
    with (
        house.installation.retention_sessions() as session,
        pytest.raises(DBAPIError, match="not over"),
        session.begin(),
    ):
        segments.expire(session, 2026, 10)  # who says no moment gets no year
    with (
        pytest.raises(Exception, match=r"R86|409|RULE"),
        open_work(house.installation, ROBOT, channel="robot", now=NOT_OVER, retention=True) as unit,
    ):
        destroy_journal_year(unit, DestroyJournalYear.of(year=2026))
    assert counted(house, 2026)
    keep_years(house.installation, OVER)
    assert counted(house, 2026) == 0


def test_a_shorter_term_is_kept_and_one_that_is_too_short_or_too_long_is_no_setting(house, lines):
    lines(2026)
    house.installation.settings = house.installation.settings.model_copy(update={"journal_years": 5})
    keep_years(house.installation, datetime(2031, 12, 31, 12, tzinfo=UTC))
    assert counted(house, 2026)
    keep_years(house.installation, datetime(2032, 1, 1, 12, tzinfo=UTC))
    assert counted(house, 2026) == 0
    for wrong in (4, 11):
        with pytest.raises(ValidationError):
            Settings(journal_years=wrong)


def test_only_the_role_of_the_sweep_can_ask_for_it_and_it_can_do_nothing_else_to_the_log(house, lines):
    lines(2026)
    asked = (
        "SELECT journal.expire(2026, 10)",
        "SELECT journal.make_years(5)",
        "SELECT * FROM journal.segment(2026)",
    )
    with house.installation.sessions() as session:
        for statement in asked:
            with pytest.raises(DBAPIError, match="permission denied"):
                session.execute(text(statement))
            session.rollback()
    for statement in (
        "DROP TABLE journal.entry_2026", "ALTER TABLE journal.entry DETACH PARTITION journal.entry_2026",
        "DELETE FROM journal.entry", "TRUNCATE journal.entry_2026", "DELETE FROM journal.expired",
        "SELECT * FROM journal.entry", "DELETE FROM journal.checkpoint",
    ):  # fmt: skip
        with house.installation.retention_sessions() as session:
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
                session.execute(text(statement))
            session.rollback()
    assert counted(house, 2026)


def test_a_kill_in_the_middle_leaves_the_year_whole_and_the_next_sweep_takes_it(house, lines):
    lines(2026)
    had = counted(house, 2026)
    session = house.installation.retention_sessions()
    session.info["now"] = OVER
    assert segments.expire(session, 2026, 10)
    pid = session.scalar(text("SELECT pg_backend_pid()"))
    house.sql("SELECT pg_terminate_backend(:p, 5000)", p=pid)
    session.invalidate()
    assert counted(house, 2026) == had
    assert house.sql("SELECT FROM journal.expired") == []
    keep_years(house.installation, OVER)
    keep_years(house.installation, OVER)
    assert counted(house, 2026) == 0
    assert len(house.sql("SELECT FROM certificate WHERE kind = 'journalYear' AND municipality_id = :c",
                         c=house.cast.towns["C"])) == 1  # fmt: skip


def test_what_is_not_sealed_does_not_go(house, lines):
    lines(2026)
    actor = house.actor("mayor")
    with house.installation.sessions() as session:
        at = datetime(2026, 6, 6, tzinfo=UTC)
        session.info.update(actor=actor.person_id, mandate=actor.mandate_id, now=at)
        said = [Decided("case.list", "allowed", "R14", "", [About(house.cast.towns["C"])])]
        append(session, Circumstance(actor, at, "test", uuid4()), said)
        session.commit()
    with house.installation.retention_sessions() as session:
        session.info["now"] = OVER
        with pytest.raises(DBAPIError, match="not sealed yet"), session.begin():
            segments.expire(session, 2026, 10)
    keep_years(house.installation, OVER)  # seals first
    assert counted(house, 2026) == 0


def test_somebody_who_reads_the_log_for_long_is_not_waited_for(house, lines):
    lines(2026)
    with admin_engine(house.process.addresses.main).connect() as conn:
        conn.execute(text("SELECT count(*) FROM journal.entry"))
        done = sweep_all(house.installation, OVER)
        assert done.left
    assert counted(house, 2026)
    assert not sweep_all(house.installation, OVER).left
    assert counted(house, 2026) == 0


def test_a_clock_that_stands_back_brings_no_year_back_and_takes_none(house, lines):
    lines(2026, 2037)
    keep_years(house.installation, OVER)
    keep_years(house.installation, datetime(2026, 3, 2, tzinfo=UTC))
    assert 2026 not in kept(house)
    assert counted(house, 2037) > 0
    with pytest.raises(DBAPIError, match="no partition"):
        lines(2026)
    with open_work(house.installation, ROBOT, channel="robot", now=OVER, retention=True) as unit:
        assert destroy_journal_year(unit, DestroyJournalYear.of(year=2026)).gone is False


def test_a_year_that_came_back_with_an_older_copy_goes_again_without_another_certificate(house, lines):
    lines(2026)
    keep_years(house.installation, OVER)
    with admin_engine(house.process.addresses.main).begin() as conn:
        conn.execute(text("SET ROLE livcr_ledger"))
        for name in ("entry", "leaf", "node"):
            conn.execute(
                text(f"CREATE TABLE journal.{name}_2026 PARTITION OF journal.{name} FOR VALUES IN (2026)")
            )
        conn.execute(text("DELETE FROM journal.expired"))
    sweep_all(house.installation, OVER)
    assert 2026 not in kept(house)
    assert len(house.sql("SELECT FROM certificate WHERE kind = 'journalYear' AND municipality_id = :c",
                         c=house.cast.towns["C"])) == 1  # fmt: skip


def test_years_to_come_are_made_ahead_and_are_as_append_only_as_the_others(house, lines):
    with pytest.raises(DBAPIError, match="no partition"):
        lines(2051)
    keep_years(house.installation, datetime(2050, 6, 1, tzinfo=UTC))
    assert kept(house)[-1] == 2055
    lines(2051)
    assert counted(house, 2051) == 3
    with admin_engine(house.process.addresses.main).connect() as conn:
        for statement in (
            "TRUNCATE journal.entry_2051",
            "DELETE FROM journal.entry_2051",
            "UPDATE journal.entry SET role = ''",
        ):
            with pytest.raises(DBAPIError, match="append-only"):
                conn.execute(text(statement))
            conn.rollback()
        assert latest_checkpoint(conn, house.cast.towns["C"], 2051).size == 3


def _check(house, *notes):
    with open_work(house.installation, ROBOT, channel="test", now=OVER) as unit:
        return check_journal(unit, CheckJournal.of(kept=list(notes)), [house.installation.signer.verifier])


def test_recomputing_the_log_tells_what_expired_from_what_was_dropped(house, lines):
    lines(2026, 2028)
    ((note,),) = house.sql(
        "SELECT note FROM journal.checkpoint WHERE year = 2026 AND controller = :c ORDER BY size LIMIT 1",
        c=house.cast.towns["C"],
    )
    gone_by(house, OVER)
    found = _check(house, note)
    assert found.fine, found.sentences
    town = house.cast.towns["C"]
    assert any(
        each.startswith(f"{town}/2026: ") and "expired on 2037-01-01" in each for each in found.sentences
    )
    house.sql("UPDATE journal.checkpoint SET note = 'x' WHERE year = 2026 AND controller = :c", c=town)
    assert any("missing or altered" in each for each in _check(house).sentences)
    house.sql("DELETE FROM journal.checkpoint WHERE year = 2026 AND controller = :c", c=town)
    assert any("missing or altered" in each for each in _check(house).sentences)
    house.sql("UPDATE journal.expired SET at = '2035-01-01'")
    said = _check(house).sentences
    assert any("2026: DIFFERS. The year was dropped before its term was over" in each for each in said)


def test_a_kept_checkpoint_that_is_none_of_a_year_that_expired_is_told(house, lines):
    lines(2026)
    town = house.cast.towns["C"]
    lines(2026)
    rows = house.sql(
        "SELECT note, size FROM journal.checkpoint WHERE year = 2026 AND controller = :c ORDER BY size",
        c=town,
    )
    gone_by(house, OVER)
    house.sql(
        "DELETE FROM journal.checkpoint WHERE year = 2026 AND controller = :c AND size = :s",
        c=town,
        s=rows[0].size,
    )
    assert any("none that stayed of it" in each for each in _check(house, rows[0].note).sentences)


def test_no_proof_is_made_of_it_and_the_state_of_the_log_leaves_it_out(house, lines):
    lines(2026, 2028)
    ((size,),) = house.sql(
        "SELECT size FROM journal.checkpoint WHERE year = 2026 AND controller = :c ORDER BY size LIMIT 1",
        c=house.cast.towns["C"],
    )
    asked = {"year": 2026, "oldSize": size}
    assert house.client("auditor").get("/api/v1/proofs", params=asked).status_code == 200
    gone_by(house, OVER)
    answer = house.client("auditor").get("/api/v1/proofs", params=asked)
    assert answer.status_code == 400
    assert "expired" in answer.text
    shown = reader(house, "auditor").get("/checkpoints")
    assert shown.status_code == 200
