"""Telling, changing, marking and taking down stories, on both databases."""

from datetime import timedelta

import pytest

from openspace import clock
from openspace.access import actions as access
from openspace.access.models import Role
from openspace.clock import now
from openspace.extensions import db
from openspace.live.log import revision
from openspace.stories import actions
from openspace.stories.actions import Author, Telling
from openspace.stories.models import STORIES, Comment, Story, counts_of, marks_of, story_numbered
from openspace.stories.rules import Mark, State
from openspace.web.errors import Invalid, NotAllowed, NotFound
from tests.factories import a_member, a_story, an_event


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def teller(event):
    return a_member(event, "Оксана Дячук")


@pytest.fixture
def facilitator(event):
    return a_member(event, "Ірина", Role.FACILITATOR)


def changed(event, since: int) -> bool:
    db.session.commit()
    return revision(event.id, STORIES) > since


def test_a_story_is_on_the_wall_at_once(event, teller):
    before = revision(event.id, STORIES)

    story = a_story(event, teller, in_book=True)

    assert (story.number, story.state, story.name, story.community) == (
        1,
        State.SHOWN,
        "Оксана Дячук",
        "Вербівська громада",
    )
    assert (story.in_hall, story.in_book, story.on_web) == (True, True, False)
    assert story.shown_at == now()
    assert changed(event, before)


def test_where_facilitators_look_first_a_story_waits(event, teller, facilitator):
    event.checks_stories = True

    assert (a_story(event, teller).state, a_story(event, teller).shown_at) == (State.WAITING, None)
    assert a_story(event, facilitator).state == State.SHOWN


def test_a_story_sent_twice_is_told_once(event, teller):
    telling = Telling("Автобус приїхав.", "uk")

    first, second = (actions.tell(event, telling, by=teller, key="k" * 16) for _ in range(2))

    assert first is second
    assert actions.tell(event, telling, by=a_member(event), key="k" * 16) is not first


def test_numbers_are_not_given_twice(event, teller):
    gone = a_story(event, teller)
    db.session.delete(gone)
    db.session.flush()

    assert a_story(event, teller).number == 2


def test_a_story_that_tells_nothing_is_refused(event, teller):
    with pytest.raises(Invalid):
        a_story(event, teller, "")
    story = a_story(event, teller)
    with pytest.raises(Invalid):
        actions.edit(story, Telling("", "uk"), by=teller)


def test_a_facilitator_writes_for_somebody_without_a_phone(event, teller, facilitator):
    author = Author("Пані Марія", "Малі Броди")

    story = actions.tell(event, Telling("Пиріг.", "uk"), by=facilitator, author=author)

    assert (story.name, story.community, story.author_id) == ("Пані Марія", "Малі Броди", None)
    assert actions.may_change(story, facilitator)
    assert not actions.may_change(story, teller)
    with pytest.raises(NotAllowed):
        actions.tell(event, Telling("Пиріг.", "uk"), by=teller, author=author)


def test_only_the_author_changes_a_story(event, teller, facilitator):
    story = a_story(event, teller)

    actions.edit(story, Telling("Інакше.", "de", on_web=True), by=teller)

    assert (story.text, story.language, story.on_web) == ("Інакше.", "de", True)
    for other in (facilitator, a_member(event)):
        for write in (actions.take_down, actions.bring_back):
            with pytest.raises(NotAllowed):
                write(story, by=other)
        with pytest.raises(NotAllowed):
            actions.edit(story, Telling("Чуже.", "uk"), by=other)


def test_a_changed_story_waits_again_where_facilitators_look_first(event, teller):
    story = a_story(event, teller)
    event.checks_stories = True

    actions.edit(story, Telling(story.text, "uk", in_book=True), by=teller)
    assert story.state == State.SHOWN
    actions.edit(story, Telling("Зовсім інше.", "uk"), by=teller)

    assert story.state == State.WAITING


def test_what_is_taken_down_comes_back_as_it_was_or_is_deleted_after_a_day(event, teller):
    waiting, shown = a_story(event, teller), a_story(event, teller)
    waiting.state = State.WAITING

    for story in (waiting, shown):
        actions.take_down(story, by=teller)
        assert story.state == State.TAKEN
        with pytest.raises(NotFound):
            actions.edit(story, Telling("Пізно.", "uk"), by=teller)
        actions.take_down(story, by=teller)
    actions.bring_back(waiting, by=teller)

    assert waiting.state == State.WAITING
    assert not actions.delete_taken_down()
    with clock.frozen_at(now() + timedelta(hours=25)):
        assert actions.delete_taken_down()
    assert [story.number for story in db.session.query(Story)] == [waiting.number]


def test_marks_count_once_and_are_taken_back(event, teller):
    story, reader = a_story(event, teller), a_member(event)
    before = revision(event.id, STORIES)

    for _ in range(2):
        actions.mark(story, Mark.HEART, by=reader)
    actions.mark(story, Mark.TRY, by=reader)
    actions.mark(story, Mark.HEART, by=teller)

    counts = counts_of([story.id])[story.id]
    assert (counts.hearts, counts.tries) == (2, 1)
    assert marks_of(reader.id) == {"heart": [1], "try": [1]}
    assert changed(event, before)
    actions.unmark(story, Mark.HEART, by=reader)
    actions.unmark(story, Mark.HEART, by=reader)
    assert marks_of(reader.id) == {"heart": [], "try": [1]}


def test_a_mark_that_is_there_changes_nothing(event, teller):
    story = a_story(event, teller)
    actions.mark(story, Mark.HEART, by=teller)
    db.session.commit()
    before = revision(event.id, STORIES)

    actions.mark(story, Mark.HEART, by=teller)
    actions.unmark(story, Mark.TRY, by=teller)

    assert not changed(event, before)


@pytest.mark.parametrize("state", [State.WAITING, State.HIDDEN, State.TAKEN])
def test_what_is_not_on_the_wall_takes_no_marks_and_comments(event, teller, state):
    story = a_story(event, teller)
    story.state = state

    for write in (
        lambda: actions.mark(story, Mark.HEART, by=teller),
        lambda: actions.unmark(story, Mark.HEART, by=teller),
        lambda: actions.comment(story, "Так!", by=teller),
    ):
        with pytest.raises(NotFound):
            write()


def test_a_comment_is_made_once_and_taken_back_by_three_people(event, teller, facilitator):
    story, reader, other = a_story(event, teller), a_member(event), a_member(event, "Анна")

    first, second = (actions.comment(story, "Так!", by=reader, key="k" * 16) for _ in range(2))
    assert first is second
    with pytest.raises(NotAllowed):
        actions.take_back(first, by=other)
    actions.take_back(first, by=reader)
    for who in (teller, facilitator):
        actions.take_back(actions.comment(story, "Так!", by=reader), by=who)

    assert db.session.query(Comment).count() == 0


def test_whoever_leaves_takes_their_stories_marks_and_comments_along(event, teller, facilitator):
    theirs, story = a_story(event, teller), a_story(event, facilitator)
    written = actions.tell(event, Telling("Пиріг.", "uk"), by=facilitator, author=Author("Пані Марія"))
    for each in (theirs, story):
        actions.mark(each, Mark.HEART, by=teller)
        actions.comment(each, "Так!", by=teller)
        actions.comment(each, "І я.", by=facilitator)

    access.leave(teller)
    access.leave(facilitator)

    db.session.expire_all()
    assert [each.number for each in db.session.query(Story)] == [written.number]
    assert story_numbered(event.id, written.number).name == "Пані Марія"
    assert db.session.query(Comment).count() == 0
