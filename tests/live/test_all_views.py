"""A change is read once, and drawn of that for everybody: the same as for each language by itself."""

import pytest
from flask_babel import force_locale

from openspace.access.models import Role
from openspace.board import actions as board
from openspace.board.rules import CellKey
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import View, draw, drawing_all_views
from openspace.live.packets import packet, subjects_cache
from openspace.petitions import actions as petitions
from openspace.petitions.rules import Kind
from openspace.pitching import actions as pitching
from openspace.stories import actions as stories
from openspace.web.cache import clear_all
from tests.factories import a_member, a_story, a_topic, an_event, cell
from tests.statements import listened

VIEWS = [View(language, audience) for language in ("uk", "de", "en", "ru") for audience in ("members", "public")]
SUBJECTS = {
    "a cell": ("board", "cell-{slot}-{space}"),
    "how many go": ("board", "going-1"),
    "the head of a slot": ("board", "slot-{slot}"),
    "a topic on the market": ("board", "market-2"),
    "a topic's page": ("topic-1", "topic"),
    "who reads": ("pitch", "now"),
    "who waits": ("pitch", "queue"),
    "the small board": ("pitch", "cells"),
    "petitions": ("petitions", "petitions"),
    "a story": ("stories", "story-1"),
    "comments on a story": ("stories", "comments-1"),
    "what waits in the console": ("console", "waiting"),
}


@pytest.fixture
def event(inside):
    clear_all()
    event = an_event()
    facilitator = a_member(event, "Ірина", Role.FACILITATOR)
    olena, ihor = a_member(event, "Олена"), a_member(event, "Ігор")
    hangs, loose = a_topic(event, olena, "Вода"), a_topic(event, ihor, "Тепло")
    board.place(hangs, **cell(event, slot=3), by=olena)
    board.mark(event.id, hangs.number, kind="go", by=ihor)
    pitching.read_out(hangs, by=facilitator)
    pitching.queue_up(ihor, topic=loose, by=ihor)
    petitions.ask(hangs, kind=Kind.PROJECTOR, words="на стіну", by=olena)
    beside = CellKey(hangs.placements[0].slot_id, event.spaces[1].id)
    petitions.ask(hangs, kind=Kind.MOVE, leaves=hangs.cells[0], takes=beside, by=ihor)
    stories.comment(a_story(event, olena), "Дякую!", by=ihor)
    db.session.commit()
    return event


def drawn(event_id: int, channel: str, subject: str, views: list[View]) -> list:
    found = []
    for view in views:
        with force_locale(view.language):
            found.append(draw(event_id, channel, [subject], view))
    return found


@pytest.mark.parametrize("what", SUBJECTS)
def test_a_change_is_read_once_for_all_views(app, event, what):
    channel, name = SUBJECTS[what]
    hung = cell(event, slot=3)
    event_id, subject = event.id, name.format(slot=hung["slot"].id, space=hung["space"].id)
    apart = drawn(event_id, channel, subject, VIEWS)
    db.session.rollback()
    with listened(app) as for_one:
        drawn(event_id, channel, subject, VIEWS[:1])
    db.session.rollback()
    with listened(app) as for_all, drawing_all_views():
        together = drawn(event_id, channel, subject, VIEWS)

    assert together == apart
    assert len({str(each) for each in apart}) > 1 or what == "how many go"
    assert for_all == for_one


def test_every_view_gets_a_change_at_the_revision_that_is_drawn(event):
    """Also when another request has meanwhile noted a later one under the same key."""
    present = log.revision(event.id, "board")
    since = present - 1
    first, second = VIEWS[0], VIEWS[2]
    with drawing_all_views():
        one = packet(event.id, "board", since, present, first)
        subjects_cache.clear()
        board.mark(event.id, 1, kind="look", by=a_member(event, "Пізніший"))
        other = packet(event.id, "board", since, present, second)

    assert one.content["to"] == other.content["to"] == present
