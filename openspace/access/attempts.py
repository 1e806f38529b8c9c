"""Guessing is slowed down: failures are counted, and whoever goes on waits longer and longer, but nobody is locked out.

Numbers are kept in the memory of each process: with several workers each counts for itself.
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

# Failures are forgotten after a quarter of an hour; so many in it are never reached.
_WINDOW = RateLimitItemPerMinute(1_000_000, 15)
# Seconds of the first wait, which doubles with each failure, up to the longest.
FIRST, LONGEST = 0.5, 4.0


class StillWaiting(TooMany):
    words = _l("Many wrong attempts are being made just now. Please try again in a moment.")


@dataclass
class Kind:
    """A secret that can be guessed: after how many failures a client, and after how many all clients, begin to wait.

    At most `waiting` attempts wait at a time, at most `WAITING_EACH` of one client: more are refused unseen.
    """

    name: str
    free: int
    free_of_all: int
    waiting: int
    _waits: Counter[str] = field(default_factory=Counter)

    def _seconds(self, keys: list[tuple[str, int]]) -> float:
        beyond = max(_failures(self.name, key) - free for key, free in keys)
        return min(LONGEST, FIRST * 2 ** min(beyond, 10)) if beyond >= 0 else 0.0

    @contextmanager
    def attempt(self, *owners: str) -> Iterator[None]:
        """Wait as long as is due, then run the attempt; a refusal counts as a failure of the client and the `owners`.

        An owner is whose secret is tried, such as an account. The transaction is given up before a wait.
        Refuses with `StillWaiting`.
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
        """Note in the browser's cookie that it once knew the secret: failures of others do not make it wait."""
        session["knew"] = sorted({*session.get("knew", []), owner})[-20:]

    def _counted(self, owners: tuple[str, ...]) -> list[tuple[str, int]]:
        """What failures are counted under, the client first, and how many of each are free."""
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
# A hall that types its code behind one address mistypes it often; what one client may guess in vain changes little.
CODES = Kind("code", free=100, free_of_all=300, waiting=12)
PASSWORDS = Kind("password", free=5, free_of_all=300, waiting=40)


def client() -> str:
    """From where a request comes: the address, of IPv6 the network that one household or phone has."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or f"{address.exploded[:19]}::/64")


def _failures(kind: str, key: str) -> int:
    return _WINDOW.amount - limiter.limiter.get_window_stats(_WINDOW, kind, key).remaining
