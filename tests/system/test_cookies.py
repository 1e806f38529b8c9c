"""Browsers that lose their cookies, or keep none, as those inside messengers do."""

import re

import pytest
from playwright.sync_api import expect

from tests.system.conftest import command, ready
from tests.system.pages import main_button

FORGOT = "Браузер тим часом забув цю сторінку"
OFF = "не зберігає файли cookie"


def test_a_form_whose_cookie_was_lost_keeps_what_was_typed_and_works_at_the_next_press(server, contexts):
    page = contexts().new_page()
    page.goto(f"{server.url}/{server.code}")
    page.get_by_label("Як вас звати?").fill("Марія Забута")
    page.get_by_label("громада").fill("Вербівська громада")
    page.context.clear_cookies()

    page.get_by_role("button", name="Зайняти місце").click()

    expect(page.get_by_role("alert")).to_contain_text(FORGOT)
    expect(page.get_by_label("Як вас звати?")).to_have_value("Марія Забута")
    expect(page.get_by_label("громада")).to_have_value("Вербівська громада")
    page.get_by_role("button", name="Зайняти місце").click()
    expect(page.get_by_role("navigation", name="День")).to_be_visible()


@pytest.mark.parametrize("where", ["join", "sign-in", "a one-time link", "a personal link"])
def test_where_cookies_are_off_it_says_what_to_do_with_an_address_to_copy(server, contexts, sit_down, where):
    address = {
        "join": lambda: f"{server.url}/{server.code}",
        "sign-in": lambda: f"{server.event}/sign-in",
        "a one-time link": lambda: command(
            "link", server.slug, "--role", "facilitator", data=server.data, OPENSPACE_BASE_URL=server.url
        ).split()[-1],
        "a personal link": lambda: personal_link(sit_down),
    }[where]()
    context = contexts()
    page = context.new_page()
    page.goto(address)
    here = page.url
    if page.get_by_label("Як вас звати?").count():
        page.get_by_label("Як вас звати?").fill("Марія Телеграмна")
    if page.get_by_role("textbox", name="Пошта").count():
        page.get_by_role("textbox", name="Пошта").fill("m@example.org")

    for said in (FORGOT, OFF):
        context.clear_cookies()
        main_button(page).click()
        expect(page.get_by_role("alert")).to_contain_text(said)

    expect(page.get_by_role("alert")).to_contain_text("Chrome")
    expect(page.get_by_label("Адреса, щоб скопіювати")).to_have_value(
        re.compile(re.escape(here.partition("?")[0]) + "(-[0-9a-f]{8})?$")
    )
    if page.get_by_label("Як вас звати?").count():
        expect(page.get_by_label("Як вас звати?")).to_have_value("Марія Телеграмна")


def personal_link(sit_down) -> str:
    page = sit_down("Марія Особиста")
    page.goto(page.url.rstrip("/") + "/me")
    return page.get_by_role("button", name="Надіслати собі").first.get_attribute("data-url")


def test_a_topic_is_kept_when_the_cookie_is_lost_while_it_is_written(server, sit_down):
    page = sit_down("Марія Пише")
    page.goto(f"{server.event}/topics/new")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Не загубити")
    page.context.clear_cookies()

    main_button(page).click()

    expect(page.get_by_role("main")).to_contain_text("Спершу сядьте")
    assert "Не загубити" in page.evaluate("JSON.stringify(localStorage)")


def test_a_button_of_a_page_that_is_too_old_leads_back_to_it(server, sit_down):
    page = sit_down("Марія Кнопка")
    page.goto(f"{server.event}/me")
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach((field) => (field.value = 'old'))")

    page.get_by_role("button", name="Зробити нове посилання").evaluate("(button) => button.form.submit()")

    page.get_by_role("link", name="Відкрити сторінку знову").click()
    assert page.url == f"{server.event}/me"
