"""One lands on what one hung, and «‹» leads back to where one came from, at the same place."""

import re

from playwright.sync_api import Page, expect

from tests.system.conftest import ready
from tests.system.pages import cards, main_button, places, said, sheets, way_back


def day(page: Page, index: int) -> str:
    """A day of the event, as addresses name it, with the board open."""
    return (
        page.get_by_role("navigation", name="День")
        .get_by_role("link")
        .nth(index)
        .get_attribute("href")
        .partition("=")[2]
    )


def test_after_hanging_one_lands_on_the_sheet_and_the_message_names_it(server, sit_down):
    page = sit_down("Вішає Ганна")
    third = day(page, 2)
    page.goto(f"{server.event}/?day={third}")
    places(page).last.click()
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Нова тема про сади")
    main_button(page).click()
    page.wait_for_url(re.compile(r"#cell-"))
    ready(page)

    sheet = page.locator(".sheet:target")
    expect(sheet).to_contain_text("Нова тема про сади")
    expect(sheet).to_be_in_viewport()
    expect(said(page)).to_contain_text("«Нова тема про сади» на дошці")
    assert third in page.url


def test_back_leads_where_one_came_from_at_the_same_place(server, sit_down):
    page = sit_down("Гортає Ганна")
    page.goto(f"{server.event}/?day={day(page, 2)}")
    ready(page)
    last_time = page.get_by_role("region").filter(has=sheets(page)).nth(-2)
    link = sheets(last_time).get_by_role("heading").get_by_role("link").last
    link.scroll_into_view_if_needed()
    before, address = page.evaluate("scrollY"), page.url
    assert before > 0

    link.click()
    ready(page)
    way_back(page).click()
    page.wait_for_url(address)
    ready(page)

    page.wait_for_function(f"Math.abs(scrollY - {before}) < 40")


def test_back_from_ones_own_topic_passes_over_the_forms(server, sit_down):
    page = sit_down("Редагує Ганна")
    page.goto(f"{server.event}/topics/new")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Тема, яку правлять")
    main_button(page).click()
    page.wait_for_url(re.compile(r"#market-"))
    number = page.url.rpartition("-")[2]
    page.goto(f"{server.event}/me/day")
    page.get_by_role("link", name="Тема, яку правлять").click()
    ready(page)
    expect(way_back(page)).to_have_text("Назад")
    page.get_by_role("link", name="Змінити").click()
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Тема, яку виправили")
    main_button(page).click()
    page.wait_for_url(f"{server.event}/topics/{number}")
    ready(page)

    way_back(page).click()

    page.wait_for_url(f"{server.event}/me/day")


def test_back_from_a_card_keeps_the_search(server, sit_down):
    page = sit_down("Шукає Ганна")
    page.goto(f"{server.event}/contacts?q=о")
    ready(page)
    cards(page).get_by_role("heading").get_by_role("link").first.click()
    ready(page)

    way_back(page).click()

    page.wait_for_url(re.compile(r"/contacts\?q="))
