"""What becomes of steps when a member leaves, or is made one with another member."""

import json
from typing import Any

from sqlalchemy import select, update

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.extensions import db
from openspace.journal.actions import differences_of, member_columns
from openspace.journal.models import Step


def leave(member: Member) -> None:
    """Let steps of the member stay, without a name. Those that would bring the member back, or name them, go."""
    _forget(member)
    for step in db.session.scalars(select(Step).where(Step.event_id == member.event_id)):
        if json.loads(step.facts).get("name") == member.name:
            db.session.delete(step)
    db.session.flush()
    db.session.execute(update(Step).where(Step.by_id == member.id).values(by_id=None))


def merge(kept: Member, gone: Member) -> None:
    """Give the steps of `gone` to `kept`. Those that would bring `gone` back cannot be undone."""
    _forget(gone)
    db.session.execute(update(Step).where(Step.by_id == gone.id).values(by_id=kept.id))


def _forget(member: Member) -> None:
    for step in db.session.scalars(select(Step).where(Step.event_id == member.event_id)):
        if any(_names(each.table, values, member.id) for each in differences_of(step) for values in each[2:]):
            db.session.delete(step)
    db.session.flush()


def _names(table: str, values: dict[str, Any] | None, member_id: int) -> bool:
    return values is not None and any(values.get(column) == member_id for column in member_columns(table))


register(Belongings((Step,), leave, merge))
