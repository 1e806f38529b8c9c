"""The current time. Everything asks here, so that tests and the demo can freeze the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

# The moment at which the clock of this process is held; None lets it run.
held: datetime | None = None


def now() -> datetime:
    """The current time, in UTC."""
    return held or datetime.now(UTC)


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Let `now` return `moment` within the `with` block."""
    global held  # noqa: PLW0603  # one clock for the whole process
    before, held = held, moment
    try:
        yield
    finally:
        held = before
