"""A captive portal answers instead of the server: no script takes its answer for ours, and nothing typed is lost."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.live.test_sockets import until
from tests.system.conftest import linked, ready
from tests.system.network import Network, http_answer
from tests.system.pages import cards, chairs, main_button, market, no_connection, said
from tests.system.test_people import board_of

PAGE = "<!doctype html><html><body><main><h1>Willkommen im Hotel-WLAN</h1></main></body></html>"
PORTALS = {
    "a page": http_answer("200 OK", PAGE),
    "a page without a main part": http_answer("200 OK", "<p>Bitte anmelden</p>"),
    "a stranger's JSON": http_answer("200 OK", '{"ok": true, "says": "Login"}', kind="application/json"),
    "created": http_answer("201 Created", PAGE, "Location: /hotel"),
    "a refusal": http_answer("403 Forbidden", PAGE),
    "a redirect elsewhere": http_answer("302 Found", "", "Location: http://127.0.0.1:9/login"),
    "nothing": http_answer("204 No Content"),
}
SCRIPTS = Path(__file__).parents[2] / "static" / "js"


def test_every_script_asks_through_the_one_that_knows_our_mark():
    asking = [
        file.name
        for file in SCRIPTS.glob("*.js")
        if re.search(r"\bfetch\(|XMLHttpRequest|sendBeacon", file.read_text())
    ]

    assert asking == ["server.js"]


@pytest.fixture
def portals(network: Network) -> Iterator[str]:
    """Puts one portal after the other between the browser and the server; names them."""
    return (name for name, answer in PORTALS.items() if network.portal(answer) is None)


def asked(network: Network, page: Page) -> None:
    """Wait until the portal has answered what the page is asking, and the page has had time to take it."""
    before = network.answered
    until(lambda: network.answered > before)
    page.wait_for_timeout(200)


def here(page: Page, network: Network, path: str) -> Page:
    """Open a page, and wait for all its scripts: the browser reports a module for which a portal answers."""
    page.goto(f"{network.url}{path}", wait_until="networkidle")
    return ready(page)


def test_a_chair_is_not_taken_by_a_portal(network, portals, sit_down):
    page = linked(sit_down("Олена Готельна", network=network))

    for number, name in enumerate(portals):
        chairs(page).nth(number).click()

        expect(said(page), name).to_have_text(re.compile(r"\S"), timeout=12000)
        expect(chairs(page).nth(number), name).to_have_attribute("data-waits", "", timeout=12000)
        expect(page.locator(".seat[aria-pressed=true]:not([data-waits])"), name).to_have_count(0)


def test_a_topic_stays_in_its_form(server, network, portals, sit_down):
    page = sit_down("Олена Портал", network=network)
    here(page, network, f"/{server.slug}/topics/new")
    title = page.get_by_role("textbox", name="Тема")
    title.fill("Не для готелю")

    for name in portals:
        main_button(page).click()
        asked(network, page)
        expect(main_button(page), name).to_have_attribute("aria-busy", "false")

        expect(title, name).to_have_value("Не для готелю")
        assert "Не для готелю" in page.evaluate("JSON.stringify(localStorage)"), name
    network.heal()
    page.wait_for_url(lambda url: "/topics/new" not in url, timeout=15000)
    expect(market(page)).to_contain_text("Не для готелю")


def test_a_step_of_the_card_stays_in_its_form(server, network, portals, sit_down):
    page = sit_down("Олена Картка", network=network)
    here(page, network, f"/{server.slug}/contacts/mine/give")
    offer = page.get_by_role("textbox", name="Пропоную, рядок 1")
    offer.fill("не для готелю")

    for name in portals:
        main_button(page).click()
        expect(page.get_by_role("button", name="Надіслати зараз"), name).to_be_visible(timeout=12000)

        expect(offer, name).to_have_value("не для готелю")
        assert "не для готелю" in page.evaluate("JSON.stringify(localStorage)"), name
    network.heal()
    page.wait_for_url("**/mine/interests", timeout=15000)
    assert "не для готелю" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_bookmark_is_not_kept_by_a_portal(server, network, portals, sit_down):
    page = sit_down("Олена Зірка", network=network)
    here(page, network, f"/{server.slug}/contacts")

    for number, name in enumerate(portals):
        bookmark = cards(page).nth(number).get_by_role("button")
        bookmark.click()

        expect(bookmark, name).to_have_attribute("data-waits", "", timeout=12000)
        expect(page.locator(".iconbtn[aria-pressed=true]:not([data-waits])"), name).to_have_count(0)
        expect(page.locator(".iconbtn[aria-pressed=true][data-waits]"), name).to_have_count(number + 1)
        if not number:
            expect(said(page)).to_contain_text("збережено на цьому телефоні")


def test_a_board_shows_nothing_of_a_portal_and_does_not_call_itself_live(network, portals, sit_down):
    page = linked(sit_down("Олена Лобі", network=network))
    before = board_of(page)
    page.evaluate("window.theSame = true")

    for name in portals:
        page.evaluate("window.dispatchEvent(new Event('online'))")
        asked(network, page)
        expect(no_connection(page), name).to_be_visible(timeout=12000)

        assert page.evaluate("window.theSame"), name
        assert board_of(page) == before != "", name
    network.heal()
    expect(no_connection(page)).to_be_hidden(timeout=15000)


def test_the_book_is_not_filled_by_a_portal(server, network, portals, sit_down):
    page = sit_down("Олена Книжна", network=network)
    here(page, network, f"/{server.slug}/contacts")
    before = cards(page).count()

    for number, name in enumerate(portals):
        page.get_by_role("searchbox").fill(f"anna{number}")
        asked(network, page)
        cards(page).nth(number).get_by_role("button").click()
        page.wait_for_timeout(200)

        assert cards(page).count() == before > 0, name
        expect(page.get_by_role("main"), name).not_to_contain_text("Hotel")
        expect(said(page), name).to_have_text(re.compile(r"\S"))


def test_a_page_without_live_pieces_is_not_refreshed_by_a_portal(server, network, portals, sit_down):
    page = sit_down("Олена Мій День", network=network)
    here(page, network, f"/{server.slug}/me/day")
    before = page.get_by_role("main").inner_text()

    for name in portals:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        asked(network, page)

        assert page.get_by_role("main").inner_text() == before, name


def test_the_projector_is_not_led_away_by_a_portal(server, network, portals, contexts):
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    here(page, network, server.links["projector"].removeprefix(server.url))
    page.evaluate("window.theSame = true")

    for name in portals:
        page.evaluate(
            """() => {
              const root = document.querySelector("[data-module=projector]");
              [root.dataset.day, root.dataset.last] = ["2000-01-01", "2000-01-02"];
              root.querySelectorAll(".slot").forEach((slot) => slot.removeAttribute("data-when"));
            }"""
        )
        asked(network, page)

        assert page.evaluate("window.theSame"), name
