"""A change of the board is asked for, backed, and granted from the console, in real browsers."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready, serving_demo

LAPTOP, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 700}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own: topics are moved here."""
    with serving_demo(tmp_path_factory, without="petition") as served:
        yield served


def coming(page: Page, server) -> tuple[str, str]:
    """The address and the title of a topic that hangs on the last day but one, which has free places."""
    page.goto(server.event)
    page.get_by_role("navigation", name="День").get_by_role("link").nth(2).click()
    link = page.locator(".board").get_by_role("article").get_by_role("link").last
    return link.get_attribute("href"), link.inner_text().replace("\u00ad", "")


def ask_to_move(page: Page, server) -> str:
    """Ask for a topic to be moved to the last free place of the day that is open; returns the topic's title."""
    address, title = coming(page, server)
    page.goto(server.url + address)
    page.get_by_role("link", name="Попросити зміну").click()
    ready(page)
    page.locator(".places:visible .mini__f").last.click()
    page.get_by_role("button", name="Попросити фасилітаторів").click()
    expect(page.get_by_role("heading", name="Прохання")).to_be_visible()
    return title


def test_a_participant_asks_another_backs_and_the_facilitator_grants(server, sit_down, sign_in):
    asker, backer = sit_down("Олена Перша"), sit_down("Anna")
    title = ask_to_move(asker, server)
    backer.goto(f"{server.event}/petitions")
    linked(backer)

    backer.get_by_role("button", name=re.compile("^Я теж хочу")).click()

    expect(asker.get_by_text("Підтримує 1")).to_be_visible()
    expect(asker.get_by_role("button", name=re.compile("^Забрати прохання"))).to_be_visible()
    expect(asker.get_by_role("button", name=re.compile("^Я теж хочу"))).to_be_hidden()
    backer.get_by_role("button", name=re.compile("^Уже ні")).click()
    expect(asker.get_by_text("Підтримує 1")).to_be_hidden()
    backer.get_by_role("button", name=re.compile("^Я теж хочу")).click()

    console = sign_in("facilitator", viewport=LAPTOP)
    console.goto(f"{server.event}/facilitator")
    linked(console)
    waiting = console.locator("#waiting")
    expect(waiting).to_contain_text(title)
    expect(waiting).to_contain_text("Підтримує 1")
    expect(waiting).to_contain_text(re.compile("роздвоєн", re.I))
    assert Axe().run(console, context="#waiting").response["violations"] == []
    waiting.get_by_role("button", name=re.compile("^Зробити")).click()

    for page in (asker, backer):
        expect(page.get_by_text("Відповіли сьогодні")).to_be_visible()
        expect(page.get_by_role("status").last).to_contain_text("Ваше прохання виконано")
    expect(waiting).to_contain_text("Нічого не чекає")

    console.keyboard.press("Control+z")

    expect(waiting).to_contain_text(title)
    expect(asker.get_by_text("Відповіли сьогодні")).to_be_hidden()
    waiting.get_by_role("link").first.click()
    console.get_by_label(re.compile("Речення тим, хто просив")).fill("Там гучно <script>alert(1)</script>")
    console.get_by_role("button", name="Відмовити").click()
    console.wait_for_url(re.compile("/facilitator$"))
    expect(asker.get_by_text("Там гучно <script>alert(1)</script>").first).to_be_visible()


def test_a_convener_wishes_and_takes_it_back_on_a_narrow_phone(server, sign_in, sit_down):
    page = sit_down("Степан", viewport=NARROW)
    page.goto(f"{server.event}/topics/new")
    page.get_by_label("Тема").first.fill("Колодязі")
    page.get_by_role("radio", name=re.compile("вільно$")).last.evaluate("input => input.click()")
    page.get_by_role("main").get_by_role("button").last.click()
    page.wait_for_url(re.compile("#cell-"))
    page.get_by_role("article").filter(has_text="Колодязі").get_by_role("link").first.click()
    page.get_by_role("link", name="Попросити зміну").click()

    page.get_by_text("Проєктор", exact=True).click()
    page.get_by_label(re.compile("Розкажіть фасилітаторам більше")).fill("Слайди <b>про воду</b>")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Попросити фасилітаторів").click()

    expect(page.get_by_text("Слайди <b>про воду</b>")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name=re.compile("^Забрати прохання")).click()
    expect(page.get_by_text("Слайди <b>про воду</b>")).to_be_hidden()
