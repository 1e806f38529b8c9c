"""A captive portal answers instead of the server: no script takes its answer for ours, and nothing typed is lost."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready
from tests.system.network import Network, http_answer

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
SEATS = ".board .seat:visible"


def test_every_script_asks_through_the_one_that_knows_our_mark():
    asking = [
        file.name
        for file in SCRIPTS.glob("*.js")
        if re.search(r"\bfetch\(|XMLHttpRequest|sendBeacon", file.read_text())
    ]

    assert asking == ["server.js"]


@pytest.fixture(params=PORTALS.values(), ids=PORTALS.keys())
def portal(request, network: Network):
    """Stands between the browser and the server when it is called."""
    return lambda: network.portal(request.param)


def here(page: Page, network: Network, path: str) -> Page:
    page.goto(f"{network.url}{path}")
    return ready(page)


def test_a_chair_is_not_taken_by_a_portal(network, portal, sit_down):
    page = linked(sit_down("Олена Готельна", network=network))
    portal()

    page.locator(SEATS).first.click()

    expect(page.locator(".toast")).to_be_visible(timeout=12000)
    expect(page.locator(".seat[aria-pressed=true]:not([data-waits])")).to_have_count(0)


def test_a_topic_stays_in_its_form(server, network, portal, sit_down):
    page = sit_down("Олена Портал", network=network)
    here(page, network, f"/{server.slug}/topics/new")
    page.get_by_role("textbox", name="Тема").fill("Не для готелю")
    portal()

    page.locator("[data-submit]").click()
    expect(page.locator("[data-submit]")).to_have_attribute("aria-busy", "false")

    expect(page.get_by_role("textbox", name="Тема")).to_have_value("Не для готелю")
    assert "Не для готелю" in page.evaluate("JSON.stringify(localStorage)")
    network.heal()
    page.wait_for_url(lambda url: "/topics/new" not in url, timeout=15000)
    expect(page.locator("#market")).to_contain_text("Не для готелю")


def test_a_step_of_the_card_stays_in_its_form(server, network, portal, sit_down):
    page = sit_down("Олена Картка", network=network)
    here(page, network, f"/{server.slug}/contacts/mine/give")
    page.locator("[name=offers-0]").fill("не для готелю")
    portal()

    page.get_by_role("button", name="Далі").click()
    expect(page.get_by_role("button", name="Надіслати зараз")).to_be_visible(timeout=12000)

    expect(page.locator("[name=offers-0]")).to_have_value("не для готелю")
    assert "не для готелю" in page.evaluate("JSON.stringify(localStorage)")
    network.heal()
    page.wait_for_url("**/mine/interests", timeout=15000)
    assert "не для готелю" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_bookmark_is_not_kept_by_a_portal(server, network, portal, sit_down):
    page = sit_down("Олена Зірка", network=network)
    here(page, network, f"/{server.slug}/contacts")
    portal()

    page.locator("#people .person .iconbtn").first.click()

    expect(page.locator(".toast")).to_contain_text("збережено на цьому телефоні", timeout=12000)
    expect(page.locator(".iconbtn[aria-pressed=true]:not([data-waits])")).to_have_count(0)
    expect(page.locator(".iconbtn[aria-pressed=true][data-waits]")).to_have_count(1)


def test_a_board_shows_nothing_of_a_portal_and_does_not_call_itself_live(network, portal, sit_down):
    page = linked(sit_down("Олена Лобі", network=network))
    before = page.locator(".board").inner_text()
    page.evaluate("window.theSame = true")
    portal()

    expect(page.locator(".linkstate")).to_be_visible(timeout=12000)

    assert page.evaluate("window.theSame")
    assert page.locator(".board").inner_text() == before
    network.heal()
    expect(page.locator(".linkstate")).to_be_hidden(timeout=15000)


def test_the_book_is_not_filled_by_a_portal(server, network, portal, sit_down):
    page = sit_down("Олена Книжна", network=network)
    here(page, network, f"/{server.slug}/contacts")
    before = page.locator("[data-people] .person").count()
    portal()

    page.get_by_role("searchbox").fill("anna")
    page.wait_for_timeout(500)
    page.locator("[data-people] .person .iconbtn").first.click()
    page.wait_for_timeout(300)

    assert page.locator("[data-people] .person").count() == before > 0
    expect(page.locator("body")).not_to_contain_text("Hotel")
    expect(page.locator(".toast").first).to_be_visible()


def test_a_page_without_live_pieces_is_not_refreshed_by_a_portal(server, network, portal, sit_down):
    page = sit_down("Олена Мій День", network=network)
    here(page, network, f"/{server.slug}/me/day")
    before = page.locator("main").inner_text()
    portal()

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)

    assert page.locator("main").inner_text() == before


def test_the_projector_is_not_led_away_by_a_portal(server, network, portal, contexts):
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    here(page, network, server.links["projector"].removeprefix(server.url))
    page.evaluate("window.theSame = true")
    portal()

    page.evaluate(
        """() => {
          const root = document.querySelector("[data-module=projector]");
          [root.dataset.day, root.dataset.last] = ["2000-01-01", "2000-01-02"];
          root.querySelectorAll(".slot").forEach((slot) => slot.removeAttribute("data-when"));
        }"""
    )
    page.wait_for_timeout(2500)

    assert page.evaluate("window.theSame")
