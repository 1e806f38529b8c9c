"""The wall on an open phone is the wall as it is loaded anew, whatever happened in between."""

import contextlib
import random
from datetime import timedelta

import pytest

from openspace import clock
from openspace.access import actions as access, merging
from openspace.access.models import Role
from openspace.extensions import db
from openspace.live import packets
from openspace.live.fragments import View
from openspace.live.log import revision
from openspace.stories import actions, media_actions, moderation_actions as moderation
from openspace.stories.actions import Telling
from openspace.stories.fragments import comments_html, story_html
from openspace.stories.media_actions import Chosen
from openspace.stories.media_models import Medium
from openspace.stories.models import STORIES, Comment, Story, stories_where
from openspace.stories.rules import Mark, MediumKind, State
from openspace.web.errors import NotAllowed, NotFound
from openspace.web.i18n import language
from tests.factories import a_member, a_story, an_event
from tests.live.page import Page


def wall(event) -> str:
    stories = db.session.scalars(stories_where(event.id, Story.state == State.SHOWN)).all()
    comments = "".join(comments_html(event, story) for story in sorted(stories, key=lambda story: story.number))
    return f'<div id="stories">{"".join(story_html(event, stories).values())}</div><div id="talk">{comments}</div>'


def without_new_comments(text: str) -> str:
    """The wall alone: a page of its own has the comments of a story, and none comes to another page."""
    return text.partition('<div id="talk">')[0]


@pytest.mark.parametrize("seed", range(3))
def test_wall_before_and_patches_since_are_wall_after(inside, seed):
    event = an_event()
    chance, facilitator = random.Random(seed), a_member(event, "Ірина", Role.FACILITATOR)
    people = [a_member(event, f"Людина {number}") for number in range(5)]
    for person in people[:3]:
        a_story(event, person)
    db.session.commit()
    page, stand = Page(wall(event)), revision(event.id, STORIES)
    refs = (f"reference-{number:06}" for number in range(1000))

    def story() -> Story:
        return chance.choice(db.session.query(Story).order_by(Story.id).all())

    def edit(each: Story) -> None:
        media = [Chosen(next(refs), MediumKind.PHOTO) for _ in range(chance.randint(0, 2))]
        telling = Telling("Інакше " * chance.randint(1, 60), "uk", media=media)
        actions.edit(each, telling, by=each.author or facilitator)

    def fail() -> None:
        if media := db.session.query(Medium).order_by(Medium.id).all():
            media_actions.failed(chance.choice(media).id, "unreadable")

    def take_back() -> None:
        if comments := db.session.query(Comment).order_by(Comment.id).all():
            actions.take_back(chance.choice(comments), by=facilitator)

    def leave() -> None:
        if len(people) > 3 and chance.random() < 0.2:
            access.leave(people.pop())

    def merge() -> None:
        if len(people) > 3 and chance.random() < 0.2:
            merging.merge(people[0], people.pop())

    deeds = [
        lambda: a_story(event, chance.choice(people), f"Нова {chance.random()}"),
        lambda: edit(story()),
        lambda: actions.take_down(each := story(), by=each.author or facilitator),
        lambda: actions.bring_back(each := story(), by=each.author or facilitator),
        lambda: actions.mark(story(), chance.choice(list(Mark)), by=chance.choice(people)),
        lambda: actions.unmark(story(), chance.choice(list(Mark)), by=chance.choice(people)),
        lambda: actions.comment(story(), f"Так {chance.random()}", by=chance.choice(people)),
        lambda: moderation.hide(story(), "Імена", by=facilitator),
        lambda: moderation.show(story(), by=facilitator),
        lambda: access.introduce(chance.choice(people), name=f"Імʼя {chance.random()}", community="Броди"),
        fail,
        take_back,
        leave,
        merge,
    ]

    for _ in range(80):
        clock.held += timedelta(seconds=chance.randint(1, 30))
        with contextlib.suppress(NotFound, NotAllowed):
            chance.choice(deeds)()
        db.session.commit()
        if chance.random() < 0.4:
            found = packets.packet(event.id, STORIES, stand, revision(event.id, STORIES), View(language(), "members"))
            page.apply(found.content["patches"])
            stand = found.content["to"]
            assert without_new_comments(page.text()) == without_new_comments(Page(wall(event)).text())
