"""Large text on narrow phones: nothing runs out of the page, no word stands letter below letter, no labels meet."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import command, free_port, ready, serving_demo, start
from tests.system.pages import main_button, said, understood

WIDTHS = (390, 320)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own: what other tests write is not meant to be read."""
    with serving_demo(tmp_path_factory) as served:
        yield served


PAGES = {
    "stranger": ["/join/{code}", "/sign-in", "/topics/1", "/claim"],
    "participant": [
        *("/", "/market", "/topics/1", "/topics/new", "/me/day", "/spaces", "/me", "/me/leave", "/microphone"),
        *("/petitions", "/topics/1/petitions/new"),
        *("/contacts", "/contacts?q=вод", "/contacts/{person}", "/contacts/mine", "/contacts/mine/who"),
        *("/contacts/mine/give", "/contacts/mine/interests", "/contacts/mine/reach", "/contacts/mine/consent"),
        *("/contacts/code", "/contacts/exchanged", "/contacts/room"),
        *("/stories", "/stories/4", "/stories/new", "/news", "/dots", "/book/", "/topics/4/notes"),
        *("/toolbox/", "/toolbox/open-space"),
        *("/commitments", "/commitments/new", "/commitments/1", "/commitments/outcomes", "/me/commitments"),
    ],
    "organiser": [
        *("/settings", "/settings/event", "/settings/spaces", "/settings/days/{day}", "/exports/", "/exports/people"),
        *(
            "/facilitator/announcements",
            "/stories/projector/control",
            "/stories/series",
            "/films",
            "/exports/people/{person}",
            "/exports/people/{person}/double",
            "/topics/1",
            "/topics/new",
            "/topics/1/merge",
            "/topics/1/petitions/new?wish=y",
            "/facilitator",
            "/facilitator/times",
            "/facilitator/pitch",
            "/facilitator/pitch/claims",
            "/facilitator/screens",
            "/facilitator/phases",
            "/facilitator/card",
            "/facilitator/toolbox",
            "/settings/toolbox",
            "/settings/toolbox/new",
            "/facilitator/petitions/1",
        ),
    ],
}

# What of a page cannot be read: runs out of it, stands letter below letter, or meets its neighbour in the bar.
PROBE = r"""() => {
  const found = [];
  const path = (element) => `${element.tagName.toLowerCase()}.${element.className}`.slice(0, 60);
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 1) {
    const out = [...document.body.querySelectorAll("*")].filter((element) => {
      const box = element.getBoundingClientRect();
      if (!box.width || box.right <= innerWidth + 1 || element.closest(".vh")) return false;
      for (let up = element.parentElement; up; up = up.parentElement)
        if (getComputedStyle(up).overflowX !== "visible") return false;
      return true;
    });
    found.push(`page is ${wide} px too wide: ${out.slice(0, 3).map(path).join(", ")}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const element = node.parentElement;
    // An address has no place where it may be broken, and is not read.
    if (element.closest("script, style, template, .vh, svg, noscript, select, datalist, .address")) continue;
    if (!element.checkVisibility()) continue;
    for (const word of node.data.matchAll(/\p{L}[\p{L}\u00ad’]{2,}\p{L}/gu)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 1);
      const lines = new Set(boxes.map((box) => Math.round(box.top)));
      const letters = word[0].replaceAll("\u00ad", "").length;
      if (lines.size > 1 && letters / lines.size < 3) found.push(`${path(element)}: ${word[0]} on ${lines.size} lines`);
    }
  }
  const bar = document.querySelector(".nav");
  if (bar && getComputedStyle(bar).position === "fixed") {
    const boxes = [...bar.querySelectorAll(".nav__item")].filter((item) => item.checkVisibility()).map((item) => {
      range.selectNodeContents(item);
      const text = [...range.getClientRects()].filter((box) => box.height > 4 && box.width > 4).at(-1);
      return [item.textContent.trim(), text.left, text.right];
    });
    boxes.forEach(([word, left, right], at) => {
      const next = boxes[at + 1]?.[1] ?? innerWidth;
      if (left < 0 || right > next - 1) found.push(`the bar: ${word} meets its neighbour`);
    });
  }
  return found;
}"""


SIZES = (100, 150, 200)


def set_text_size(page: Page, percent: int) -> None:
    """As whoever owns the browser has set it; media queries in `em` follow."""
    sizes = {"standard": 16 * percent // 100, "fixed": 13 * percent // 100}
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})


def test_the_size_of_text_is_that_of_the_browser(contexts):
    page = contexts().new_page()

    set_text_size(page, 200)

    assert page.evaluate("[getComputedStyle(document.body).fontSize, matchMedia('(width < 13em)').matches]") == [
        "32px",
        True,
    ]


@pytest.mark.parametrize("locale", ["uk-UA", "de-DE"])
@pytest.mark.parametrize("who", PAGES)
def test_every_page_can_be_read_with_large_text_on_a_narrow_phone(server, contexts, sign_in, locale, who):
    page = contexts(locale=locale).new_page() if who == "stranger" else sign_in(who, locale=locale)

    found = {}
    for address in PAGES[who]:
        found |= _unreadable(page, server, address)

    assert found == {}


def test_the_tape_of_a_place_covers_nothing_of_its_topic(server, sign_in):
    page = sign_in("participant", viewport={"width": 320, "height": 640})
    set_text_size(page, 200)
    page.goto(f"{server.event}/topics/2")

    tape, below = page.locator(".when .tape").bounding_box(), page.locator(".when .tape + *").bounding_box()

    assert tape["height"] > 60
    assert tape["y"] + tape["height"] <= below["y"] + 1


MOVED = """
    INSERT INTO topic_notice (member_id, topic_id, kind, at)
    SELECT member.id, topic.id, 'moved', '2026-06-04 09:00:00' FROM member, topic WHERE member.name = :name
    ORDER BY length(topic.title) DESC LIMIT 4
"""
TOLD = "UPDATE member SET notices_at = '2026-06-04 09:00:00' WHERE name = :name"


def test_the_button_that_puts_four_notices_away_stays_in_sight(server, sit_down):
    name = {"name": "Чотири Звістки"}
    page = sit_down(*name.values(), viewport={"width": 320, "height": 568})
    with closing(sqlite3.connect(server.data / "openspace.sqlite")) as database, database:
        database.execute(MOVED, name)
        database.execute(TOLD, name)

    for size in SIZES:
        set_text_size(page, size)
        page.goto(f"{server.event}/stories/4")
        button = understood(ready(page))
        expect(said(page).get_by_role("listitem")).to_have_count(4)
        assert button.evaluate("""button => {
          const { left, top, width, height } = button.getBoundingClientRect();
          return document.elementFromPoint(left + width / 2, top + height - 2) === button;
        }"""), size

    button.click()
    expect(button).to_be_hidden()


def _unreadable(page: Page, server, address: str) -> dict[str, list[str]]:
    page.goto(server.event + address.format(code=server.code, person=5, day=server.day), wait_until="load")
    found = {}
    for width, size in product(WIDTHS, SIZES):
        page.set_viewport_size({"width": width, "height": 844})
        set_text_size(page, size)
        if faults := page.evaluate(PROBE):
            found[f"{address} at {width} with text at {size} %"] = faults[:6]
    set_text_size(page, 100)
    return found


LONG = "Дуже довга назва місця на шістдесят літер, для перевірки ряд"


def test_names_of_twelve_places_stay_in_sight_and_a_long_one_makes_no_tall_row(tmp_path, contexts):
    spaces = [f"--space={name}:20" for name in [LONG, *(f"Місце {number}" for number in range(2, 13))]]
    today = datetime.now(UTC).date().isoformat()
    words = ("event", "create", "Дванадцять місць", f"--from={today}", f"--to={today}", *spaces)
    port = free_port()
    made = command(*words, data=tmp_path, OPENSPACE_BASE_URL=f"http://127.0.0.1:{port}")
    process = start(tmp_path, port)
    try:
        page = contexts(viewport={"width": 1280, "height": 800}).new_page()
        page.goto(re.search(r"http://\S+", made)[0])
        page.get_by_label("Як вас звати?").fill("Команда")
        main_button(page).click()
        ready(page)
        event = re.match(r"http://[^/]+/[^/]+", page.url)[0]
        page.goto(f"{event}/settings/days/{today}")
        page.locator("form[action*=layout] button").last.click()
        page.wait_for_load_state()
        page.goto(f"{event}/")
        board = page.locator(".board")
        rows = page.locator(".slot .place").evaluate_all("cells => cells.map(c => c.offsetHeight)")
        assert rows
        assert max(rows) < 180
        assert page.locator(".space").first.bounding_box()["height"] < 80

        board.evaluate("board => board.scrollTo(300, board.scrollHeight)")
        page.mouse.move(600, 500)

        top = board.bounding_box()["y"]
        for name in page.locator(".space").all():
            assert abs(name.bounding_box()["y"] - top) < 2
        heads = page.locator(".slot__head").evaluate_all("heads => heads.map(h => h.getBoundingClientRect().left)")
        assert all(left < 30 for left in heads)
        tints = page.locator(".space .tape").evaluate_all(
            "tapes => tapes.map(t => getComputedStyle(t).backgroundColor)"
        )
        assert len(set(tints)) == 12
    finally:
        process.terminate()
        process.wait(10)


def test_what_is_chosen_in_the_first_run_can_be_read_beside_the_wall(tmp_path, contexts):
    port = free_port()
    process = start(tmp_path, port)
    try:
        link = next(found for line in process.stdout if (found := re.search(r"/setup/\S+", line)))[0]
        page = contexts(viewport={"width": 1280, "height": 800}).new_page()
        page.goto(f"http://127.0.0.1:{port}{link}")
        ready(page)
        page.locator("[data-next] .btn--main").first.click()
        for select in page.locator(".fixed select:visible").all():
            needs = select.evaluate("""select => {
              const text = document.createElement("span");
              text.textContent = select.selectedOptions[0].text;
              text.style.font = getComputedStyle(select).font;
              document.body.append(text);
              return text.offsetWidth;
            }""")
            assert select.bounding_box()["width"] >= needs + 40
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_halls_screen_stays_a_wall_whatever_text_its_computer_has(server, contexts, size):
    page = contexts(viewport=dict(zip(("width", "height"), size, strict=True))).new_page()
    set_text_size(page, 200)
    page.goto(server.links["projector"])
    ready(page)

    page.wait_for_function("() => getComputedStyle(document.querySelector('.slot')).display === 'contents'")
    heads = page.locator(".spaces .space").evaluate_all("heads => heads.map(head => head.getBoundingClientRect().left)")
    assert heads == sorted(set(heads))
    assert len(heads) == 7
    assert max(heads) > size[0] * 0.75
