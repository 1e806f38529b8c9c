"""A facilitator announces something: it is on every phone and screen until its end, and disturbs nobody who types."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.system.conftest import linked, ready


def said(page: Page, words: str = "") -> Locator:
    """An announcement on a phone."""
    return page.locator(".toast--say").filter(has_text=words)


def announce(page: Page, event: str, words: str, *, end: str = "", places: str = "", **others: str) -> None:
    """Write it on the facilitators' page, as they do."""
    page.goto(f"{event}/facilitator/announcements")
    ready(page)
    page.get_by_role("textbox", name="Українська").fill(words)
    for language, text in others.items():
        page.get_by_role("textbox", name=language).fill(text)
    if places:
        page.get_by_role("group", name="Де показати").get_by_text(places).click()
    if end:
        page.get_by_role("radio", name=end).check(force=True)
    page.get_by_role("main").get_by_role("button", name=re.compile("^Оголосити")).click()
    expect(page.get_by_role("status").last).to_contain_text("Оголошено.")


def take_back(page: Page, event: str) -> None:
    """Take back whatever is announced."""
    page.goto(f"{event}/facilitator/announcements")
    buttons = ready(page).get_by_role("button", name="Відкликати")
    for left in reversed(range(buttons.count())):
        buttons.first.click()
        expect(buttons).to_have_count(left)


@pytest.fixture
def facilitator(server, sign_in):
    page = sign_in("facilitator")
    yield page
    take_back(page, server.event)


def screen(contexts, facilitator: Page, event: str, path: str = "/projector") -> Page:
    """A screen in the hall, with nobody signed in."""
    facilitator.goto(f"{event}{path}")
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(facilitator.url)
    return linked(page)


def test_it_is_at_once_on_phones_and_screens_and_on_pages_that_are_opened_later(
    server, contexts, facilitator, sit_down
):
    hall = screen(contexts, facilitator, server.event)
    phone, words = linked(sit_down("Слухачка")), f"Автобус чекає {time.monotonic()}"

    announce(facilitator, server.event, words, English="The bus is waiting")

    expect(said(phone, words)).to_be_visible()
    expect(said(phone, words).locator("[lang=uk]")).to_have_text(words)
    expect(hall.locator(".message")).to_be_visible()
    expect(hall.locator(".message [lang=en]")).to_have_text("The bus is waiting")
    for path in ("", "/me/day", "/contacts/room", "/topics/new"):
        phone.goto(f"{server.event}{path}")
        expect(said(phone, words)).to_be_visible()
    english = contexts(locale="en-GB").new_page()
    english.context.add_cookies(phone.context.cookies())
    english.goto(f"{server.event}/")
    expect(said(english)).to_contain_text("The bus is waiting")
    hall.reload()
    expect(hall.locator(".message")).to_be_visible()

    facilitator.get_by_role("button", name="Відкликати").first.click()

    expect(said(phone, words)).to_be_hidden()
    expect(hall.locator(".messages")).to_be_hidden()
    facilitator.get_by_role("button", name="Повернути").click()
    expect(said(phone, words)).to_be_visible()
    expect(hall.locator(".message")).to_be_visible()


def test_it_leaves_at_its_end_by_the_pages_own_clock_even_without_a_network(
    server, contexts, facilitator, sit_down, network
):
    hall = screen(contexts, facilitator, server.event)
    phone = linked(sit_down("Терпляча", network=network))
    announce(facilitator, server.event, "Ще десять хвилин")
    expect(said(phone)).to_be_visible()
    expect(hall.locator(".message")).to_be_visible()

    network.hang()
    for page in (phone, hall):
        page.evaluate(
            """() => { const late = Date.now() + 12 * 60 * 1000, began = performance.now();
            Date.now = () => late + performance.now() - began; }"""
        )

    expect(said(phone)).to_have_count(0)
    expect(hall.locator(".messages")).to_be_hidden()


def test_its_button_needs_nothing_more_from_the_network(server, facilitator, sit_down):
    phone = linked(sit_down("Обережна"))
    phone.route("**/*.js", lambda route: route.abort())
    announce(facilitator, server.event, "Мережа ось-ось зникне")

    said(phone).get_by_role("button", name="Прибрати").click()

    expect(said(phone)).to_have_count(0)


def test_what_is_put_away_stays_away_until_it_says_something_else(server, facilitator, sit_down):
    phone = linked(sit_down("Уважна"))
    announce(facilitator, server.event, "Обід о першій")
    said(phone).get_by_role("button", name="Прибрати").click()
    expect(said(phone)).to_have_count(0)

    for path in ("/", "/me/day"):
        phone.goto(f"{server.event}{path}")
        expect(said(ready(phone))).to_have_count(0)
    phone.goto(f"{server.event}/")
    linked(phone)
    facilitator.get_by_role("link", name="Змінити").first.click()
    facilitator.get_by_role("textbox", name="Українська").fill("Обід о пів на другу")
    facilitator.get_by_role("radio", name="10 хвилин").check(force=True)
    facilitator.get_by_role("main").get_by_role("button", name=re.compile("^Оголосити")).click()

    expect(said(phone, "Обід о пів на другу")).to_be_visible()
    phone.reload()
    expect(said(phone, "Обід о пів на другу")).to_be_visible()


def test_who_is_typing_is_not_disturbed_and_reads_it_afterwards(server, facilitator, sit_down):
    phone = sit_down("Письменниця")
    phone.goto(f"{server.event}/topics/new")
    linked(phone)
    field = phone.get_by_role("textbox", name="Тема")
    field.click()
    field.press_sequentially("Вода в ")
    place = field.bounding_box()

    announce(facilitator, server.event, "Усі на подвірʼя")
    expect(said(phone)).to_have_count(1)
    field.press_sequentially("селі")

    expect(field).to_be_focused()
    expect(field).to_have_value("Вода в селі")
    assert field.bounding_box() == place
    expect(said(phone)).to_be_hidden()
    field.blur()
    expect(said(phone)).to_be_visible()
    bar, box = phone.locator(".actionbar").bounding_box(), said(phone).bounding_box()
    assert box["y"] + box["height"] <= bar["y"]


def test_a_page_that_missed_it_learns_of_it_when_it_is_back(server, facilitator, sit_down, network):
    phone = linked(sit_down("У підвалі", network=network))
    network.hang()
    announce(facilitator, server.event, "Вихід праворуч")

    expect(said(phone)).to_have_count(0)
    network.reset()

    expect(said(phone, "Вихід праворуч")).to_be_visible(timeout=20_000)


def test_readers_of_a_public_board_hear_it_too(server, contexts, facilitator, sign_in):
    organiser = sign_in("organiser")

    def set_public(is_public: bool) -> None:
        organiser.goto(f"{server.event}/settings/event")
        organiser.get_by_role("checkbox", name=re.compile("Дошку бачать усі")).set_checked(is_public)
        organiser.get_by_role("main").get_by_role("button").last.click()
        organiser.wait_for_load_state()

    set_public(True)
    reader = contexts().new_page()
    reader.goto(f"{server.event}/")
    linked(reader)

    announce(facilitator, server.event, "Для всіх")

    expect(said(reader, "Для всіх")).to_be_visible()
    set_public(False)


def test_several_stand_newest_first_and_take_turns_on_a_screen(server, contexts, facilitator, sit_down):
    hall, phone = screen(contexts, facilitator, server.event), linked(sit_down("Багато чує"))
    announce(facilitator, server.event, "Перше")
    announce(facilitator, server.event, "Друге")

    expect(said(phone)).to_have_count(2)
    expect(said(phone).first).to_contain_text("Друге")
    expect(hall.locator(".message:not([hidden])")).to_have_count(1)
    expect(hall.locator(".message:not([hidden])")).to_contain_text("Друге")
    hall.evaluate("() => { const real = Date.now; Date.now = () => real() + 20000; }")
    expect(hall.locator(".message:not([hidden])")).to_contain_text("Перше")


@pytest.mark.parametrize("path", ["/stories/projector", "/contacts/room"])
def test_every_screen_shows_it(server, contexts, facilitator, path):
    if path == "/contacts/room":
        facilitator.goto(f"{server.event}/projector")
        hall = contexts(viewport={"width": 1920, "height": 1080}).new_page()
        hall.goto(f"{facilitator.url}/room")
        linked(hall)
    else:
        hall = screen(contexts, facilitator, server.event, path)

    announce(facilitator, server.event, "На всіх екранах", places="На телефонах")

    expect(hall.locator(".message")).to_be_visible()
    box = hall.locator(".messages").bounding_box()
    assert (box["width"], box["height"]) == (1920, 1080)
    expect(said(facilitator)).to_have_count(0)


def test_it_is_announced_from_the_console_without_leaving_it(server, facilitator, sit_down):
    phone = linked(sit_down("Слухає пульт"))
    facilitator.goto(f"{server.event}/facilitator")
    linked(facilitator)

    facilitator.get_by_role("link", name="Оголосити").click()
    dialog = facilitator.get_by_role("dialog", name="Оголосити")
    send = dialog.get_by_role("button", name=re.compile("^Оголосити"))
    send.click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_role("textbox", name="Українська").fill("м" * 10_000)
    send.click()
    expect(dialog.get_by_text("Задовго")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Українська")).to_have_value("м" * 10_000)
    assert Axe().run(facilitator).response["violations"] == []
    dialog.get_by_role("textbox", name="Українська").fill("<script>alert(1)</script>")
    send.click()

    expect(dialog).to_be_hidden()
    expect(said(phone)).to_contain_text("<script>alert(1)</script>")
    expect(facilitator).to_have_url(f"{server.event}/facilitator")
    facilitator.get_by_role("status").last.get_by_role("button", name="Повернути").click()
    expect(said(phone)).to_have_count(0)


def test_nothing_hinders_anybody(server, contexts, facilitator, sit_down):
    hall, phone = screen(contexts, facilitator, server.event), linked(sit_down("Чує й бачить"))
    announce(facilitator, server.event, "Обід на пів години пізніше.", English="Lunch is half an hour later.")
    expect(said(phone)).to_be_visible()
    expect(hall.locator(".message")).to_be_visible()

    for page in (phone, hall, facilitator):
        assert [each["id"] for each in Axe().run(page).response["violations"]] == []
