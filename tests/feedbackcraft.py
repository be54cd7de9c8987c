"""One discussion at which the police were present, and a feedback sheet on it: what tests of sheets share (R78 to R83)."""

from __future__ import annotations

from typing import Any

from lockcraft import reached
from sqlalchemy import text

TEXT = "De opvolging verloopt goed; de afspraken met de school worden nagekomen (verzonnen)."
CONFIRMED = {"nothingClassified": True, "noSecrets": True}
ISSUED = {
    "recipients": ["ocad"], "recipientName": "OCAD, dienst analyse (verzonnen)", "competentForArea": True, "language": "nl",
}  # fmt: skip
SHEETS = "/feedbackSheets"
MARK = "Zorgeloos Verzonnen"


class Sheet:
    """A sitting with police, school and clb in the room, and what is said of a sheet on it."""

    def __init__(self, table: Any, *guests: str, police: str = "policeMember", close: bool = True) -> None:
        self.table, self.house, self.police = table, table.house, police
        self.guests = guests or ("school", "clb")
        self.meeting, self.item, self.case = table.sat(police, *self.guests)
        self.id = ""
        if close:
            table.close(self.meeting)

    @property
    def path(self) -> str:
        return f"{SHEETS}/{self.id}"

    @property
    def asked(self) -> list[str]:
        return [*self.guests, self.table.coordinator]

    def write(self, who: str | None = None, match: str = "*", **over: Any) -> Any:
        body = {"agendaItemId": self.item, "text": TEXT} | CONFIRMED | over
        return self.table.post(who or self.police, SHEETS, body, match)

    def draft(self, who: str | None = None, **over: Any) -> Any:
        made = self.table.ok(self.write(who, **over))
        self.id = made["feedbackSheetId"]
        return made

    def read(self, who: str | None = None) -> Any:
        return self.table.get(who or self.police, self.path)

    def ask(self, who: str | None = None, match: str = "*") -> Any:
        return self.table.post(who or self.police, self.path + "/askConsensus", match=match)

    def answer(self, who: str, *, agrees: bool = True, **over: Any) -> Any:
        seen = self.read(who)
        digest = seen.json().get("digest", "0" * 64)
        return self.table.post(who, self.path + "/agree", {"agrees": agrees, "digest": digest} | over)

    def put_to_all(self) -> None:
        """Draft it and ask."""
        self.draft()
        self.table.ok(self.ask())

    def all_agree(self) -> None:
        """Draft it, ask, and have everybody agree."""
        self.put_to_all()
        for who in self.asked:
            self.table.ok(self.answer(who))

    def issue(self, who: str | None = None, match: str = "*", **over: Any) -> Any:
        return self.table.post(who or self.police, self.path + "/issue", ISSUED | over, match)

    def fetch(self, who: str | None = None) -> Any:
        return self.table.get(who or self.police, self.path + "/document")

    def state(self) -> str:
        """The state its drafter is told."""
        return str(self.table.ok(self.read())["state"])

    def refused(self, answer: Any, rule: str | None, status: int = 409) -> Any:
        assert (answer.status_code, answer.json().get("rule")) == (status, rule), answer.text
        return answer

    def end(self, who: str, **changes: Any) -> None:
        """Change a mandate of the cast past every operation."""
        for column, value in changes.items():
            self.house.sql(
                f"UPDATE mandate SET {column} = :v WHERE id = :m", v=value, m=self.house.cast.mandates[who]
            )

    def exclude(self, who: str) -> None:
        self.house.sql(
            "INSERT INTO exclusion VALUES (:p, :c, :m, now())",
            p=self.house.cast.persons[who], c=self.case, m=self.house.cast.towns["C"],
        )  # fmt: skip

    def rows(self, who: str) -> dict[str, int]:
        """How many rows of each table the database shows somebody."""
        found: dict[str, int] = {}
        with self.house.work(who) as unit:
            unit.repeat()
            for name in ("card_mention", "feedback_sheet", "feedback_consent", "transmission"):
                found[name] = unit.session.scalar(text(f"SELECT count(*) FROM {name}"))
        return found

    def tries(self, who: str, statement: str, /, **values: Any) -> bool:
        """Run a statement past every operation as somebody; gives whether the database let it change something."""
        return bool(reached(self.house, who, statement, **values))
