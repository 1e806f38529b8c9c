"""The slideshow in the hall: what may be on it, what reaches a screen, and who directs it, on both databases."""

import contextlib
import json
import random
import threading
from datetime import timedelta

import pytest
from lxml import html

from openspace import clock
from openspace.access import actions as access, merging
from openspace.access.models import Member, Role
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import packets
from openspace.live.fragments import View
from openspace.live.log import revision
from openspace.store import transactions
from openspace.stories import actions, moderation_actions as moderation, slides_actions
from openspace.stories.actions import Telling
from openspace.stories.models import Story, story_numbered
from openspace.stories.rules import Mark, State
from openspace.stories.slides import moved_on
from openspace.stories.slides_fragments import show_html, slide_html
from openspace.stories.slides_models import SLIDES, Slideshow, show_of, stories_in_hall
from openspace.web.errors import NotFound
from openspace.web.i18n import language
from tests.factories import a_member, a_story, an_event
from tests.live.page import Page

SECRET = "Автобус вперше приїхав."


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def teller(event):
    return a_member(event, "Оксана Дячук")


@pytest.fixture
def facilitator(event):
    return a_member(event, "Ірина", Role.FACILITATOR)


def in_show(event) -> list[int]:
    """The stories in the slideshow."""
    return sorted(slide.number for slide in show_of(event.id).slides)


def packet(hall, who: str = "stranger") -> str:
    """What a screen, or somebody's phone, is sent of the slideshow, from the beginning."""
    query = f"live?channel=slides&since=0&language=uk&key={hall.projector if who == 'stranger' else ''}"
    answer = hall.ask(who).get(hall.url(query))
    assert answer.status_code == 200
    return json.dumps(answer.get_json(), ensure_ascii=False)


def test_a_story_is_in_the_slideshow_as_long_as_it_may_be(event, teller, facilitator):
    story = a_story(event, teller)
    telling = {"text": story.text, "language": "uk"}
    steps = [
        (lambda: actions.edit(story, Telling(**telling, in_hall=False), by=teller), []),
        (lambda: actions.edit(story, Telling(**telling), by=teller), [1]),
        (lambda: moderation.hide(story, "Імена", by=facilitator), []),
        (lambda: moderation.show(story, by=facilitator), [1]),
        (lambda: actions.take_down(story, by=teller), []),
        (lambda: actions.bring_back(story, by=teller), [1]),
        (lambda: a_story(event, teller, in_hall=False), [1]),
        (lambda: moderation.look_first(event, True, by=facilitator), [1]),
        (lambda: actions.edit(story, Telling("Інакше.", "uk"), by=teller), []),
        (lambda: a_story(event, teller), []),
        (lambda: moderation.show(story, by=facilitator), [1]),
    ]
    for number, (step, expected) in enumerate(steps):
        step()
        assert in_show(event) == expected, number


def test_the_stories_of_whoever_leaves_go_with_them(event, teller, facilitator):
    a_story(event, facilitator)
    a_story(event, teller)
    slides_actions.step(event.id, back=False, seen=1)
    assert show_of(event.id).number == 2

    access.leave(teller)

    assert in_show(event) == [1]
    assert show_of(event.id).number == 1


def test_the_hearts_of_whoever_leaves_go_from_the_screens(event, teller, facilitator):
    actions.mark(a_story(event, facilitator), Mark.HEART, by=teller)

    assert recorded(event, lambda: access.leave(teller))


def test_a_new_story_comes_next(event, teller):
    for _ in range(3):
        a_story(event, teller)
    # A round of three later.
    clock.held += timedelta(seconds=33)

    a_story(event, teller)

    show = show_of(event.id)
    order = [moved_on(show, clock.held + timedelta(seconds=10 * turn)).number for turn in range(5)]
    assert order == [1, 4, 2, 3, 1]


def test_stories_that_were_told_before_there_was_a_slideshow_are_in_it(event, teller, facilitator):
    first, second = a_story(event, teller), a_story(event, teller)
    db.session.query(Slideshow).delete()
    db.session.expire_all()
    assert in_show(event) == [1, 2]

    slides_actions.hold(event.id, True)

    assert (in_show(event), show_of(event.id).is_held) == ([1, 2], True)
    db.session.query(Slideshow).delete()
    db.session.expire_all()
    moderation.hide(first, "Імена", by=facilitator)
    assert in_show(event) == [second.number]


def page_of(event) -> str:
    """The live part of a screen's page."""
    slides = "".join(slide_html(stories_in_hall(event.id)).values())
    return f'<div id="slides">{slides}</div>{show_html(event)}'


@pytest.mark.parametrize("seed", range(4))
def test_a_screen_kept_by_patches_is_what_a_new_one_is(event, teller, facilitator, seed):
    """Whatever is done to stories and to the slideshow."""
    chance, stories = random.Random(seed), [a_story(event, teller) for _ in range(3)]
    others = [a_member(event, f"Людина {number}") for number in range(3)]
    db.session.commit()
    screen, stand = Page(page_of(event)), revision(event.id, SLIDES)

    def told(by):
        stories.append(a_story(event, by, in_hall=chance.random() < 0.7))

    def edited(story):
        actions.edit(story, Telling("Інакше " * chance.randint(1, 60), "uk", in_hall=chance.random() < 0.7), by=teller)

    deeds = [
        lambda: told(teller),
        lambda: told(others[-1]) if others else None,
        lambda: access.leave(others.pop()) if others and chance.random() < 0.2 else None,
        lambda: edited(chance.choice(mine())),
        lambda: moderation.hide(chance.choice(mine()), "Імена", by=facilitator),
        lambda: moderation.show(chance.choice(mine()), by=facilitator),
        lambda: actions.mark(chance.choice(mine(State.SHOWN)), Mark.HEART, by=facilitator),
        lambda: slides_actions.step(event.id, back=chance.random() < 0.5, seen=chance.randint(1, 5)),
        lambda: slides_actions.hold(event.id, chance.random() < 0.5),
        lambda: slides_actions.blank(event.id, chance.random() < 0.5),
    ]

    def mine(*states) -> list[Story]:
        return [story for story in stories[:3] if not states or story.state in states] or stories[:1]

    for _ in range(60):
        clock.held += timedelta(seconds=chance.randint(0, 30))
        with contextlib.suppress(NotFound):
            chance.choice(deeds)()
        db.session.commit()
        if chance.random() < 0.4:
            found = packet_since(event, stand)
            screen.apply(found["patches"])
            stand = found["to"]
            assert screen.text() == Page(page_of(event)).text()
            assert [slide.number for slide in sorted(show_of(event.id).slides)] == [
                story.number for story in stories_in_hall(event.id)
            ]


def packet_since(event, since: int) -> dict:
    """The packet that a screen is sent."""
    view = View(language(), "members")
    return packets.packet(event.id, SLIDES, since, revision(event.id, SLIDES), view).content


def recorded(event, what) -> bool:
    """Whether it is recorded in the slideshow's channel."""
    db.session.commit()
    before = revision(event.id, SLIDES)
    what()
    db.session.commit()
    return revision(event.id, SLIDES) > before


def test_a_heart_reaches_the_screens_and_only_of_a_story_that_is_there(event, teller, facilitator):
    story, other = a_story(event, teller), a_story(event, teller, in_hall=False)

    assert recorded(event, lambda: actions.mark(story, Mark.HEART, by=facilitator))
    assert recorded(event, lambda: actions.unmark(story, Mark.HEART, by=facilitator))
    assert not recorded(event, lambda: actions.mark(other, Mark.HEART, by=facilitator))
    assert not recorded(event, lambda: actions.comment(other, "Дякую", by=facilitator))


def test_a_new_name_reaches_the_screens(event, teller):
    a_story(event, teller)

    assert recorded(event, lambda: access.introduce(teller, name="Оксана Нова", community=""))


def test_a_merged_member_keeps_their_slides_under_the_kept_name(event, teller):
    a_story(event, teller)
    other = a_member(event, "Оксана Д.")

    assert recorded(event, lambda: merging.merge(other, teller))
    assert in_show(event) == [1]


def test_a_step_from_what_is_not_shown_is_not_recorded(event, teller):
    for _ in range(2):
        a_story(event, teller)

    assert not recorded(event, lambda: slides_actions.step(event.id, back=False, seen=2))
    assert recorded(event, lambda: slides_actions.step(event.id, back=False, seen=1))


# over HTTP


WAYS = {
    "the screen": lambda hall: hall.ask("stranger").get(hall.url(f"projector/{hall.projector}/stories")).text,
    "a screen's patches": packet,
    "a member's patches": lambda hall: packet(hall, "participant"),
    "the page that directs": lambda hall: hall.ask("facilitator").get(hall.url("stories/projector/control")).text,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("in_hall", [True, False], ids=["may be shown", "may not"])
def test_what_may_not_be_seen_in_the_hall_goes_no_way_out(hall, way, state, in_hall):
    assert SECRET in WAYS[way](hall)
    code = hall.url(f"projector/{hall.projector}/stories/1/qr.svg")
    assert hall.ask("stranger").get(code).status_code == 200

    with hall.app.test_request_context(), transactions.writing():
        story = story_numbered(hall.id, 1)
        facilitator = db.session.get_one(Member, hall.ids["facilitator"])
        actions.edit(story, Telling(story.text, "uk", in_hall=in_hall), by=story.author)
        if state == State.HIDDEN:
            moderation.hide(story, "Імена", by=facilitator)
        elif state == State.TAKEN:
            actions.take_down(story, by=story.author)
        elif state == State.WAITING:
            moderation.look_first(story.event, True, by=facilitator)
            actions.edit(story, Telling(SECRET + " ", "uk", in_hall=in_hall), by=story.author)

    may = state == State.SHOWN and in_hall
    assert (SECRET in WAYS[way](hall)) == may
    assert hall.ask("stranger").get(code).status_code == (200 if may else 404)


def test_a_story_that_was_never_for_the_hall_is_not_even_counted_there(hall):
    with hall.app.test_request_context(), transactions.writing():
        author = db.session.get_one(Member, hall.ids["participant"])
        a_story(db.session.get_one(Event, hall.id), author, "Лише для вас", in_hall=False)

    assert "slide-1" in packet(hall)
    assert "slide-2" not in packet(hall)


def test_somebody_without_the_key_gets_no_slides(hall):
    query = "live?channel=slides&since=0&language=uk"

    assert hall.ask("stranger").get(hall.url(query)).status_code == 403
    hall.open_to_the_public()
    assert hall.ask("stranger").get(hall.url(query)).status_code == 403
    assert hall.ask("stranger").get(hall.url("projector/made-up/stories")).status_code == 404


def test_no_patch_holds_the_key(hall):
    assert hall.projector not in packet(hall, "participant")


def test_the_control_says_which_screens_show_stories(hall):
    def said() -> str:
        page = hall.ask("facilitator").get(hall.url("stories/projector/control"), headers={"Accept-Language": "en"})
        return " ".join(html.fromstring(page.text).get_element_by_id("screens").text_content().split())

    def hear(name: str, scene: str = "stories") -> None:
        hall.ask("stranger").put(hall.url(f"projector/{hall.projector}/screens/{name}"), data={"scene": scene})

    assert said() == "No screen shows the slideshow now. Open it on the computer of the projector."
    hear("one")
    hear("two")
    hear("three", "clock")
    clock.held += timedelta(seconds=9)
    assert said() == "Screen 2 heard 9 seconds ago Screen 3 heard 9 seconds ago"
    clock.held += timedelta(minutes=3)
    hear("two")
    hall.ask("facilitator").put(hall.url("facilitator/screens/3/blank"))
    one = "Closed or without a network: 1 Screen 2 silent for 3 minutes"
    assert said() == f"Screen 3 Dark screen {one}"
    hall.ask("facilitator").delete(hall.url("facilitator/screens/3/blank"))
    assert said() == f"Screen 3 heard 0 seconds ago {one}"
    hall.ask("facilitator").put(hall.url("stories/projector/blank"))
    assert said() == f"Screen 3 Dark screen {one}"


def test_a_facilitator_without_scripts_comes_back_to_the_control(hall):
    for method, way in (("put", "hold"), ("delete", "hold"), ("put", "blank"), ("delete", "blank")):
        answer = getattr(hall.ask("facilitator"), method)(hall.url(f"stories/projector/{way}"))
        assert (answer.status_code, answer.location) == (303, hall.url("stories/projector/control"))
        with hall.app.app_context():
            show = show_of(hall.id)
            assert (show.is_held, show.is_blank) == (
                method == "put" and way == "hold",
                method == "put" and way == "blank",
            )


def test_the_projector_leads_to_its_key(hall):
    answer = hall.ask("facilitator").get(hall.url("stories/projector"))

    assert answer.location == hall.url(f"projector/{hall.projector}/stories")


def test_two_facilitators_who_skip_at_once_skip_one_story(hall):
    with hall.app.test_request_context(), transactions.writing():
        event, author = db.session.get_one(Event, hall.id), db.session.get_one(Member, hall.ids["participant"])
        for number in range(3):
            a_story(event, author, f"Історія {number}")
        before = show_of(hall.id)
    together = threading.Barrier(2)
    clients = [hall.ask(who) for who in ("facilitator", "organiser")]

    def skip(client) -> None:
        together.wait(10)
        client.post(hall.url("stories/projector/next"), data={"number": str(before.number)})

    threads = [threading.Thread(target=skip, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with hall.app.app_context():
        assert show_of(hall.id).number == before.slides[1].number
        assert db.session.query(Story).count() == 4
