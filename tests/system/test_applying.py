"""Applying on a phone: a dead network in between, the other city that writes too, handing in; and who reads it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.programmes.conftest import TEXT
from tests.system.conftest import Server, copy_demo, free_port, ready, start

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo in which organisers may found programmes."""
    data, port = tmp_path_factory.mktemp("programmes"), free_port()
    url = f"http://127.0.0.1:{port}"
    links = copy_demo(tmp_path_factory, data, url)
    process = start(data, port, OPENSPACE_EVENTS="organisers")
    yield Server(url, links, "", process, data)
    process.terminate()
    assert process.wait(10) == 0


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(ready(page)).response["violations"]]


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Зберегти й далі").click()


def found_and_publish(server: Server, page: Page) -> str:
    """Found a programme and publish its call, as an organiser does; returns the programme's address."""
    page.goto(f"{server.url}/setup/programme")
    page.get_by_label("Назва програми").fill("Twin City Lab")
    page.get_by_label("Як вас звати?").fill("Марта")
    page.get_by_label("Пошта", exact=True).fill("marta@lab.example")
    page.get_by_label("Пароль").fill("ріка тече повз обидва міста")
    page.get_by_role("button", name="Заснувати програму").click()
    page.wait_for_url("**/programmes/**")
    programme = page.url
    assert violations(page) == []
    page.get_by_role("link", name="Останній день, місця, мови").click()
    page.get_by_label("Останній день подання").fill((datetime.now(UTC) + timedelta(days=23)).date().isoformat())
    page.get_by_role("button", name="Зберегти").click()
    ready(page).get_by_role("link", name="Текст: Українська").click()
    for part, words in TEXT.items():
        ready(page).locator(f"[name={part}]").fill(words)
    page.get_by_role("button", name="Зберегти").click()
    page.goto(programme)
    ready(page).get_by_role("button", name="Опублікувати заклик").click()
    expect(page.get_by_role("link", name="Переглянути сторінку")).to_be_visible()
    return programme


def begin(phone: Page, programme: str) -> str:
    """Begin an application from the call, and write the first step; returns the application's address."""
    phone.goto(programme)
    assert violations(phone) == []
    phone.get_by_role("link", name="Подати заявку").click()
    ready(phone).get_by_label("Як вас звати?").fill("Олена Ткачук")
    phone.get_by_label(re.compile("Я погоджуюся")).check()
    phone.get_by_role("button", name="Почати").click()
    ready(phone).get_by_label("Ваше місто", exact=True).fill("Вербівка")
    phone.get_by_label("Країна вашого міста").select_option("UA")
    phone.get_by_label("Місто-побратим", exact=True).fill("Lindental")
    phone.get_by_label("Країна міста-побратима").select_option("DE")
    phone.get_by_label("Організація або ініціатива").fill("Міська рада Вербівки")
    expect(state(phone, "збережено")).to_be_visible()
    assert violations(phone) == []
    root = phone.url.rpartition("/")[0] + "/"
    go_on(phone)
    return root


def state(page: Page, words: str) -> Locator:
    return page.get_by_role("status").filter(has_text=words)


def write_without_a_network(phone: Page) -> None:
    """What is typed is kept through a reload of the page, and sent once the network is back."""
    answer = phone.get_by_label("Хто ви і що робите у своєму місті?")
    expect(answer).to_be_visible()
    ready(phone)
    phone.context.set_offline(True)
    answer.fill("Двадцять років ми обмінюємося хорами й листівками.")
    expect(state(phone, "на цьому пристрої")).to_be_visible()
    phone.context.set_offline(False)
    phone.reload()
    expect(ready(phone).get_by_label("Хто ви і що робите у своєму місті?")).to_have_value(re.compile("листівками"))
    phone.wait_for_function("!Object.keys(localStorage).some((name) => name.startsWith('apply:'))")


def invite(phone: Page, twin: Page, root: str) -> str:
    """The other city comes by an address of its own, which is returned."""
    phone.goto(root)
    expect(phone.get_by_text("Двадцять років ми обмінюємося")).to_be_visible()
    ready(phone).get_by_role("button", name="Зробити адресу для міста-побратима").click()
    theirs = phone.get_by_label("Адреса для міста-побратима").input_value()
    twin.goto(theirs)
    ready(twin).get_by_label("Як вас звати?").fill("Anna Berger")
    twin.get_by_label(re.compile("Я погоджуюся")).check()
    twin.get_by_role("button", name="До заявки").click()
    expect(twin.get_by_role("heading", name="Заявка")).to_be_visible()
    return theirs


def write_at_once(phone: Page, twin: Page) -> None:
    """Both have the same question open: who saves second sees both texts, and makes one of them."""
    twin.get_by_role("textbox").fill("Wir wollen Ingenieure treffen.")
    expect(state(twin, "збережено")).to_be_visible()
    phone.get_by_role("textbox").fill("Хочемо зустрічі інженерів.")
    expect(state(phone, "два тексти")).to_be_visible()
    shown = phone.get_by_role("paragraph").filter(has_text="Wir wollen Ingenieure treffen.")
    expect(shown).to_be_visible()
    # Neither a keystroke nor a reload sends it over the other text before somebody has chosen.
    phone.get_by_role("textbox").fill("Хочемо зустрічі інженерів. Wir wollen Ingenieure treffen.")
    phone.reload()
    ready(phone)
    expect(shown).to_be_visible()
    expect(phone.get_by_role("textbox")).to_have_value(re.compile("Хочемо зустрічі"))
    twin.reload()
    expect(ready(twin).get_by_role("textbox")).to_have_value("Wir wollen Ingenieure treffen.")
    phone.get_by_role("button", name="Лишити мій, як є").click()
    expect(state(phone, "збережено")).to_be_visible()
    twin.reload()
    expect(ready(twin).get_by_role("textbox")).to_have_value(re.compile("Хочемо зустрічі"))


def test_from_the_call_to_an_application_that_two_cities_have_written(server, sign_in, contexts):
    lead = sign_in("organiser")
    programme = found_and_publish(server, lead)
    phone, twin = contexts(viewport=PHONE).new_page(), contexts(viewport=PHONE).new_page()
    root = begin(phone, programme)
    write_without_a_network(phone)
    theirs = invite(phone, twin, root)
    for page, address in ((phone, root), (twin, theirs)):
        page.goto(f"{address}q2")
        ready(page)
    write_at_once(phone, twin)
    go_on(phone)
    ready(phone).get_by_label("Чому ви хочете взяти участь?").fill("Бо час.")
    go_on(phone)
    # The last question may be left out; a tap before its page is there would be one on the page before.
    expect(phone.get_by_label("Чи є ще щось, що нам варто знати?")).to_be_visible()
    ready(phone)
    go_on(phone)
    ready(phone).get_by_label("Контактна особа").fill("Олена Ткачук")
    phone.get_by_label("Пошта", exact=True).fill("tkachuk@verbivka.example")
    go_on(phone)
    ready(phone).get_by_label("Імʼя того, хто підтверджує").fill("Олена Ткачук")
    go_on(phone)

    ready(phone).get_by_role("button", name="Подати", exact=True).click()

    expect(phone.get_by_role("heading", name="Подано")).to_be_visible()
    expect(phone.get_by_text("Олена Ткачук, Anna Berger")).to_be_visible()
    assert violations(phone) == []
    lead.goto(programme)
    ready(lead).get_by_role("link", name=re.compile("Подано: 1")).click()
    ready(lead).get_by_role("link", name=re.compile("Вербівка, Lindental")).click()
    expect(lead.get_by_text("Хочемо зустрічі інженерів. Wir wollen Ingenieure treffen.")).to_be_visible()
    assert violations(lead) == []
