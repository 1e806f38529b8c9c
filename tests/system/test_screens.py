"""The hall's screens, and the facilitator's phone from which they are switched."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.system.bowl import end_in, first_sounds, put_up
from tests.system.conftest import linked, ready, serving_demo

SCREEN = {"width": 1920, "height": 1080}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own: screens of other tests would stand among these."""
    with serving_demo(tmp_path_factory) as served:
        yield served


@pytest.fixture
def screen(server, contexts):
    """Puts up a screen, opened at the projector's address or one below it. Returns its page and its number."""

    def put_up(path: str = "", context: BrowserContext | None = None, **options) -> tuple[Page, int]:
        page = (context or contexts(viewport=SCREEN, **options)).new_page()
        page.goto(server.links["projector"] + path)
        label = page.locator(".heard__number")
        expect(label).to_be_visible()
        return linked(page), int(label.inner_text().split()[-1])

    return put_up


@pytest.fixture
def phone(server, sign_in) -> Page:
    """The facilitator's phone on the console's page of screens."""
    page = sign_in("facilitator")
    page.goto(f"{server.event}/facilitator/screens")
    return linked(page)


def card(phone: Page, number: int):
    return phone.locator(f"#screen-{number}")


def choose(phone: Page, number: int, scene: str) -> None:
    card(phone, number).get_by_role("link").click()
    dialog = phone.get_by_role("dialog")
    dialog.get_by_role("radio", name=scene, exact=True).check()
    dialog.get_by_role("button", name=f"Показати: {scene}", exact=True).click()
    expect(dialog).to_be_hidden()


def expect_scene(page: Page, scene: str, timeout: int = 2500) -> None:
    expect(page.locator(f"[data-scene={scene}]")).to_be_attached(timeout=timeout)


def test_a_switch_on_a_phone_is_seen_on_the_screen(phone, screen):
    page, number = screen()
    expect(card(phone, number)).to_contain_text("Дошка")

    choose(phone, number, "Годинник")

    expect_scene(page, "clock")
    linked(page)
    expect(card(phone, number).locator(".screen__does")).to_have_text("Годинник")
    # And back: the page that it was sent to follows as well.
    card(phone, number).get_by_role("link").click()
    phone.get_by_role("button", name="За фазою").click()
    expect_scene(page, "board")


def test_the_dialog_is_closed_by_a_tap_and_nothing_is_chosen(phone, screen):
    _, number = screen()
    card(phone, number).get_by_role("link").click()
    dialog = phone.get_by_role("dialog")
    dialog.get_by_role("radio", name="Годинник", exact=True).check()

    dialog.get_by_role("button", name="Закрити").click()

    expect(dialog).to_be_hidden()
    phone.reload()
    expect(card(phone, number).locator(".screen__does")).to_have_text("Дошка")


def test_two_screens_show_different_things(phone, screen):
    (one, first), (other, second) = screen(), screen()
    assert first != second

    choose(phone, first, "Вхід, QR")
    choose(phone, second, "Базар тем")

    expect_scene(one, "join")
    expect_scene(other, "market")


def test_a_screen_that_is_opened_at_the_address_of_stories_shows_stories(screen):
    page, _ = screen("/stories")

    # Its beats change nothing: nobody has chosen anything.
    page.wait_for_timeout(6000)

    expect_scene(page, "stories")


def test_after_a_restart_of_its_computer_a_screen_shows_what_it_should(phone, screen, contexts):
    page, number = screen()
    choose(phone, number, "Зараз і далі")
    expect_scene(page, "now")
    kept = page.context.storage_state()
    page.context.close()

    again, number_again = screen(context=contexts(viewport=SCREEN, storage_state=kept))

    expect_scene(again, "now")
    assert number_again == number


def test_a_screen_is_dark_at_once_and_shows_again_what_it_showed(phone, screen):
    page, number = screen("/clock")
    dark = page.locator(".heard__dark")

    card(phone, number).get_by_role("button", name="затемнити").click()

    expect(dark).to_be_visible(timeout=1500)
    choose(phone, number, "Годинник")
    expect(dark).to_be_hidden(timeout=1500)
    expect_scene(page, "clock")


def test_a_dark_screen_stays_dark_while_something_else_is_chosen_for_it(phone, screen):
    page, number = screen()
    choose(phone, number, "Темний екран")
    expect(page.locator(".heard__dark")).to_be_visible(timeout=1500)

    card(phone, number).get_by_role("link").click()
    phone.get_by_role("button", name="За фазою").click()

    expect(page.locator(".heard__dark")).to_be_hidden(timeout=1500)


def test_a_screen_that_is_gone_is_silent_and_can_be_forgotten(phone, screen):
    page, number = screen()
    expect(card(phone, number).locator(".screen__alive")).to_contain_text("живий")
    page.close()

    expect(card(phone, number).locator(".screen__alive")).to_contain_text("мовчить", timeout=25000)
    expect(card(phone, number)).to_have_attribute("data-alive", "no")
    card(phone, number).get_by_role("link").click()
    phone.get_by_role("button", name="Забути цей екран").click()
    expect(card(phone, number)).to_have_count(0)


def test_a_screen_is_called_by_its_name(phone, screen):
    _, number = screen()
    card(phone, number).get_by_role("link").click()
    phone.get_by_label("Назва екрана").fill("Велика зала")
    phone.get_by_role("button", name="Показати").click()

    expect(card(phone, number).get_by_text("Велика зала")).to_be_visible()
    phone.reload()
    expect(card(phone, number).get_by_text("Велика зала")).to_be_visible()


def test_two_windows_of_one_computer_are_two_screens(phone, screen):
    page, first = screen()
    other, second = screen(context=page.context)
    assert first != second

    choose(phone, second, "Годинник")

    expect_scene(other, "clock")
    linked(other)
    expect(card(phone, second)).to_have_attribute("data-alive", "yes")
    expect_scene(page, "board")
    # It is still the second after it has gone there.
    choose(phone, second, "Вхід, QR")
    expect_scene(other, "join")


def test_a_switch_reaches_a_screen_without_sockets(phone, contexts, server):
    page = contexts(viewport=SCREEN).new_page()
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.goto(server.links["projector"])
    label = page.locator(".heard__number")
    expect(label).to_be_visible()
    number = int(label.inner_text().split()[-1])

    choose(phone, number, "Годинник")

    expect_scene(page, "clock", timeout=9000)


def minutes(page: Page) -> int:
    return int(page.locator(".clockp__n b").inner_text())


def ends(page: Page) -> datetime:
    """When the slot that is on ends, as the clock's page has it."""
    shown = page.locator("#today section[data-kind=open]:has([data-part=now]:not([hidden])):not([hidden])")
    return datetime.fromtimestamp(float(shown.get_attribute("data-ends")), UTC)


def test_the_clock_counts_down_to_the_end_and_says_that_it_is_over(server, contexts):
    page = contexts(viewport=SCREEN).new_page()
    page.clock.install()
    page.goto(f"{server.links['projector']}/clock")
    linked(page)
    # The server would tell it the time, and it would believe that.
    page.route("**/*", lambda route: route.abort())
    page.context.set_offline(True)
    left = (ends(page) - datetime.now(UTC)).total_seconds()
    assert minutes(page) == pytest.approx(left / 60 + 0.5, abs=0.6)
    on = page.locator(".ch--on, .ch--you")
    before = on.count()

    page.clock.fast_forward(int(left * 1000 / 2))
    page.clock.run_for(1000)

    assert on.count() == pytest.approx(before / 2, abs=1)
    assert page.locator(".ch--you").count() == 1
    page.clock.fast_forward(int(left * 1000 / 2))
    page.clock.run_for(2000)
    expect(page.locator(".clockp__n")).to_contain_text("Чаша")
    expect(page.locator(".clockp__n")).to_contain_text("Коли скінчилося")
    expect(on).to_have_count(0)


def test_without_sound_the_ring_flashes_once(server, screen, phone):
    page, number = screen("/clock")
    card(phone, number).get_by_role("button", name="чаша дзвонить").click()
    expect(page.locator("html[data-rings]")).to_be_attached()
    expect(card(phone, number)).to_contain_text("Без звуку")
    expect(page.locator(".clockp__bowl:visible")).to_contain_text("Чаша прозвучить")

    page.evaluate(
        "document.dispatchEvent(new CustomEvent('bowl', { detail: { moment: 0, minutes: 10, isHeard: false } }))"
    )

    expect(page.locator(".clockp[data-flash]")).to_be_attached()
    expect(page.get_by_text("без звуку")).to_be_visible()


def test_a_touch_on_a_screen_lets_the_bowl_ring_there(screen, phone):
    page, number = screen()
    page.mouse.click(900, 500)
    key = page.get_by_role("button", name="Хай чаша дзвонить тут")
    expect(key).to_be_visible()

    key.click()

    expect(page.locator("html[data-rings]")).to_be_attached()
    expect(card(phone, number).get_by_role("button", name="чаша дзвонить")).to_have_attribute("aria-pressed", "true")
    expect(card(phone, number)).not_to_contain_text("Без звуку", timeout=8000)
    page.mouse.click(900, 500)
    page.get_by_role("button", name="Хай чаша тут мовчить").click()
    expect(page.locator("html[data-rings]")).to_have_count(0)


def test_a_phone_rings_if_somebody_wishes_for_it(server, sit_down):
    page = sit_down("Слухачка")
    page.goto(f"{server.event}/me/day")
    ready(page)
    key = page.get_by_role("button", name="Хай дзвонить на цьому телефоні")
    expect(key).to_have_attribute("aria-pressed", "false")

    key.click()

    expect(page.get_by_text("поки ця сторінка відкрита")).to_be_visible()
    page.reload()
    ready(page)
    expect(key).to_have_attribute("aria-pressed", "true")
    key.click()
    expect(key).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/join", "/market", "/now", "/clock"])
def test_a_screen_can_be_read_by_all(server, contexts, path, theme):
    page = contexts(viewport=SCREEN).new_page()
    page.goto(f"{server.links['projector']}{path}?theme={theme}")
    linked(page)

    found = Axe().run(page)

    assert found.response["violations"] == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_of_screens_can_be_used_by_all(phone, screen, width):
    _, number = screen()
    phone.set_viewport_size({"width": width, "height": 800})
    expect(card(phone, number)).to_be_visible()
    assert Axe().run(phone).response["violations"] == []

    card(phone, number).get_by_role("link").click()
    expect(phone.get_by_role("dialog")).to_be_visible()

    assert Axe().run(phone).response["violations"] == []
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_pictures_are_chosen_by_keyboard(phone, screen):
    page, number = screen()
    card(phone, number).get_by_role("link").focus()
    phone.keyboard.press("Enter")
    dialog = phone.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("radio", name="Дошка").focus()
    phone.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("button", name=re.compile("Показати: Базар тем"))).to_be_visible()
    phone.keyboard.press("Enter")

    expect_scene(page, "market")
    expect(card(phone, number).get_by_role("link")).to_be_focused()


def test_screens_ring_as_one_whatever_their_own_clocks_say(server, contexts):
    wrong = (0, 37, -3600)
    pages = [
        put_up(contexts(viewport=SCREEN), server.links["projector"] + path, wrong=seconds)
        for path, seconds in zip(("", "/clock", "/join"), wrong, strict=True)
    ]

    rings_at = end_in(server.data, timedelta(minutes=10, seconds=14)) - timedelta(minutes=10)

    sounds = first_sounds(pages, rings_at)
    assert max(sounds) - min(sounds) < 0.2
    assert max(map(abs, sounds)) < 0.5
