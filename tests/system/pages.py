"""Where things are found on the pages: by role and name, as people and their screen readers find them."""

import re

from playwright.sync_api import Locator, Page


def main_button(page: Page) -> Locator:
    """The button at the foot of a form, whatever it says just now."""
    return page.get_by_role("main").get_by_role("button").last


def way_back(page: Page) -> Locator:
    """The link at the top of an inner page that leads to where one came from."""
    return page.get_by_role("banner").get_by_role("link").first


def said(page: Page) -> Locator:
    """Messages that come and go at the lower edge, and notices that stay until they are understood."""
    return page.get_by_role("status").last


def understood(page: Page) -> Locator:
    """The button that puts notices away."""
    return said(page).get_by_role("button", name="Зрозуміло")


def no_connection(page: Page) -> Locator:
    """What a live page says while it hears nothing of the server."""
    return page.get_by_role("status").filter(has_text="Немає звʼязку. Дошка станом на")


def market(page: Page) -> Locator:
    """The market of topics: below the board, or on its own page."""
    own_page = page.get_by_role("main").filter(has=page.get_by_role("heading", name="Базар тем", level=1))
    return page.get_by_role("region", name="Базар тем").or_(own_page)


def running(page: Page) -> Locator:
    """The sessions of now on the board."""
    return page.get_by_role("region").filter(has_text="Зараз, ще")


def sheets(where: Page | Locator, title: str = "") -> Locator:
    """The sheets that hang there: all, or those of a topic."""
    found = where.get_by_role("article")
    return found.filter(has_text=title) if title else found


def places(where: Page | Locator) -> Locator:
    """The free cells of the board: links to write a topic for them."""
    return where.get_by_role("link", name=re.compile("^Вільно: "))


def chairs(where: Page | Locator) -> Locator:
    """Buttons with which one takes a chair, of sessions on the board; on the market one is interested."""
    return where.get_by_role("button", name=re.compile("^(Піду|Іду): "))


def chair(sheet: Locator) -> Locator:
    """The one button of a sheet."""
    return sheet.get_by_role("button")


def going(chair: Locator) -> int:
    """How many the button says are going."""
    return int(chair.inner_text().split()[-1])


def counts(number: int) -> re.Pattern[str]:
    """The name of a chair's button that says so many."""
    return re.compile(rf", {number}$")


def names_of_places(page: Page) -> Locator:
    """The names above the columns of the board that are in sight."""
    return page.get_by_role("list", name="Місця").get_by_role("listitem")


def days_of_board(page: Page) -> Locator:
    """The links to the days of the event."""
    return page.get_by_role("navigation", name="День").get_by_role("link")


def days(page: Page) -> Locator:
    """The days of the small wall on which one chooses a place."""
    return page.get_by_role("group", name="День").get_by_role("button")


def free_places(page: Page) -> Locator:
    """The free cells of the day that the small wall shows."""
    return page.get_by_role("radio", name=re.compile("вільно$"))


def taken_places(page: Page) -> Locator:
    """The taken cells of the day that the small wall shows."""
    return page.get_by_role("radio", name=re.compile("зайнято: "))


def found_people(page: Page) -> Locator:
    """The part of the contact book with the cards."""
    return page.get_by_role("region", name="Картки")


def cards(page: Page, name: str = "") -> Locator:
    """Cards in the contact book: all, or those of a name."""
    found = found_people(page).get_by_role("article")
    return found.filter(has_text=name) if name else found


def toggle_entrance(organiser: Page, event: str) -> None:
    """Open the entrance of the event if it is closed, and close it if it is open."""
    organiser.goto(f"{event}/settings")
    organiser.get_by_role("button", name=re.compile("(За|Від)чинити вхід")).click()
    organiser.wait_for_load_state()
