"""The organiser takes the list of sessions home."""

import csv
from io import StringIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import ready

WIDE = {"width": 1280, "height": 900}


@pytest.fixture
def page(server, sign_in) -> Page:
    """The page of exports, on a laptop."""
    page = sign_in("organiser", viewport=WIDE)
    page.goto(f"{server.event}/exports/")
    return ready(page)


def rows(page: Page):
    return page.get_by_role("table").get_by_role("rowheader")


def heads(page: Page):
    return page.get_by_role("table").get_by_role("columnheader")


def days(page: Page):
    """The chips of the days; the first one stands for all."""
    return page.get_by_role("group", name="Дні")


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def download(page: Page) -> tuple[str, str]:
    """Press the button; returns the file's name and text."""
    with page.expect_download() as started:
        page.get_by_role("button", name="Завантажити").click()
    return started.value.suggested_filename, Path(started.value.path()).read_text("utf-8-sig")


def test_the_preview_follows_the_choice_and_the_file_is_what_it_shows(page):
    separator = page.get_by_label("Між полями", exact=True)
    expect(heads(page)).to_have_count(18)
    expect(separator).to_be_hidden()

    page.get_by_text("CSV", exact=True).click()
    page.get_by_label("Про що тема").uncheck()
    page.get_by_label("Теми на базарі, ще без часу").uncheck()
    expect(heads(page)).to_have_count(17)
    days(page).get_by_role("checkbox").nth(1).check(force=True)
    (day,) = asked_day = wait_for_day(page)
    separator.select_option("comma")
    expect(page.get_by_role("button", name="Завантажити CSV")).to_be_visible()
    page.wait_for_function("() => location.search.includes('separator=comma')")

    name, text = download(page)

    head, *lines = csv.reader(StringIO(text), delimiter=",")
    assert name.endswith(".csv")
    assert head == heads(page).all_inner_texts()
    assert {line[0] for line in lines} == {day}
    assert [line[head.index("Тема")] for line in lines][: rows(page).count()] == rows(page).all_inner_texts()
    assert asked_day == asked(page)["day"]


def wait_for_day(page: Page) -> list[str]:
    page.wait_for_function("() => location.search.includes('day=')")
    return asked(page)["day"]


def test_the_choice_stays_when_the_page_is_loaded_anew_and_in_another_language(page):
    days(page).get_by_role("checkbox").nth(1).check(force=True)
    chosen = wait_for_day(page)
    expect(days(page).get_by_role("link")).not_to_have_attribute("aria-current", "true")

    ready_again = ready(_reloaded(page))
    expect(days(ready_again).get_by_role("checkbox").nth(1)).to_be_checked()
    page.get_by_label("Про що тема").uncheck()
    page.wait_for_function("() => !location.search.includes('include=text')")
    page.get_by_label("Мова: Українська").click()
    page.get_by_role("link", name="Deutsch").click()
    page.wait_for_url(lambda url: "lang=de" in url)

    assert asked(page)["day"] == chosen
    expect(page.get_by_label("Worum es geht")).not_to_be_checked()
    expect(page.get_by_label("Wer einlädt, aus welcher Gemeinde")).to_be_checked()


def _reloaded(page: Page) -> Page:
    page.reload()
    return page


def test_the_address_that_is_copied_opens_what_was_chosen_last(server, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    days(page).get_by_role("checkbox").nth(1).check(force=True)
    chosen = wait_for_day(page)

    page.get_by_role("button", name="Скопіювати адресу цього вибору").click()

    expect(page.get_by_role("status").filter(has_text="Адресу скопійовано.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{server.event}/exports/?")
    assert parse_qs(urlsplit(copied).query)["day"] == chosen


def test_all_days_lets_go_of_the_chosen_ones(page):
    every = days(page).get_by_role("link", name="Усі дні")
    days(page).get_by_role("checkbox").nth(0).check(force=True)
    days(page).get_by_role("checkbox").nth(2).check(force=True)
    expect(every).not_to_have_attribute("aria-current", "true")

    every.click()

    expect(every).to_have_attribute("aria-current", "true")
    expect(days(page).get_by_role("checkbox", checked=True)).to_have_count(0)
    page.wait_for_function("() => !location.search.includes('day=')")


def test_a_choice_that_the_event_has_not_any_more_is_said(server, page):
    page.goto(f"{server.event}/exports/?space=2&space=99&include=&include=interest")
    ready(page)

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("group", name="Місця")).to_contain_text("Частини цього вибору (вже) немає.")
    expect(page.get_by_role("group", name="Місця").get_by_role("checkbox").nth(1)).to_be_checked()
    expect(heads(page)).to_have_count(9)


def test_without_scripts_the_choice_is_sent_by_a_button(server, sign_in, contexts):
    sign_in("organiser", viewport=WIDE)
    context = contexts(viewport=WIDE, java_script_enabled=False)
    context.add_cookies(server.cookies["organiser"])
    page = context.new_page()
    page.goto(f"{server.event}/exports/")

    page.get_by_text("JSON", exact=True).click()
    page.get_by_label("Про що тема").uncheck()
    page.get_by_role("button", name="Показати перегляд").click()

    expect(heads(page)).to_have_count(17)
    name, text = download(page)
    assert name.endswith(".json")
    assert '"conveners"' in text
    assert '"text"' not in text


@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_is_in_sight_and_nothing_runs_out_of_the_page(server, sign_in, width, scheme):
    page = sign_in("organiser", viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(f"{server.event}/exports/")
    ready(page)

    box = page.get_by_role("button", name="Завантажити Excel").bounding_box()

    assert box["y"] + box["height"] <= 800
    assert page.evaluate("document.documentElement.scrollWidth") <= width
