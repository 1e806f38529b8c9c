"""Counts rounds whose time is up, exactly once: by the server's clock, whichever process comes first.

A round with paper is only closed by the clock: it is counted when a facilitator says that all sheets are entered.
"""

from datetime import datetime

from sqlalchemy import Select, delete, or_, select

from openspace.access.models import Member
from openspace.clock import now
from openspace.convergence import changes
from openspace.convergence.actions import AnotherState, check, opened, refresh
from openspace.convergence.models import DotRound, PaperDots, SealedDots, State, sheets_of
from openspace.convergence.rules import AWAITED, GRACE, is_allowed
from openspace.convergence.sealing import Choice, Seal, Unreadable
from openspace.extensions import db
from openspace.live import log
from openspace.web import arrivals

# Seconds between two looks whether a round is due.
OFTEN = 1.0


def due() -> list[int]:
    """The ids of events with a round whose time is up. Asked every second, so it reads one index and locks nothing.

    A round is not due while dots that arrived in time wait to be stored, in this process.
    """
    rows = db.session.execute(_over().with_only_columns(DotRound.event_id, DotRound.ends_at))
    return sorted(event_id for event_id, ends_at in rows if ends_at and not _is_awaiting(ends_at))


def close(event_id: int) -> None:
    """Count or close an event's round if its time is up, and say so in the live log."""
    log.claim(event_id)
    # Looked for under the lock: another process may have counted it, or a facilitator prolonged it.
    over = _over().where(DotRound.event_id == event_id).execution_options(populate_existing=True)
    found = db.session.scalar(over)
    if found is None:
        return
    if found.has_paper:
        found.closed_at = now()
    else:
        _count(found)
    changes.moved(event_id)


def count(found: DotRound, *, by: Member) -> None:
    """Count a round with paper, now that all sheets are entered; does nothing if it is counted.

    Refuses with `NotAllowed`, and with `AnotherState` while phones can still give, or if it was taken back.
    """
    check(by)
    refresh(found)
    if found.state is State.OVER:
        return
    if found.state is not State.PAPER:
        raise AnotherState
    _count(found)
    changes.moved(found.event_id)


def _over() -> Select[DotRound]:
    """Rounds that are neither counted nor closed, and for which nothing that arrives counts any more."""
    is_closed = or_(DotRound.counted_at.is_not(None), DotRound.closed_at.is_not(None))
    return select(DotRound).where(~is_closed, DotRound.ends_at <= now() - GRACE)


def _is_awaiting(ends_at: datetime) -> bool:
    last = ends_at + GRACE
    return now() < last + AWAITED and arrivals.is_any_before(last)


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
