"""The stories that are shipped hold, over HTTP, from their first step to their last; a broken one fails loudly."""

from datetime import date
from pathlib import Path

import pytest
from cast import PASSWORD

from app.demo import EXAMPLES
from app.walkthrough import Administrator, Player, StoryFailed, read_story

STORIES = sorted(path.name for path in EXAMPLES.glob("*.toml") if path.name != "demo-world.toml")


@pytest.fixture
def player(house):
    """A player that gets in as the cast's administrator; the clock of sessions is the machine's own."""
    from app.kernel.clock import SystemClock

    house.installation.clock = SystemClock()
    (row,) = house.sql(
        "SELECT totp_secret FROM credential WHERE person_id = :p", p=house.cast.persons["administrator"]
    )
    secret = house.installation.provider.unwrap(row[0], house.cast.persons["administrator"].bytes).decode()
    lines = []
    made = Player(
        house.client(), Administrator("administrator", PASSWORD, secret), date(2026, 3, 2), say=lines.append
    )
    made.lines = lines
    return made


def test_three_stories_are_shipped_and_one_is_of_a_joint_cell():
    stories = [read_story(EXAMPLES / name) for name in STORIES]
    assert len(stories) >= 3
    assert any(
        story["cell"]["kind"] == "zonal" and len(story["cell"]["municipalities"]) == 2 for story in stories
    )
    for story in stories:
        assert all("erzonnen" in person["name"] or "nvent" in person["name"] for person in story["person"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "start"),
    [(name, date(2026, 3, 2)) for name in STORIES] + [("returnee.toml", date(2026, 11, 21))],
)
def test_the_story_holds(house, player, name, start):
    """From any day: with the second start the year of the term has a leap day in it."""
    player.start = start
    player.play(read_story(EXAMPLES / name))
    assert not any("FAILED" in line for line in player.lines)
    assert any("entries verified" in line for line in player.lines)
    story = read_story(EXAMPLES / name)
    assert house.sql("SELECT count(*) FROM case_file")[0][0] == 0
    assert house.sql("SELECT count(*) FROM registration")[0][0] == 0
    assert house.sql("SELECT count(*) FROM certificate WHERE kind = 'case'")[0][0] == 1
    assert story["values"]["subject"] not in str(house.sql("SELECT * FROM journal.entry"))


def test_a_story_gives_a_code_again_where_a_grave_act_asks_for_it(house, player):
    """As on a slow machine, where the decision comes long after everybody signed in."""
    step = player._step

    def later(said):
        house.sql("UPDATE session SET confirmed_at = NULL")
        step(said)

    player._step = later
    player.play(read_story(EXAMPLES / "school-and-ocmw.toml"), until="listed")
    again = "SELECT count(*) FROM journal.entry WHERE action = 'session.confirm' AND reason = 'again'"
    assert house.sql(again) == [(1,)]


@pytest.mark.slow
def test_a_story_that_does_not_hold_stops_at_that_step(player):
    story = read_story(EXAMPLES / "school-and-ocmw.toml")
    story["step"][1]["look"]["school"] = ["registration"]
    with pytest.raises(StoryFailed, match="school sees nothing, but should see"):
        player.play(story)
    assert any("FAILED at step 2" in line for line in player.lines)


@pytest.mark.parametrize("content", ["title = 1", "not toml at all", ""])
def test_what_is_no_story_is_refused_in_a_sentence(tmp_path: Path, content):
    path = tmp_path / "odd.toml"
    path.write_text(content)
    with pytest.raises(StoryFailed, match=r"odd\.toml"):
        read_story(path)


def test_a_demo_token_leaves_its_line_in_the_log(house):
    from app.demo import demo_token

    house.sql("UPDATE person SET demo = true")
    token = demo_token(house.installation, "auditor")
    assert (
        house.client().get("/api/v1/journalEntries", headers={"Authorization": f"Bearer {token}"}).status_code
        == 200
    )
    (line,) = house.sql(
        "SELECT channel, actor_id, outcome FROM journal.entry WHERE action = 'session.open' AND channel = 'cli'"
    )
    assert tuple(line) == ("cli", house.cast.persons["auditor"], "allowed")
    house.installation.demo = False
    assert demo_token(house.installation, "auditor") is None
