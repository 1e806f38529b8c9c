"""The history of a topic's notes: its moments, how it read at one of them, and bringing that back."""

from datetime import datetime, timedelta
from typing import NamedTuple

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.answers import shown_topic
from openspace.board.models import Topic
from openspace.extensions import db, limiter
from openspace.notes import actions
from openspace.notes.forms import RevisionForm
from openspace.notes.fragments import as_html
from openspace.notes.models import Paragraph, Version, paragraphs_in_order, topic_ids
from openspace.notes.rules import Part
from openspace.web.errors import NotFound
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("note_history", __name__, is_personal=True)
# What one person saves within so long is one moment of the history.
TOGETHER = timedelta(minutes=5)


class Moment(NamedTuple):
    """What one person wrote in one go: the last revision of it, who, when, and how many paragraphs it changed."""

    revision: int
    name: str
    at: datetime
    paragraphs: int


@blueprint.get("/topics/<int:number>/notes/history")
@requires(Role.PARTICIPANT)
def index(number: int) -> ResponseReturnValue:
    """All moments of the notes, the latest first."""
    topic = shown_topic()
    return render_template("notes/history.html", topic=topic, moments=_moments(topic))


def _moments(topic: Topic) -> list[Moment]:
    ids = topic_ids(topic)
    found = select(Version).join(Paragraph).where(Paragraph.topic_id.in_(ids), Version.was_current)
    moments: list[list[Version]] = []
    for version in db.session.scalars(found.options(joinedload(Version.by)).order_by(Version.id.desc())):
        last = moments[-1][-1] if moments else None
        if last and last.by_id == version.by_id and last.at - version.at < TOGETHER:
            moments[-1].append(version)
        else:
            moments.append([version])
    return [
        Moment(
            each[0].id,
            each[0].by.name if each[0].by else gettext("Somebody who has left"),
            each[0].at,
            len({version.paragraph_id for version in each}),
        )
        for each in moments
    ]


@blueprint.get("/topics/<int:number>/notes/history/<int:revision>")
@requires(Role.PARTICIPANT)
def show(number: int, revision: int) -> ResponseReturnValue:
    """The notes as they read at a revision."""
    topic = shown_topic()
    then = actions.texts_at(topic, revision)
    if not then:
        raise NotFound
    shown = [
        (each.part, then[each.id]) for each in paragraphs_in_order(topic) if each.id in then and then[each.id].text
    ]
    parts = {part: [version for of, version in shown if of == part] for part in Part}
    at = max(version.at for version in then.values())
    return render_template("notes/revision.html", topic=topic, parts=parts, revision=revision, at=at, as_html=as_html)


@blueprint.put("/topics/<int:number>/notes/revision")
@limiter.limit("20 per minute")
@requires(Role.PARTICIPANT)
def bring_back(number: int) -> ResponseReturnValue:
    """Bring the notes back as they were at a revision."""
    topic = shown_topic()
    form = RevisionForm()
    form.check()
    actions.bring_back(topic, revision=form.revision.data or 0, by=visitor.member)
    flash_message(gettext("The earlier notes are back. What was there before is in the history."))
    return see_other(url_for("notes.show", number=topic.number))
