"""A page as a browser has it, to which patches are applied by the rules of `static/js/patches.js`."""

from lxml import html


class Page:
    """A parsed page that can be patched and compared."""

    def __init__(self, text: str) -> None:
        self.tree = html.fragment_fromstring(text, create_parent="main")

    def apply(self, patches: list[list[str | None]]) -> None:
        """Apply patches: replace by id, insert at the place that the partial names, remove what is None."""
        for ident, text in patches:
            old = self.tree.get_element_by_id(ident, None)
            if text is None:
                if old is not None:
                    old.drop_tree()
                continue
            fresh = html.fragment_fromstring(text.strip())
            if old is not None:
                fresh.tail = old.tail
                old.getparent().replace(old, fresh)
            else:
                self._insert(fresh)

    def _insert(self, element) -> None:
        parent = self.tree.get_element_by_id(element.get("data-list") or "", None)
        if parent is None:
            return
        later = [child for child in parent if _place(child) > _place(element)]
        if later:
            later[0].addprevious(element)
        else:
            parent.append(element)

    def text(self) -> str:
        """The HTML of the page without white space between elements."""
        for element in self.tree.iter():
            element.text = (element.text or "").strip() or None
            element.tail = (element.tail or "").strip() or None
        return html.tostring(self.tree, encoding="unicode")


def _place(element) -> int | str:
    """The sort key of an element in its list: a number on the market, a text in the contact book."""
    order = element.get("data-order")
    return int(order) if order.lstrip("-").isdigit() else order
