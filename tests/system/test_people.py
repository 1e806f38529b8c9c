"""What participants do with their phones."""

import re

from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready


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
    page.locator("[data-submit]").click()
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

    page.locator("form button.btn--main").click()

    expect(page.locator(".field__err")).to_have_text("Bitte füllen Sie dies aus.")


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
    cell = olena.locator("a.place").first.get_attribute("id").removeprefix("cell-")
    anna.goto(f"{server.event}/topics/new?cell={cell}")
    ready(anna)
    anna.get_by_role("textbox", name="Тема").fill("Моя довга думка")
    anna.get_by_label("Про що це?").fill("Текст, який не можна втратити")
    propose(olena, "Хто перший", cell)

    anna.locator("[data-submit]").click()

    panel = anna.get_by_role("alert")
    expect(panel).to_contain_text("Це місце щойно зайняли")
    expect(panel).to_contain_text("Хто перший")
    expect(panel.locator("label.pick")).to_have_count(4)
    expect(anna.get_by_role("textbox", name="Тема")).to_have_value("Моя довга думка")
    expect(anna.get_by_label("Про що це?")).to_have_value("Текст, який не можна втратити")
    anna.locator("[data-submit]").click()
    expect(anna.locator(".board")).to_contain_text("Моя довга думка")


def test_a_busy_convener_is_told_and_may_go_on(server, sit_down):
    olena = sit_down("Олена Зайнята")
    tomorrow = olena.evaluate("document.querySelector('.board-head .seg [aria-current] + a').href")
    olena.goto(tomorrow)
    slot = olena.locator(".slot:has(a.place + a.place)").first
    one, two = (slot.locator("a.place").nth(n).get_attribute("id").removeprefix("cell-") for n in (0, 1))
    propose(olena, "Перша о цій порі", one)
    olena.goto(f"{server.event}/topics/new?cell={two}")
    ready(olena)
    olena.get_by_role("textbox", name="Тема").fill("Друга о цій порі")

    olena.locator("[data-submit]").click()
    expect(olena.get_by_role("alert")).to_contain_text("Перша о цій порі")
    olena.locator("[data-submit]").click()

    expect(olena.locator(".board")).to_contain_text("Друга о цій порі")


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
    page.locator("[data-submit]").click()
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

    page.locator("[data-submit]").click()
    expect(page.get_by_role("status").filter(has_text="Немає звʼязку")).to_be_visible()
    expect(page.locator("[data-submit]")).to_have_text("Надіслати зараз", use_inner_text=True)
    page.context.set_offline(False)

    page.wait_for_url(lambda url: "/topics/new" not in url)
    expect(other.locator("#market")).to_contain_text("Написано в підвалі")
    assert other.locator("#market .sheet", has_text="Написано в підвалі").count() == 1


def test_a_phone_that_was_cut_off_ends_with_the_same_board(server, sit_down):
    away, here, busy = linked(sit_down("Олена Далека")), linked(sit_down("Anna Nah")), sit_down("Ірина Діяльна")
    away.context.set_offline(True)
    expect(away.locator(".linkstate")).to_be_visible()
    expect(away.locator(".linkstate")).to_contain_text("Немає звʼязку")
    cells = free_cells(here)
    propose(busy, "Поки тебе не було", cells[-1].removeprefix("cell-") if cells else None)
    propose(busy, "І на базар теж")
    busy.goto(f"{server.event}/")
    ready(busy)
    busy.locator(".market .seat").first.click()
    expect(here.locator("#market")).to_contain_text("І на базар теж")

    away.context.set_offline(False)

    expect(away.locator("#market")).to_contain_text("І на базар теж")
    expect(away.locator(".linkstate")).to_be_hidden()
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

    expect(page.locator("#market")).to_contain_text("Через проксі готелю", timeout=15000)
    expect(page.locator(".linkstate")).to_be_hidden()


def test_taking_a_chair_is_seen_at_once_and_by_others(server, sit_down):
    olena, anna = linked(sit_down("Олена Сідає")), linked(sit_down("Anna Schaut"))
    seat = ".slot[data-when=now] .sheet:nth-of-type(2) .seat"
    before = int(anna.locator(f"{seat} .ring").text_content())

    olena.locator(seat).click()

    expect(olena.locator(seat)).to_have_attribute("aria-pressed", "true")
    expect(anna.locator(f"{seat} .ring")).to_have_text(str(before + 1))
    expect(anna.locator(seat)).to_have_attribute("aria-pressed", "false")
    expect(olena.locator(seat)).to_have_attribute("aria-pressed", "true")
    olena.goto(f"{server.event}/me/day")
    expect(olena.locator("main .spot")).to_have_count(1)


def test_withdrawing_can_be_undone(server, sit_down):
    page = sit_down("Олена Передумала")
    propose(page, "Може, й ні")
    page.locator("#market").get_by_role("link", name="Може, й ні").click()
    ready(page)
    page.get_by_label("Ще дії").click()
    page.get_by_role("button", name="Зняти").click()
    ready(page)
    expect(page.locator("#market")).not_to_contain_text("Може, й ні")

    page.locator(".toast").get_by_role("button").click()
    ready(page)

    expect(page.locator("#market")).to_contain_text("Може, й ні")


def test_a_convener_edits_moves_and_puts_back(server, sit_down):
    page = sit_down("Олена Керує")
    propose(page, "Рухома тема")
    page.locator("#market").get_by_role("link", name="Рухома тема").click()
    ready(page)
    address = page.url
    page.goto(f"{address}/edit")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Рухома тема, краща назва")
    page.locator("[data-submit]").click()
    page.wait_for_url(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Рухома тема, краща назва")

    for n in (0, 1):
        page.goto(f"{address}/placement")
        ready(page)
        page.locator(".seg [data-day]").last.click()
        page.locator(".places:not([hidden]) .mini__f input").nth(n).check(force=True)
        page.locator("[data-submit]").click()
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
    expect(other.locator("#market")).to_contain_text("Піде зі мною")
    page.goto(f"{server.event}/me/leave")
    expect(page.locator("main")).to_contain_text("Піде зі мною")

    page.get_by_role("button", name="Вийти назовсім").click()

    expect(other.locator("#market")).not_to_contain_text("Піде зі мною")
    page.goto(f"{server.event}/")
    expect(page.get_by_label("Код із зали")).to_be_visible()


def test_without_javascript_everything_still_works(server, contexts):
    page = contexts(java_script_enabled=False).new_page()
    page.goto(f"{server.url}/{server.code}")
    page.locator("input[name=name]").fill("Олена Без скриптів")
    page.locator("form button.btn--main").click()
    page.goto(f"{server.event}/topics/new")
    page.locator("#title").fill("Просто форма")
    page.locator("[data-submit]").click()
    expect(page.locator("#market")).to_contain_text("Просто форма")

    page.locator(".slot[data-when=now] .sheet .seat").first.click()

    expect(page.get_by_role("button", name="Ви йдете")).to_be_visible()


def test_after_going_back_ones_own_chair_is_still_ones_own(server, sit_down):
    page = linked(sit_down("Олена Туди й назад"))
    first = page.locator(".slot[data-when=now] .sheet").first
    first.get_by_role("link").click()
    ready(page)
    page.get_by_role("button", name="Піду").click()
    expect(page.get_by_role("button", name="Ви йдете")).to_have_attribute("aria-pressed", "true")

    page.go_back()

    expect(first.locator(".seat")).to_have_attribute("aria-pressed", "true")


def test_hanging_a_topic_up_is_confirmed_where_it_hangs(server, sit_down):
    page = sit_down("Олена Бачить напис")

    propose(page, "Із підтвердженням")

    expect(page.locator(".toast")).to_contain_text("базарі")
    assert re.search(r"#market-\d+$", page.url)


def test_what_was_written_offline_goes_up_from_any_page(server, sit_down):
    page, other = sit_down("Олена Пішла далі"), linked(sit_down("Anna Wartet"))
    page.goto(f"{server.event}/market")
    linked(page)
    market = page.url
    page.goto(f"{server.event}/topics/new")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill("Написано й залишено")
    page.context.set_offline(True)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-submit]")).to_have_text("Надіслати зараз", use_inner_text=True)
    page.close()
    again = page.context.new_page()
    page.context.set_offline(False)

    again.goto(market)

    expect(other.locator("#market")).to_contain_text("Написано й залишено")
    expect(again.locator(".toast")).to_contain_text("Звʼязок є")
    assert other.locator("#market .sheet", has_text="Написано й залишено").count() == 1


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

    expect(page.locator("#market")).to_contain_text("А цей дійде")
    expect(page.locator("#market")).to_contain_text("Цей пакет загубиться")
    assert len(lost) == 1


def test_a_chairs_button_is_named_as_it_is_seen_and_by_its_topic(sit_down):
    page = linked(sit_down("Олена Читає"))
    sheet = page.locator(".slot[data-when=now] .sheet").first
    title = sheet.locator(".sheet__title").inner_text().replace("\u00ad", "")
    count = int(sheet.locator(".ring").inner_text())

    expect(sheet.get_by_role("button", name=f"Піду: {title}, {count}", exact=True)).to_be_visible()
    assert sheet.locator(".seat").inner_text().split() == ["Піду", str(count)]
    sheet.locator(".seat").click()

    expect(sheet.get_by_role("button", name=f"Іду: {title}, {count + 1}", exact=True)).to_be_visible()
    # Of one time: elsewhere a topic can hang again, or another can be called the same.
    names = page.locator(".slot[data-when=now] .seat").evaluate_all("seats => seats.map(seat => seat.ariaLabel)")
    assert len(set(names)) == len(names) > 1
    for seat in page.locator(".seat:visible").all():
        words = seat.inner_text().split()
        assert all(word in seat.get_attribute("aria-label") for word in words)
