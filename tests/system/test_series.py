"""Organisers make a series of the demo's films and publish it; anybody opens its page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.system.conftest import ready, serving_demo

FIRST, SECOND = "Барабанне коло: двісті людей, один ритм", "Ми три роки писали стратегію молоді без молоді"

# The width of a film's picture, once the browser has read its head.
WIDTH = """film => new Promise((done) => {
  film.addEventListener("loadedmetadata", () => done(film.videoWidth));
  film.preload = "metadata";
  film.load();
})"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own: its series is made step by step."""
    with serving_demo(tmp_path_factory) as served:
        yield served


@pytest.fixture
def organiser(server, sign_in) -> Page:
    """The organiser's browser on the page of the series."""
    page = sign_in("organiser")
    page.goto(f"{server.event}/stories/series")
    return ready(page)


def titles(page: Page) -> list[str]:
    return [field.input_value() for field in page.get_by_role("textbox", name="Назва", exact=True).all()]


def press(page: Page, name: str, key: str = "Enter") -> None:
    """Press a button by the keyboard, and wait for the next page."""
    page.get_by_role("button", name=name).first.focus()
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_series_is_made_by_keyboard_and_without_scripts_and_anybody_sees_it(server, organiser, contexts):
    context = contexts(java_script_enabled=False)
    context.add_cookies(organiser.context.cookies())
    page, stranger = context.new_page(), contexts().new_page()
    page.goto(organiser.url)
    assert stranger.goto(f"{server.event}/films").status == 404

    for _ in range(2):
        press(page, "Додати до серії")
    assert titles(page) == [FIRST, SECOND]
    press(page, f"{SECOND}: на одне місце вище", "Space")
    assert titles(page) == [SECOND, FIRST]
    page.get_by_role("textbox", name="Назва", exact=True).first.fill("Стратегія")
    press(page, f"Зберегти назву: {SECOND}")
    press(page, "Опублікувати")

    assert stranger.goto(f"{server.event}/films").status == 200
    ready(stranger)
    expect(stranger.get_by_role("heading", level=2)).to_have_text(["Стратегія", FIRST])
    film = stranger.get_by_label("Стратегія")
    assert film.evaluate(WIDTH) > 0
    assert film.evaluate("film => film.textTracks[0].cues.length") > 0
    press(page, "Прибрати з інтернету")
    assert stranger.reload().status == 404


def test_a_file_is_made_while_one_looks_and_downloaded(organiser):
    page = organiser
    while page.get_by_role("button", name="Додати до серії").count():
        press(page, "Додати до серії")
    ready(page)
    square = page.locator("#file-0-square")

    press(page, "Створити: Уся серія, Квадрат, 1:1")

    ready(page)
    expect(square).to_contain_text("Створюється")
    expect(square).to_contain_text("Актуальний", timeout=60_000)
    with page.expect_download() as download:
        square.get_by_role("link", name="Завантажити: Уся серія").click()
    assert download.value.suggested_filename == "Інновації громад 1x1.mp4"
    expect(square.get_by_role("link", name="Субтитри")).to_be_visible()


def test_axe_finds_nothing_and_nothing_sticks_out(server, organiser):
    page = organiser
    faults = []
    for address in (page.url, f"{server.event}/films"):
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(address)
            ready(page)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            faults += [(address, width, over)] if over > 0 else []
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                found = Axe().run(page).response["violations"]
                faults += [(address, width, theme, fault["id"], fault["nodes"][0]["html"]) for fault in found]

    assert faults == []
