"""Somebody takes the book home: from the news, on a phone, with scripts and without."""

from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.system.conftest import ready

PHONE = {"width": 390, "height": 844}
# The photos of the demo are prepared beside, at the latest before the book.
PATIENCE = 60_000


def a4(page: Page):
    return page.get_by_role("listitem").filter(has_text="PDF, A4")


def pdf_of(page: Page) -> PdfReader:
    address = a4(page).get_by_role("link").evaluate("link => link.href")
    return PdfReader(BytesIO(page.request.get(address).body()))


def test_from_the_news_it_takes_two_taps_to_the_book(server, sign_in):
    page = sign_in("participant", viewport=PHONE)
    page.goto(f"{server.event}/news")
    ready(page).get_by_role("link", name="Книга розмов").click()
    page.get_by_role("button", name="Створити: PDF, A4").click()

    expect(page.get_by_role("link", name="Відкрити: PDF, A4")).to_be_visible(timeout=PATIENCE)
    # Nothing else is said while it is made.
    statuses = page.get_by_role("main").get_by_role("status")
    expect(statuses).to_have_count(1)
    expect(statuses).to_have_text("Готово: PDF, A4")
    words = "".join(part.extract_text() for part in pdf_of(page).pages)
    assert "Інновації" in words
    assert "Книга розмов" in words


def test_without_scripts_it_takes_a_reload(server, contexts, sign_in):
    cookies = sign_in("participant").context.cookies()
    context = contexts(java_script_enabled=False, viewport=PHONE, locale="uk-UA")
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{server.event}/book/?language=de")
    page.get_by_role("button", name="PDF, A4").click()

    def made() -> bool:
        page.reload()
        return not a4(page).get_by_role("progressbar").count()

    for _ in range(120):
        if made():
            break
        page.wait_for_timeout(500)
    assert "Buch der Gespräche" in "".join(part.extract_text() for part in pdf_of(page).pages)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_keeps_anybody_from_the_page(server, sign_in, theme):
    page = sign_in("participant", viewport=PHONE, color_scheme=theme)
    page.goto(f"{server.event}/book/")
    ready(page)

    assert Axe().run(page).response["violations"] == []
