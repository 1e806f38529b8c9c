"""Renders the sheets of commitments, with the same template for phones, the hall's screen, and each change."""

from collections.abc import Iterable
from typing import Any

from flask import render_template

from openspace.access.models import Member
from openspace.access.snapshots import MemberSnapshot
from openspace.commitments.follow_up_models import FollowUp, latest_answers
from openspace.commitments.models import COMMITMENTS, Commitment, commitments_with, counts, shown_commitments_of
from openspace.commitments.rules import COLUMNS
from openspace.commitments.words import OUTCOMES
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View
from openspace.text import alike


def sheet_html(commitment: Commitment, told: FollowUp | None) -> str:
    """Render the sheet of a commitment, with the latest answer to what came of it."""
    communities = [alike(each.member.community) for each in commitment.people if each.member.community]
    return render_template(
        "commitments/_commitment.html",
        event=commitment.event,
        commitment=commitment,
        communities=communities,
        told=told,
        outcomes=OUTCOMES,
    )


def wall_html(event: Event) -> dict[str, list[str]]:
    """Render all sheets, by the columns of the wall."""
    columns: dict[str, list[str]] = {name: [] for name in COLUMNS}
    told = latest_answers(event.id)
    for commitment in shown_commitments_of(event.id):
        columns[commitment.column].append(sheet_html(commitment, told.get(commitment.id)))
    return columns


def counts_html(event: Event) -> dict[str, str]:
    """Render how many stand in each column, by its name."""
    numbers = counts(event.id)
    return {name: render_template("commitments/_count.html", name=name, number=numbers[name]) for name in COLUMNS}


def draw(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield patches for the subjects `commitment-N`: the sheet, and how many stand in each column."""
    told = latest_answers(event_id)
    for subject in subjects:
        commitment = db.session.get(Commitment, int(subject.partition("-")[2]))
        is_here = commitment is not None and commitment.event_id == event_id and commitment.hidden_at is None
        yield subject, sheet_html(commitment, told.get(commitment.id)) if commitment and is_here else None
    for name, html in counts_html(db.session.get_one(Event, event_id)).items():
        yield f"commitments-{name}", html


def personal_json(asking: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, Any]:
    """Return the personal JSON of the wall: the ids of the commitments that are the visitor's."""
    return {"commitments": [each.id for each in commitments_with(asking.id)] if asking else []}


fragments.register(COMMITMENTS, draw, rule=fragments.only("members", "projector"))
fragments.register_personal(personal_json, COMMITMENTS)
