"""What participants do with their phones."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready, serving_demo
from tests.system.pages import (
    chair,
    chairs,
    counts,
    days,
    free_places,
    going,
    main_button,
    market,
    no_connection,
    places,
    running,
    said,
    sheets,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo whose cells of today no other file's tests have filled."""
    with serving_demo(tmp_path_factory) as served:
        yield served


def free_cells(page: Page) -> list[str]:
    """Ids of the free cells of today that have not passed."""
    return page.eval_on_selector_all(
        ".slot:not([data-when=past]) a.place, .slot[data-when=now] a.place", "cells => cells.map(cell => cell.id)"
    )


def board_of(page: Page) -> str:
    """What the board shows, without what is one's own."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".board .sheet, .board .place, .market .sheet")]
             .map(cell => cell.id + ": " + cell.textContent.replace(/\\s+/g, " ").trim()).join("\\n")"""
    )


def propose(page: Page, title: str, cell: str | None = None) -> None:
    page.goto(re.sub(r"(//[^/]+/[^/]+)/.*", r"\1/topics/new", page.url) + (f"?cell={cell}" if cell else ""))
    ready(page)
    page.get_by_role("textbox", name="Тема").fill(title)
    main_button(page).click()
    page.wait_for_url(lambda url: "/topics/new" not in url)
    ready(page)


def test_from_the_code_to_the_board_in_two_screens_and_three_taps(server, contexts):
    page = contexts().new_page()
    taps = 0

    page.goto(f"{server.url}/{server.code}")
    page.get_by_label("Як вас звати?").click()
    taps += 1
    page.keyboard.type("Марія Новенька")
    page.get_by_role("button", name="Зайняти місце").click()
    taps += 1

    expect(page.get_by_role("navigation", name="День")).to_be_visible()
    assert taps <= 3
    assert page.url == f"{server.event}/"


def test_a_code_typed_carelessly_leads_in_and_a_wrong_one_is_told(server, contexts):
    page = contexts().new_page()
    page.goto(f"{server.url}/?code=")

    page.get_by_label("Код із зали").fill("nichts")
    page.get_by_role("button").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Події з таким кодом немає")
    expect(page.get_by_label("Код із зали")).to_have_value("nichts")
    page.get_by_label("Код із зали").fill(f" {server.code.upper()} ")
    page.get_by_role("button").first.click()

    expect(page.get_by_role("heading", name="Сідайте в коло")).to_be_visible()


def test_a_name_is_asked_for_in_the_persons_language(server, contexts):
    page = contexts(locale="de-DE").new_page()
    page.goto(f"{server.url}/{server.code}")

    main_button(page).click()

    expect(page.get_by_text("Bitte füllen Sie dies aus.")).to_be_visible()


def test_a_new_topic_appears_on_the_other_phone_and_the_projector(server, sit_down, contexts):
    olena, anna = sit_down("Олена Перша"), linked(sit_down("Anna Zweite"))
    projector = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    projector.goto(server.links["projector"])
    linked(projector)
    cell = free_cells(anna)[0]

    propose(olena, "Вода в кожному селі", cell.removeprefix("cell-"))

    for page in (anna, projector):
        expect(page.locator(f"#{cell}")).to_contain_text("Вода в кожному селі")
    expect(anna.locator(f"#{cell}")).to_have_attribute("data-new", "")


def test_who_was_slower_keeps_the_text_and_chooses_nearby(server, sit_down):
    olena, anna = sit_down("Олена Швидка"), sit_down("Anna Langsam")
    propose(olena, "Тема, щоб зайняти місце")
    tomorrow = olena.evaluate("document.querySelector('.board-head .seg [aria-current] + a').href")
    olena.goto(tomorrow)
    cell = places(olena).first.get_attribute("id").removeprefix("cell-")
    anna.goto(f"{server.event}/topics/new?cell={cell}")
    ready(anna)
    anna.get_by_role("textbox", name="Тема").fill("Моя довга думка")
    anna.get_by_label("Про що це?").fill("Текст, який не можна втратити")
    propose(olena, "Хто перший", cell)

    main_button(anna).click()

    panel = anna.get_by_role("alert")
    expect(panel).to_contain_text("Це місце щойно зайняли")
    expect(panel).to_contain_text("Хто перший")
    expect(panel.locator("label")).to_have_count(4)
    expect(anna.get_by_role("textbox", name="Тема")).to_have_value("Моя довга думка")
    expect(anna.get_by_label("Про що це?")).to_have_value("Текст, який не можна втратити")
    main_button(anna).click()
    expect(sheets(anna, "Моя довга думка")).to_be_visible()


def test_a_busy_convener_is_told_and_may_go_on(server, sit_down):
    olena = sit_down("Олена Зайнята")
    tomorrow = olena.evaluate("document.querySelector('.board-head .seg [aria-current] + a').href")
    olena.goto(tomorrow)
    slot = olena.get_by_role("region").filter(has=places(olena).nth(1)).first
    one, two = (places(slot).nth(n).get_attribute("id").removeprefix("cell-") for n in (0, 1))
    propose(olena, "Перша о цій порі", one)
    olena.goto(f"{server.event}/topics/new?cell={two}")
    ready(olena)
    olena.get_by_role("textbox", name="Тема").fill("Друга о цій порі")

    main_button(olena).click()
    expect(olena.get_by_role("alert")).to_contain_text("Перша о цій порі")
    main_button(olena).click()

    expect(sheets(olena, "Друга о цій порі")).to_be_visible()


def test_a_draft_survives_a_reload_and_is_gone_once_sent(server, sit_down):
    page = sit_down("Олена Забудькувата")
    page.goto(f"{server.event}/topics/new")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Ще не готово")
    page.get_by_label("Про що це?").fill("Чернетка")

    page.reload()
    ready(page)
    expect(page.get_by_role("textbox", name="Тема")).to_have_value("Ще не готово")
    expect(page.get_by_label("Про що це?")).to_have_value("Чернетка")
    main_button(page).click()
    page.wait_for_url(lambda url: "/topics/new" not in url)
    page.goto(f"{server.event}/topics/new")
    ready(page)

    expect(page.get_by_role("textbox", name="Тема")).to_have_value("")


def test_a_topic_written_in_a_dead_network_goes_up_by_itself_once(server, sit_down):
    page, other = sit_down("Олена Без звʼязку"), linked(sit_down("Anna Online"))
    page.goto(f"{server.event}/topics/new")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Написано в підвалі")
    page.context.set_offline(True)

    main_button(page).click()
    expect(page.get_by_role("status").filter(has_text="Немає звʼязку")).to_be_visible()
    expect(main_button(page)).to_have_text("Надіслати зараз", use_inner_text=True)
    page.context.set_offline(False)

    page.wait_for_url(lambda url: "/topics/new" not in url)
    expect(market(other)).to_contain_text("Написано в підвалі")
    assert sheets(market(other), "Написано в підвалі").count() == 1


def test_a_phone_that_was_cut_off_ends_with_the_same_board(server, sit_down):
    away, here, busy = linked(sit_down("Олена Далека")), linked(sit_down("Anna Nah")), sit_down("Ірина Діяльна")
    away.context.set_offline(True)
    expect(no_connection(away)).to_be_visible()
    expect(no_connection(away)).to_contain_text("Немає звʼязку")
    cells = free_cells(here)
    propose(busy, "Поки тебе не було", cells[-1].removeprefix("cell-") if cells else None)
    propose(busy, "І на базар теж")
    busy.goto(f"{server.event}/")
    ready(busy)
    chair(sheets(market(busy)).first).click()
    expect(market(here)).to_contain_text("І на базар теж")

    away.context.set_offline(False)

    expect(market(away)).to_contain_text("І на базар теж")
    expect(no_connection(away)).to_be_hidden()
    away.wait_for_function("text => document.querySelector('#market').textContent.includes(text)", arg="І на базар теж")
    assert board_of(away) == board_of(here)
    here.reload()
    assert board_of(away) == board_of(ready(here))


def test_where_sockets_are_blocked_the_page_asks_from_time_to_time(server, sit_down):
    busy, page = sit_down("Ірина Швидка"), sit_down("Олена Готель")
    page.route_web_socket(re.compile("socket.io"), lambda socket: socket.close())
    page.goto(f"{server.event}/market")
    ready(page)

    propose(busy, "Через проксі готелю")

    expect(market(page)).to_contain_text("Через проксі готелю", timeout=15000)
    expect(no_connection(page)).to_be_hidden()


def test_taking_a_chair_is_seen_at_once_and_by_others(server, sit_down):
    olena, anna = linked(sit_down("Олена Сідає")), linked(sit_down("Anna Schaut"))
    taken, seen = chairs(running(olena)).nth(1), chairs(running(anna)).nth(1)
    before = going(seen)

    taken.click()

    expect(taken).to_have_attribute("aria-pressed", "true")
    expect(seen).to_have_accessible_name(counts(before + 1))
    expect(seen).to_have_attribute("aria-pressed", "false")
    expect(taken).to_have_attribute("aria-pressed", "true")
    olena.goto(f"{server.event}/me/day")
    expect(olena.locator("main .spot")).to_have_count(1)


def test_withdrawing_can_be_undone(server, sit_down):
    page = sit_down("Олена Передумала")
    propose(page, "Може, й ні")
    market(page).get_by_role("link", name="Може, й ні").click()
    ready(page)
    page.get_by_label("Ще дії").click()
    page.get_by_role("button", name="Зняти").click()
    ready(page)
    expect(market(page)).not_to_contain_text("Може, й ні")

    said(page).get_by_role("button").click()
    ready(page)

    expect(market(page)).to_contain_text("Може, й ні")


def test_a_convener_edits_moves_and_puts_back(server, sit_down):
    page = sit_down("Олена Керує")
    propose(page, "Рухома тема")
    market(page).get_by_role("link", name="Рухома тема").click()
    ready(page)
    address = page.url
    page.goto(f"{address}/edit")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Рухома тема, краща назва")
    main_button(page).click()
    page.wait_for_url(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Рухома тема, краща назва")

    for n in (0, 1):
        page.goto(f"{address}/placement")
        ready(page)
        days(page).last.click()
        free_places(page).nth(n).check(force=True)
        main_button(page).click()
        page.wait_for_url(re.compile("#cell-"))
        page.goto(address)
        expect(page.locator(".big-sheet .tape")).to_have_count(1)
    ready(page)
    page.get_by_label("Ще дії").click()
    page.get_by_role("button", name="Повернути на базар").click()

    expect(page.locator(".big-sheet .tape")).to_have_count(0)


def test_a_patch_leaves_a_field_alone_that_somebody_types_in(server, sit_down):
    page = linked(sit_down("Олена Пише"))

    kept = page.evaluate(
        """async () => {
             const app = document.querySelector("script[type=module]").src;
             const { apply } = await import(app.replace("app.js", "patches.js"));
             document.querySelector("main").insertAdjacentHTML("beforeend", '<p id="spot"><input id="typed"> old</p>');
             const field = document.getElementById("typed");
             field.focus();
             field.value = "половина слова";
             apply([["spot", '<p id="spot"><input id="typed" value=""> new</p>']]);
             const now = document.getElementById("typed");
             return [now.value, document.activeElement === now, document.getElementById("spot").textContent.trim()];
           }"""
    )

    assert kept == ["половина слова", True, "new"]


def test_the_personal_link_signs_the_same_person_in_on_another_phone(server, sit_down, contexts):
    page = sit_down("Олена Двічі")
    page.goto(f"{server.event}/me")
    link = page.get_by_role("button", name="Надіслати собі").get_attribute("data-url")
    other = contexts().new_page()

    other.goto(link)
    other.get_by_role("button", name="Так, це я").click()
    other.goto(f"{server.event}/me")

    expect(other.get_by_role("heading", level=1)).to_have_text("Олена Двічі")


def test_leaving_says_what_happens_and_takes_topics_down(server, sit_down):
    page, other = sit_down("Олена Йде"), linked(sit_down("Anna Bleibt"))
    propose(page, "Піде зі мною")
    expect(market(other)).to_contain_text("Піде зі мною")
    page.goto(f"{server.event}/me/leave")
    expect(page.get_by_role("main")).to_contain_text("Піде зі мною")

    page.get_by_role("button", name="Вийти назовсім").click()

    expect(market(other)).not_to_contain_text("Піде зі мною")
    page.goto(f"{server.event}/")
    expect(page.get_by_label("Код із зали")).to_be_visible()


def test_without_javascript_everything_still_works(server, contexts):
    page = contexts(java_script_enabled=False).new_page()
    page.goto(f"{server.url}/{server.code}")
    page.get_by_label("Як вас звати?").fill("Олена Без скриптів")
    main_button(page).click()
    page.goto(f"{server.event}/topics/new")
    page.get_by_role("textbox", name="Тема").fill("Просто форма")
    main_button(page).click()
    expect(market(page)).to_contain_text("Просто форма")

    # Scripts give these buttons their names.
    chair(sheets(running(page)).first).click()

    expect(page.get_by_role("button", name="Ви йдете")).to_be_visible()


def test_after_going_back_ones_own_chair_is_still_ones_own(server, sit_down):
    page = linked(sit_down("Олена Туди й назад"))
    first = sheets(running(page)).first
    first.get_by_role("link").click()
    ready(page)
    page.get_by_role("button", name="Піду").click()
    expect(page.get_by_role("button", name="Ви йдете")).to_have_attribute("aria-pressed", "true")

    page.go_back()

    expect(chair(first)).to_have_attribute("aria-pressed", "true")


def test_hanging_a_topic_up_is_confirmed_where_it_hangs(server, sit_down):
    page = sit_down("Олена Бачить напис")

    propose(page, "Із підтвердженням")

    expect(said(page)).to_contain_text("базарі")
    assert re.search(r"#market-\d+$", page.url)


def test_what_was_written_offline_goes_up_from_any_page(server, sit_down):
    page, other = sit_down("Олена Пішла далі"), linked(sit_down("Anna Wartet"))
    page.goto(f"{server.event}/market")
    linked(page)
    address = page.url
    page.goto(f"{server.event}/topics/new")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Написано й залишено")
    page.context.set_offline(True)
    main_button(page).click()
    expect(main_button(page)).to_have_text("Надіслати зараз", use_inner_text=True)
    page.close()
    again = page.context.new_page()
    page.context.set_offline(False)

    again.goto(address)

    expect(market(other)).to_contain_text("Написано й залишено")
    expect(said(again)).to_contain_text("Звʼязок є")
    assert sheets(market(other), "Написано й залишено").count() == 1


def test_a_lost_packet_is_asked_for(server, sit_down):
    busy, page = sit_down("Ірина Пише двічі"), sit_down("Олена Губить пакет")
    lost = []

    def relay(phone) -> None:
        upstream = phone.connect_to_server()
        upstream.on_message(lambda m: lost.append(m) if '"changes"' in str(m) and not lost else phone.send(m))

    page.route_web_socket(re.compile("socket.io"), relay)
    page.goto(f"{server.event}/market")
    linked(page)

    propose(busy, "Цей пакет загубиться")
    propose(busy, "А цей дійде")

    expect(market(page)).to_contain_text("А цей дійде")
    expect(market(page)).to_contain_text("Цей пакет загубиться")
    assert len(lost) == 1


def test_a_chairs_button_is_named_as_it_is_seen_and_by_its_topic(sit_down):
    page = linked(sit_down("Олена Читає"))
    sheet = sheets(running(page)).first
    title = sheet.get_by_role("heading").inner_text().replace("\u00ad", "")
    count = going(chair(sheet))

    expect(sheet.get_by_role("button", name=f"Піду: {title}, {count}", exact=True)).to_be_visible()
    assert chair(sheet).inner_text().split() == ["Піду", str(count)]
    chair(sheet).click()

    expect(sheet.get_by_role("button", name=f"Іду: {title}, {count + 1}", exact=True)).to_be_visible()
    # Of one time: elsewhere a topic can hang again, or another can be called the same.
    names = chairs(running(page)).evaluate_all("seats => seats.map(seat => seat.ariaLabel)")
    assert len(set(names)) == len(names) > 1
    for seat in chairs(page).all():
        words = seat.inner_text().split()
        assert all(word in seat.get_attribute("aria-label") for word in words)
