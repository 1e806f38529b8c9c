"""The facilitators' console in real browsers: by tap, by drag and by keys, alone and by two at once."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.system.conftest import linked, ready, serving_demo

LAPTOP, TABLET = {"width": 1280, "height": 800}, {"width": 1024, "height": 768}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own: whatever hangs on others' boards is moved here."""
    with serving_demo(tmp_path_factory) as served:
        yield served


@pytest.fixture
def console(server, sign_in):
    """Opens the console of a facilitator, with nothing in the hand."""

    def opened(who: str = "facilitator", **options) -> Page:
        page = sign_in(who, **{"viewport": LAPTOP, **options})
        page.goto(f"{server.event}/facilitator")
        return linked(page)

    return opened


def loose(page: Page) -> str:
    """The number of the first topic on the market."""
    return page.locator(".market .sheet").first.get_attribute("data-topic")


def sheet(page: Page, topic: str):
    return page.locator(f'.console .sheet[data-topic="{topic}"]')


def free(page: Page) -> str:
    """The id of the first free cell."""
    return page.locator(".board .place:not([data-closed])").first.get_attribute("id")


def pick_up(page: Page, topic: str, *, by_keys: bool = False) -> str:
    """Take a topic in the hand; returns the id of a free cell of this page in which it may hang."""
    link = sheet(page, topic).locator("a")
    with page.expect_response("**/costs?*") as answer:
        link.press("Enter") if by_keys else link.click()
    expect(page.locator(".inhand")).to_have_attribute("data-state", "holding")
    allowed = [f"cell-{cell}" for cell, cost in answer.value.json().items() if not cost["is_forbidden"]]
    return next(cell for cell in allowed if page.locator(f".board #{cell}").count())


WAY = """(cell) => {
  const place = (element) => (element.closest(".sheet") ?? element).getBoundingClientRect();
  const [from, to] = [place(document.activeElement), place(document.getElementById(cell))];
  if (Math.abs(to.y - from.y) >= 4) return to.y < from.y ? "ArrowUp" : "ArrowDown";
  return to.x < from.x ? "ArrowLeft" : "ArrowRight";
}"""


def walk(page: Page, cell: str) -> None:
    """Press the arrow that leads towards a cell until the focus is there: into the board, to its row, along the row."""
    page.keyboard.press("ArrowLeft")
    for _ in range(40):
        if page.evaluate("document.activeElement.id") == cell:
            return
        page.keyboard.press(page.evaluate(WAY, cell))
    pytest.fail(f"no way to {cell}")


def empty_hand(page: Page) -> None:
    expect(page.locator(".console")).not_to_have_attribute("data-holding", "")


def undo(page: Page) -> None:
    page.keyboard.press("Control+z")


def test_a_topic_is_placed_by_two_taps_seen_by_all_and_undone_by_a_key(server, console, sit_down):
    page, phone = console(), sit_down("Олена Перша")
    topic = loose(page)
    cell = pick_up(page, topic)

    page.locator(f"#{cell}").click()

    expect(page.locator(f'.board #{cell}[data-topic="{topic}"]')).to_be_visible()
    expect(phone.locator(f'#{cell}[data-topic="{topic}"]')).to_be_attached()
    empty_hand(page)
    undo(page)
    expect(page.locator(f'.market .sheet[data-topic="{topic}"]')).to_be_visible()
    expect(phone.locator(f"#{cell}.place")).to_be_attached()
    page.keyboard.press("Control+Shift+z")
    expect(phone.locator(f'#{cell}[data-topic="{topic}"]')).to_be_attached()
    undo(page)
    expect(phone.locator(f"#{cell}.place")).to_be_attached()


def test_a_free_place_says_what_it_would_cost(console):
    page = console()
    pick_up(page, loose(page))

    expect(page.locator(".place__cost").first).to_contain_text(re.compile(r"Сюди.* з \d+ тоді деінде"))
    page.keyboard.press("Escape")
    empty_hand(page)


def test_by_keys_alone(console):
    page = console()
    topic = loose(page)
    cell = pick_up(page, topic, by_keys=True)
    walk(page, cell)

    page.keyboard.press("Enter")

    expect(page.locator(f'#{cell}[data-topic="{topic}"]')).to_be_visible()
    # The focus stays where the topic hangs now.
    expect(page.locator(f"#{cell} a")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("m")
    expect(page.locator(f'.market .sheet[data-topic="{topic}"]')).to_be_visible()


def drag(page: Page, topic: str, to: tuple[float, float]) -> None:
    box = sheet(page, topic).bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 40, steps=3)
    page.mouse.move(*to, steps=5)


def middle(page: Page, selector: str) -> tuple[float, float]:
    page.locator(selector).scroll_into_view_if_needed()
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_by_drag_and_back_to_the_market(console):
    page = console()
    topic, cell = loose(page), free(page)
    drag(page, topic, middle(page, f"#{cell}"))
    page.mouse.up()
    expect(page.locator(f'#{cell}[data-topic="{topic}"]')).to_be_visible()

    drag(page, topic, middle(page, ".console__side .section__head"))
    page.mouse.up()

    expect(page.locator(f'.market .sheet[data-topic="{topic}"]')).to_be_visible()
    empty_hand(page)


@pytest.mark.parametrize("end", ["beside the board", "outside the window", "taken by the browser"])
def test_a_drag_that_ends_nowhere_moves_nothing(console, end):
    page = console()
    topic = loose(page)
    drag(page, topic, (400, 20) if end == "beside the board" else (400, 300))
    if end == "outside the window":
        page.evaluate("window.dispatchEvent(new Event('blur'))")
    elif end == "taken by the browser":
        page.evaluate("window.dispatchEvent(new PointerEvent('pointercancel', { isPrimary: true }))")
    page.mouse.up()

    empty_hand(page)
    expect(page.locator(".ghost")).to_have_count(0)
    expect(page.locator(f'.market .sheet[data-topic="{topic}"]')).to_be_visible()


def test_a_place_that_is_taken_while_one_drags_is_refused_and_others_are_offered(console):
    page, other = console(), console("organiser")
    topic, cell = loose(page), free(page)
    taker = other.locator(".market .sheet").nth(1).get_attribute("data-topic")
    drag(page, topic, middle(page, f"#{cell}"))
    pick_up(other, taker)
    other.locator(f"#{cell}").click()
    expect(page.locator(f'#{cell}[data-topic="{taker}"]')).to_be_visible()

    page.mouse.up()

    # The patch came in between: what was a free place is a sheet, over which the drag still is.
    expect(page.locator(f'#{cell}[data-topic="{taker}"]')).to_be_visible()
    expect(page.locator(f'.market .sheet[data-topic="{topic}"]')).to_be_visible()
    # The answer has to be there: else the cell could be free again when the drop arrives.
    expect(page.locator(".inhand")).to_have_attribute("data-state", "refused")
    page.keyboard.press("Escape")
    undo(other)
    expect(page.locator(f"#{cell}.place")).to_be_visible()


def test_of_two_who_move_one_topic_the_second_is_told_and_nothing_moves(console):
    page, other = console(), console("organiser")
    topic, cell = loose(page), free(page)
    pick_up(page, topic)
    expect(sheet(other, topic)).to_have_attribute("data-held", re.compile("Ірина"))
    pick_up(other, topic)

    page.locator(f"#{cell}").click()

    expect(other.locator(".inhand__say")).to_contain_text("перевісив хтось інший")
    empty_hand(other)
    expect(other.locator(f'#{cell}[data-topic="{topic}"]')).to_be_visible()
    undo(page)
    expect(page.locator(f"#{cell}.place")).to_be_visible()


def test_on_a_slow_network_a_second_tap_does_nothing_and_ones_own_move_is_not_called_anothers(console):
    page, answers = console(), []
    # The answer is under way for as long as the test wishes; the patch comes at once.
    page.route("**/placement", lambda route: answers.append((route, route.fetch())))
    topic = loose(page)
    pick_up(page, topic)
    cell = free(page)
    page.locator(f"#{cell}").click()
    expect(page.locator(f'#{cell}[data-topic="{topic}"]')).to_be_visible()
    page.locator(f"#{cell} a").click()

    [(route, answer)] = answers
    route.fulfill(response=answer)

    expect(page.locator(".inhand__say")).to_contain_text("на дошці")
    empty_hand(page)
    page.unroute("**/placement")
    undo(page)
    expect(page.locator(f"#{cell}.place")).to_be_visible()


def test_costs_that_come_late_are_not_shown_for_the_next_topic(console):
    page, late = console(), []
    first, second = (page.locator(".market .sheet").nth(place).get_attribute("data-topic") for place in (0, 1))
    # Playwright sets attributes on a handler, which a method of a list does not have.
    page.route(f"**/topics/{first}/costs?*", lambda route: late.append(route))  # noqa: PLW0108  # because of that
    sheet(page, first).locator("a").click()
    expect(page.locator(".inhand")).to_have_attribute("data-state", "holding")
    page.keyboard.press("Escape")
    pick_up(page, second)
    costs = page.locator(".place__cost")
    expect(costs.first).to_contain_text("деінде")
    before = costs.all_inner_texts()

    with page.expect_response(f"**/topics/{first}/costs?*"):
        late[0].continue_()
    page.evaluate("new Promise(requestAnimationFrame)")

    assert costs.all_inner_texts() == before
    page.keyboard.press("Escape")


@pytest.mark.parametrize("taken", ["swap", "market"])
def test_onto_a_taken_place_the_two_are_swapped_or_the_other_goes_to_the_market(console, taken):
    page = console()
    coming = page.locator('.slot[data-when="next"] .sheet:not(.sheet--programme), .slot[data-when="later"] .sheet')
    one, two = coming.nth(1), coming.nth(2)
    (first, at), (second, there) = ((each.get_attribute("data-topic"), each.get_attribute("id")) for each in (one, two))
    pick_up(page, first)
    page.locator(f".inhand label:has([value={taken}])").click()

    page.locator(f"#{there} a").click()

    expect(page.locator(f'#{there}[data-topic="{first}"]')).to_be_visible()
    if taken == "swap":
        expect(page.locator(f'#{at}[data-topic="{second}"]')).to_be_visible()
    else:
        expect(page.locator(f'.market .sheet[data-topic="{second}"]')).to_be_visible()
    undo(page)
    expect(page.locator(f'#{there}[data-topic="{second}"]')).to_be_visible()
    expect(page.locator(f'#{at}[data-topic="{first}"]')).to_be_visible()


def test_who_leaves_the_page_holds_nothing_any_more(console):
    page, other = console(), console("organiser")
    topic = loose(page)
    for leave in (page.reload, lambda: page.get_by_role("link", name="Фази").click()):
        pick_up(page, topic)
        expect(sheet(other, topic)).to_have_attribute("data-held", re.compile("Ірина"))

        leave()

        expect(sheet(other, topic)).not_to_have_attribute("data-held", re.compile("."))


def test_an_announcement_leaves_the_board_its_height_and_the_hand_in_sight(server, console):
    page, phone = console(), console(viewport={"width": 390, "height": 844})
    height = page.locator(".console__board").bounding_box()["height"]
    pick_up(phone, loose(phone))
    page.locator(".top__tools a[data-module=announce]").click()
    page.locator("#announce textarea").first.fill("Обід за десять хвилин")
    page.locator("#announce .btn--main").click()
    said = page.locator(".toast--say")
    expect(said).to_be_visible()
    expect(phone.locator(".toast--say")).to_be_visible()

    assert page.locator(".console__board").bounding_box()["height"] == height
    box = phone.locator(".inhand__say").bounding_box()
    middle_of_it = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert phone.evaluate("([x, y]) => Boolean(document.elementFromPoint(x, y).closest('.inhand'))", middle_of_it)
    phone.locator("[data-do=cancel]").click()
    page.goto(f"{server.event}/facilitator/announcements")
    page.get_by_role("button", name="Відкликати").click()


def test_on_a_phone_the_tabs_have_room_on_every_page(server, sign_in):
    page = sign_in("facilitator", viewport={"width": 390, "height": 844})
    for path in ("facilitator", "facilitator/pitch", "facilitator/times", "facilitator/screens", "facilitator/phases"):
        page.goto(f"{server.event}/{path}")
        linked(page)
        assert page.get_by_role("navigation", name="Пульт").bounding_box()["width"] > 250, path


def test_a_console_that_slept_for_an_hour_holds_nothing(server, sign_in):
    page = sign_in("facilitator", viewport=LAPTOP)
    page.clock.install()
    page.goto(f"{server.event}/facilitator")
    linked(page)
    topic = loose(page)
    pick_up(page, topic)

    page.clock.fast_forward("01:00:00")

    empty_hand(page)
    expect(page.locator(".inhand__say")).to_contain_text("довго була у вашій руці")
    expect(page.locator(f'.market .sheet[data-topic="{topic}"]')).to_be_visible()


def test_the_next_slot_is_locked_by_one_tap_and_phones_say_so(console, sit_down):
    page, phone = console(), sit_down("Олена Друга")
    page.get_by_role("button", name=re.compile("^Замкнути")).click()

    expect(phone.locator('.slot[data-when="next"] .slot__lock')).to_be_attached()
    unlock = page.get_by_role("button", name=re.compile("^Відімкнути"))
    expect(unlock).to_be_visible()
    unlock.click()
    expect(phone.locator(".slot__lock")).to_have_count(0)


def test_in_a_break_too_it_says_how_long_and_can_make_it_longer(server, sign_in):
    page = sign_in("facilitator", viewport=LAPTOP)
    page.clock.install()
    page.goto(f"{server.event}/facilitator")
    linked(page)
    bar = page.locator(".slot--bar").last
    starts, name = bar.get_attribute("data-starts"), bar.get_attribute("id")
    ends = re.findall(r"\d\d:\d\d", bar.inner_text())[1]

    page.clock.fast_forward(int((float(starts) - page.evaluate("Date.now() / 1000") + 60) * 1000))

    timer = page.locator(".console__timer")
    expect(timer.get_by_role("timer")).to_contain_text(f"до {ends}")
    expect(timer.get_by_role("button")).to_have_attribute(
        "formaction", re.compile(rf"/slots/{name.split('-')[-1]}/times")
    )


def test_where_the_whole_board_is_locked_the_tap_unlocks_the_board(server, console):
    page, other = console(), console("organiser")
    other.goto(f"{server.event}/facilitator/times")
    other.get_by_role("button", name="Ніхто").first.click()

    page.get_by_role("button", name="Відімкнути дошку").click()

    expect(page.locator(".slot__lock")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Замкнути"))).to_be_visible()


def test_a_topic_is_hidden_with_a_reason_and_comes_back_with_an_undo(console):
    page = console()
    topic = loose(page)
    pick_up(page, topic)
    page.keyboard.press("h")
    page.locator("#hiding input").fill("Двічі те саме")
    page.keyboard.press("Enter")

    expect(sheet(page, topic)).to_have_count(0)
    hidden = page.locator("#hidden")
    expect(hidden).to_contain_text("1")
    hidden.locator("summary").click()
    expect(hidden).to_contain_text("Двічі те саме")
    hidden.get_by_role("button").click()
    expect(page.locator(f'.market .sheet[data-topic="{topic}"]')).to_be_visible()
    expect(hidden).to_be_hidden()
    undo(page)
    expect(sheet(page, topic)).to_have_count(0)
    undo(page)
    expect(page.locator(f'.market .sheet[data-topic="{topic}"]')).to_be_visible()


BROKEN_WORDS = """() => [...document.querySelectorAll(".space .tape span")].flatMap((name) => {
  const text = name.firstChild;
  return [...text.textContent.matchAll(/[^\\s-]+/g)].filter(({ 0: word, index }) => {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return range.getClientRects().length > 1;
  }).map(([word]) => word);
})"""


def test_on_a_tablet_the_head_is_one_row_and_names_of_eight_places_are_whole(server, console):
    page = console(viewport=TABLET)
    page.goto(f"{server.event}/facilitator/times")
    adding = page.locator("form").filter(has=page.get_by_role("heading", name="Ще одне місце"))
    adding.get_by_label("Назва місця").fill("Лекційна аудиторія")
    adding.get_by_role("button").click()

    page.goto(f"{server.event}/facilitator")
    linked(page)

    expect(page.locator(".space")).to_have_count(8)
    assert page.locator(".console__top").bounding_box()["height"] < 80
    assert page.evaluate(BROKEN_WORDS) == []
    undo(page)
    expect(page.locator(".space")).to_have_count(7)


HEAD = """() => [...document.querySelectorAll(".console__top :is(a, button)")].filter((each) => each.checkVisibility())
  .map((each) => {
    const edge = each.closest(".seg") ?? each.closest(".console__top");
    const [own, shown] = [each, edge].map((at) => at.getBoundingClientRect());
    const isThere = own.left >= shown.left - 1 && own.right <= shown.right + 1;
    return isThere && own.height >= 44 && own.width >= 44 ? "" : each.textContent.trim() || each.ariaLabel;
  }).filter(Boolean)"""


def wait_for_font(route: Route) -> None:
    found = route.fetch()
    route.fulfill(response=found, body=found.text().replace("font-display: optional", "font-display: block"))


@pytest.mark.parametrize("size", [LAPTOP, TABLET], ids=["laptop", "tablet"])
def test_all_of_the_head_is_in_sight_and_can_be_tapped_in_one_row(server, console, size):
    page = console(viewport=size)
    # Else the browser takes another font where ours comes a moment late.
    page.route("**/fonts*.css", wait_for_font)

    for language in ("uk", "de", "en", "ru"):
        page.goto(f"{server.event}/facilitator?lang={language}")
        expect(ready(page).get_by_role("timer")).to_be_visible()
        page.evaluate("document.fonts.ready")
        assert page.locator(".console__top").bounding_box()["height"] < 80, language
        page.wait_for_function(f"() => !({HEAD})().length")


def test_times_move_on_the_open_page_of_another_facilitator(server, sign_in):
    pages = [sign_in(who, viewport=LAPTOP) for who in ("facilitator", "organiser")]
    for page in pages:
        page.goto(f"{server.event}/facilitator/times")
        page.get_by_role("navigation", name="День").get_by_role("link").nth(2).click()
        linked(page)
    page, other = pages
    slot, seen = (each.locator(".times__slot").first for each in pages)
    before = seen.get_by_role("heading").inner_text()
    seen.get_by_role("checkbox", name="і все після").uncheck()
    seen.get_by_text("Замки й місця").click()

    slot.get_by_role("button", name="Початок і кінець, хвилин: +5").click()
    slot.get_by_text("Замки й місця").click()
    slot.get_by_role("button", name="Зачинити на цей час").last.click()

    expect(seen.get_by_role("heading")).not_to_have_text(before)
    expect(seen.get_by_text("зараз зачинено")).to_be_visible()
    expect(seen.get_by_role("checkbox", name="і все після")).not_to_be_checked()
    # What the other page has seen is how it stands, so its tap counts.
    after = slot.get_by_role("heading").inner_text()
    seen.get_by_role("button", name="Початок і кінець, хвилин: -5").click()
    expect(slot.get_by_role("heading")).not_to_have_text(after)
    undo(other)
    expect(slot.get_by_role("heading")).to_have_text(after)
    undo(page)
    expect(seen.get_by_text("зараз зачинено")).to_be_hidden()
    undo(page)
    expect(seen.get_by_role("heading")).to_have_text(before)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(server, sign_in, theme):
    for size in (LAPTOP, TABLET, {"width": 390, "height": 844}):
        page = sign_in("facilitator", viewport=size, color_scheme=theme)
        for path in ("facilitator", "facilitator/times"):
            page.goto(f"{server.event}/{path}")
            linked(page)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, size)
            found = Axe().run(page).response["violations"]
            assert found == [], [(violation["id"], violation["nodes"][0]["html"]) for violation in found]
        page.goto(f"{server.event}/facilitator")
        linked(page)
        page.locator(".market .sheet a").first.click()
        expect(page.locator(".inhand")).to_have_attribute("data-state", "holding")
        found = Axe().run(page).response["violations"]
        assert found == [], [(violation["id"], violation["nodes"][0]["html"]) for violation in found]
        page.keyboard.press("Escape")


def test_what_is_over_says_whether_it_has_notes(console, sit_down, server):
    page = console()
    past = page.locator('.console .slot[data-when="past"] .sheet:not(.sheet--programme)')
    expect(past.first).to_have_attribute("data-notes", re.compile("full|some|none"))
    bare = past.and_(page.locator('[data-notes="none"]')).first
    number = bare.get_attribute("data-topic")
    expect(bare.get_by_role("link")).to_have_accessible_description("Нотаток ще нема")

    writer = sit_down("Писар Панас")
    writer.goto(f"{server.event}/topics/{number}/notes")
    linked(writer)
    field = writer.get_by_role("region", name="Про що говорили").get_by_role("textbox").last
    field.press_sequentially("Спочатку бюджет, тоді слова. Ми двічі переписали мету, бо кошторис виявився про інше.")

    sheet = page.locator(f'.console .slot[data-when="past"] .sheet[data-topic="{number}"]')
    expect(sheet).to_have_attribute("data-notes", "full")
    expect(sheet.get_by_role("link")).to_have_accessible_description("Нотатки написано")
