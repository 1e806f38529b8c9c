"""Reading on the wall: photos opened whole, long stories unfolded."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready


@pytest.fixture
def wall(server, sit_down) -> Page:
    page = sit_down("Олена Читає")
    page.goto(f"{server.event}/stories")
    return linked(page)


def with_three_photos(page: Page):
    """The story of the demo that has three."""
    return page.get_by_role("article").filter(has=page.locator("[data-count='3']")).first


def test_a_tap_opens_a_photo_whole_and_leads_to_the_others_of_its_story(wall):
    links = with_three_photos(wall).locator("[data-photo]")
    address, dialog = wall.url, wall.get_by_role("dialog", name="Фото історії")

    links.nth(1).click()

    says = dialog.get_by_role("status")
    expect(says).to_contain_text("2 з 3")
    expect(says).to_contain_text(links.nth(1).get_by_role("img").get_attribute("alt"))
    shown = dialog.get_by_role("img").nth(1)
    expect(shown).to_be_in_viewport(ratio=1)
    assert shown.evaluate("(image) => getComputedStyle(image).objectFit") == "fill"
    assert [fault["id"] for fault in Axe().run(wall).response["violations"]] == []
    wall.keyboard.press("ArrowRight")
    expect(says).to_contain_text("3 з 3")
    expect(dialog.get_by_role("button", name="Наступне фото")).to_be_hidden()
    dialog.get_by_role("button", name="Попереднє фото").click()
    expect(says).to_contain_text("2 з 3")
    wall.go_back()
    expect(dialog).to_have_count(0)
    assert wall.url == address
    expect(links.nth(1)).to_be_focused()


def test_escape_closes_a_photo_and_the_way_back_leads_where_it_led(server, wall):
    with_three_photos(wall).locator("[data-photo]").first.click()
    expect(wall.get_by_role("dialog")).to_be_visible()

    wall.keyboard.press("Escape")

    expect(wall.get_by_role("dialog")).to_have_count(0)
    wall.wait_for_function("() => !history.state?.photos")
    assert wall.url == f"{server.event}/stories"
    wall.go_back()
    wall.wait_for_url(lambda address: not address.endswith("/stories"))


def test_without_scripts_a_photo_leads_to_its_largest_file(server, wall, contexts):
    plain = contexts(java_script_enabled=False)
    plain.add_cookies(wall.context.cookies())
    page = plain.new_page()
    page.goto(f"{server.event}/stories")

    address = with_three_photos(page).locator("[data-photo]").first.get_attribute("href")

    answer = page.request.get(f"{server.url}{address}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")


def test_a_long_story_is_unfolded_where_it_stands_and_stays_so_when_it_changes(server, wall):
    wall.get_by_role("link", name="Історія", exact=True).click()
    ready(wall)
    wall.get_by_label("Ваша історія").fill("Довга історія. " + "Слово за словом. " * 80)
    wall.get_by_role("button", name="Розповісти").click()
    story = wall.get_by_role("article").filter(has_text="Довга історія.")
    text, rest = story.locator(".story__t"), story.get_by_role("link", name="Читати далі")
    linked(wall)
    folded = text.bounding_box()

    rest.click()

    expect(rest).to_be_hidden()
    expect(text).to_be_focused()
    assert text.bounding_box()["height"] > folded["height"] * 2
    assert text.bounding_box()["y"] == pytest.approx(folded["y"], abs=1)
    assert wall.url.endswith("/stories")
    heart = story.get_by_role("button", name="Це мене зворушує")
    heart.click()
    expect(heart).to_have_accessible_name("Це мене зворушує: 1")
    expect(rest).to_be_hidden()


def test_a_photo_that_is_hidden_meanwhile_does_not_stay_open(wall, sign_in):
    story = with_three_photos(wall)
    number = story.get_attribute("data-story")
    facilitator = sign_in("facilitator")
    facilitator.goto(wall.url + f"/{number}")
    ready(facilitator)
    story.locator("[data-photo]").first.click()
    expect(wall.get_by_role("dialog")).to_be_visible()

    facilitator.get_by_role("group").locator("summary").first.click()
    facilitator.get_by_label("Чому?").fill("Імена")
    facilitator.get_by_role("button", name="Приховати").click()

    expect(wall.get_by_role("dialog")).to_have_count(0)
    facilitator.get_by_role("button", name="Повернути").click()
    expect(story).to_be_visible()
