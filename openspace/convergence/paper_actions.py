"""Writes of dots on paper: a facilitator enters how many dots people without a phone have stuck to each topic."""

import secrets
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member
from openspace.clock import now
from openspace.convergence import changes
from openspace.convergence.actions import NotOpen, TimeIsUp, check, places, refresh
from openspace.convergence.models import DotRound, PaperDots
from openspace.convergence.rules import MOST_ON_PAPER, MOST_ON_SHEET, fits_on_sheet
from openspace.convergence.sealing import Choice, Seal
from openspace.extensions import db
from openspace.web.errors import Problem, Stale


class TooManyOnSheet(Problem):
    status = 422
    words = _l("These are more dots than so many people have. Please count again.")


class AnotherRound(Stale):
    """The sheet was typed for an earlier round: its dots do not belong into the present one."""

    words = _l("This sheet is of an earlier round of dots, so it was not entered. What you typed still stands here.")


def enter(found: DotRound, dots: Mapping[int, int], *, people: int, by: Member) -> PaperDots:
    """Add a sheet with dots of so many people, by the numbers of topics. It is sealed like what phones send.

    Refuses with `NotAllowed` participants, with `NotOpen` or `TimeIsUp` when no paper is taken, with `AnotherState` if
    the round was taken back, with `Stale` topics that are not in it, and with `TooManyOnSheet`.
    """
    _claim(found, by)
    chosen = places(found, dots)
    fits = fits_on_sheet(chosen, people=people, per_person=found.per_person, is_stacked=found.is_stacked)
    if not fits or not 1 <= people <= MOST_ON_SHEET or max(chosen) > MOST_ON_PAPER:
        raise TooManyOnSheet
    ident = secrets.token_hex(16)
    made = Choice(int(now().timestamp() * 1000), chosen)
    sealed = Seal(found.salt, len(found.topics)).close(made, of=f"sheet {ident}")
    sheet = PaperDots(round_id=found.id, people=people, by_id=by.id, ident=ident, sealed=sealed)
    db.session.add(sheet)
    db.session.flush()
    changes.sheets(found.event_id)
    return sheet


def remove(found: DotRound, sheet_id: int, *, by: Member) -> None:
    """Take a sheet out again, to enter it anew; nobody can look into it. Refuses as `enter` does."""
    _claim(found, by)
    sheet = db.session.get(PaperDots, sheet_id)
    if sheet and sheet.round_id == found.id:
        db.session.delete(sheet)
        db.session.flush()
        changes.sheets(found.event_id)


def _claim(found: DotRound, by: Member) -> None:
    check(by)
    refresh(found)
    if not found.takes_paper:
        raise TimeIsUp if found.ends_at else NotOpen
