"""The evening news by real browsers: notes written on a phone reach the hall, and facilitators lead the round."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.system.conftest import linked, serving_demo

SCREEN, LAPTOP = {"width": 1920, "height": 1080}, {"width": 1280, "height": 800}
WORDS = "Спочатку бюджет, тоді слова. Ми двічі переписали мету, бо кошторис виявився про інше."


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own: here it is counted who has written."""
    with serving_demo(tmp_path_factory) as served:
        yield served


@pytest.fixture
def screen(server, contexts) -> Page:
    page = contexts(viewport=SCREEN).new_page()
    page.goto(f"{server.links['projector']}/news")
    return linked(page)


def written(page: Page) -> int:
    """How many sessions the ring says have notes."""
    return int(page.locator(".news__count .ring").inner_text())


def shown(page: Page) -> Locator:
    """The session that stands large on the screen."""
    return page.get_by_role("article")


def write(page: Page, event: str) -> str:
    """Write the notes of the last session that has none yet; returns its title."""
    page.goto(f"{event}/news")
    linked(page)
    missing = page.get_by_role("region", name="Ще без нотаток").get_by_role("link").last
    title = missing.inner_text()
    missing.click()
    linked(page)
    page.get_by_role("region", name="Про що говорили").get_by_role("textbox").last.press_sequentially(WORDS)
    return title


def test_notes_written_on_a_phone_come_to_the_hall_and_the_ring_grows(server, sit_down, screen):
    phone = sit_down("Писарка Поліна")
    reader = phone.context.new_page()
    reader.goto(f"{server.event}/news")
    before = written(linked(reader))

    first = write(phone, server.event)

    for page in (reader, screen):
        expect(page.locator(".news__count .ring")).to_have_text(str(before + 1))
    expect(reader.get_by_role("article").first.get_by_role("link", name=first)).to_be_visible()
    expect(reader.get_by_role("region", name="Ще без нотаток").get_by_role("link", name=first)).to_have_count(0)
    expect(shown(screen).get_by_role("heading")).to_have_text(first)
    expect(shown(screen).get_by_text(WORDS)).to_be_visible()
    expect(shown(screen).get_by_text("щойно")).to_be_visible()

    second = write(phone, server.event)

    expect(screen.locator(".news__count .ring")).to_have_text(str(before + 2))
    # Slow because the one before is left for 20 seconds, to be read.
    expect(shown(screen).get_by_role("heading")).to_have_text(first)
    expect(shown(screen).get_by_role("heading")).to_have_text(second, timeout=30_000)
    expect(screen.get_by_role("listitem").filter(has_text=first)).to_be_visible()


def test_two_facilitators_lead_the_round_through_the_sessions(server, sign_in, screen):
    console, news = (sign_in(who, viewport=LAPTOP) for who in ("facilitator", "organiser"))
    console.goto(f"{server.event}/facilitator")
    news.goto(f"{server.event}/news")
    linked(console)
    linked(news)
    round_on = [page.get_by_role("region", name="Коло всіма розмовами") for page in (console, news)]
    lit = screen.locator(".wallmini [data-lit]")

    round_on[0].get_by_role("button", name="Почати коло").click()
    for each in round_on:
        expect(each.get_by_role("status")).to_contain_text("1 із ")
    first = shown(screen).get_by_role("heading").inner_text()
    expect(lit).to_have_count(1)
    expect(round_on[0].get_by_role("status")).to_contain_text(first)

    for place in (2, 3):
        round_on[place % 2].get_by_role("button", name="Далі").click()
        for each in round_on:
            expect(each.get_by_role("status")).to_contain_text(f"{place} із ")
    # The third session of the demo has no notes.
    expect(shown(screen).get_by_text("Ще не записано")).to_be_visible()
    round_on[1].get_by_role("button", name="Назад").click()
    expect(round_on[0].get_by_role("status")).to_contain_text("2 із ")
    expect(shown(screen).get_by_text("Ще не записано")).to_have_count(0)

    round_on[0].get_by_role("button", name="Завершити коло").click()
    expect(round_on[1].get_by_role("button", name="Почати коло")).to_be_visible()
    expect(shown(screen)).to_have_count(1)


@pytest.mark.parametrize("size", [SCREEN, {"width": 1440, "height": 1080}])
def test_nothing_of_the_screen_is_cut_off(screen, size):
    screen.set_viewport_size(size)

    parts = ".pjx__head > *, .pjx__foot > *, .report[data-shown] > *, .wallmini > *, .news__list > :not([data-lit])"
    cut = screen.locator(parts).evaluate_all(
        """(parts) => parts
          .map((part) => [part, part.getBoundingClientRect(), part.parentElement.getBoundingClientRect()])
          .filter(([, box, around]) => box.height && box.left < around.right - 1)
          .filter(([, box, around]) => box.right > innerWidth || box.bottom > Math.min(innerHeight, around.bottom + 1))
          .map(([part]) => part.className || part.tagName)"""
    )
    lead = screen.locator(".report[data-shown]").evaluate("(each) => each.scrollHeight - each.clientHeight")

    assert (cut, lead) == ([], 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(server, sign_in, screen, theme):
    page = sign_in("facilitator", color_scheme=theme)
    page.goto(f"{server.event}/news")
    linked(page)
    screen.emulate_media(color_scheme=theme)

    for each in (page, screen):
        assert [found["id"] for found in Axe().run(each).response["violations"]] == []
