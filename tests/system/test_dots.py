"""Dots by real browsers: given on phones, also without a network; counted when the time is up, also after a restart."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready, serving_demo, start
from tests.system.pages import main_button

SCREEN, LAPTOP = {"width": 1920, "height": 1080}, {"width": 1280, "height": 800}


@pytest.fixture
def server(tmp_path_factory):
    """A demo of its own, for there is one round at a time."""
    with serving_demo(tmp_path_factory) as served:
        yield served


@pytest.fixture
def console(server, sign_in) -> Page:
    """The console with a round that is open."""
    page = sign_in("facilitator", viewport=LAPTOP)
    page.goto(f"{server.event}/facilitator/dots")
    page.get_by_role("button", name="Підготувати: можна читати").click()
    expect(page.get_by_text("Зараз усі читають")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Відкрити на 5 хвилин").click()
    expect(page.get_by_text("Відкрито до")).to_be_visible()
    return page


def check(page: Page) -> None:
    """Let axe look at the page."""
    assert Axe().run(page).response["violations"] == []


def opened(page: Page, server) -> Page:
    page.goto(f"{server.event}/dots")
    return linked(page)


def rows(page: Page):
    return page.get_by_role("listitem").filter(has=page.get_by_role("button", name=re.compile("^Ще крапка")))


def give(page: Page, row: int = 0, times: int = 1) -> None:
    for _ in range(times):
        rows(page).nth(row).get_by_role("button", name=re.compile("^Ще крапка")).click()


def end(console: Page) -> None:
    console.get_by_text("Закінчити раніше").click()
    console.get_by_role("button", name="Закінчити зараз").click()


def left(page: Page, dots: int) -> None:
    expect(page.get_by_role("img", name=f"Лишилося крапок: {dots} із 5")).to_be_visible()


def waiting(page: Page):
    """The dots that are shown as not counted yet."""
    return page.locator(".dot--waits:visible")


def test_dots_are_given_taken_back_and_seen_at_the_end(server, console, sit_down, contexts):
    phone = opened(sit_down("Крапка Катерина"), server)
    screen = contexts(viewport=SCREEN).new_page()
    screen.goto(f"{server.links['projector']}/dots")
    linked(screen)

    give(phone, 0, 3)
    give(phone, 1, 2)
    left(phone, 0)
    rows(phone).nth(1).get_by_role("button", name=re.compile("^На крапку менше")).click()
    left(phone, 1)
    for page in (console, screen):
        expect(page.get_by_text("Крапки дали 1 із")).to_be_visible()
    phone.get_by_role("button", name="Готово: віддано 4 з 5").click()
    expect(phone.get_by_role("heading", name="Ваші крапки на місці")).to_be_visible()
    for page in (phone, screen, console):
        check(page)
    # Another page of the same person shows the same.
    second = opened(phone.context.new_page(), server)
    left(second, 1)
    check(second)

    end(console)

    for page in (phone, screen):
        expect(page.get_by_role("heading", name="2 теми йдуть далі")).to_be_visible()
    expect(phone.get_by_text("Ваші крапки жовті.")).to_be_visible()
    for page in (phone, screen, console):
        check(page)
    phone.get_by_role("button", name=re.compile("^Беруся")).first.click()
    expect(phone.get_by_text("на базарі", exact=True)).to_be_visible()
    expect(screen.get_by_text("Далі веде Крапка Катерина")).to_be_visible()


def test_without_a_network_dots_are_kept_and_sent_and_a_restarted_server_counts_them(server, console, sit_down):
    phone = opened(sit_down("Крапка Кирило"), server)
    phone.context.set_offline(True)
    give(phone, 0, 2)
    left(phone, 3)
    expect(phone.get_by_text("Збережено на цьому телефоні, ще не зараховано.")).to_be_visible()
    expect(console.get_by_text("Крапки дали 0 із")).to_be_visible()

    phone.context.set_offline(False)

    expect(console.get_by_text("Крапки дали 1 із")).to_be_visible()
    server.process.kill()
    server.process.wait(10)
    port = int(server.url.rpartition(":")[2])
    server.process = start(server.data, port)
    console.reload()
    linked(console)
    expect(console.get_by_text("Крапки дали 1 із")).to_be_visible()
    left(phone, 3)
    end(console)
    expect(phone.get_by_role("heading", name="1 тема йде далі")).to_be_visible()
    expect(phone.get_by_text("1 людина, 2 крапки")).to_be_visible()


def test_dots_are_given_without_scripts(server, console, sit_down, contexts):
    seated = sit_down("Крапка Карл")
    page = contexts(java_script_enabled=False).new_page()
    page.context.add_cookies(seated.context.cookies())
    page.goto(f"{server.event}/dots")

    page.get_by_role("spinbutton").first.fill("4")
    page.get_by_role("button", name="Дати ці крапки").click()

    expect(page.get_by_text("Їх можна змінити, доки не вийде час.")).to_be_visible()
    expect(page.get_by_role("spinbutton").first).to_have_value("4")
    expect(console.get_by_text("Крапки дали 1 із")).to_be_visible()
    page.get_by_role("spinbutton").first.fill("5")
    page.get_by_role("spinbutton").nth(1).fill("5")
    page.get_by_role("button", name="Дати ці крапки").click()
    expect(page.get_by_text("Це більше крапок, ніж має одна людина.")).to_be_visible()


def test_what_waits_on_a_phone_is_not_called_counted_and_what_came_too_late_is_said(server, console, sit_down):
    phone = opened(sit_down("Крапка Климент"), server)
    give(phone, 0, 2)
    expect(console.get_by_text("Крапки дали 1 із")).to_be_visible()
    expect(waiting(phone)).to_have_count(0)
    phone.context.set_offline(True)
    give(phone, 1)
    expect(waiting(phone)).to_have_count(1)
    phone.get_by_role("button", name="Готово").click()
    expect(phone.get_by_role("heading", name="Ваші крапки чекають на цьому телефоні")).to_be_visible()
    expect(phone.get_by_text("Їх ще не зараховано")).to_be_visible()
    expect(phone.get_by_text("Ваші крапки на місці")).to_have_count(0)
    check(phone)

    end(console)
    expect(console.get_by_text("1 людина, 2 крапки")).to_be_visible()
    phone.context.set_offline(False)

    expect(phone.get_by_role("heading", name="1 тема йде далі")).to_be_visible()
    expect(phone.get_by_text("Останній дотик надійшов після кінця, тож він не рахується.")).to_be_visible()
    expect(phone.locator("circle.is-mine")).to_have_count(2)
    check(phone)
    phone.reload()
    expect(phone.get_by_text("Останній дотик надійшов після кінця, тож він не рахується.")).to_be_visible()
    expect(phone.locator("circle.is-mine")).to_have_count(2)


def test_dots_that_another_page_sends_are_told_when_theirs_is_open_again(server, console, sit_down):
    phone = opened(sit_down("Крапка Клавдія"), server)
    phone.context.set_offline(True)
    give(phone, 0, 2)
    expect(phone.get_by_text("Збережено на цьому телефоні, ще не зараховано.")).to_be_visible()
    board = phone.context.new_page()
    phone.close()
    board.context.set_offline(False)

    board.goto(f"{server.event}/topics/4")

    expect(console.get_by_text("Крапки дали 1 із")).to_be_visible()
    end(console)
    expect(console.get_by_text("1 людина, 2 крапки")).to_be_visible()
    opened(board, server)
    expect(board.get_by_text("Ваші крапки жовті.")).to_be_visible()
    expect(board.locator("circle.is-mine")).to_have_count(2)


def test_a_page_that_was_opened_before_any_round_follows_all_of_it(tmp_path_factory, contexts):
    with serving_demo(tmp_path_factory, without="dot_round") as server:
        phone, console = contexts().new_page(), contexts(viewport=LAPTOP).new_page()
        for page, who in ((phone, "participant"), (console, "facilitator")):
            page.goto(server.links[who])
            main_button(page).click()
            ready(page)
        opened(phone, server)
        expect(phone.get_by_text("Після останньої сесії")).to_be_visible()
        check(phone)

        console.goto(f"{server.event}/facilitator/dots")
        for _ in range(2):
            console.get_by_role("button", name="Підготувати: можна читати").click()
            expect(phone.get_by_role("heading", name="Час читати")).to_be_visible()
            linked(console)
            console.get_by_role("button", name="Скасувати цей раунд").click()
            expect(phone.get_by_text("Після останньої сесії")).to_be_visible()
            linked(console)
        console.get_by_role("button", name="Підготувати: можна читати").click()
        console.get_by_role("button", name="Відкрити на 5 хвилин").click()

        left(phone, 5)
        give(phone)
        left(phone, 4)
        expect(console.get_by_text("Крапки дали 1 із")).to_be_visible()


def test_a_script_that_fails_keeps_no_other_from_its_work(server, sit_down, browser):
    seated = sit_down("Крапка Корній")
    context = browser.new_context(viewport=seated.viewport_size, locale="uk-UA")
    context.add_cookies(seated.context.cookies())
    broken = "export function connect() { throw new Error('a mistake'); }"
    context.route(re.compile(r"/js/dots\.js"), lambda route: route.fulfill(body=broken, content_type="text/javascript"))
    page, told = context.new_page(), []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)

    opened(page, server)

    assert any("a mistake" in text for text in told)
    context.close()
