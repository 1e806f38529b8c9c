"""Ids of pages: each stands once on its page, and what names one, such as a label, finds it."""

from collections import Counter

import pytest
from lxml import html

from tests.access.test_matrix import address, ask, routes

NAMING = ("for", "form", "list", "aria-labelledby", "aria-describedby", "aria-controls")


def faults(page: html.HtmlElement) -> list[str]:
    """The ids that stand twice, and those that are named without being there."""
    times = Counter(page.xpath("//@id"))
    # A dialog that is closed is filled when it opens.
    named = {
        ident for name in NAMING for value in page.xpath(f"//*[not(self::dialog)]/@{name}") for ident in value.split()
    }
    return sorted({ident for ident, number in times.items() if number > 1} | (named - set(times)))


def test_an_id_that_stands_twice_or_is_missing_is_found():
    page = html.document_fromstring('<p id="a"></p><p id="a"></p><label for="b"></label><b id="c" aria-labelledby="c">')

    assert faults(page) == ["a", "b"]


@pytest.mark.parametrize("an_app", ["sqlite"], indirect=True)
def test_ids_stand_once_on_each_page_and_are_found_by_their_labels(hall):
    found, pages = {}, 0
    for name, rule in routes(hall.app).items():
        if not name.startswith("GET "):
            continue
        hall.restore()
        answer = ask(hall, "organiser", name, address(hall, rule), {})
        if answer.mimetype == "text/html" and answer.data:
            pages += 1
            if wrong := faults(html.document_fromstring(answer.get_data(as_text=True))):
                found[name] = wrong

    assert (found, pages > 80) == ({}, True)
