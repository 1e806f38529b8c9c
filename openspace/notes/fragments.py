"""Renders the live parts of notes, with the same templates at first load and as patches."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy import select

from openspace.access.models import Member
from openspace.access.snapshots import MemberSnapshot
from openspace.access.visitor import visitor
from openspace.board.fragments import check_may_follow
from openspace.board.models import Topic
from openspace.board.permissions import topic_shown
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Listener, Patch, View
from openspace.notes.changes import HERE
from openspace.notes.models import (
    Attendance,
    NextStep,
    Paragraph,
    attendances_by_name,
    attendances_of,
    paragraph_keyed,
    topic_ids,
)
from openspace.notes.photo_models import NotePhoto, NotePhotoFile, photo_of
from openspace.notes.rules import marked
from openspace.store import private_files
from openspace.uploads.awaited import problem_of, srcset
from openspace.web.cache import LruCache
from openspace.web.errors import NotJoined
from openspace.web.markdown import html_of

# Paragraphs are read far more often than written.
markdown_cache = LruCache(256)


def as_html(text: str) -> Markup:
    """Return the HTML of a paragraph's text, from memory if it was asked for lately."""
    return markdown_cache.get(text, lambda: html_of(text))


def paragraph_html(paragraph: Paragraph) -> str:
    """Render a paragraph, with what clashes with it and who writes in it."""
    facts = {"paragraph": paragraph, "current": paragraph.current, "as_html": as_html, "marked": marked}
    return render_template("notes/_paragraph.html", event=paragraph.topic.event, **facts)


def step_html(step: NextStep) -> str:
    """Render a next step."""
    return render_template("notes/_step.html", event=step.topic.event, topic=step.topic, step=step)


def photo_html(photo: NotePhoto) -> str:
    """Render a photo; while it is on its way, its place."""
    event = photo.topic.event
    return render_template("notes/_photo.html", event=event, photo=photo, **photo_tools(event, photo))


def photo_tools(event: Event, photo: NotePhoto) -> dict[str, Any]:
    """Return the functions by which templates show a photo."""

    def address_of(file: NotePhotoFile) -> str:
        signed = private_files.sign(file.digest, file.mimetype, of=(event.id, "notes", photo.id))
        number = photo.topic.number
        return url_for("note_photos.file", event=event.slug, number=number, photo_id=photo.id, address=signed)

    return {"address_of": address_of, "srcset": partial(srcset, address_of), "problem_of": problem_of}


def here_html(topic: Topic) -> str:
    """Render how many were there, and who of them may be named."""
    people, written = attendances_of(topic), attendances_by_name(topic)
    return render_template(
        "notes/_here.html",
        event=topic.event,
        topic=topic,
        named=[each.member.name for each in people if each.is_named],
        written=written,
        count=len(people) + len(written),
        chairs=max((each.space.chairs for each in topic.placements), default=0),
    )


def draw(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield patches for subjects of a channel such as `notes-7`.

    Subjects are `paragraph-<key>`, `step-<id>`, `photo-<id>`, `here`, and `page`: all of it, which is loaded anew.
    """
    topic = topic_shown(event_id, int(channel.partition("-")[2]), None)
    if topic is None or topic.joint_id or "page" in subjects:
        yield "page", None
        return
    for subject in subjects:
        kind, _, rest = subject.partition("-")
        if kind == "paragraph":
            paragraph = paragraph_keyed(topic, rest)
            yield subject, paragraph_html(paragraph) if paragraph and paragraph.is_shown else None
        elif kind == "step":
            found = select(NextStep).where(NextStep.id == int(rest), NextStep.topic_id.in_(topic_ids(topic)))
            step = db.session.scalar(found)
            yield subject, step_html(step) if step else None
        elif kind == "photo":
            photo = photo_of(topic, int(rest))
            yield subject, photo_html(photo) if photo and photo.removed_at is None else None
        elif subject == HERE:
            yield HERE, here_html(topic)


def personal_json(asking: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, Any]:
    """Return the personal JSON of a page of notes: whether the visitor was there, and whether they are named."""
    if asking is None:
        return {"here": None}
    topic = topic_shown(visitor.event_id, int(channel.partition("-")[2]), asking)
    ids = topic_ids(topic) if topic else []
    found = select(Attendance).where(Attendance.topic_id.in_(ids), Attendance.member_id == asking.id)
    mine = db.session.scalars(found).all()
    return {"here": {"is_named": all(each.is_named for each in mine)} if mine else None}


def _check_may_follow(listener: Listener, channel: str) -> None:
    if listener.audience != "members":
        raise NotJoined
    check_may_follow(listener, channel)


fragments.register("notes", draw, rule=_check_may_follow)
fragments.register_personal(personal_json, "notes")
