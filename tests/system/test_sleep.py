"""Phones that wake up to connections that are dead and do not know it."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import linked
from tests.system.pages import market, no_connection, toggle_entrance
from tests.system.test_people import propose

WAKES = {
    "the screen is on again": "document.dispatchEvent(new Event('visibilitychange'))",
    "the network is back": "window.dispatchEvent(new Event('online'))",
    "back from the browser's memory": "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
    # The laptop's lid: nothing tells, only the clock has jumped.
    "a timer is late": "(() => { const real = Date.now; Date.now = () => real() + 60000; })()",
}


def open_market(page: Page, network, server) -> Page:
    page.goto(f"{network.url}/{server.slug}/market")
    return linked(page)


@pytest.mark.parametrize("how", WAKES)
def test_a_socket_that_died_in_sleep_is_replaced_in_three_seconds(server, network, sit_down, how):
    busy, asleep = sit_down("Ірина Пильна"), sit_down("Олена Сонна", network=network)
    open_market(asleep, network, server)
    network.swallow()
    propose(busy, f"Поки спали: {how}")
    opened = []
    asleep.on("websocket", lambda socket: opened.append(time.monotonic()))

    began = time.monotonic()
    asleep.evaluate(WAKES[how])
    expect(market(asleep)).to_contain_text(f"Поки спали: {how}")
    caught_up = time.monotonic() - began
    asleep.wait_for_timeout(max(0, 3 - caught_up) * 1000)
    propose(busy, f"Після сну: {how}")
    expect(market(asleep)).to_contain_text(f"Після сну: {how}", timeout=1000)

    # Nothing tells of a late timer before it runs.
    late = 2 if how == "a timer is late" else 0
    assert caught_up < 3 + late
    assert opened[0] - began < 3 + late


def test_with_every_connection_dead_and_none_to_be_had_the_page_says_so(network, sit_down):
    page = linked(sit_down("Олена Глухий Кут", network=network))
    network.hang()

    page.evaluate(WAKES["the screen is on again"])

    expect(no_connection(page)).to_be_visible(timeout=4000)
    page.wait_for_timeout(4000)
    expect(no_connection(page)).to_be_visible()
    network.heal()
    expect(no_connection(page)).to_be_hidden(timeout=15000)


def test_a_socket_that_falls_silent_is_found_without_any_wake(network, sit_down):
    page = linked(sit_down("Олена Тиша", network=network))
    network.hang()

    # As after half a minute without a word from the server.
    page.evaluate(
        """() => {
          const real = Date.now;
          let ahead = 0;
          Date.now = () => real() + ahead;
          setInterval(() => (ahead += 2500), 500);
        }"""
    )

    expect(no_connection(page)).to_be_visible(timeout=12000)


def test_a_living_socket_survives_a_wake(server, network, sit_down):
    page = linked(sit_down("Олена Бадьора", network=network))
    page.evaluate("document.querySelector('[data-linked]').mark = 'the same'")
    lost = []
    page.on("websocket", lambda socket: lost.append(socket.url))

    for wake in list(WAKES.values())[:3]:
        page.evaluate(wake)
    page.wait_for_timeout(2500)

    assert lost == []
    expect(no_connection(page)).to_be_hidden()


def test_a_page_does_not_load_itself_anew_into_a_dead_network(server, network, sit_down, sign_in):
    page = linked(sit_down("Олена Стоїть", network=network))
    page.evaluate(
        "window.theSame = true; document.body.insertAdjacentHTML('beforeend', '<form><input id=typing></form>')"
    )
    page.locator("#typing").fill("пишу")
    organiser = sign_in("organiser")
    for _ in range(2):
        toggle_entrance(organiser, server.event)
    page.wait_for_timeout(500)
    network.hang()
    page.wait_for_timeout(5500)

    page.locator("#typing").evaluate("(field) => { field.value = ''; field.blur(); }")
    page.wait_for_timeout(3000)

    assert page.evaluate("window.theSame")
    network.heal()
    page.wait_for_function("() => !window.theSame", timeout=15000)
