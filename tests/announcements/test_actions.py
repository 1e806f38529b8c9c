"""Announcing, saying it differently, taking back: effects, refusals, recorded changes, and two at once."""

import threading
from datetime import timedelta

import pytest

from openspace import clock
from openspace.access.models import Member, Role
from openspace.announcements import actions
from openspace.announcements.actions import Saying
from openspace.announcements.models import MESSAGES, Announcement, current
from openspace.announcements.rules import LONGEST
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import EVERYWHERE
from openspace.store import sqlite
from openspace.web.errors import Invalid, Stale
from tests.factories import a_member, an_announcement, an_event

MINUTE = timedelta(minutes=1)


@pytest.fixture
def event(inside) -> Event:
    return an_event()


@pytest.fixture
def facilitator(event) -> Member:
    return a_member(event, "Ірина", Role.FACILITATOR)


def saying(**more) -> Saying:
    return Saying(**{"words": {"uk": "Обід пізніше"}, "ends_at": now() + 10 * MINUTE, **more})


def changes(event: Event) -> tuple[list[str], list[str]]:
    """What is in the log for phones and for screens."""
    found = (log.subjects_since(event.id, channel, 0) for channel in (EVERYWHERE, MESSAGES))
    return tuple(subjects.names for subjects in found)


def revisions(event: Event) -> tuple[int, int]:
    """Those of the channels of phones and of screens."""
    return log.revision(event.id, EVERYWHERE), log.revision(event.id, MESSAGES)


def test_announce_is_seen_until_its_end_the_newest_first(event, facilitator):
    first, second = an_announcement(event, facilitator, 20), an_announcement(event, facilitator, 10)

    assert current(event.id) == [second, first]
    assert changes(event) == (
        [f"announcement-{each.id}" for each in (first, second)],
        [f"message-{each.id}" for each in (first, second)],
    )
    assert (first.by, first.said_at, first.words) == (
        facilitator,
        now(),
        {"uk": "Обід пізніше", "en": "Lunch is later"},
    )
    clock.held += 10 * MINUTE
    assert current(event.id) == [first]
    clock.held += 10 * MINUTE
    assert current(event.id) == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"words": {}}, "нема чого"),
        ({"words": {"uk": ""}}, "нема чого"),
        ({"words": {"uk": "м" * (LONGEST + 1)}}, "задовге"),
        ({"words": {"uk": "Обід", "en": "l" * (LONGEST + 1)}}, "задовге"),
        ({"on_phones": False, "on_screens": False}, "Оберіть, де"),
        ({"ends_at": timedelta(0)}, "минув"),
        ({"ends_at": -MINUTE}, "минув"),
    ],
)
def test_announce_and_edit_refuse(event, facilitator, wrong, says):
    if "ends_at" in wrong:
        wrong = {"ends_at": now() + wrong["ends_at"]}
    there = an_announcement(event, facilitator)
    before = there.version

    with pytest.raises(Invalid, match=says):
        actions.announce(event, saying(**wrong), by=facilitator)
    with pytest.raises(Invalid, match=says):
        actions.edit(there, saying(**wrong), seen=before, by=facilitator)

    assert (there.version, db.session.query(Announcement).count()) == (before, 1)


def test_edit_says_it_differently_and_is_said_anew_only_if_the_words_are(event, facilitator):
    there = an_announcement(event, facilitator)
    said = there.said_at
    assert revisions(event) == (1, 1)
    clock.held += MINUTE

    actions.edit(there, saying(words=there.words, ends_at=now() + MINUTE), seen=there.version, by=facilitator)
    assert (there.said_at, there.ends_at, revisions(event)) == (said, now() + MINUTE, (2, 2))
    actions.edit(there, saying(words={"en": "Now"}, on_screens=False), seen=there.version, by=facilitator)

    assert (there.said_at, there.words, there.on_phones, there.on_screens) == (now(), {"en": "Now"}, True, False)
    assert revisions(event) == (3, 3)


def test_edit_lets_one_be_seen_again_that_was_over_or_taken_back(event, facilitator):
    over, taken = an_announcement(event, facilitator, 1), an_announcement(event, facilitator)
    actions.take_back(taken, seen="", by=facilitator)
    clock.held += 2 * MINUTE

    for each in (over, taken):
        actions.edit(each, saying(words=each.words), seen=each.version, by=facilitator)

    assert current(event.id) == [taken, over]
    assert {each.said_at for each in (over, taken)} == {now()}


@pytest.mark.parametrize(
    "deed",
    [
        lambda there, seen, by: actions.edit(there, saying(), seen=seen, by=by),
        lambda there, seen, by: actions.take_back(there, seen=seen, by=by),
    ],
    ids=["edit", "take back"],
)
def test_what_was_changed_since_is_stale(event, facilitator, deed):
    there = an_announcement(event, facilitator)
    seen = there.version
    actions.edit(there, saying(words={"uk": "Інакше"}), seen=seen, by=facilitator)

    with pytest.raises(Stale):
        deed(there, seen, facilitator)

    assert current(event.id) == [there]


def test_take_back_lets_it_be_seen_nowhere_and_bring_back_undoes_that(event, facilitator):
    there = an_announcement(event, facilitator)
    before = there.version
    assert revisions(event) == (1, 1)

    actions.take_back(there, seen=before, by=facilitator)
    actions.take_back(there, seen=before, by=facilitator)
    assert (current(event.id), revisions(event)) == ([], (2, 2))
    actions.bring_back(there, by=facilitator)
    actions.bring_back(there, by=facilitator)

    assert (current(event.id), there.version) == ([there], before)
    assert revisions(event) == (3, 3)


def test_bring_back_refuses_what_is_over(event, facilitator):
    there = an_announcement(event, facilitator)
    actions.take_back(there, seen="", by=facilitator)
    clock.held += 11 * MINUTE

    with pytest.raises(Stale, match="новий кінець"):
        actions.bring_back(there, by=facilitator)


def test_two_edits_at_once_leave_one_and_tell_the_other(hall):
    ident, together, told = hall.announce(), threading.Barrier(2), []

    def edit(text: str, seen: str) -> None:
        with hall.app.test_request_context():
            there = db.session.get_one(Announcement, ident)
            by = db.session.get_one(Member, hall.ids["facilitator"])
            db.session.rollback()
            together.wait(10)
            with sqlite.writing():
                try:
                    actions.edit(there, saying(words={"uk": text}), seen=seen, by=by)
                    db.session.commit()
                    told.append("done")
                except Stale:
                    db.session.rollback()
                    told.append("stale")

    with hall.app.app_context():
        seen = db.session.get_one(Announcement, ident).version
    people = [threading.Thread(target=edit, args=(text, seen)) for text in ("Перший", "Другий")]
    for each in people:
        each.start()
    for each in people:
        each.join()

    assert sorted(told) == ["done", "stale"]
