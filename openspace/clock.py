"""The one place that asks what time it is, so that a test, and the demo, can hold it still."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

# A moment at which all clocks of this process stand; None lets them run.
held: datetime | None = None


def now() -> datetime:
    """The present moment, in UTC."""
    return held or datetime.now(UTC)


@contextmanager
def standing(moment: datetime) -> Iterator[None]:
    """Within, it is that moment."""
    global held  # noqa: PLW0603  # the clock is the one thing that all share
    before, held = held, moment
    try:
        yield
    finally:
        held = before
