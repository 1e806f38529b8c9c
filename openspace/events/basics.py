"""What an event's plain values tell: shared by the table's rows and by the values of a request."""

from datetime import date
from typing import Protocol

from openspace.clock import now
from openspace.events.rules import nearest_day, present_day


class _Values(Protocol):
    @property
    def zone(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...
    @property
    def language_codes(self) -> str: ...
    @property
    def is_office(self) -> bool: ...
    @property
    def unfinished_day(self) -> date | None: ...
    @property
    def phase(self) -> str: ...
    @property
    def opens_market(self) -> bool: ...
    @property
    def public_page(self) -> str: ...
    def today(self) -> date: ...


# The phase in which the phones of members begin with the news, unless they begin with the market.
EVENING = "news"


class EventBasics:
    """A mixin for whatever has these values of an event; `unfinished_day` is the day of the first slot not over yet."""

    __slots__ = ()

    @property
    def start_page(self: _Values) -> str:
        """The endpoint of the page to which the entrance, personal links and the event's name lead members."""
        return "news.show" if self.phase == EVENING and not self.opens_market else self.public_page

    @property
    def public_page(self: _Values) -> str:
        """The endpoint of the page with which strangers begin, who have no news; that of a programme of its office."""
        if self.is_office:
            return "programmes.show"
        return "board.market" if self.opens_market else "board.show"

    @property
    def languages(self: _Values) -> list[str]:
        """Codes of the languages spoken at the event, the main one first."""
        return self.language_codes.split()

    def today(self: _Values) -> date:
        """The day that is on in the hall: after midnight the evening's, until its last slot has ended."""
        return present_day(now(), self.zone, self.unfinished_day)

    def day_shown(self: _Values) -> date:
        """Today while the event is on, else the event's nearest day."""
        return nearest_day(self.today(), self.starts_on, self.ends_on)
