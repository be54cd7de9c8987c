"""No link or button leads to a refusal; and a refusal leads back (R61, R107)."""

from __future__ import annotations

import re

from pagecraft import reader, texts_of

HREF = re.compile(r'href="(/[^"#]*)')


def links(page):
    """The pages a page leads to, but those that fetch a document, change the language or lead out."""
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    found = {each.replace("&amp;", "&") for each in HREF.findall(main)}
    return sorted(each for each in found if "/document" not in each and not each.startswith("/static"))


def walk(table, who, path):
    """What the links of a page answer."""
    desk = reader(table.house, who)
    return {each: desk.get(each).status_code for each in links(desk.get(path))}


def test_an_item_that_was_put_off_offers_no_questions_and_no_link_that_is_refused(table):
    _, item, _ = table.tabled("school")
    page = f"/agenda-items/{item}"
    assert f"{page}/contributions" in walk(table, "coordinator", page)
    table.ok(table.post("coordinator", f"/agendaItems/{item}/postpone", {"reason": "otherReason"}))
    answers = walk(table, "mayor", page)
    assert f"{page}/contributions" not in answers
    assert set(answers.values()) == {200}, answers


def test_after_the_sitting_the_way_back_from_the_questions_names_its_reason(table):
    meeting, item, _ = table.sat("school", "clb")
    table.close(meeting)
    table.house.later(days=3)
    for path in (f"/agenda-items/{item}/contributions", f"/agenda-items/{item}?reason=minutesAndCorrection"):
        answers = walk(table, "coordinator", path)
        assert set(answers.values()) == {200}, answers
        table.house.later(minutes=1)


def test_a_refusal_leads_back_to_the_page_the_reader_came_from_and_to_no_other_site(table):
    meeting, item, _ = table.tabled("school")
    table.ok(table.post("coordinator", f"/agendaItems/{item}/postpone", {"reason": "otherReason"}))
    desk = reader(table.house, "coordinator")
    refused, came = f"/agenda-items/{item}/contributions", f"/meetings/{meeting}"
    page = desk.get(refused, headers={"referer": f"http://127.0.0.1{came}"})
    assert page.status_code == 409
    assert "Terug naar de pagina waar u was" in texts_of(page.text)
    assert f'href="{came}"' in page.text
    for elsewhere in (
        "https://elders.example/kwaad",
        f"http://127.0.0.1{refused}",
        "",
        "http://127.0.0.1//kwaad",
    ):
        page = desk.get(refused, headers={"referer": elsewhere})
        assert "Terug naar de pagina waar u was" not in texts_of(page.text), elsewhere
