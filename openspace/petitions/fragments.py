"""Renders the live list of petitions, with the same template at first load and as patches."""

from collections.abc import Iterable
from typing import Any

from flask import render_template

from openspace.access.models import Member
from openspace.access.snapshots import MemberSnapshot
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View, read_once
from openspace.petitions.models import LIST, PETITIONS, backed_by, petitions_shown
from openspace.petitions.words import sentence


def list_html(event: Event) -> str:
    """Render all petitions: those that wait, and those that were decided today."""
    waiting, decided = read_once(petitions_shown, event)
    return render_template(
        "petitions/_petitions.html", event=event, waiting=waiting, decided=decided, sentence=sentence
    )


def draw(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield the one patch of the channel `petitions`: the list."""
    yield LIST, list_html(db.session.get_one(Event, event_id))


def personal_json(asking: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, Any]:
    """Return the personal JSON of the list: the ids of those that the visitor backs."""
    return {"petitions": backed_by(asking.id) if asking else []}


fragments.register(PETITIONS, draw, rule=fragments.only("members"))
fragments.register_personal(personal_json, PETITIONS)
