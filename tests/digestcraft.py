"""Acting over HTTP what a digest should see, and making one as the robot does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.oversight.digesting import digest_all

DIGESTS = "/api/v1/digests"


def night(house, days=1):
    """Let the night pass in which the digest is made, and make it; give how many lines it has."""
    moment = house.now.astimezone(UTC) + timedelta(days=days)
    house.at(moment.replace(hour=3, minute=0))
    return digest_all(house.installation)


def day_at(house, day, hour=10, minute=0):
    """Set the clock to an hour of a day of 2026, in Brussels time in winter."""
    month, number = day
    house.at(datetime(2026, month, number, hour - 1, minute, tzinfo=UTC))


def read(house, who, case_id, reason="newInformation"):
    """Open a file."""
    return house.client(who).get(f"/api/v1/cases/{case_id}", params={"reason": reason})


def lines(house, who="dpo"):
    """Give the lines of every digest that this reader sees, the oldest digest first."""
    page = house.client(who).get(DIGESTS).json()
    found = []
    for item in reversed(page["items"]):
        found += house.client(who).get(item["self"]).json()["items"]
    return found


def signs(house):
    """Give the signs of every line."""
    return sorted(each["sign"] for each in lines(house))


def answer(house, line, who="dpo", conclusion="explained", **more):
    """Answer a line."""
    digest = house.sql("SELECT digest_id FROM digest_line WHERE id = :l", l=line["lineId"])[0][0]
    body = {"lineId": line["lineId"], "conclusion": conclusion} | more
    return house.client(who).post(f"{DIGESTS}/{digest}/answer", json=body)
