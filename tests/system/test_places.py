"""Places by real browsers: one tap at a door, butterfly places, people without a phone, and what axe finds there."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.system.conftest import linked


def butterfly_place(page: Page, event: str) -> Page:
    """Open the butterfly place of the demo from the board."""
    page.goto(event)
    page.get_by_role("link", name="Фоє").click()
    expect(page.get_by_text("Місце для метеликів: тут зустрічаються без теми.")).to_be_visible()
    return page


def test_one_tap_at_a_butterfly_place_counts_and_a_second_one_names(server, sit_down):
    first = butterfly_place(sit_down("Метелик Марко"), server.event)
    second = butterfly_place(sit_down("Метелик Мотря"), server.event)

    first.get_by_role("button", name="Я тут").click()
    expect(first.get_by_text("Ви тут")).to_be_visible()
    second.reload()
    expect(second.get_by_text("Тут 1 людина.")).to_be_visible()
    expect(second.get_by_text("Метелик Марко")).to_have_count(0)

    first.get_by_role("button", name="Можна назвати мене тут").click()
    second.reload()
    expect(second.get_by_text("Метелик Марко")).to_be_visible()

    first.get_by_role("button", name="Іду далі").click()
    expect(first.get_by_role("button", name="Я тут")).to_be_visible()
    second.reload()
    expect(second.get_by_text("Тут 0 людей.")).to_be_visible()


def test_somebody_without_a_phone_is_written_down_and_everybody_sees_it(server, sit_down):
    writer, reader = sit_down("Писар Прокіп"), sit_down("Читачка Прися")
    for page in (writer, reader):
        page.goto(f"{server.event}/topics/2/notes")
        linked(page)

    writer.get_by_text("Тут був хтось без телефону").click()
    writer.get_by_label("Хто був тут без телефону?").fill("Баба Ганна")
    writer.get_by_role("button", name="Додати імʼя").click()
    expect(reader.get_by_role("button", name="Прибрати: Баба Ганна")).to_be_visible()

    reader.get_by_role("button", name="Прибрати: Баба Ганна").click()
    for page in (writer, reader):
        expect(page.get_by_text("Баба Ганна")).to_have_count(0)


def test_axe_finds_nothing_in_either_theme(server, sign_in):
    page = sign_in("facilitator")
    found = {}

    def look(name: str) -> None:
        expect(page.get_by_role("main")).to_be_visible()
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            violations = Axe().run(page).response["violations"]
            found[f"{name} {theme}"] = [(each["id"], each["nodes"][0]["html"]) for each in violations]

    notes = "/topics/1/notes"
    for name in ("", "/spaces", "/spaces/1", notes, f"{notes}/history", f"{notes}/writer", "/news"):
        page.goto(f"{server.event}{name}")
        look(name)
    page.goto(f"{server.event}{notes}/history")
    page.get_by_role("main").get_by_role("link").first.click()
    look("an earlier version")
    page.goto(f"{server.event}{notes}")
    page.get_by_text("Тут був хтось без телефону").click()
    look("a name")
    page.goto(f"{server.event}/spaces/1")
    page.get_by_role("button", name="Я тут").last.click()
    expect(page.get_by_text("Ви тут")).to_be_visible()
    look("in a session")
    page.get_by_role("button", name="Іду далі").click()
    butterfly_place(page, server.event)
    look("a butterfly place")
    page.get_by_role("button", name="Я тут").click()
    look("at a butterfly place")
    page.get_by_role("button", name="Іду далі").click()
    expect(page.get_by_role("button", name="Я тут")).to_be_visible()

    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(found) == 2 * 12
