"""Undo and redo on every page of the console: live, by keys, and without scripts."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.access.test_matrix import routes
from tests.system.conftest import linked, serving_demo

LAPTOP = {"width": 1280, "height": 800}
# The console's pages by the names of their views; `{0}` is the id of something to look at.
PAGES = {
    "console.show": "facilitator",
    "microphone.show": "facilitator/pitch",
    "console_times.show": "facilitator/times",
    "screens.index": "facilitator/screens",
    "phases.show": "facilitator/phases?to=closing",
    "announcements.index": "facilitator/announcements",
    "announcements.edit": "facilitator/announcements/{0}",
    "decisions.show": "facilitator/petitions/{0}",
    "dots_console.show": "facilitator/dots",
    "hall_clock.show": "facilitator/toolbox",
}
NO_PAGES = {
    "microphone.people": "a part of a page",
    "microphone.projector": "a part of a page",
    "console_topics.show_costs": "values for a script",
    "claims.slips": "for paper",
    "claims.code": "a picture",
    "phases.card": "for paper",
    "dots_paper.show": "is there only while dots are given",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own, whose board is locked here."""
    with serving_demo(tmp_path_factory) as served:
        yield served


def send(page: Page, method: str, path: str, **fields: str) -> str:
    """Send a form as this page's visitor; returns the address to which the answer leads."""
    return page.evaluate(
        """async ([method, path, body]) => {
          const token = document.querySelector("[name=csrf_token]").value;
          const headers = { "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded" };
          const answer = await fetch(path, { method, headers, body });
          if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
          return answer.url;
        }""",
        [method, path, urlencode(fields)],
    )


@pytest.fixture
def facilitator(server, sign_in, contexts):
    """Opens a page of the console after the facilitator has locked the board."""

    def opened(name: str, **options) -> Page:
        page = sign_in("facilitator", viewport=LAPTOP)
        page.goto(f"{server.event}/facilitator")
        path = PAGES[name].format(made(page, server, name))
        for lock in ("open", "facilitators"):
            send(page, "PUT", f"{server.event}/facilitator/lock", lock=lock)
        if options:
            context = contexts(viewport=LAPTOP, **options)
            context.add_cookies(server.cookies["facilitator"])
            page = context.new_page()
        page.goto(f"{server.event}/{path}")
        return page

    return opened


def made(page: Page, server, name: str) -> str:
    """The id of what the page with this name is about, made for it."""
    if name == "announcements.edit":
        send(page, "POST", f"{server.event}/facilitator/announcements", words_uk="Ключі", on_phones="y", until="soon")
        page.goto(f"{server.event}/facilitator/announcements")
        found = page.locator("a[href*='/facilitator/announcements/']").first
    elif name == "decisions.show":
        send(
            page,
            "POST",
            f"{server.event}/topics/{coming(page, server)}/petitions?wish=y",
            kind="projector",
            words="Так",
        )
        page.goto(f"{server.event}/facilitator")
        found = page.locator("#waiting a[href*='/facilitator/petitions/']").first
    else:
        return ""
    return found.get_attribute("href").rpartition("/")[2]


def coming(page: Page, server) -> str:
    """The number of a topic whose time is still to come."""
    page.goto(server.event)
    page.get_by_role("navigation", name="День").get_by_role("link").nth(2).click()
    return page.locator(".board [data-topic]").last.get_attribute("data-topic")


def undo(page: Page):
    return page.locator(".top").get_by_role("button", name=re.compile("^Скасувати: "))


def redo(page: Page):
    return page.locator(".top").get_by_role("button", name=re.compile("^Повторити: "))


@pytest.mark.parametrize("name", PAGES)
def test_by_keys_and_the_button_says_what_it_is_about(server, facilitator, name):
    page = linked(facilitator(name))
    address = page.url
    expect(undo(page)).to_have_accessible_name(re.compile("вішають лише фасилітатори"))
    send(page, "PUT", f"{server.event}/facilitator/lock", lock="nobody")
    expect(undo(page)).to_have_accessible_name(re.compile("замкнено для всіх"))

    page.locator("h1").first.click(force=True)
    page.keyboard.press("Control+z")

    expect(undo(page)).to_have_accessible_name(re.compile("вішають лише фасилітатори"))
    expect(redo(page)).to_have_accessible_name(re.compile("замкнено для всіх"))
    expect(page.locator(".toast").filter(has_text="замкнено для всіх").first).to_be_visible()
    assert page.url == address
    linked(page)
    page.keyboard.press("Control+Shift+z")
    expect(undo(page)).to_have_accessible_name(re.compile("замкнено для всіх"))
    assert page.url == address


@pytest.mark.parametrize("name", PAGES)
def test_without_scripts_an_undo_leads_back(facilitator, name):
    page = facilitator(name, java_script_enabled=False)
    address = page.url
    label = re.compile("вішають лише фасилітатори")
    expect(undo(page)).to_have_accessible_name(label)

    undo(page).click()

    assert page.url == address
    expect(redo(page)).to_have_accessible_name(label)
    redo(page).click()
    assert page.url == address
    expect(undo(page)).to_have_accessible_name(label)


def test_by_a_keyboard_with_other_letters(facilitator):
    page = linked(facilitator("console.show"))

    page.evaluate(
        """document.body.dispatchEvent(
          new KeyboardEvent("keydown", { key: "я", code: "KeyZ", ctrlKey: true, bubbles: true }))"""
    )

    expect(redo(page)).to_have_accessible_name(re.compile("вішають лише фасилітатори"))


def test_what_is_being_typed_stays_when_a_step_is_undone(facilitator):
    page = linked(facilitator("announcements.index"))
    words = page.locator("main textarea").first
    words.press_sequentially("Обід")

    undo(page).click()

    expect(redo(page)).to_have_accessible_name(re.compile("вішають лише фасилітатори"))
    expect(words).to_have_value("Обід")
    words.press("Control+z")
    expect(words).to_have_value("Обі")


def test_a_topic_that_cannot_come_back_may_hang_nearby(server, facilitator, sign_in):
    page, other = linked(facilitator("console.show")), sign_in("organiser", viewport=LAPTOP)
    other.goto(f"{server.event}/facilitator")
    sheet = page.locator('.board .slot[data-when="later"] .sheet').first
    cell, topic = sheet.get_attribute("id").removeprefix("cell-"), sheet.get_attribute("data-topic")
    send(page, "DELETE", f"{server.event}/facilitator/topics/{topic}/placement?cell={cell}")
    taker = other.locator(".market .sheet").first.get_attribute("data-topic")
    send(other, "PUT", f"{server.event}/facilitator/topics/{taker}/placement", cell=cell, anyway="y")
    expect(page.locator(f'#cell-{cell}[data-topic="{taker}"]')).to_be_visible()

    page.keyboard.press("Control+z")

    expect(page.locator(".inhand")).to_have_attribute("data-state", "refused")
    page.locator(".inhand__answers button").first.click()
    expect(page.locator(f'.board .sheet[data-topic="{topic}"]')).to_be_visible()
    expect(page.locator(".inhand")).not_to_have_attribute("data-state", "refused")


def test_every_page_of_the_console_is_here(any_app):
    found = {
        name.removeprefix("GET ")
        for name, rule in routes(any_app).items()
        if name.startswith("GET ") and rule.rule.startswith("/<event>/facilitator")
    }

    assert found == PAGES.keys() | NO_PAGES.keys()
