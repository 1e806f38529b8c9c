"""Choosing a place for a topic: by touch one reads every name and title, and what is chosen is said on the button."""

from playwright.sync_api import expect

from tests.system.conftest import ready
from tests.system.pages import days, free_places, main_button, taken_places
from tests.system.test_told import hang, propose


def test_names_and_titles_are_read_by_touch(server, sit_down):
    page = sit_down("Читає Параска")
    page.goto(f"{server.event}/topics/new")
    ready(page)
    said, button = page.locator(".mini__say"), main_button(page)

    page.locator(".places:not([hidden]) .mini__h").nth(1).click()
    expect(said).to_contain_text("Зала «Дніпро»")
    expect(said).to_contain_text("24")
    taken = taken_places(page).first
    title = taken.get_attribute("data-taken")
    taken.check(force=True)

    expect(said).to_contain_text(title)
    expect(button).to_be_disabled()
    expect(button).to_have_text("Це місце зайняте", use_inner_text=True)
    free_places(page).first.evaluate("input => input.click()")
    expect(button).to_be_enabled()


def test_the_wall_opens_on_the_topics_day_with_its_place_marked(server, sit_down, sign_in):
    number = propose(sit_down("Кличе Марта"), server.event, "Тема про день")
    facilitator = sign_in("facilitator")
    hang(facilitator, server.event, number)
    last = (
        facilitator.get_by_role("navigation", name="День")
        .get_by_role("link")
        .last.get_attribute("href")
        .partition("=")[2]
    )

    facilitator.goto(f"{server.event}/topics/{number}/placement")
    ready(facilitator)

    expect(days(facilitator).and_(facilitator.locator("[aria-pressed=true]"))).to_have_attribute("data-day", last)
    expect(facilitator.get_by_role("img", name="зараз тут")).to_have_count(1)


def test_a_facilitator_swaps_two_topics_and_undoes_it(server, sign_in):
    page = sign_in("facilitator")
    page.goto(f"{server.event}/topics/12/placement")
    ready(page)
    taken = taken_places(page).and_(page.locator("[data-swap]")).last
    title = taken.get_attribute("data-taken")
    taken.check(force=True)
    expect(page.locator(".mini__say")).to_contain_text(title)

    page.get_by_role("button", name="Поміняти місцями").click()
    ready(page)

    expect(page.locator(".sheet:target")).to_have_attribute("data-topic", "12")
    page.get_by_role("button", name="Повернути").click()
    ready(page)
    expect(page.locator(".sheet:target")).to_have_attribute("data-topic", "12")
