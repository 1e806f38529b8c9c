"""Who is moved is told: at once, on whichever page is open, until they have understood."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready
from tests.system.pages import days, free_places, main_button, said, understood


def propose(page: Page, event: str, title: str) -> int:
    """Put a topic on the market; returns its number."""
    page.goto(f"{event}/topics/new")
    ready(page)
    page.get_by_role("textbox", name="Тема").fill(title)
    main_button(page).click()
    page.wait_for_url(re.compile(r"#market-\d+$"))
    return int(page.url.rpartition("-")[2])


def hang(page: Page, event: str, number: int) -> None:
    """Hang it, as a facilitator, in the first free cell of a day to come."""
    page.goto(f"{event}/topics/{number}/placement")
    ready(page)
    days(page).last.click()
    free_places(page).last.check(force=True)
    main_button(page).click()
    page.wait_for_url(re.compile(r"#cell-"))


@pytest.mark.parametrize("path", ["", "topics/1", "me/day", "contacts", "me", "topics/new", "contacts/mine/who"])
def test_who_is_moved_is_told_on_the_page_that_is_open(server, sit_down, sign_in, path):
    page, facilitator = sit_down(f"Параска {path or 'дошка'}"), sign_in("facilitator")
    title = f"Тема для {path or 'дошки'}"
    number = propose(page, server.event, title)
    page.goto(f"{server.event}/{path}")
    linked(page)

    hang(facilitator, server.event, number)

    expect(said(page)).to_contain_text(f"«{title}» має час і місце")
    understood(page).click()
    expect(understood(page)).to_be_hidden()
    page.reload()
    expect(understood(ready(page))).to_be_hidden()
    expect(understood(facilitator)).to_be_hidden()
    facilitator.goto(f"{server.event}/topics/{number}")
    facilitator.get_by_label("Ще дії").click()
    facilitator.get_by_role("button", name="Зняти").click()


def test_a_notice_is_understood_without_scripts(server, sit_down, sign_in, contexts):
    page, facilitator = sit_down("Безскриптова Віра"), sign_in("facilitator")
    number = propose(page, server.event, "Тема без скриптів")
    plain = contexts(java_script_enabled=False).new_page()
    plain.context.add_cookies(page.context.cookies())
    hang(facilitator, server.event, number)

    plain.goto(f"{server.event}/market")
    understood(plain).click()

    expect(plain).to_have_url(f"{server.event}/market")
    expect(understood(plain)).to_be_hidden()


LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung"
MEET = """() => {
  const box = (element) => element.getBoundingClientRect();
  const toast = box(document.querySelector(".toast"));
  const foot = [...document.querySelectorAll(".actionbar > *")].filter((each) => box(each).height).map(box);
  return Math.max(...foot.map((each) => Math.min(toast.bottom, each.bottom) - each.top));
}"""


@pytest.mark.parametrize("path", ["contacts/mine/who", "topics/new"])
def test_a_notice_lies_over_nothing_that_the_foot_of_a_form_says(server, sit_down, sign_in, path):
    page, facilitator = sit_down(f"Зайнята {path[:6]}"), sign_in("facilitator")
    hang(facilitator, server.event, propose(page, server.event, f"Тема під рукою {path[:6]}"))

    page.goto(f"{server.event}/{path}")
    ready(page)
    if days(page).count():
        days(page).last.click()
        free_places(page).first.check(force=True)

    expect(said(page)).to_contain_text("Тема під рукою")
    assert page.evaluate(MEET) <= 0


def test_a_long_word_in_a_message_does_not_run_out_of_the_screen(server, sit_down):
    page = sit_down("Довге Слово")

    propose(page, server.event, LONG_WORD)

    message = said(page).get_by_text(LONG_WORD)
    expect(message).to_be_visible()
    assert message.evaluate(
        "toast => toast.getBoundingClientRect().right <= innerWidth && toast.scrollWidth <= toast.clientWidth"
    )
