"""Photos of the flipchart come into the notes from a phone, over a network that breaks, and everybody sees them."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.system.conftest import linked, ready

numbers = count(40)
# Milliseconds in which a photo is prepared on a busy machine.
PREPARED = 60_000


@pytest.fixture
def topic(server) -> str:
    """The address of the notes of a topic of the demo to which no other test adds photos."""
    return f"/topics/{next(numbers)}/notes"


@pytest.fixture
def photo(tmp_path: Path) -> Callable[..., Path]:
    """Makes a photo: noise, of which all phones make several pieces, or one colour."""

    def make(name: str = "flipchart.jpg", *, is_large: bool = False) -> Path:
        noise, plain = Image.effect_noise((1800, 2400), 90), Image.new("RGB", (60, 80), "navy")
        (noise.convert("RGB") if is_large else plain).save(tmp_path / name, quality=95)
        return tmp_path / name

    return make


def open_notes(page: Page, address: str) -> Page:
    page.goto(address)
    return linked(page)


def section(page: Page) -> Locator:
    return page.get_by_role("region", name="Аркуші фліпчарта")


def choose(page: Page, *photos: Path) -> None:
    section(page).get_by_label("Додати фото").set_input_files(list(photos))


def flips(page: Page) -> Locator:
    """The photos that stand there for everybody."""
    return section(page).locator("figure[id]:visible")


def test_a_photo_arrives_though_the_network_dies_in_between(server, network, sit_down, topic, photo):
    phone = open_notes(sit_down("Фотограф Федір", network=network), f"{network.url}/{server.slug}{topic}")
    reader = open_notes(sit_down("Глядачка Ганна"), server.event + topic)
    with phone.expect_response(lambda answer: "/uploads/" in answer.url and answer.request.method == "PATCH"):
        choose(phone, photo(is_large=True))

    network.hang()
    # It is there at once, and says what becomes of it.
    expect(section(phone).get_by_role("figure")).to_have_count(1)
    expect(flips(reader)).to_contain_text("У дорозі")
    phone.context.set_offline(True)
    expect(section(phone).get_by_role("status")).to_contain_text("Чекає на мережу")
    network.reset()
    phone.context.set_offline(False)

    for page in (reader, phone):
        expect(flips(page).get_by_role("img")).to_have_count(1, timeout=PREPARED)
    expect(section(phone).get_by_role("progressbar")).to_have_count(0)
    expect(flips(reader).get_by_role("img")).to_have_js_property("complete", True)


def test_a_page_that_is_closed_meanwhile_goes_on_when_it_is_opened_again(server, sit_down, topic, photo):
    phone = open_notes(sit_down("Фотограф Зоя"), server.event + topic)
    phone.route("**/uploads**", lambda route: route.abort())
    choose(phone, photo(), photo("second.jpg"))
    expect(section(phone).get_by_role("figure")).to_have_count(2)
    expect(section(phone).get_by_role("status").first).to_contain_text("Чекає на мережу")
    phone.unroute("**/uploads**")

    phone.reload()
    linked(phone)

    expect(flips(phone).get_by_role("img")).to_have_count(2, timeout=PREPARED)


def test_a_photo_is_described_removed_and_brought_back_while_others_look_on(server, sit_down, topic, photo):
    phone = open_notes(sit_down("Фотограф Данило"), server.event + topic)
    reader = open_notes(sit_down("Глядач Гліб"), server.event + topic)
    choose(phone, photo())
    expect(flips(phone).get_by_role("img", name="Фото фліпчарта")).to_be_visible(timeout=PREPARED)

    flips(phone).get_by_role("link", name="Що на ньому?").click()
    phone.get_by_label("Що на ньому?").fill("Список із 12 пунктів")
    phone.get_by_role("button", name="Зберегти").click()
    expect(flips(reader).get_by_role("img", name="Список із 12 пунктів")).to_be_visible()
    flips(reader).get_by_role("link", name="Список із 12 пунктів", exact=True).last.click()
    expect(reader.get_by_role("button", name="Прибрати це фото")).to_have_count(0)
    reader.go_back()

    flips(phone).get_by_role("link", name="Список із 12 пунктів", exact=True).last.click()
    phone.get_by_role("button", name="Прибрати це фото").click()
    expect(flips(reader)).to_have_count(0)
    phone.get_by_role("button", name="Повернути").click()

    expect(flips(reader).get_by_role("img", name="Список із 12 пунктів")).to_be_visible()


def test_what_is_no_photo_says_so_and_goes(server, sit_down, topic, photo, tmp_path):
    phone = open_notes(sit_down("Фотограф Хома"), server.event + topic)
    (tmp_path / "page.jpg").write_text("<!doctype html><script>alert(1)</script>")

    choose(phone, tmp_path / "page.jpg", photo())

    expect(section(phone).get_by_role("alert").filter(has_text="page.jpg")).to_contain_text("це не фото")
    expect(flips(phone).get_by_role("img")).to_have_count(1, timeout=PREPARED)
    section(phone).get_by_role("button", name="Прибрати").click()
    expect(section(phone).get_by_role("figure")).to_have_count(1)


def test_without_scripts_photos_come_with_a_form(server, sit_down, contexts, topic, photo):
    plain = contexts(java_script_enabled=False).new_page()
    plain.context.add_cookies(sit_down("Без Скриптів Богдана").context.cookies())
    plain.goto(server.event + topic)
    assert section(plain).locator("input[type=file]").bounding_box()["width"] > 150

    choose(plain, photo(), photo("second.jpg"))
    section(plain).get_by_role("button", name="Надіслати фото").click()

    expect(section(plain).get_by_role("figure")).to_have_count(2)
    reader = open_notes(sit_down("Глядачка Тамара"), server.event + topic)
    expect(flips(reader).get_by_role("img")).to_have_count(2, timeout=PREPARED)


def test_a_photo_opens_whole_and_the_page_has_no_barriers(server, sit_down, topic, photo):
    page = open_notes(sit_down("Фотограф Лука"), server.event + topic)
    choose(page, photo())
    flips(page).get_by_role("link", name="Фото фліпчарта").click(timeout=PREPARED)
    dialog = page.get_by_role("dialog", name="Аркуші фліпчарта")
    expect(dialog.get_by_role("img", name="Фото фліпчарта")).to_be_visible()
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    for path in (topic, flips(page).get_by_role("link").last.get_attribute("href")):
        page.goto(server.event + path if path == topic else server.event.rpartition("/")[0] + path)
        ready(page)
        assert [each["id"] for each in Axe().run(page).response["violations"]] == []
