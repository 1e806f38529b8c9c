"""Which story reaches whom by which way out: every state and every consent, for every kind of viewer.

Each outlet is a row of `OUTLETS`: how to ask it, who is answered, and which stories are in the answer. All others are
refused. Each story has words and a film of its own, so that one look tells whether it is there.
"""

import re
from collections.abc import Callable
from io import BytesIO
from itertools import product
from typing import NamedTuple
from zipfile import ZipFile

import pytest

from openspace.access.models import Member
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.store import private_files, sqlite
from openspace.stories import changes
from openspace.stories.media_models import media_of
from openspace.stories.models import story_numbered
from openspace.stories.rules import TERMS, Consent, State, Viewer, Way, may_go
from openspace.stories.series_models import SeriesFilm
from openspace.stories.slides_models import SLIDES
from tests.factories import Hall, a_film, a_story

VIEWERS = ("stranger", "other", "screen", "participant", "author", "facilitator", "organiser")
ASKS = {"screen": "stranger", "author": "convener"}
MEMBERS = {"participant", "author", "facilitator", "organiser"}
EVERYBODY = set(VIEWERS)
AGREED = [
    frozenset(consent for consent, given in zip(Consent, marks, strict=True) if given)
    for marks in product((True, False), repeat=3)
]
# Each story as its state and what its author agreed to; story 1 is the hall's own.
STORIES = dict(enumerate(product(State, AGREED), 2))


def on_wall(agreed_to: str = "") -> set[int]:
    """The stories on the wall, of those whose authors agreed to this."""
    return {
        number
        for number, (state, agreed) in STORIES.items()
        if state == State.SHOWN and (not agreed_to or agreed_to in agreed)
    }


def on_page(viewer: str) -> set[int]:
    """The stories whose own pages a member opens."""
    hidden_from = {
        "participant": {State.WAITING, State.HIDDEN, State.TAKEN},
        "facilitator": {State.TAKEN},
        "organiser": {State.TAKEN},
        "author": set(),
    }
    return {number for number, (state, _) in STORIES.items() if state not in hidden_from[viewer]}


class Exhibition:
    """Stories of the convener in every state with every consent, each with a film; the event publishes its stories."""

    def __init__(self, app) -> None:
        self.hall = Hall(app)
        self.files: dict[int, tuple[str, int]] = {}
        with app.test_request_context(), sqlite.writing():
            event, author = (
                db.session.get_one(Event, self.hall.id),
                db.session.get_one(Member, self.hall.ids["convener"]),
            )
            event.publishes_stories = event.publishes_films = True
            for number, (state, agreed) in STORIES.items():
                consents = {consent.value: consent in agreed for consent in Consent}
                story = a_story(event, author, f"words-of-{number}-", **consents)
                assert story.number == number
                film = a_film(story)
                player = film.player
                db.session.add(SeriesFilm(medium=film, event_id=event.id, place=number, title=story.text))
                signed = private_files.sign(player.digest, player.mimetype, of=(event.id, number))
                self.files[number] = (signed, player.id)
                if state != State.SHOWN:
                    story.former_state, story.state = State.SHOWN, state
                    changes.story(story)
                # So that all of them are in a patch.
                log.record(event.id, SLIDES, f"slide-{number}")
            db.session.commit()

    @classmethod
    def of(cls, app) -> "Exhibition":
        return app.extensions["states"].put_back("stories in every state", cls)

    def get(self, viewer: str, path: str):
        return self.hall.ask(ASKS.get(viewer, viewer)).get(self.hall.url(path))

    def key(self, viewer: str) -> str:
        """The projector's key, if the viewer has it."""
        return self.hall.projector if viewer == "screen" else "no-key"

    def each(self, viewer: str, address: Callable[[int], str]) -> set[int] | int:
        """The stories for which an address answers; the status if it does for none."""
        answers = {number: self.get(viewer, address(number)).status_code for number in STORIES}
        opened = {number for number, status in answers.items() if status == 200}
        return opened or next(iter(set(answers.values())))

    def words(self, viewer: str, path: str) -> set[int] | int:
        """The stories whose words an answer has; its status if that is not 200."""
        answer = self.get(viewer, path)
        if answer.status_code != 200:
            return answer.status_code
        return {int(number) for number in re.findall(r"words-of-(\d+)-", answer.get_data(as_text=True))}

    def elements(self, viewer: str, kind: str, path: str) -> set[int] | int:
        """The stories of which a page has an element, such as `slide-7`; its status if that is not 200."""
        answer = self.get(viewer, path)
        if answer.status_code != 200:
            return answer.status_code
        page = answer.get_data(as_text=True)
        return {int(number) for number in re.findall(rf'id="{kind}-(\d+)"', page)} - {1}


def of_zip(exhibition: Exhibition, viewer: str, purpose: str) -> set[int] | int:
    answer = exhibition.get(viewer, f"exports/stories.zip?for={purpose}")
    if answer.status_code != 200:
        return answer.status_code
    with ZipFile(BytesIO(answer.data)) as archive:
        words = {
            frozenset(map(int, re.findall(r"words-of-(\d+)-", archive.read(name).decode())))
            for name in archive.namelist()
            if name.endswith(("index.html", "stories.json"))
        }
        pages = {int(found[1]) for name in archive.namelist() if (found := re.search(r"stories/(\d+)\.html$", name))}
        files = {int(found[1]) for name in archive.namelist() if (found := re.search(r"media/(\d+)-", name))}
    pages.discard(1)
    files.discard(1)
    assert words == {frozenset(pages)} == {frozenset(files)}
    return pages


def patches(exhibition: Exhibition, viewer: str, channel: str, key: str = "") -> set[int] | int:
    """The stories of which a page that catches up is sent more than that they are gone."""
    answer = exhibition.get(viewer, f"live?channel={channel}&since=0&key={key}")
    if answer.status_code != 200:
        return answer.status_code
    named = [(re.fullmatch(r"(story|slide)-(\d+)", name), html) for name, html in answer.json["patches"]]
    sent = {int(found[2]): html for found, html in named if found}
    assert set(STORIES) <= set(sent)
    return {number for number, html in sent.items() if html} - {1}


class Outlet(NamedTuple):
    get: Callable[[Exhibition, str], set[int] | int]
    viewers: set[str]
    expected: Callable[[str], set[int]]
    # For whom it is not.
    refusal: int = 403


def agreed_to(consent: str) -> Callable[[str], set[int]]:
    return lambda viewer: on_wall(consent)


# The author's own stories that wait or are hidden stand above the wall, without their words.
OUTLETS = {
    "wall": Outlet(
        lambda all_, who: (
            found
            if isinstance(found := all_.words(who, "stories"), int)
            else {int(n) for n in re.findall(r'id="story-(\d+)"', all_.get(who, "stories").get_data(as_text=True))}
            - {1}
        ),
        MEMBERS,
        agreed_to(""),
    ),
    "page": Outlet(lambda all_, who: all_.each(who, lambda n: f"stories/{n}"), MEMBERS, on_page),
    "files": Outlet(
        lambda all_, who: all_.each(who, lambda n: f"stories/{n}/files/{all_.files[n][0]}"), MEMBERS, on_page
    ),
    "qr": Outlet(lambda all_, who: all_.each(who, lambda n: f"stories/{n}/qr.svg"), MEMBERS, on_page),
    "patches": Outlet(lambda all_, who: patches(all_, who, "stories"), MEMBERS, agreed_to("")),
    "screen": Outlet(
        lambda all_, who: all_.elements(who, "slide", f"projector/{all_.key(who)}/stories"),
        {"screen"},
        agreed_to("in_hall"),
        404,
    ),
    "control": Outlet(
        lambda all_, who: all_.elements(who, "slide", "stories/projector/control"),
        {"facilitator", "organiser"},
        agreed_to("in_hall"),
    ),
    "slides": Outlet(
        lambda all_, who: patches(all_, who, "slides", all_.key(who)),
        {"screen", *MEMBERS},
        agreed_to("in_hall"),
    ),
    "zip for the book": Outlet(lambda all_, who: of_zip(all_, who, "book"), {"organiser"}, agreed_to("in_book")),
    "zip for the web": Outlet(lambda all_, who: of_zip(all_, who, "web"), {"organiser"}, agreed_to("on_web")),
    "json for the book": Outlet(
        lambda all_, who: all_.words(who, "exports/stories.json?for=book"), {"organiser"}, agreed_to("in_book")
    ),
    "json for the web": Outlet(
        lambda all_, who: all_.words(who, "exports/stories.json?for=web"), {"organiser"}, agreed_to("on_web")
    ),
    "publication": Outlet(lambda all_, who: all_.words(who, "stories/publication"), {"organiser"}, agreed_to("on_web")),
    "atom": Outlet(lambda all_, who: all_.words(who, "stories.atom"), EVERYBODY, agreed_to("on_web")),
    "podcast": Outlet(lambda all_, who: all_.words(who, "stories/podcast.xml"), EVERYBODY, agreed_to("on_web")),
    "published pages": Outlet(
        lambda all_, who: all_.each(who, lambda n: f"stories/{n}/published"), EVERYBODY, agreed_to("on_web")
    ),
    "published files": Outlet(
        lambda all_, who: all_.each(who, lambda n: f"stories/{n}/published/{all_.files[n][1]}.mp4"),
        EVERYBODY,
        agreed_to("on_web"),
    ),
    "series": Outlet(lambda all_, who: all_.words(who, "stories/series"), {"organiser"}, agreed_to("on_web")),
    "films": Outlet(lambda all_, who: all_.words(who, "films"), EVERYBODY, agreed_to("on_web")),
    "files of films": Outlet(
        lambda all_, who: all_.each(who, lambda n: f"films/{n}/film.mp4"), EVERYBODY, agreed_to("on_web")
    ),
}
# The films of the series are published by themselves (test_series.py).
PUBLIC = {name for name, outlet in OUTLETS.items() if outlet.viewers == EVERYBODY} - {"films", "files of films"}


@pytest.fixture
def exhibition(app) -> Exhibition:
    return Exhibition.of(app)


@pytest.mark.parametrize("name", OUTLETS)
def test_each_way_out_lets_through_what_it_may(exhibition, name):
    outlet = OUTLETS[name]
    expected = {who: outlet.expected(who) if who in outlet.viewers else outlet.refusal for who in VIEWERS}

    assert {who: outlet.get(exhibition, who) for who in VIEWERS} == expected


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_nothing_is_public_while_the_event_publishes_nothing(exhibition, name):
    exhibition.hall.ask("organiser").delete(exhibition.hall.url("stories/publication"))

    assert {who: OUTLETS[name].get(exhibition, who) for who in VIEWERS} == dict.fromkeys(VIEWERS, 404)


@pytest.mark.parametrize("how", ["hidden", "taken down", "no consent"])
@pytest.mark.parametrize("name", sorted(set(OUTLETS) - {"patches", "slides"}))
def test_a_story_goes_from_every_way_out_at_once(exhibition, name, how):
    outlet, hall = OUTLETS[name], exhibition.hall
    who = next(each for each in VIEWERS if each in outlet.viewers)
    before, number = outlet.get(exhibition, who), min(on_wall())
    assert STORIES[number][1] == set(Consent)
    assert number in before

    if how == "hidden":
        hall.ask("facilitator").put(hall.url(f"stories/{number}/hidden"), data={"why": "Імена"})
    elif how == "taken down":
        hall.ask("convener").delete(hall.url(f"stories/{number}"))
    else:
        hall.ask("convener").put(hall.url(f"stories/{number}/consents"), data={})

    needs_consent = outlet.expected(who) != on_wall() and name not in {"page", "files", "qr"}
    stays = how == "no consent" and not needs_consent
    assert outlet.get(exhibition, who) == (before if stays else before - {number})


@pytest.mark.parametrize("way", Way)
def test_the_rule_says_the_same_as_what_it_was_agreed_for(way):
    """The rule as a table: by which way stories reach whom, and with which consent."""
    everybody, members = set(Viewer), {Viewer.PARTICIPANT, Viewer.AUTHOR, Viewer.FACILITATOR, Viewer.ORGANISER}
    table = {
        Way.WALL: (members, None),
        Way.PAGE: (members, None),
        Way.HALL: (members | {Viewer.SCREEN}, Consent.HALL),
        Way.BOOK: ({Viewer.ORGANISER}, Consent.BOOK),
        Way.SITE: ({Viewer.ORGANISER}, Consent.WEB),
        Way.WEB: (everybody, Consent.WEB),
    }
    viewers, consent = table[way]

    for viewer, agreed in product(Viewer, AGREED):
        wanted = viewer in viewers and (consent is None or consent in agreed)
        assert may_go(way, State.SHOWN, agreed, viewer, is_published=True) == wanted
        assert may_go(way, State.SHOWN, agreed, viewer) == (wanted and way != Way.WEB)
    assert set(table) == set(TERMS) == set(Way)


@pytest.mark.parametrize("state", [State.WAITING, State.HIDDEN, State.TAKEN])
def test_a_story_that_is_not_on_the_wall_is_on_its_page_alone(state):
    sees = {Viewer.AUTHOR} if state == State.TAKEN else {Viewer.AUTHOR, Viewer.FACILITATOR, Viewer.ORGANISER}
    found = {
        (way, viewer)
        for way, viewer in product(Way, Viewer)
        if may_go(way, state, set(Consent), viewer, is_published=True)
    }

    assert found == {(Way.PAGE, viewer) for viewer in sees}


def test_who_was_stopped_from_posting_still_takes_a_consent_back(exhibition):
    hall, number = exhibition.hall, min(on_wall())
    hall.ask("facilitator").put(hall.url(f"stories/silences/{hall.ids['convener']}"), data={"why": "Образи"})

    answer = hall.ask("convener").put(hall.url(f"stories/{number}/consents"), data={"in_book": "y"})

    assert answer.status_code == 303
    with hall.app.app_context():
        assert story_numbered(hall.id, number).agreed == {Consent.BOOK}
        assert media_of([1])
