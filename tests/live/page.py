"""A page as a browser has it, to which patches are applied by the rules of `static/js/patches.js`."""

from collections.abc import Iterable
from copy import deepcopy
from functools import lru_cache

from lxml import html


class Page:
    """A parsed page, or a part of one, that can be patched and compared."""

    def __init__(self, text: str, *, is_whole: bool = False) -> None:
        self.tree = html.document_fromstring(text) if is_whole else html.fragment_fromstring(text, create_parent="main")
        self.elements: dict = {}
        self._learn(self.tree)

    def apply(self, patches: Iterable[tuple[str, str | None]]) -> None:
        """Apply patches: replace by id, insert at the place that the partial names, remove what is None."""
        for ident, text in patches:
            old = self.elements.get(ident)
            if old is not None:
                self._forget(old)
            if text is not None:
                self._put(deepcopy(_parsed(text)), old)
            elif old is not None:
                old.drop_tree()

    def _put(self, fresh, old) -> None:
        if old is not None:
            fresh.tail = old.tail
            old.getparent().replace(old, fresh)
            if fresh.get("data-order") != old.get("data-order"):
                fresh.drop_tree()
                self._insert(fresh)
        elif not self._insert(fresh):
            return
        self._learn(fresh)

    def _insert(self, element) -> bool:
        """Insert a new element where it says; returns whether the page has that place."""
        parent = self.elements.get(element.get("data-list") or "")
        if parent is None:
            return False
        later = next((child for child in parent if _comes_after(child, element)), None)
        if later is None:
            parent.append(element)
        else:
            later.addprevious(element)
        return True

    def _learn(self, element) -> None:
        self.elements |= {each.get("id"): each for each in element.iter() if _ident(each)}

    def _forget(self, element) -> None:
        for each in element.iter():
            if self.elements.get(_ident(each)) is each:
                del self.elements[_ident(each)]

    def text(self) -> str:
        """The HTML of the page without white space between elements."""
        for element in self.tree.iter():
            element.text = (element.text or "").strip() or None
            element.tail = (element.tail or "").strip() or None
        return html.tostring(self.tree, encoding="unicode")


@lru_cache(20_000)
def _parsed(text: str):
    return html.fragment_fromstring(text.strip())


def _ident(element) -> str:
    return (element.get("id") or "") if isinstance(element.tag, str) else ""


def _comes_after(one, other) -> bool:
    """Whether it stands behind in their list, by sort keys: numbers on the market, texts in the contact book."""
    places = [each.get("data-order") for each in (one, other)]
    if None in places:
        return False
    try:
        first, second = map(float, places)
    except ValueError:
        first, second = places
    return first > second
