"""How large a title is shown, when an entry comes too late for the microphone, and how codes read. Pure functions."""

import re
from datetime import UTC, datetime, timedelta

# Letters of a title and of its longest word up to which the largest size fits, and letters up to which the next does.
SHORT, SHORT_WORD, LONG = 26, 10, 45
# After so long an entry that waited for the network is no longer put on the projector: somebody else speaks by then.
LATE = timedelta(minutes=1)
DIGITS = 6


def size(title: str) -> int:
    """The step of size in which a title stands on the projector: 0 is the largest, 2 the smallest."""
    longest = max(map(len, title.split()), default=0)
    if len(title) <= SHORT and longest <= SHORT_WORD:
        return 0
    return 1 if len(title) <= LONG else 2


def began(typed_at: float | None, moment: datetime, latest: datetime | None) -> datetime | None:
    """When the person began to read of whom an entry was typed at `typed_at`, in seconds of Unix time.

    None if the entry comes too late to be shown: it is old, or of somebody who spoke before the one who came to the
    microphone at `latest`.
    """
    since = moment
    if typed_at is not None and abs(typed_at) < moment.timestamp() + LATE.total_seconds():
        since = min(moment, datetime.fromtimestamp(typed_at, UTC))
    return None if moment - since > LATE or (latest is not None and since < latest) else since


def in_pairs(code: str) -> str:
    """A code as it is shown and read aloud, such as `58 27 14`."""
    return " ".join(code[at : at + 2] for at in range(0, len(code), 2))


def digits(typed: str) -> str:
    """The digits of a code however it was typed; empty if it is none."""
    found = re.sub(r"[\s.\-–]", "", typed)
    return found if re.fullmatch(rf"[0-9]{{{DIGITS}}}", found) else ""
