"""What is tapped and written without a network is kept, shown as waiting, and sent later, once."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready
from tests.system.network import http_answer
from tests.system.pages import cards, chair, chairs, counts, going, main_button, market, running, said, sheets
from tests.system.test_people import propose

SEATS = ".board .seat:visible"


def at(page: Page, number: int = 0):
    return chairs(page).nth(number)


def no_network(network, page: Page) -> None:
    """Playwright's own way: nothing goes out, and the browser knows."""
    page.context.set_offline(True)


def no_answers(network, page: Page) -> None:
    """Connections open, and nothing ever comes back; the browser believes that it is online."""
    network.hang()


def back(network, page: Page) -> None:
    page.context.set_offline(False)
    network.heal()


@pytest.mark.parametrize("breaks", [no_network, no_answers])
def test_a_chair_tapped_without_a_network_waits_dashed_and_is_taken_later_once(network, sit_down, breaks):
    phone, other = linked(sit_down("Олена Тапає", network=network)), linked(sit_down("Anna Sieht"))
    before = going(at(other))
    breaks(network, phone)

    at(phone).click()

    expect(at(phone)).to_have_attribute("aria-pressed", "true")
    expect(at(phone)).to_have_attribute("data-waits", "", timeout=5000)
    expect(at(phone)).to_have_attribute("aria-description", "Чекає на мережу")
    expect(said(phone)).to_contain_text("збережено на цьому телефоні")
    phone.wait_for_timeout(4000)
    expect(at(phone)).to_have_attribute("aria-pressed", "true")
    back(network, phone)
    expect(at(other)).to_have_accessible_name(counts(before + 1), timeout=15000)
    expect(at(phone)).not_to_have_attribute("data-waits", "")
    expect(at(phone)).to_have_attribute("aria-pressed", "true")
    phone.wait_for_timeout(500)
    assert going(at(other)) == before + 1


def test_the_latest_wish_wins_and_a_wish_survives_reload_other_pages_and_the_closed_app(server, network, sit_down):
    phone, other = linked(sit_down("Олена Вагається", network=network)), linked(sit_down("Anna Prüft"))
    page_of_one = phone.context.new_page()
    page_of_one.goto(f"{network.url}/{server.slug}/me/day")
    ready(page_of_one)
    first, second = going(at(other, 0)), going(at(other, 1))
    network.hang()
    for number, times in ((0, 2), (1, 3)):
        for _ in range(times):
            at(phone, number).click()
    expect(at(phone, 1)).to_have_attribute("data-waits", "", timeout=5000)
    phone.close()

    expect(page_of_one.locator("#kept li").first).to_be_visible()
    expect(page_of_one.locator("#kept")).to_contain_text("Іду")
    network.reset()
    page_of_one.close()
    again = phone.context.new_page()
    again.goto(f"{network.url}/{server.slug}/")
    ready(again)

    expect(at(other, 1)).to_have_accessible_name(counts(second + 1), timeout=15000)
    expect(at(again, 1)).to_have_attribute("aria-pressed", "true")
    expect(at(again, 0)).to_have_attribute("aria-pressed", "false")
    assert going(at(other, 0)) == first


def test_a_wish_that_is_refused_in_the_end_says_so(server, network, sit_down):
    convener, phone = sit_down("Олена Зніме"), sit_down("Anna Wartet", network=network)
    propose(convener, "Скоро знімуть")
    phone.goto(f"{network.url}/{server.slug}/market")
    linked(phone)
    sheet = sheets(market(phone), "Скоро знімуть")
    network.hang()
    chair(sheet).click()
    expect(chair(sheet)).to_have_attribute("data-waits", "", timeout=5000)
    market(convener).get_by_role("link", name="Скоро знімуть").click()
    ready(convener)
    convener.get_by_label("Ще дії").click()
    convener.get_by_role("button", name="Зняти").click()
    ready(convener)

    network.heal()

    expect(said(phone).get_by_text("Скоро знімуть:")).to_be_visible(timeout=15000)
    assert "chair-" not in phone.evaluate("JSON.stringify(localStorage)")


def test_a_wish_is_not_sent_under_another_seat(server, network, sit_down):
    phone = linked(sit_down("Ганна Стара", network=network))
    other = linked(sit_down("Борис Новий", network=network))
    before = going(at(other))
    stale, cookies = phone, other.context.cookies()
    stale.context.set_offline(True)
    at(stale).click()
    expect(at(stale)).to_have_attribute("data-waits", "", timeout=5000)
    # Another tab of the same browser takes the other seat, and this page stays as it was.
    stale.context.clear_cookies()
    stale.context.add_cookies(cookies)
    stale.context.set_offline(False)
    fresh = stale.context.new_page()
    fresh.goto(f"{network.url}/{server.slug}/")
    linked(fresh)
    fresh.wait_for_timeout(6000)

    expect(at(fresh)).to_have_attribute("aria-pressed", "false")
    assert going(at(other)) == before
    assert "chair-" in fresh.evaluate("JSON.stringify(localStorage)")


def test_on_a_topics_page_and_on_my_day_a_mark_waits_too(server, network, sit_down):
    phone = linked(sit_down("Олена Сторінка", network=network))
    day = phone.context.new_page()
    day.goto(f"{network.url}/{server.slug}/me/day")
    ready(day)
    sheets(running(phone)).first.get_by_role("link").click()
    linked(phone)
    title = phone.get_by_role("heading", level=1).inner_text()
    go = phone.get_by_role("button", name=re.compile("^(Піду|Ви йдете)$"))
    network.hang()

    go.click()

    expect(go).to_have_attribute("data-waits", "", timeout=5000)
    expect(phone.get_by_role("button", name="Загляну")).not_to_have_attribute("data-waits", "")
    expect(day.locator("#kept")).to_contain_text(title)
    day.locator("#kept li button").click()
    expect(day.locator("#kept")).to_be_hidden()
    expect(go).to_have_attribute("aria-pressed", "false")
    go.click()
    network.heal()
    expect(day.locator(".spot", has_text=title)).to_be_visible(timeout=20000)
    expect(day.locator("#kept")).to_be_hidden()


def test_a_topic_that_waits_says_so_over_its_button_which_says_what_it_does(server, network, sit_down):
    page = sit_down("Олена Пише", network=network)
    page.goto(f"{network.url}/{server.slug}/topics/new")
    ready(page)
    button = main_button(page)
    page.get_by_role("textbox", name="Тема").fill("З підвалу")
    page.context.set_offline(True)
    expect(button).to_have_text("Зберегти на телефоні", use_inner_text=True)
    page.context.set_offline(False)
    expect(button).to_have_text("Покласти на базар тем", use_inner_text=True)
    network.hang()

    button.click()

    expect(button).to_have_text("Надіслати зараз", use_inner_text=True, timeout=6000)
    note = page.get_by_text("Збережено на цьому телефоні")
    expect(note).to_be_in_viewport()
    assert note.bounding_box()["y"] > button.bounding_box()["y"] - 100
    page.get_by_role("textbox", name="Тема").fill("З підвалу, точніше")
    expect(button).to_have_text("Покласти на базар тем", use_inner_text=True)
    button.click()
    expect(button).to_have_text("Надіслати зараз", use_inner_text=True, timeout=6000)
    network.heal()
    button.click()
    page.wait_for_url(lambda url: "/topics/new" not in url, timeout=15000)
    ready(page)
    assert sheets(market(page), "З підвалу").count() == 1
    expect(market(page)).to_contain_text("З підвалу, точніше")


@pytest.mark.parametrize("breaks", [no_network, no_answers])
def test_a_link_and_a_form_into_a_dead_network_say_so_in_the_page(network, sit_down, breaks):
    page = linked(sit_down("Олена Тупик", network=network))
    page.evaluate("window.theSame = true")
    breaks(network, page)
    # Nothing has been heard for a while.
    page.evaluate("(() => { const real = Date.now; Date.now = () => real() + 25000; })()")

    page.get_by_role("link", name="Мій день").click()

    expect(said(page)).to_contain_text("Немає звʼязку", timeout=5000)
    assert page.evaluate("window.theSame")
    back(network, page)
    page.get_by_role("link", name="Мій день").click()
    page.wait_for_url(re.compile("/me/day"))


def test_a_topic_that_waited_does_not_go_up_to_a_portal(server, network, sit_down):
    page = sit_down("Олена Чекальна", network=network)
    page.goto(f"{network.url}/{server.slug}/topics/new")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Чекає на мережу")
    waiting = page.context.new_page()
    waiting.goto(f"{network.url}/{server.slug}/market")
    linked(waiting)
    network.portal(http_answer("201 Created", "<main>Hotel</main>", "Location: /hotel"))
    main_button(page).click()
    expect(main_button(page)).to_have_text("Надіслати зараз", use_inner_text=True, timeout=6000)
    page.close()
    waiting.evaluate("window.dispatchEvent(new Event('online'))")
    waiting.wait_for_timeout(1000)

    assert "Чекає на мережу" in waiting.evaluate("JSON.stringify(localStorage)")
    network.heal()
    expect(market(waiting)).to_contain_text("Чекає на мережу", timeout=15000)
    assert sheets(market(waiting), "Чекає на мережу").count() == 1


def people(page: Page, network, server) -> Page:
    page.goto(f"{network.url}/{server.slug}/contacts")
    return linked(page)


@pytest.mark.parametrize("breaks", [no_network, no_answers])
def test_a_bookmark_tapped_without_a_network_waits_dashed_and_is_kept_later(server, network, sit_down, breaks):
    page = people(sit_down("Олена Закладка", network=network), network, server)
    card = page.locator("#people .person").first
    mark, name = card.get_by_role("button"), card.get_by_role("heading").inner_text()
    breaks(network, page)

    mark.click()

    expect(mark).to_have_attribute("aria-pressed", "true")
    expect(mark).to_have_attribute("data-waits", "", timeout=5000)
    expect(mark).to_have_attribute("aria-description", "Чекає на мережу")
    expect(said(page)).to_contain_text("збережено на цьому телефоні")
    page.wait_for_timeout(4000)
    expect(mark).to_have_attribute("aria-pressed", "true")
    back(network, page)
    expect(mark).not_to_have_attribute("data-waits", "", timeout=15000)
    page.goto(f"{network.url}/{server.slug}/contacts?show=meet")
    ready(page)
    expect(cards(page).get_by_role("heading")).to_have_text([name])


def test_a_bookmark_waits_on_a_persons_page_and_on_my_day(server, network, sit_down):
    page = people(sit_down("Олена Картка", network=network), network, server)
    day = page.context.new_page()
    day.goto(f"{network.url}/{server.slug}/me/day")
    linked(day)
    page.locator("#people .person h3 a").nth(1).click()
    linked(page)
    name = page.get_by_role("heading", level=1).inner_text().strip()
    network.hang()

    page.get_by_role("button", name="Хочу зустріти").click()

    mark = page.get_by_role("button", name="Ви хочете зустрітися")
    expect(mark).to_have_attribute("data-waits", "", timeout=5000)
    expect(day.locator("#kept li")).to_contain_text(name)
    expect(day.locator("#kept li .tag")).to_have_text("Хочу зустріти")
    network.heal()
    expect(mark).not_to_have_attribute("data-waits", "", timeout=15000)
    page.reload()
    linked(page)
    expect(mark).to_have_attribute("aria-pressed", "true")


def test_a_bookmark_that_is_refused_says_so_and_goes(server, network, sit_down):
    page = people(sit_down("Олена Відмова", network=network), network, server)
    card = page.locator("#people .person").nth(2)
    refusal = {"status": 409, "headers": {"X-Open-Space": "1"}, "json": {"says": "Зачекайте."}}
    page.route("**/wish", lambda route: route.fulfill(**refusal))

    card.get_by_role("button").click()

    expect(said(page)).to_have_text(card.get_by_role("heading").inner_text() + ": Зачекайте.")
    expect(card.get_by_role("button")).to_have_attribute("aria-pressed", "false")
    assert "waiting:" not in page.evaluate("JSON.stringify(localStorage)")


def test_who_is_put_aside_without_a_network_stays_aside_and_the_server_learns_it(server, network, sign_in):
    page = sign_in("participant")
    page.goto(f"{server.event}/contacts")
    linked(page)
    row = page.locator(".fit").first
    name = row.locator("b").inner_text().strip()
    page.context.set_offline(True)

    row.get_by_role("button", name="Не зараз").click()

    expect(page.locator(".fit:visible", has_text=name)).to_have_count(0)
    expect(said(page)).to_contain_text("збережено на цьому телефоні", timeout=5000)
    with page.expect_response(lambda answer: answer.url.endswith("/wish") and answer.ok, timeout=15000):
        page.context.set_offline(False)
    expect(page.locator(".fit", has_text=name)).to_have_count(0)
    page.reload()
    linked(page)
    expect(page.locator(".fit", has_text=name)).to_have_count(0)
