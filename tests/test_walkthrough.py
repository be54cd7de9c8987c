"""The stories that are shipped hold, over HTTP, from their first step to their last; a broken one fails loudly."""

from datetime import date
from pathlib import Path

import pytest
from cast import PASSWORD

from app.demo import EXAMPLES
from app.staging import Administrator, StoryFailed
from app.walkthrough import Player, read_story

ABOUT_NOBODY = "policy-plan.toml"
STORIES = sorted(
    path.name for path in EXAMPLES.glob("*.toml") if path.name not in {"demo-world.toml", ABOUT_NOBODY}
)


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


def test_stories_are_shipped_one_of_a_joint_cell_and_one_under_the_french_community():
    stories = [read_story(EXAMPLES / name) for name in STORIES]
    assert len(stories) >= 5
    assert any({"frenchCommunity"} & {agency["regime"] for agency in story["agency"]} for story in stories)
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
    for table in ("case_file", "registration", "statement", "attachment", "briefing", "break_glass"):
        assert house.sql(f"SELECT count(*) FROM {table}") == [(0,)], table
    ends = 2 if name == "hand-over.toml" else 1  # where it was, and where it went
    assert house.sql("SELECT count(*) FROM certificate WHERE kind = 'case'")[0][0] == ends
    assert story["values"]["subject"] not in str(house.sql("SELECT * FROM journal.entry"))


@pytest.mark.slow
def test_the_story_of_the_strategic_table_holds_and_is_about_nobody(house, player):
    player.play(read_story(EXAMPLES / ABOUT_NOBODY))
    assert not any("FAILED" in line for line in player.lines)
    assert any("entries verified" in line for line in player.lines)
    for table in ("case_file", "registration", "meeting", "agenda_item", "statement"):
        assert house.sql(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert house.sql("SELECT state FROM policy_plan") == [("adopted",)]


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


def _until(name):
    """The story about who needs to know what, cut off behind the step of this name."""
    story = read_story(EXAMPLES / "need-to-know.toml")
    names = [step.get("name") for step in story["step"]]
    del story["step"][names.index(name) + 1 :]
    return story


@pytest.mark.slow
@pytest.mark.parametrize("part", ["name", "text"])
def test_a_document_that_comes_back_otherwise_stops_the_story(player, part):
    story = _until("filed")
    (fetched,) = (step for step in story["step"] if "gives" in step)
    fetched["gives"][part] += "."
    with pytest.raises(StoryFailed, match=r"what was fetched is not 'Brief van de onthaalbalie\.txt"):
        player.play(story)


@pytest.mark.slow
def test_a_story_stops_where_the_log_says_that_somebody_else_did_it(player):
    story = _until("excluded")
    opened = {"case.open R107": ["mayor", "delegate", "coordinator"], "case.open R21": []}
    export = {"day": 3, "as": "auditor", "say": "exports", "do": "exportJournal"}
    story["step"].append(export | {"did": {"exclusion.declare": ["delegate"]} | opened})
    player.play(story)
    assert any("exclusion.declare" in line and "Schepen Sylvester" in line for line in player.lines)
    story["step"][-1]["did"] = {"exclusion.declare": ["mayor"], "case.open R21": ["delegate"]}
    with pytest.raises(
        StoryFailed, match=r"exclusion.declare was done by \['delegate'\].*; case.open R21 was done by \[\]"
    ):
        player.play(story)


@pytest.mark.slow
def test_a_thing_that_a_story_names_is_seen_by_its_mark(player):
    story = _until("filed")
    story["step"].append({"day": 3, "look": {"mayor": ["documents"]}, "things": ["documents"]})
    with pytest.raises(StoryFailed, match=r"coordinator sees \['documents'\], but should see nothing"):
        player.play(story)
    story["things"]["documents"]["mark"] = "Een ander stuk.txt"
    with pytest.raises(StoryFailed, match=r"mayor sees nothing, but should see \['documents'\]"):
        player.play(story)


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


@pytest.mark.slow
def test_two_stories_of_one_cell_play_in_the_same_house(house, player):
    """As in the demonstration: the second finds the cell with the agreement and the tables of the first."""
    player.play(read_story(EXAMPLES / "school-and-ocmw.toml"))
    player.play(read_story(EXAMPLES / ABOUT_NOBODY))
    assert not any("FAILED" in line for line in player.lines)
    assert house.sql("SELECT state FROM policy_plan") == [("adopted",)]
