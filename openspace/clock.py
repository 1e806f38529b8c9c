"""The one place that asks what time it is, so that a test can hold it still."""

from datetime import UTC, datetime

# A moment at which all clocks of this process stand; None lets them run.
held: datetime | None = None


def now() -> datetime:
    """The present moment, in UTC."""
    return held or datetime.now(UTC)
