"""Notes are written on a phone, by several at once and over a bad network, and nothing that was typed is lost."""

import re
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.system.conftest import linked, ready
from tests.system.pages import said

numbers = count(20)


@pytest.fixture
def topic(server) -> str:
    """The address of the notes of a topic of the demo that no other test writes in."""
    return f"/topics/{next(numbers)}/notes"


def open_notes(page: Page, event: str, path: str) -> Page:
    page.goto(f"{event}{path}")
    return linked(page)


def paper(page: Page) -> Locator:
    return page.get_by_role("region", name="Про що говорили")


def field(page: Page) -> Locator:
    """The open field at the end of what was said."""
    return paper(page).get_by_role("textbox").last


def leave_field(page: Page) -> None:
    page.get_by_role("heading", level=1).click()


def unsent(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text="лише на цьому телефоні")


def saved(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text="збережено")


def test_what_is_typed_is_saved_by_itself_and_others_see_it_as_it_reads(server, sit_down, topic):
    writer = open_notes(sit_down("Писар Павло"), server.event, topic)
    reader = open_notes(sit_down("Читачка Ната"), server.event, topic)

    expect(saved(writer)).to_be_hidden()
    field(writer).press_sequentially("Двері **важкі**.")

    expect(paper(reader).get_by_text("важкі", exact=True)).to_have_js_property("tagName", "STRONG")
    expect(saved(writer)).to_be_visible()
    leave_field(writer)
    expect(paper(writer).get_by_text("важкі", exact=True)).to_have_js_property("tagName", "STRONG")
    expect(field(writer)).to_have_value("")


def test_two_write_in_one_paragraph_and_each_sees_who_does(server, sit_down, topic):
    first = open_notes(sit_down("Перша Параска"), server.event, topic)
    field(first).fill("Двері важкі. Пандуса нема.")
    leave_field(first)
    second = open_notes(sit_down("Другий Данило"), server.event, topic)

    paper(second).get_by_text("Двері важкі.").click()
    expect(paper(first).get_by_text("Пише Другий Данило")).to_be_visible()
    paper(first).get_by_text("Двері важкі.").click()
    paper(first).get_by_role("textbox").first.fill("Двері тугі. Пандуса нема.")
    leave_field(first)
    paper(second).get_by_role("textbox").first.fill("Двері важкі. Пандуса нема ніде.")
    leave_field(second)

    for page in (first, second):
        expect(paper(page).get_by_text("Двері тугі. Пандуса нема ніде.")).to_be_visible()


def test_a_network_that_dies_while_one_types_loses_nothing(server, network, sit_down, topic):
    writer = open_notes(sit_down("Обрив Остап", network=network), f"{network.url}/{server.slug}", topic)
    reader = open_notes(sit_down("Слухає Софія"), server.event, topic)
    field(writer).press_sequentially("Перше речення.")

    network.hang()
    field(writer).press_sequentially(" Друге речення.")
    leave_field(writer)
    expect(unsent(writer)).to_be_visible()
    expect(paper(writer).get_by_role("textbox").first).to_have_value("Перше речення. Друге речення.")
    network.reset()

    expect(paper(reader).get_by_text("Перше речення. Друге речення.")).to_be_visible()
    expect(paper(writer).get_by_text("Перше речення. Друге речення.")).to_be_visible()
    expect(unsent(writer)).to_be_hidden()


def test_whoever_types_while_the_page_is_still_loading_goes_on_typing(server, sit_down, topic):
    writer = sit_down("Швидкий Швед")
    late, has_come = [], []
    writer.route("**/*.js", lambda route: route.continue_() if has_come else late.append(route))
    writer.goto(f"{server.event}{topic}", wait_until="commit")
    field(writer).press_sequentially("Двері ")

    has_come.append(True)
    for route in late:
        route.continue_()
    ready(writer)
    writer.keyboard.type("важкі.")

    expect(field(writer)).to_have_value("Двері важкі.")
    expect(saved(writer)).to_be_visible()


def test_several_paragraphs_written_without_a_network_stand_in_their_order(server, sit_down, topic):
    writer = open_notes(sit_down("Порядна Поліна"), server.event, topic)
    written = [f"Речення {number}." for number in range(6)]
    writer.context.set_offline(True)
    field(writer).fill("\n\n".join(written))
    leave_field(writer)

    writer.context.set_offline(False)

    expect(unsent(writer)).to_be_hidden()
    reader = open_notes(sit_down("Читає Честимир"), server.event, topic)
    for page in (reader, writer):
        expect(paper(page).locator("[data-text]")).to_have_text([re.compile(text) for text in written])


@pytest.mark.parametrize("ends", ["reload", "closed tab"])
def test_what_was_not_sent_is_there_again_and_is_sent(server, sit_down, topic, ends):
    writer = open_notes(sit_down("Чернетка Чеслав"), server.event, topic)
    # The moment before it is sent.
    writer.context.set_offline(True)
    field(writer).press_sequentially("Лише на телефоні.")

    if ends == "reload":
        writer.context.set_offline(False)
        writer.reload()
    else:
        again = writer.context.new_page()
        writer.close()
        again.context.set_offline(False)
        writer = open_notes(again, server.event, topic)
    ready(writer)

    expect(paper(writer).get_by_text("Лише на телефоні.")).to_be_visible()
    reader = open_notes(sit_down("Інша Ірма"), server.event, topic)
    expect(paper(reader).get_by_text("Лише на телефоні.")).to_be_visible()


def test_what_clashes_is_shown_to_both_and_chosen_with_one_tap(server, sit_down, topic):
    first = open_notes(sit_down("Кутова Катря"), server.event, topic)
    field(first).fill("Двері важкі.")
    leave_field(first)
    second = open_notes(sit_down("Круглий Кузьма"), server.event, topic)
    paper(second).get_by_text("Двері важкі.").click()
    second.context.set_offline(True)
    paper(second).get_by_role("textbox").first.fill("Двері скрипучі.")
    paper(first).get_by_text("Двері важкі.").click()
    paper(first).get_by_role("textbox").first.fill("Двері тугі.")
    leave_field(first)
    expect(saved(first)).to_be_visible()
    leave_field(second)

    second.context.set_offline(False)

    for page in (first, second):
        expect(paper(page).get_by_role("alert")).to_contain_text(re.compile("тугі.*скрипучі", re.DOTALL))
    paper(second).get_by_role("button", name="Лишити всі, одну під одною").click()
    for page in (first, second):
        expect(paper(page).get_by_text("Двері тугі.")).to_be_visible()
        expect(paper(page).get_by_text("Двері скрипучі.")).to_be_visible()
        expect(paper(page).get_by_role("alert")).to_have_count(0)


def test_twenty_lost_connections_do_not_change_the_length_of_a_note(server, network, sit_down, topic):
    writer = open_notes(sit_down("Двадцять Дарина", network=network), f"{network.url}/{server.slug}", topic)
    field(writer).press_sequentially("Речення 0.")
    for number in range(1, 21):
        network.reset()
        field(writer).press_sequentially(f" Речення {number}.")
    leave_field(writer)
    text = " ".join(f"Речення {number}." for number in range(21))

    expect(unsent(writer)).to_be_hidden()
    reader = open_notes(sit_down("Рахує Роман"), server.event, topic)
    expect(paper(reader).locator("[data-text]")).to_have_count(1)
    expect(paper(reader).get_by_text(text, exact=True)).to_be_visible()


def test_several_paragraphs_typed_with_pauses_become_paragraphs_of_their_own(server, sit_down, topic):
    writer = open_notes(sit_down("Багатослівна Божена"), server.event, topic)
    words = field(writer)
    words.press_sequentially("Перший абзац.")
    words.press("Enter")
    words.press("Enter")
    words.press_sequentially("Другий")
    expect(saved(writer)).to_be_visible()
    words.press_sequentially(" абзац.")
    leave_field(writer)

    for text in ("Перший абзац.", "Другий абзац."):
        expect(paper(writer).locator("[data-text]").get_by_text(text, exact=True)).to_be_visible()
    reader = open_notes(sit_down("Лічить Лука"), server.event, topic)
    expect(paper(reader).locator("[data-text]")).to_have_text([re.compile("Перший"), re.compile("Другий")])


def test_next_steps_say_what_who_and_by_when(server, sit_down, topic):
    writer = open_notes(sit_down("Крок Кирило"), server.event, topic)
    reader = open_notes(sit_down("Бачить Богдана"), server.event, topic)

    writer.get_by_role("link", name="Що ще зробимо?").click()
    writer.get_by_role("textbox", name="Що зробимо?").fill("Аудит входу")
    writer.get_by_label("До коли?").fill("2030-09-01")
    writer.get_by_role("button", name="Зберегти").click()

    expect(reader.get_by_text("Аудит входу")).to_be_visible()
    expect(reader.get_by_role("region", name="Наступні кроки")).to_contain_text("Крок Кирило")


def test_without_scripts_one_writes_too(server, sit_down, topic, contexts):
    seat = sit_down("Без скриптів Борис")
    plain = contexts(java_script_enabled=False)
    plain.add_cookies(seat.context.cookies())
    page = plain.new_page()
    page.goto(f"{server.event}{topic}")

    field(page).fill("Без скриптів.")
    paper(page).get_by_role("button", name="Зберегти").click()
    expect(paper(page).get_by_text("Без скриптів.")).to_be_visible()
    paper(page).get_by_role("link", name="Змінити цей абзац").click()
    expect(paper(page).get_by_role("textbox")).to_have_value("Без скриптів.")
    paper(page).get_by_role("textbox").fill("Зовсім без скриптів.")
    paper(page).get_by_role("button", name="Зберегти").click()

    expect(paper(page).get_by_text("Зовсім без скриптів.")).to_be_visible()


def test_a_note_kept_here_waits_for_whose_it_is(server, sit_down, topic):
    writer = open_notes(sit_down("Власниця Віра"), server.event, topic)
    writer.context.set_offline(True)
    field(writer).press_sequentially("Моє.")
    name = said(writer).get_attribute("data-member")

    kept = writer.evaluate("Object.keys(localStorage).filter((each) => each.startsWith('note:'))")

    assert [each.startswith(f"note:{name}:") for each in kept] == [True]


def test_two_tabs_of_one_person_lose_neither_text(server, sit_down, topic):
    first = open_notes(sit_down("Двовіконна Дана"), server.event, topic)
    field(first).fill("Двері важкі.")
    leave_field(first)
    expect(paper(first).get_by_text("Двері важкі.")).to_be_visible()
    second = open_notes(first.context.new_page(), server.event, topic)
    first.context.set_offline(True)
    for page, text in ((first, "Двері тугі."), (second, "Двері скрипучі.")):
        paper(page).get_by_text("Двері важкі.").click()
        paper(page).get_by_role("textbox").first.fill(text)
        leave_field(page)

    first.context.set_offline(False)

    reader = open_notes(sit_down("Уважна Уляна"), server.event, topic)
    expect(paper(reader)).to_contain_text("Двері тугі.")
    expect(paper(reader)).to_contain_text("Двері скрипучі.")


def test_what_is_typed_before_the_script_came_is_kept(server, sit_down, topic):
    writer = sit_down("Швидка Шура")
    held = []
    writer.route("**/js/notes.js", lambda route: held.append(route))  # noqa: PLW0108  # Playwright looks at it
    writer.goto(f"{server.event}{topic}", wait_until="commit")
    field(writer).fill("Ще до скрипту.")
    writer.wait_for_timeout(200)
    held[0].continue_()
    ready(writer)

    reader = open_notes(sit_down("Певна Поліна"), server.event, topic)
    expect(paper(reader).get_by_text("Ще до скрипту.")).to_be_visible()


def test_pasted_paragraphs_stand_in_their_order_and_the_next_below_them(server, sit_down, topic):
    writer = open_notes(sit_down("Вставна Василина"), server.event, topic)
    field(writer).fill("Перший.\n\nДругий.\n\nТретій.")
    leave_field(writer)
    field(writer).fill("Четвертий.")
    leave_field(writer)
    expect(unsent(writer)).to_be_hidden()
    expect(paper(writer).get_by_text("Четвертий.")).to_be_visible()

    reader = open_notes(sit_down("Порядна Параска"), server.event, topic)

    expect(paper(reader).locator("[data-text]")).to_have_text(
        [re.compile(word) for word in ("Перший", "Другий", "Третій", "Четвертий")]
    )
