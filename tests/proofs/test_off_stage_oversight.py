"""The routes of the misuse digest, which the stage does not hold: proven on digests made for it (R106)."""

from digestcraft import day_at, night
from proving.prover import proves

DIGESTS = "two municipalities, each with lines of its own"


def with_a_line(house, town, who):
    """Give a digest with a line on somebody of this municipality, and the line."""
    house.client(who).get("/api/v1/journalEntries/export")
    night(house)
    ((digest, line),) = house.sql(
        "SELECT digest_id::text, id::text FROM digest_line WHERE municipality_id = :m AND person_id = :p"
        " ORDER BY first_at DESC LIMIT 1",
        m=house.cast.towns[town], p=house.cast.persons[who],
    )  # fmt: skip
    return digest, line


@proves("read_digest", "answer_digest", "/digests/{digestId}", "/digests/{digestId}/lines/{lineId}")
def test_digests(prove, house):
    day_at(house, (3, 3), 10)
    other, other_line = with_a_line(house, "D", "zoneDpoD")
    _, earlier = with_a_line(house, "C", "auditor")
    digest, line = with_a_line(house, "C", "auditor")
    ids = {"digestId": digest}
    prove("read_digest", "dpo", foreign={"digestId": [other]}, **ids)
    prove.page("/digests/{digestId}", "dpo", **ids)
    prove.page("/digests/{digestId}/lines/{lineId}", "dpo", lineId=line, **ids)
    foreign = {"digestId": [other], "lineId": [other_line, earlier]}
    prove("answer_digest", "dpo", {"lineId": line, "conclusion": "explained"}, foreign=foreign, **ids)
