"""The page of phases, what participants are told while topics are not taken, and where phones begin."""

import pytest
from lxml import html

from openspace.console.fragments import part_html
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import packets
from openspace.live.fragments import View
from openspace.live.log import revision
from openspace.phases.changes import PHASES
from openspace.phases.rules import Phase
from tests.live.page import Page

ENGLISH = {"Accept-Language": "en"}


def switch(hall, to: str, *, seen: str = "", who: str = "facilitator", **along: str):
    address = hall.url(f"facilitator/phase?to={to}")
    return hall.ask(who).put(address, data={"seen": seen, **along}, headers=ENGLISH)


def page(hall, to: str = "", lang: str = "en"):
    return html.fromstring(hall.ask("facilitator").get(hall.url(f"facilitator/phases?to={to}&lang={lang}")).text)


def rows(page) -> list[tuple[str, str]]:
    return [(row.get("data-phase"), row.get("data-when")) for row in page.find_class("phase")]


def test_without_a_phase_the_first_is_offered(hall):
    found = page(hall)

    assert found.get_element_by_id("main").get("data-to") == "before"
    assert {when for _, when in rows(found)} == {"later"}
    assert found.xpath("//form[@id='switch']//button")[0].text_content().strip() == "Go to before the start"


def test_the_rows_tell_what_was_what_is_and_what_comes(hall):
    assert switch(hall, "marketplace", opens_market="y").status_code == 303

    found = page(hall)

    assert [when for _, when in rows(found)] == ["past", "past", "now", "later", "later", "later"]
    assert found.get_element_by_id("main").get("data-to") == "sessions"
    assert found.xpath("//a[@aria-current='step']/@data-phase") == ["marketplace"]


def test_the_switches_stand_as_is_usual_and_in_the_present_phase_as_they_are(hall):
    switch(hall, "marketplace")

    def on(to: str) -> list[str]:
        return page(hall, to).xpath("//input[@role='switch' and @checked]/@name")

    assert on("sessions") == ["takes_topics", "bowl_rings"]
    assert on("marketplace") == []
    switch(hall, "marketplace", seen="marketplace", bowl_rings="y")
    assert on("marketplace") == ["bowl_rings"]


def test_no_such_phase_is_not_found(hall):
    assert hall.ask("facilitator").get(hall.url("facilitator/phases?to=lunch")).status_code == 404


def test_who_saw_another_phase_is_told_and_nothing_is_switched(hall):
    switch(hall, "opening")

    answer = switch(hall, "closing", who="organiser")

    assert answer.status_code == 409
    found = html.fromstring(answer.text)
    assert "Another facilitator has switched" in found.xpath("//*[@data-refusal]")[0].text_content()
    # The page shows how it stands, and the next try is from there.
    assert found.xpath("//input[@name='seen']/@value") == ["opening"]
    assert ("opening", "now") in rows(found)


@pytest.mark.parametrize("page", ["phases?to=closing", "times", "screens", "", "steps/last"])
def test_an_undo_leads_back_to_the_page_that_offered_it(hall, page):
    switch(hall, "opening")
    came_from = hall.url(f"facilitator/{page}")

    answer = hall.ask("facilitator").delete(
        hall.url("facilitator/steps/last"), headers={"Referer": f"http://localhost{came_from}"}
    )

    assert answer.headers["Location"] == (came_from if page not in {"", "steps/last"} else hall.url("facilitator"))


def test_while_topics_are_not_taken_the_page_says_so_and_a_refusal_keeps_the_words(hall):
    before = hall.ask("participant").get(hall.url("topics/new"), headers=ENGLISH).text
    switch(hall, "opening")
    told = "Topics cannot be proposed at present"

    assert told not in before
    assert told in hall.ask("participant").get(hall.url("topics/new"), headers=ENGLISH).text
    assert told not in hall.ask("facilitator").get(hall.url("topics/new"), headers=ENGLISH).text
    typed = {"title": "Сонце над дахом", "text": "Про панелі", "language": "uk", "cell": ""}
    answer = hall.ask("participant").post(hall.url("topics"), data=typed, headers=ENGLISH)
    assert answer.status_code == 409
    form = html.fromstring(answer.text)
    assert form.get_element_by_id("title").text_content().strip() == typed["title"]
    assert form.get_element_by_id("text").text_content().strip() == typed["text"]
    assert answer.text.count(told) == 1
    refused = hall.ask("participant").post(hall.url("topics"), data=typed, headers={"Accept": "application/json"})
    assert refused.get_json()["problem"] == "ProposingClosed"
    assert hall.ask("facilitator").post(hall.url("topics"), data=typed).status_code == 303


def test_phones_begin_with_the_market_while_it_says_so(hall):
    count = iter(range(9))

    def begins() -> set[str]:
        newcomer = hall.app.test_client()
        joined = newcomer.post(hall.url(f"join/{hall.code}"), data={"name": f"Людина {next(count)}"})
        again = newcomer.get(hall.url(f"join/{hall.code}"))
        front = newcomer.get("/")
        name = html.fromstring(newcomer.get(hall.url()).text).find_class("brand")[0].get("href")
        return {*(answer.headers["Location"] for answer in (joined, again, front)), name}

    assert begins() == {hall.url()}
    switch(hall, "marketplace", opens_market="y")
    assert begins() == {hall.url("market")}
    # The board's own address stays the board.
    assert html.fromstring(hall.ask("participant").get(hall.url()).text).find_class("board-head")
    switch(hall, "sessions", seen="marketplace")
    assert begins() == {hall.url()}
    switch(hall, "news", seen="sessions")
    assert begins() == {hall.url("news")}
    switch(hall, "news", seen="news", opens_market="y")
    assert begins() == {hall.url("market")}


def test_strangers_who_may_look_at_the_board_begin_there_in_the_evening_too(hall):
    hall.open_to_the_public()
    switch(hall, "news")

    assert html.fromstring(hall.ask("stranger").get(hall.url()).text).find_class("brand")[0].get("href") == hall.url()


def test_the_console_follows_by_patches(hall):
    """The rows before, and the patches since, are the rows after; for whoever asks in their language."""
    with hall.app.test_request_context():
        event = db.session.get_one(Event, hall.id)
        shown, since = Page(part_html(event, PHASES)), revision(hall.id, "console")
    for phase in Phase:
        with hall.app.app_context():
            now = db.session.get_one(Event, hall.id).phase
        switch(hall, phase, seen=now, takes_topics="y")
        with hall.app.test_request_context(headers=ENGLISH):
            packet = packets.packet(hall.id, "console", since, revision(hall.id, "console"), View("uk", "members"))
            shown.apply(packet.content["patches"])
            since = packet.content["to"]
        with hall.app.test_request_context():
            assert shown.text() == Page(part_html(db.session.get_one(Event, hall.id), PHASES)).text()


@pytest.mark.parametrize("lang", ["uk", "en", "de", "ru"])
def test_the_card_has_ten_taps_in_each_language(hall, lang):
    found = html.fromstring(hall.ask("facilitator").get(hall.url(f"facilitator/card?lang={lang}")).text)

    assert len(found.xpath("//ol[@class='taps']/li")) == 10
    titles = {"uk": "День за десять дотиків", "en": "The day in ten taps", "ru": "День в десять касаний"}
    assert found.findtext(".//h1") == titles.get(lang, "Der Tag in zehn Griffen")


def test_the_card_is_linked_from_the_help(hall):
    assert hall.url("facilitator/card") in hall.ask("facilitator").get(hall.url("facilitator")).text
