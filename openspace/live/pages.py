"""Rendered pages that the server keeps, and brings up to date as browsers do: by patches."""

import re
from collections.abc import Callable, Iterable

from openspace.clock import now
from openspace.live.fragments import Patch, View
from openspace.live.packets import packet
from openspace.web.spliced import SharedBody

_NAME = re.compile(r"\w+")
_LIST = re.compile(r'\bdata-list="([^"]*)"')
_ORDER = re.compile(r'\bdata-order="(\d+)"')


class KeptPage:
    """The shared beginning of one page in one view. Within a minute, which the page shows, it is drawn only once.

    A page that patches would not bring up to date in a browser, which then loads it anew, is drawn anew here too.
    """

    def __init__(self) -> None:
        self._minute, self._revision = 0, -1
        self._body = SharedBody("")

    def at(self, event_id: int, channel: str, revision: int, view: View, draw: Callable[[], str]) -> SharedBody:
        """The page with everything up to `revision` of the channel; `draw` renders all of it.

        It may show later changes too: a browser is then sent these twice rather than never.
        """
        minute = int(now().timestamp() // 60)
        if minute == self._minute and revision <= self._revision:
            return self._body
        text = None
        if minute == self._minute:
            content = packet(event_id, channel, self._revision, revision, view).content
            text = None if "reload" in content else patched(self._body.text, content["patches"])
        body = SharedBody(draw() if text is None else text)
        # On PostgreSQL another request may have drawn a later one while this one waited.
        if (minute, revision) > (self._minute, self._revision):
            self._minute, self._revision, self._body = minute, revision, body
        return body


def patched(page: str, patches: Iterable[Patch]) -> str | None:
    """The page with these patches put in, by the rules of `static/js/patches.js`; None if it has to be drawn anew.

    That is so for the patch `page`, for an element that has another place in its list, and for a new one of a list on
    this page whose order is no number.
    """
    for ident, html in patches:
        place = _element(page, ident)
        if ident == "page":
            return None
        if place:
            if html and _order_in(html) != _order_in(page[place]):
                return None
            page = page[: place.start] + (html or "").strip() + page[place.stop :]
        elif html and (listed := _LIST.search(html)) and (there := _element(page, listed[1])):
            if not (order := _ORDER.search(html)):
                return None
            at = _before(page, there, int(order[1]))
            page = page[:at] + html.strip() + page[at:]
    return page


def _order_in(html: str) -> str | None:
    """The order of an element in its list, as its own tag says."""
    found = _ORDER.search(html.partition(">")[0])
    return found and found[1]


def _before(page: str, place: slice, order: int) -> int:
    """Where an element of this order belongs in the list at `place`: before the first one of a higher order."""
    others = _ORDER.finditer(page, place.start, place.stop)
    end = page.rindex("</", place.start, place.stop)
    return next((page.rindex("<", 0, other.start()) for other in others if int(other[1]) > order), end)


def _element(page: str, ident: str) -> slice | None:
    """Where the element with this id stands in the page. What people write has its quotes escaped."""
    named = page.find(f' id="{ident}"')
    if named < 0:
        return None
    start = page.rfind("<", 0, named)
    name = _NAME.match(page, start + 1)
    assert name  # because each id stands in a tag
    depth = 0
    for tag in re.compile(rf"<(/?){name[0]}\b").finditer(page, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return slice(start, page.index(">", tag.end()) + 1)
    raise ValueError(f"the element {ident} has no end")
