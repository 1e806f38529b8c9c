"""Slows down the guessing of codes and passwords: after failures each attempt waits longer, but nobody is locked out.

Failures are counted in the memory of each process, so with several workers each counts only its own.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

from flask import request, session
from flask_babel import lazy_gettext as _l
from limits import RateLimitItemPerMinute

from openspace.extensions import limiter
from openspace.store import transactions
from openspace.web.errors import Problem, TooMany

# A window of 15 minutes, after which failures are forgotten. The amount is only a bound that is never reached.
_WINDOW = RateLimitItemPerMinute(1_000_000, 15)
# Seconds of the first wait, which doubles with each failure, up to the longest.
FIRST, LONGEST = 0.5, 4.0


class StillWaiting(TooMany):
    words = _l("Many wrong attempts are being made just now. Please try again in a moment.")


@dataclass
class Kind:
    """A kind of secret that can be guessed.

    `free` is the number of failures of one client, or against one owner, after which attempts have to wait;
    `free_of_all` that of all clients together. At most `waiting` attempts wait at a time, and at most `WAITING_EACH` of
    one client; others are refused without a look at the secret.
    """

    name: str
    free: int
    free_of_all: int
    waiting: int
    _waits: Counter[str] = field(default_factory=Counter)

    def _seconds(self, keys: list[tuple[str, int]]) -> float:
        """The seconds that an attempt has to wait; `keys` as `_counted` returns them."""
        beyond = max(_failures(self.name, key) - free for key, free in keys)
        return min(LONGEST, FIRST * 2 ** min(beyond, 10)) if beyond >= 0 else 0.0

    @contextmanager
    def attempt(self, *owners: str) -> Iterator[None]:
        """Wait if that is due, then run the block. A `Problem` that leaves it counts as a failure.

        `owners` are whose secrets are tried, such as an account; failures are counted for each of them and for the
        client. A transaction that only read is ended before the wait. Refuses with `StillWaiting`.
        """
        if not limiter.enabled:
            yield
            return
        keys = self._counted(owners)
        if seconds := self._seconds(keys):
            self._wait(keys[0][0], seconds)
        try:
            yield
        except Problem:
            for key, _ in keys:
                limiter.limiter.hit(_WINDOW, self.name, key)
            raise

    def remember(self, owner: str) -> None:
        """Note in the browser's cookie that it knew the owner's secret. Failures of others then do not make it wait."""
        session["knew"] = sorted({*session.get("knew", []), owner})[-20:]

    def _counted(self, owners: tuple[str, ...]) -> list[tuple[str, int]]:
        """The keys under which failures are counted, the client first; of each the failures without a wait."""
        if set(owners) & set(session.get("knew", [])):
            return [(f"browser {session.get('csrf_token', '')}", self.free)]
        return [(client(), self.free), *((owner, self.free) for owner in owners), ("all", self.free_of_all)]

    def _wait(self, key: str, seconds: float) -> None:
        if self._waits.total() >= self.waiting or self._waits[key] >= WAITING_EACH:
            raise StillWaiting
        transactions.let_go()
        self._waits[key] += 1
        try:
            time.sleep(seconds)
        finally:
            self._waits[key] -= 1
            self._waits += Counter()


WAITING_EACH = 4
# Many people in a hall share one address and mistype the code, so a client has many failures without a wait. For
# somebody who guesses among 24 million codes that makes little difference.
CODES = Kind("code", free=100, free_of_all=300, waiting=12)
PASSWORDS = Kind("password", free=5, free_of_all=300, waiting=40)


def client() -> str:
    """The client that failures are counted for: the IP address, or the /64 network of an IPv6 address."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or f"{address.exploded[:19]}::/64")


def _failures(kind: str, key: str) -> int:
    """The number of failures under this key within the window."""
    return _WINDOW.amount - limiter.limiter.get_window_stats(_WINDOW, kind, key).remaining
