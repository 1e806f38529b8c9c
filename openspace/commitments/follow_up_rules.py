"""When it is asked what came of a commitment; pure functions."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

# Weeks after the event's last day.
WEEKS = (2, 6, 12)
# The time of day at which mail goes out, in the event's zone.
HOUR = time(9)
# A round is still begun so long after it was due, when the server was away. Later a clock is wrong, or nobody waits.
LATE = timedelta(days=28)
# What was taken on is asked about no sooner.
YOUNG = timedelta(days=7)
# A letter that the mail server refuses for good is tried so long, for the fault may be ours, and mended.
REFUSALS = timedelta(days=3)


class Outcome(StrEnum):
    """What came of a commitment, as its owner says."""

    DONE = "done"
    MOVING = "moving"
    STUCK = "stuck"
    LET_GO = "let-go"


class Letters(StrEnum):
    """How far a letter is.

    `SENDING` stays for one of which nobody knows whether it was sent. `ASIDE` may have been sent after the backup that
    was brought back, and `REFUSED` was refused for days: organisers may let them be sent (`LEFT`).
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    BOUNCED = "bounced"
    ASIDE = "aside"
    REFUSED = "refused"


# Letters that are sent only if an organiser says so.
LEFT = (Letters.ASIDE, Letters.REFUSED)


def due_at(ends_on: date, zone: str, weeks: int) -> datetime:
    """Return when the round so many weeks after the event's last day begins."""
    return datetime.combine(ends_on + timedelta(weeks=weeks), HOUR, ZoneInfo(zone))


def is_young(taken_at: datetime, moment: datetime) -> bool:
    """Whether something was taken on too recently to be asked about. What seems to come from the future is not."""
    return moment - YOUNG < taken_at <= moment


def round_due(ends_on: date, zone: str, chosen: Collection[int], moment: datetime) -> int | None:
    """Return the round, in weeks, that is to be begun at this moment if it has not been; None if none is.

    Of several that were missed only the latest is made up for, so nobody gets two mails at once.
    """
    begun = [weeks for weeks in chosen if due_at(ends_on, zone, weeks) <= moment]
    latest = max(begun, default=None)
    return latest if latest and moment - due_at(ends_on, zone, latest) < LATE else None
