"""Pages that the server keeps by patches: the same as one drawn anew, whatever was done in between."""

import re

import pytest
from hypothesis.stateful import initialize, invariant

from openspace.board.fragments import day_cache
from openspace.board.views import page_cache
from openspace.live.fragments import View
from openspace.live.pages import patched
from tests import machines
from tests.factories import DAY
from tests.live.people import VIEWS, People

PAGE = """<main>
  <article id="cell-1-2"><h3>Садок</h3><span class="ring" id="going-1-2" style="--n: 1"><b>1</b></span></article>
  <ul id="market"><li id="market-7" data-list="market" data-order="7">Колодязі</li></ul>
</main>"""


@pytest.mark.parametrize(
    ("patches", "before", "after"),
    [
        (
            [("going-1-2", '<span id="going-1-2"><b>2</b></span>')],
            r"<span class.*</span>(?=</art)",
            '<span id="going-1-2"><b>2</b></span>',
        ),
        ([("cell-1-2", '\n<a id="cell-1-2">вільно</a>\n')], r"<article.*</article>", '<a id="cell-1-2">вільно</a>'),
        ([("market-7", None)], r"<li.*</li>", ""),
        ([("cell-9-9", '<a id="cell-9-9">іншого дня</a>'), ("cell-9-8", None)], "x^", ""),
        ([("comment-1", '<li id="comment-1" data-list="comments">іншої сторінки</li>')], "x^", ""),
    ],
)
def test_patches_are_put_in_where_they_belong(patches, before, after):
    assert patched(PAGE, patches) == re.sub(before, after, PAGE)


@pytest.mark.parametrize(
    ("number", "numbers"), [(8, [7, 8, 12]), (6, [6, 7, 12]), (13, [7, 12, 13]), (100, [7, 12, 100])]
)
def test_what_is_new_in_a_list_is_sorted_in(number, numbers):
    twelve, new = (f'<li id="market-{n}" data-list="market" data-order="{n}">Тема</li>' for n in (12, number))

    page = patched(PAGE, [("market-12", twelve), (f"market-{number}", f"\n{new}\n")])

    market = re.search(r'<ul id="market">(.*)</ul>\n</main>', page)[1]
    assert re.findall(r'<li id="market-(\d+)"[^<]*</li>', market) == [str(each) for each in numbers]
    assert page.replace(twelve, "").replace(new, "") == PAGE


@pytest.mark.parametrize(
    "patch",
    [
        ("page", None),
        ("market-7", '<li id="market-7" data-list="market" data-order="9">Колодязі</li>'),
        ("market-8", '<li id="market-8" data-list="market" data-order="ab">Нова</li>'),
    ],
)
def test_what_moves_or_cannot_be_sorted_in_or_is_loaded_is_drawn_anew(patch):
    assert patched(PAGE, [patch]) is None


def test_what_somebody_writes_is_never_taken_for_an_element(hall):
    words = {"title": f'A <b id="day-{DAY}">', "text": "", "language": "uk"}
    assert hall.ask("convener").put(hall.url("topics/1"), data=words).status_code == 303
    client = hall.ask("participant")
    client.get(hall.url(f"?day={DAY}"))
    client.put(hall.url("topics/1/interest"), data={"kind": "go"})

    page = client.get(hall.url(f"?day={DAY}")).get_data(as_text=True)

    assert page.count(f'id="day-{DAY}"') == 1
    assert "&lt;b id=" in page


class Kept(People):
    """Several people do anything at all; the pages that the server keeps are compared with pages drawn anew."""

    @initialize()
    def open_pages(self):
        with self.app.test_request_context():
            self.sit_down()

    @invariant()
    def pages_are_in_step(self):
        if not hasattr(self, "slug"):
            return
        kept = self.shown()
        page_cache.clear()
        day_cache.clear()
        assert kept == self.shown()

    def shown(self) -> list[list[str]]:
        return [self.parts(view, page) for view in VIEWS for page in (f"?day={DAY}", "market")]

    def parts(self, view: View, page: str) -> list[str]:
        """The words and tags of a page, each on its own. Blanks between them mean nothing."""
        answer = self.client(view).get(f"/{self.slug}/{page}", headers={"Accept-Language": view.language})
        text = answer.get_data(as_text=True).partition("</main>")[0]
        return [part.strip() for part in re.split(r"(<[^>]*>)", text) if part.strip()]


def test_whatever_is_done_a_kept_page_is_as_one_drawn_anew(app):
    Kept.app = app
    machines.run(Kept, examples=12)
