"""Counts rounds whose time is up: by the server's clock, exactly once, whichever process comes first."""

from sqlalchemy import Select, delete, select

from openspace.clock import now
from openspace.convergence import changes
from openspace.convergence.actions import opened
from openspace.convergence.models import DotRound, PaperDots, SealedDots, sheets_of
from openspace.convergence.rules import GRACE, is_allowed
from openspace.convergence.sealing import Choice, Seal, Unreadable
from openspace.extensions import db
from openspace.live import log

# Seconds between two looks whether a round is due.
OFTEN = 1.0


def is_due() -> bool:
    """Whether the time of some round is up. Asked every second, so it reads one index and locks nothing."""
    return db.session.scalar(_due()) is not None


def close_due() -> None:
    """Count all rounds whose time is up, and say so in the live log. A periodic task."""
    for event_id, ident in db.session.execute(_due().add_columns(DotRound.id).order_by(DotRound.id)).all():
        log.claim(event_id)
        found = db.session.get_one(DotRound, ident, populate_existing=True)
        # Another process may have counted it, or a facilitator prolonged it, while this one waited for the lock.
        if found.ends_at and not found.counted_at and not found.takes_dots:
            _count(found)
            changes.moved(event_id)


def _due() -> Select[int]:
    return select(DotRound.event_id).where(DotRound.counted_at.is_(None), DotRound.ends_at <= now() - GRACE)


def _count(found: DotRound) -> None:
    """Open every seal, add the dots up, and delete what single people gave, with the salt that opened it."""
    seal = Seal(found.salt, len(found.topics))
    rows = db.session.scalars(select(SealedDots).where(SealedDots.round_id == found.id)).all()
    choices = [opened(seal, row) for row in rows]
    allowed = [each for each in choices if each and _may_count(found, each)]
    sheets = sheets_of(found)
    papers = [_opened_sheet(seal, sheet) for sheet in sheets]
    for place, topic in enumerate(found.topics):
        topic.on_paper = sum(paper.dots[place] for paper in papers if paper)
        topic.dots = topic.on_paper + sum(each.dots[place] for each in allowed)
    found.on_paper = sum(sheet.people for sheet in sheets)
    found.givers = found.on_paper + sum(any(each.dots) for each in allowed)
    found.unreadable = len(rows) - len(allowed) + papers.count(None)
    found.counted_at, found.salt = now(), ""
    for table in (SealedDots, PaperDots):
        db.session.execute(delete(table).where(table.round_id == found.id))
    db.session.flush()


def _may_count(found: DotRound, choice: Choice) -> bool:
    return is_allowed(choice.dots, per_person=found.per_person, is_stacked=found.is_stacked)


def _opened_sheet(seal: Seal, sheet: PaperDots) -> Choice | None:
    try:
        return seal.open(sheet.sealed, of=f"sheet {sheet.ident}")
    except Unreadable:
        return None
