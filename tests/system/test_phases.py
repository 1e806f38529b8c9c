"""Phases of the day in real browsers: the hall's screen, phones that come, and two facilitators at their consoles."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.system.conftest import linked, ready, serving_demo

LAPTOP = {"width": 1280, "height": 800}
SIZES = [LAPTOP, {"width": 1024, "height": 768}, {"width": 390, "height": 844}]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own: other tests need a day without phases."""
    with serving_demo(tmp_path_factory) as served:
        yield served


@pytest.fixture
def console(server, sign_in):
    """Opens the page of phases of a facilitator."""

    def opened(who: str = "facilitator", to: str = "", **options) -> Page:
        page = sign_in(who, **{"viewport": LAPTOP, **options})
        page.goto(f"{server.event}/facilitator/phases{to and f'?to={to}'}")
        return linked(page)

    return opened


@pytest.fixture
def screen(server, contexts) -> Page:
    """A screen in the hall for which nothing was chosen."""
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(server.links["projector"])
    expect(page.locator(".heard__number")).to_be_visible()
    return linked(page)


def switch(page: Page) -> None:
    page.locator("#switch .phases__go button").click()
    expect(page.locator(".toast")).to_contain_text("Зараз:")


def now(page: Page):
    return page.locator('.phase[data-when="now"]')


@pytest.fixture
def newcomer(server, contexts):
    """Somebody scans the code at the door and gives their name."""

    def comes(name: str) -> Page:
        page = contexts().new_page()
        page.goto(f"{server.url}/{server.code}")
        page.locator("input[name=name]").fill(name)
        page.locator("form .btn--main").click()
        return page

    return comes


def test_a_switch_is_seen_in_the_hall_and_by_the_next_phone_and_can_be_undone(server, console, screen, newcomer):
    page = console(to="marketplace")
    expect(page.locator(".screen[data-usual] .screen__next").first).to_be_visible()

    switch(page)

    expect(now(page)).to_contain_text("Базар тем")
    expect(screen.locator(".heard[data-scene=market]")).to_be_attached()
    expect(newcomer("Олена Перша")).to_have_url(f"{server.event}/market")
    page.locator(".toast").get_by_role("button", name="Повернути").click()
    expect(screen.locator(".heard[data-scene=board]")).to_be_attached()
    expect(page).to_have_url(re.compile("/facilitator/phases"))
    expect(newcomer("Олена Друга")).to_have_url(f"{server.event}/")


def test_who_proposes_while_topics_are_not_taken_is_told_and_loses_no_word(server, console, sit_down):
    phone = sit_down("Марко Перший")
    phone.goto(f"{server.event}/topics/new")
    linked(phone)
    phone.locator("#title").fill("Сонце над дахом")
    phone.locator("#text").fill("Про панелі на школі")
    switch(console(to="opening"))

    phone.locator("[data-submit]").click()

    expect(phone.get_by_role("alert")).to_contain_text("Зараз теми не пропонують")
    expect(phone.locator("#title")).to_have_value("Сонце над дахом")
    phone.goto(f"{server.event}/topics/new")
    expect(phone.locator(".banner").filter(has_text="Зараз теми не пропонують")).to_be_visible()
    expect(phone.locator("#title")).to_have_value("Сонце над дахом")
    expect(phone.locator("#text")).to_have_value("Про панелі на школі")
    switch(console(to="marketplace"))
    phone.locator("[data-submit]").click()
    expect(phone.locator(".sheet", has_text="Сонце над дахом").first).to_be_visible()


def test_what_was_typed_before_the_scripts_came_is_kept_too(server, console, sit_down):
    phone = sit_down("Марко Спритний")
    waiting = []

    def hold(route: Route) -> None:
        waiting.append(route)

    phone.route("**/js/submit.js", hold)
    phone.goto(f"{server.event}/topics/new")
    phone.locator("#title").fill("Туман над річкою")
    waiting[0].continue_()
    phone.unroute("**/js/submit.js")
    ready(phone)
    switch(console(to="opening"))
    phone.locator("[data-submit]").click()
    expect(phone.get_by_role("alert")).to_contain_text("Зараз теми не пропонують")

    phone.goto(f"{server.event}/topics/new")

    expect(phone.locator("#title")).to_have_value("Туман над річкою")
    switch(console(to="marketplace"))


def test_what_waited_on_a_phone_without_a_network_comes_back_to_its_form(server, console, sit_down):
    phone = sit_down("Марко Другий")
    phone.goto(f"{server.event}/topics/new")
    linked(phone)
    phone.context.set_offline(True)
    phone.locator("#title").fill("Вітер за селом")
    phone.locator("[data-submit]").click()
    switch(console(to="closing"))

    phone.context.set_offline(False)

    expect(phone.get_by_role("alert")).to_contain_text("Зараз теми не пропонують", timeout=15000)
    expect(phone.locator("#title")).to_have_value("Вітер за селом")
    switch(console(to="marketplace"))


def test_another_console_follows_and_a_late_switch_is_refused(server, console, contexts):
    one, other = console(to="sessions"), console("organiser", to="closing")
    # Without scripts a page hears of nothing, as after a sleep.
    late = contexts(java_script_enabled=False).new_page()
    late.context.add_cookies(server.cookies["organiser"])
    late.goto(f"{server.event}/facilitator/phases?to=news")

    switch(one)

    expect(now(other)).to_contain_text("Розмови")
    expect(other.locator("#to-head")).to_have_text(re.compile("Розмови, далі: Закриття"))
    expect(other.locator("#switch input[name=seen]")).to_have_value("sessions")
    late.locator("#switch .phases__go button").click()
    expect(late.get_by_role("alert")).to_contain_text("перемкнув інший фасилітатор")
    expect(now(late)).to_contain_text("Розмови")


def test_by_keys_alone_a_default_is_chosen_otherwise(console):
    page = console(to="marketplace")
    page.locator("#opens_market").focus()
    expect(page.get_by_role("switch", name="Телефони відкриваються на базарі")).to_be_checked()
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(now(page)).to_contain_text("Базар тем")
    now(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("switch", name="Телефони відкриваються на базарі")).not_to_be_checked()
    expect(page.get_by_role("button", name="Зберегти")).to_be_visible()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size["width"]))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_fits_and_axe_finds_nothing(console, screen, size, theme):
    page = console(to="sessions", viewport=size, color_scheme=theme)

    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert Axe().run(page).violations_count == 0


def test_the_card_is_one_sheet_in_every_language(server, console):
    page = console()
    for language in ("uk", "en", "de", "ru"):
        page.goto(f"{server.event}/facilitator/card?lang={language}")
        paper = page.locator(".paper--a5")
        assert paper.evaluate("paper => paper.scrollHeight <= paper.clientHeight")
        assert Axe().run(page).violations_count == 0
        sheet = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    page.goto(f"{server.event}/facilitator/card?lang=uk")
