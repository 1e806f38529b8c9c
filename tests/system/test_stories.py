"""Telling a story on one phone, and reading it on another."""

from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready
from tests.system.pages import said


def wall(page: Page, server) -> Page:
    """Open the wall from the bar at the bottom."""
    page.get_by_role("navigation", name="Інновації громад").get_by_role("link", name="Історії").click()
    page.wait_for_url(f"{server.event}/stories")
    return linked(page)


def story(page: Page, words: str):
    return page.get_by_role("article").filter(has_text=words)


def heart(page: Page, words: str):
    return story(page, words).get_by_role("button", name="Це мене зворушує")


def tell(page: Page, words: str) -> None:
    page.get_by_role("link", name="Історія", exact=True).click()
    ready(page)
    page.get_by_label("Ваша історія").fill(words)
    page.get_by_role("button", name="Розповісти").click()
    expect(story(page, words)).to_be_visible()


def test_a_story_told_on_one_phone_comes_first_on_the_other_and_its_heart_back(server, sit_down):
    teller, reader = wall(sit_down("Олена Розповідає"), server), wall(sit_down("Anna Liest"), server)

    tell(teller, "Ключі від міста.")

    expect(reader.get_by_role("article").first).to_contain_text("Ключі від міста.")
    heart(reader, "Ключі від").click()
    expect(heart(reader, "Ключі від")).to_have_attribute("aria-pressed", "true")
    expect(heart(teller, "Ключі від")).to_have_accessible_name("Це мене зворушує: 1")
    expect(heart(teller, "Ключі від")).to_have_attribute("aria-pressed", "false")


def test_a_comment_arrives_and_only_ones_own_can_be_taken_back(server, sit_down):
    teller, reader = wall(sit_down("Олена Чекає"), server), wall(sit_down("Anna Antwortet"), server)
    tell(teller, "Пандус за вихідні.")
    for page, name in ((reader, "Олена Чекає"), (teller, "Олена Чекає")):
        story(page, "Пандус").get_by_role("link", name=name).click()
        linked(page)
    reader.get_by_label("Ваш коментар").fill("Ми теж")
    reader.get_by_role("button", name="Коментувати").click()
    teller.get_by_label("Ваш коментар").fill("Приїжджайте")
    teller.get_by_role("button", name="Коментувати").click()
    ready(teller)

    comments = reader.get_by_role("listitem")
    expect(comments).to_have_count(2)
    expect(comments.filter(has_text="Ми теж").get_by_role("button", name="Видалити")).to_be_visible()
    expect(comments.filter(has_text="Приїжджайте").get_by_role("button", name="Видалити")).to_be_hidden()
    # On one's own story all of them.
    teller.get_by_role("listitem").filter(has_text="Ми теж").get_by_role("button", name="Видалити").click()
    expect(comments).to_have_count(1)


def test_a_story_written_without_a_network_goes_up_later(server, network, sit_down):
    phone = sit_down("Олена Без Мережі", network=network)
    phone.goto(f"{network.url}/{server.slug}/stories/new")
    ready(phone)
    network.hang()
    phone.get_by_label("Ваша історія").fill("Договір на капоті.")
    phone.get_by_role("button", name="Розповісти").click()
    expect(phone.get_by_text("Збережено на цьому телефоні")).to_be_visible(timeout=10000)
    network.heal()

    expect(story(phone, "Договір на капоті.")).to_be_visible(timeout=20000)


def test_a_heart_tapped_without_a_network_waits_dashed(server, network, sit_down):
    phone = sit_down("Олена Серце", network=network)
    phone.goto(f"{network.url}/{server.slug}/stories")
    linked(phone)
    network.hang()
    mark = heart(phone, "Сорок мерів")

    mark.click()

    expect(mark).to_have_attribute("data-waits", "", timeout=5000)
    expect(said(phone)).to_contain_text("збережено на цьому телефоні")
    network.heal()
    expect(mark).not_to_have_attribute("data-waits", "", timeout=20000)
    expect(mark).to_have_attribute("aria-pressed", "true")
