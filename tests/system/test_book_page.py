"""The book as one HTML file, opened from a disk by a browser without a network."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from openspace.book import page as page_of_book
from tests.book.books import book, photos_of, session

SIZES = [{"width": 390, "height": 844}, {"width": 1280, "height": 800}]


@pytest.fixture
def file(any_app, tmp_path) -> Path:
    """A book with every kind of chapter, a title of one long word and one in Arabic."""
    with any_app.test_request_context():
        long = session(5, title="Безбарʼєрність" * 9, photos=2)
        arabic = session(6, title="مشروع المدينة", language="ar", photos=0)
        given = book(
            [session(1), session(2, notes="", photos=0), long, arabic, session(7, notes="", photos=0, places=[])]
        )
        file = tmp_path / "book.html"
        file.write_bytes(page_of_book.html(given, photos_of(given), "Станом на 4 червня, 18:00"))
    return file


@pytest.mark.parametrize("size", SIZES, ids=["phone", "laptop"])
def test_page_needs_neither_network_nor_scripts_and_nothing_sticks_out(file, contexts, size):
    page = contexts(viewport=size, offline=True, java_script_enabled=False).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(file.as_uri())
    page.get_by_role("navigation").get_by_role("link", name="مشروع المدينة").click()

    expect(page.get_by_role("heading", name="مشروع المدينة")).to_be_in_viewport()
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
    assert page.locator("html").evaluate("page => page.scrollWidth") == size["width"]
    photos = page.get_by_role("main").get_by_role("img")
    assert photos.count() == 4
    for photo in photos.all():
        photo.scroll_into_view_if_needed()
        assert photo.evaluate("image => image.naturalWidth") > 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["phone", "laptop"])
def test_axe_finds_nothing(file, contexts, size, theme):
    page = contexts(viewport=size, color_scheme=theme, offline=True).new_page()
    page.goto(file.as_uri())

    assert [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]] == []
