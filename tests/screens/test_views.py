"""What screens and facilitators are answered, and that a page of screens kept by patches is what a new one is."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from lxml import html

from openspace import clock
from openspace.access.models import Role
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import packets
from openspace.live.fragments import View
from openspace.live.log import revision
from openspace.screens import actions, scenes
from openspace.screens.actions import Said
from openspace.screens.fragments import screen_html
from openspace.screens.models import SCREENS, screens_of
from openspace.store import transactions
from openspace.web.i18n import language
from tests.access.test_matrix import PEOPLE
from tests.factories import a_member, an_event
from tests.live.page import Page

SECRET = "Лише для ведучих"


def hear(hall, name: str = "screen", *, key: str = "", who: str = "stranger", **said: str):
    address = hall.url(f"projector/{key or hall.projector}/screens/{name}")
    return hall.ask(who).put(address, data={"scene": "board", "home": "board", **said})


def choose(hall, **fields: str):
    return hall.ask("facilitator").put(hall.url("facilitator/screens/1"), data=fields)


def numbers(hall) -> list[int]:
    with hall.app.app_context():
        return [screen.number for screen in screens_of(hall.id)]


def test_a_screen_is_told_what_it_shows_and_when_the_bowl_rings(hall):
    told = hear(hall).get_json()

    board = hall.url(f"projector/{hall.projector}")
    expected = {"number": 1, "scene": "board", "address": board, "is_blank": False, "rings": None}
    assert told == {**expected, "now": clock.held.timestamp()}
    hear(hall, rings="y")
    assert hear(hall).get_json()["rings"][0] == [clock.held.timestamp() + 26 * 60, 10]
    hear(hall, rings="n")
    assert hear(hall).get_json()["rings"] is None


@pytest.mark.parametrize(
    "scene", ["join", "board", "market", "pitch", "now", "clock", "news", "dots", "stories", "people"]
)
def test_a_screen_goes_to_the_page_of_what_was_chosen(hall, scene):
    assert choose(hall, shows=scene, title="").status_code == 303

    told = hear(hall).get_json()

    page = hall.ask("stranger").get(told["address"])
    assert (told["scene"], page.status_code) == (scene, 200)
    # So the screen knows that it has arrived, and follows what will be chosen next.
    part = html.fromstring(page.get_data(as_text=True)).xpath("//*[@data-module='heard']")[0]
    assert part.get("data-scene") == scene
    assert '"screens"' in html.fromstring(page.get_data(as_text=True)).xpath("//@data-channels")[0]


def test_a_choice_stays_until_it_is_taken_back(hall):
    choose(hall, shows="clock", title="Фоє")
    assert hear(hall, scene="clock").get_json()["scene"] == "clock"

    choose(hall, shows="clock", title="Фоє", usual="y")

    assert hear(hall, scene="clock").get_json()["scene"] == "board"


def test_a_dark_screen_is_told_so_and_keeps_what_it_shows(hall):
    choose(hall, shows="clock", title="")
    choose(hall, shows="blank", title="")

    told = hear(hall).get_json()

    assert (told["scene"], told["is_blank"]) == ("clock", True)


def test_without_a_console_every_address_shows_what_it_did(hall):
    told = {home: hear(hall, f"at{home}", scene=home, home=home).get_json()["scene"] for home in ("board", "stories")}

    assert told == {"board": "board", "stories": "stories"}


@pytest.mark.parametrize("shows", ["nothing", "", "board "])
def test_what_is_no_scene_cannot_be_chosen(hall, shows):
    assert choose(hall, shows=shows, title="").status_code == 422


# Hostile.


def test_nobody_registers_a_screen_without_the_key(hall):
    other = hall.ask("other").get("/seminar/projector").location
    before = numbers(hall)

    statuses = {hear(hall, f"x{who}", key="wrong", who=who).status_code for who in PEOPLE}

    assert statuses == {404}
    assert hear(hall, "x", key=str(other).rpartition("/")[2]).status_code == 404
    assert numbers(hall) == before


@pytest.mark.parametrize("name", ["a" * 33, "a-b", "%D1%8F", "a%00b", "a'b", "%F0%9D%9F%99"])
def test_a_name_that_no_screen_makes_up_is_not_found(hall, name):
    assert hear(hall, name).status_code == 404


def test_a_screen_can_say_nothing_but_scenes(hall):
    hear(hall, scene="<script>", home="x" * 5000)

    with hall.app.app_context():
        assert [(screen.says, screen.home) for screen in screens_of(hall.id)] == [("", "")]


def test_a_flood_of_screens_ends(hall):
    with hall.app.test_request_context(), transactions.writing():
        actions.name(screens_of(hall.id)[0], "Велика зала")
    clock.held += timedelta(minutes=1)

    answers = [hear(hall, f"flood{number}").status_code for number in range(60)]

    # The last of them takes the place of the one that has been silent, though somebody has named it.
    assert answers == [200] * actions.MOST + [429] * 20
    assert len(numbers(hall)) == actions.MOST


def test_what_facilitators_call_a_screen_reaches_no_participant(hall):
    choose(hall, shows="clock", title=SECRET)
    query = "live?channel=screens&since=0&language=uk"

    found = {who: SECRET in hall.ask(who).get(hall.url(query)).get_data(as_text=True) for who in PEOPLE}

    assert found == {who: who in ("facilitator", "organiser") for who in PEOPLE}


def test_the_made_up_name_of_a_screen_reaches_nobody(hall):
    """With it anybody who has the key could speak as this screen."""
    hear(hall, "madeupname")

    paths = ("facilitator/screens", "live?channel=screens&since=0")
    pages = [hall.ask("facilitator").get(hall.url(path)).get_data(as_text=True) for path in paths]

    assert ["screen-2" in page for page in pages] == [True, True]
    assert not any("madeupname" in page for page in pages)


# The console's page.


def test_the_page_says_how_long_ago_each_was_heard(hall):
    clock.held += timedelta(seconds=4)
    hear(hall, "another")
    clock.held += timedelta(seconds=3)

    answer = hall.ask("facilitator").get(hall.url("facilitator/screens"), headers={"Accept": "application/json"})

    assert answer.get_json() == {"1": 7.0, "2": 3.0}


def test_without_scripts_a_screen_is_chosen_for_by_a_form(hall):
    page = html.fromstring(hall.ask("facilitator").get(hall.url("facilitator/screens?pick=1")).get_data(as_text=True))

    form = page.xpath("//dialog[@open]//form")[0]
    offered = [choice.get("value") for choice in form.xpath(".//input[@name='shows']")]
    words = [
        "join",
        "board",
        "market",
        "pitch",
        "now",
        "clock",
        "guide",
        "news",
        "dots",
        "commitments",
        "stories",
        "people",
    ]
    assert offered == [*words, "blank"]
    assert form.xpath(".//input[@name='shows'][@checked]/@value") == ["board"]
    assert [scene.word for scene in scenes.all_scenes()] == offered[:-1]


def page_of(event) -> str:
    items = "".join(screen_html(event, screen) for screen in screens_of(event.id))
    return f'<ul id="screens">{items}</ul>'


def without_beats(page: Page) -> str:
    """A page without when each screen was heard, which is in no patch."""
    tree = html.fromstring(page.text())
    for screen in tree.xpath("//*[@data-heard]"):
        del screen.attrib["data-heard"], screen.attrib["data-alive"]
    return html.tostring(tree, encoding="unicode")


@pytest.mark.parametrize("seed", range(4))
def test_a_page_kept_by_patches_is_what_a_new_one_is(inside, seed):
    event, chance = an_event(), random.Random(seed)
    a_member(event, "Ірина", Role.FACILITATOR)
    db.session.commit()
    page, stand = Page(page_of(event)), revision(event.id, SCREENS)
    words = ["", "board", "clock", "stories", "gone"]

    def some():
        return chance.choice(screens_of(event.id))

    deeds = [
        lambda: actions.hear(event.id, f"s{chance.randint(1, 6)}", Said(chance.choice(words), chance.choice(words))),
        lambda: actions.hear(event.id, f"s{chance.randint(1, 6)}", Said("board", "board", chance.random() < 0.5)),
        lambda: actions.show(some(), chance.choice(words)),
        lambda: actions.blank(some(), chance.random() < 0.5),
        lambda: actions.name(some(), f"Зала {chance.randint(1, 9)} <b>"),
        lambda: actions.let_ring(some(), chance.random() < 0.5),
        lambda: actions.forget(some()),
        lambda: actions.ask_all(event.id),
    ]
    actions.hear(event.id, "s0", Said("board"))
    for _ in range(60):
        chance.choice(deeds)() if screens_of(event.id) else deeds[0]()
        clock.held += timedelta(seconds=chance.randint(0, 20))
        db.session.commit()
        if chance.random() < 0.3:
            found = packets.packet(event.id, SCREENS, stand, revision(event.id, SCREENS), View(language(), "members"))
            page.apply(found.content["patches"])
            stand = found.content["to"]
            fresh = Page(page_of(db.session.get_one(Event, event.id)))
            assert without_beats(page) == without_beats(fresh)


def test_each_step_can_be_undone_and_redone(hall):
    facilitator, screen = hall.ask("facilitator"), hall.url("facilitator/screens/1")
    deeds = [
        lambda: choose(hall, shows="clock", title="Фоє"),
        lambda: choose(hall, shows="clock", title="", usual="y"),
        lambda: choose(hall, shows="blank", title=""),
        lambda: facilitator.put(f"{screen}/blank"),
        lambda: facilitator.delete(f"{screen}/blank"),
        lambda: facilitator.put(f"{screen}/bowl"),
        lambda: facilitator.delete(f"{screen}/bowl"),
        lambda: facilitator.delete(screen),
    ]
    states = [state(hall)]
    for deed in deeds:
        assert deed().status_code == 303
        states.append(state(hall))
    # Nothing changed by the fourth: it was dark already, and nothing is noted.
    steps = [after for before, after in pairwise(states) if after != before]
    assert (len(steps), states[-1]) == (7, [])

    for before in [states[0], *steps][-2::-1]:
        assert facilitator.delete(hall.url("facilitator/steps/last")).status_code == 303
        assert state(hall) == before
    for after in steps:
        assert facilitator.put(hall.url("facilitator/steps/last")).status_code == 303
        assert state(hall) == after


def test_a_forgotten_screen_that_came_back_by_itself_is_not_brought_back(hall):
    hall.ask("facilitator").delete(hall.url("facilitator/screens/1"))
    assert hear(hall).get_json()["number"] == 1
    before = state(hall)

    hall.ask("facilitator").delete(hall.url("facilitator/steps/last"))

    assert state(hall) == before


def state(hall) -> list[tuple[object, ...]]:
    """What facilitators choose for screens."""
    with hall.app.app_context():
        return [(s.number, s.title, s.shows, s.is_blank, s.rings) for s in screens_of(hall.id)]


@pytest.mark.parametrize(("language", "told"), [("en", "Screen 1 shows: Clock"), ("uk", "Екран 1 показує: Годинник")])
def test_steps_are_told_in_the_readers_language(hall, language, told):
    hear(hall)
    facilitator = hall.ask("facilitator")
    sent = {"shows": "clock", "title": ""}
    facilitator.put(hall.url("facilitator/screens/1"), data=sent, headers={"Accept-Language": "de"})

    page = facilitator.get(hall.url("facilitator"), headers={"Accept-Language": language})

    assert told in html.fromstring(page.text).get_element_by_id("steps").text_content()
