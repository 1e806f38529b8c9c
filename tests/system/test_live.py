"""The live layer as people meet it: servers that stop, pages that load themselves anew, phones that change hands."""

import re

from playwright.sync_api import expect

from tests.system.conftest import linked, ready
from tests.system.pages import chair, chairs, main_button, market, said, sheets, toggle_entrance
from tests.system.test_people import propose

SEATS = ".board .seat:visible"


def test_an_open_board_follows_a_change_of_the_whole_event(server, sign_in, sit_down, contexts):
    phone = linked(sit_down("Олена Дошка"))
    phone.evaluate("window.theSame = true")
    projector = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    projector.goto(server.links["projector"])
    linked(projector)
    organiser = sign_in("organiser")
    expect(projector.get_by_alt_text("QR-код для входу")).to_be_visible()

    toggle_entrance(organiser, server.event)

    expect(projector.get_by_alt_text("QR-код для входу")).to_have_count(0)
    phone.wait_for_function("() => !window.theSame")
    toggle_entrance(organiser, server.event)
    expect(projector.get_by_alt_text("QR-код для входу")).to_be_visible()


def test_a_page_does_not_load_itself_anew_while_somebody_types(server, sign_in, sit_down):
    phone = linked(sit_down("Олена Пише"))
    phone.evaluate(
        """() => {
          document.querySelector("main").insertAdjacentHTML("beforeend", "<form><input id=typing></form>");
          document.getElementById("typing").focus();
          window.theSame = true;
        }"""
    )
    phone.keyboard.type("половина ду")
    organiser = sign_in("organiser")
    toggle_entrance(organiser, server.event)
    toggle_entrance(organiser, server.event)
    phone.wait_for_timeout(2500)
    assert phone.evaluate("window.theSame")

    phone.locator("#typing").fill("")
    phone.evaluate("document.getElementById('typing').blur()")

    phone.wait_for_function("() => !window.theSame")


def test_taps_that_fail_leave_what_the_server_has_and_each_topic_says_so_once(sit_down):
    phone = linked(sit_down("Олена Збій"))
    seat = chairs(phone).first
    refusal = {"status": 409, "headers": {"X-Open-Space": "1"}, "json": {"says": "Зачекайте."}}
    phone.route("**/interest", lambda route: route.fulfill(**refusal))

    phone.evaluate("seat => { seat.click(); seat.click(); }", seat.element_handle())
    chairs(phone).nth(1).click()
    phone.wait_for_timeout(700)

    titles = [
        chairs(phone).nth(number).get_attribute("aria-label").split(": ", 1)[1].rpartition(", ")[0]
        for number in range(2)
    ]
    said = [title.replace("\u00ad", "").strip() + ": Зачекайте." for title in titles]
    assert sorted(phone.locator(".toast").all_inner_texts()) == sorted(said)
    pressed = [chairs(phone).nth(number).get_attribute("aria-pressed") for number in range(2)]
    assert pressed == ["false", "false"]


def test_a_tap_that_arrived_though_its_answer_did_not_is_shown_as_it_stands(sit_down):
    phone = linked(sit_down("Олена Без Відповіді"))
    seat = chairs(phone).first

    def lose_the_answer(route) -> None:
        route.fetch()
        route.abort()

    phone.route("**/interest", lose_the_answer)
    seat.click()

    expect(said(phone)).to_have_text(re.compile(r"\S"))
    expect(seat).to_have_attribute("aria-pressed", "true")


def test_a_catch_up_takes_nothing_back_that_is_on_its_way(sit_down):
    phone, held = linked(sit_down("Олена Чекає")), []
    seat = chairs(phone).first
    phone.route("**/interest", lambda route: held.append(route))  # noqa: PLW0108  # Playwright wants a function

    seat.click()
    with phone.expect_response("**/live?*"):
        phone.evaluate("window.dispatchEvent(new Event('online'))")
    phone.wait_for_timeout(300)

    expect(seat).to_have_attribute("aria-pressed", "true")
    with phone.expect_response("**/interest"):
        held[0].continue_()
    expect(seat).to_have_attribute("aria-pressed", "true")


def test_taps_arrive_although_the_page_is_left(server, sit_down):
    phone = linked(sit_down("Олена Далі"))
    slow = phone.context.new_cdp_session(phone)
    slow.send("Network.enable")
    conditions = {"offline": False, "latency": 1500, "downloadThroughput": 20_000, "uploadThroughput": 20_000}
    slow.send("Network.emulateNetworkConditions", conditions)

    for number in (0, 1, 2, 3, 4, 4):
        chairs(phone).nth(number).click()
    phone.goto(f"{server.event}/me/day")

    slow.send("Network.emulateNetworkConditions", {**conditions, "latency": 0, "downloadThroughput": -1})
    phone.goto(server.event)
    pressed = [chairs(phone).nth(number).get_attribute("aria-pressed") for number in range(5)]
    assert pressed == ["true", "true", "true", "true", "false"]


def test_ones_other_page_marks_the_same_chair(server, sit_down):
    page = linked(sit_down("Олена Двічі"))
    other = page.context.new_page()
    linked(other) if other.goto(server.event) else None

    chairs(page).first.click()

    expect(chairs(other).first).to_have_attribute("aria-pressed", "true")


def test_what_one_person_wrote_is_not_anothers_after_a_change_of_hands(server, sit_down):
    page = sit_down("Ганна Перша")
    page.goto(f"{server.event}/topics/new")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Таємна чернетка Ганни")
    page.context.clear_cookies()
    page.goto(f"{server.url}/{server.code}")
    page.get_by_label("Як вас звати?").fill("Борис Другий")
    main_button(page).click()
    ready(page)

    page.goto(f"{server.event}/topics/new")
    ready(page)

    expect(page.locator("body")).not_to_contain_text("Таємна чернетка")
    assert page.get_by_role("textbox", name="Тема").input_value() == ""


def test_a_board_from_the_browsers_cache_still_lets_one_write(server, sit_down):
    page = linked(sit_down("Олена Кеш"))
    page.goto(f"{server.event}/me")
    address = page.get_by_role("button", name="Надіслати собі").get_attribute("data-url")
    page.goto(f"{server.event}/")
    page.context.clear_cookies()
    page.goto(address)
    main_button(page).click()
    linked(page)

    with page.expect_response(lambda answer: "/interest" in answer.url) as answer:
        chairs(page).nth(2).click()

    assert answer.value.status == 200


def test_a_topic_that_comes_back_comes_back_with_ones_own_chair(server, sit_down):
    convener, page = sit_down("Олена Повертає"), sit_down("Anna Sitzt Schon")
    propose(convener, "Зникне й повернеться")
    market(convener).get_by_role("link", name="Зникне й повернеться").click()
    ready(convener)
    page.goto(f"{server.event}/market")
    seat = chair(sheets(market(linked(page)), "Зникне й повернеться"))
    seat.click()
    expect(seat).to_have_attribute("aria-pressed", "true")
    convener.get_by_label("Ще дії").click()
    convener.get_by_role("button", name="Зняти").click()
    ready(convener)
    expect(seat).to_have_count(0)
    page.reload()
    linked(page)

    said(convener).get_by_role("button").click()

    expect(seat).to_have_attribute("aria-pressed", "true")


FOLLOW_THE_ROOM_TOO = """document.addEventListener("readystatechange", () => {
  const live = document.querySelector("[data-module=live]");
  if (document.readyState !== "interactive" || !location.pathname.endsWith("/contacts")) return;
  live.dataset.channels = JSON.stringify({ ...JSON.parse(live.dataset.channels), room: 0 });
  document.querySelector("main").insertAdjacentHTML("beforeend", '<figure id="room-map"></figure>');
})"""


def test_one_socket_carries_all_channels_of_a_page(server, sit_down):
    page, sockets = sit_down("Олена Канали"), []
    page.add_init_script(FOLLOW_THE_ROOM_TOO)
    page.on("websocket", lambda socket: sockets.append(socket))  # noqa: PLW0108  # Playwright wants a function
    page.goto(f"{server.event}/contacts")
    linked(page)
    others = page.locator("#room-map figcaption b").first
    expect(others).to_be_visible()
    before = int(others.inner_text().split()[0])

    sit_down("Новий Канал")

    expect(others).to_contain_text(str(before + 1))
    assert len(sockets) == 1
