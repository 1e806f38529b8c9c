"""Telling a story on one phone, and reading it on another."""

from io import BytesIO
from pathlib import Path

from PIL import Image
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


def a_photo(folder: Path, side: int = 1200, name: str = "bus.jpg") -> Path:
    """A photo whose content compresses badly, as those of cameras do."""
    noise = Image.effect_noise((side, side), 90).convert("RGB")
    (folder / name).write_bytes(_jpeg(noise))
    return folder / name


def _jpeg(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=92)
    return stream.getvalue()


def photos(page: Page):
    return page.locator("input[type=file][accept^=image]")


def test_photos_are_sent_while_one_writes_and_stand_on_every_phone(server, sit_down, tmp_path):
    teller, reader = wall(sit_down("Олена Фото"), server), wall(sit_down("Anna Schaut"), server)
    teller.get_by_role("link", name="Історія", exact=True).click()
    ready(teller)

    photos(teller).set_input_files([a_photo(tmp_path, 700, f"{number}.jpg") for number in range(2)])
    teller.get_by_label("Що видно чи чути").first.fill("Жовтий автобус")
    expect(teller.get_by_text("Надійшло")).to_have_count(2, timeout=20000)
    teller.get_by_label("Ваша історія").fill("Дві світлини")
    teller.get_by_role("button", name="Розповісти").click()

    pictures = story(reader, "Дві світлини").get_by_role("img")
    expect(pictures).to_have_count(2, timeout=30000)
    expect(pictures.first).to_have_accessible_name("Жовтий автобус")
    reader.wait_for_function("() => [...document.querySelectorAll('.story img')].some((each) => each.naturalWidth > 0)")


def test_a_fifth_photo_is_refused_in_words_and_four_stay(server, sit_down, tmp_path):
    page = sit_down("Олена Багато")
    page.goto(f"{server.event}/stories/new")
    ready(page)

    photos(page).set_input_files([a_photo(tmp_path, 60, f"{number}.jpg") for number in range(5)])

    expect(page.get_by_role("button", name="Прибрати")).to_have_count(4)
    expect(page.get_by_role("alert")).to_have_text("Історія має до чотирьох фото, або одне відео, або один звукозапис.")
    page.get_by_role("button", name="Прибрати").first.click()
    expect(page.get_by_role("button", name="Прибрати")).to_have_count(3)


def test_a_file_goes_on_after_a_reload_with_the_words_still_there(server, network, sit_down, tmp_path):
    page = sit_down("Олена Перезавантажує", network=network)
    page.goto(f"{network.url}/{server.slug}/stories/new")
    ready(page)
    page.get_by_label("Ваша історія").fill("Світлина в дорозі")
    network.hang()
    photos(page).set_input_files([a_photo(tmp_path)])
    expect(page.get_by_role("button", name="Прибрати")).to_have_count(1)
    page.wait_for_timeout(500)
    network.reset()

    page.reload()
    ready(page)

    expect(page.get_by_label("Ваша історія")).to_have_value("Світлина в дорозі")
    expect(page.get_by_text("Надійшло")).to_be_visible(timeout=30000)
    page.get_by_role("button", name="Розповісти").click()
    expect(story(page, "Світлина в дорозі").get_by_role("img")).to_have_count(1, timeout=30000)


def test_a_story_told_before_its_photo_has_arrived_gets_it_from_another_page(server, network, sit_down, tmp_path):
    page, reader = sit_down("Олена Поспішає", network=network), wall(sit_down("Anna Wartet"), server)
    page.goto(f"{network.url}/{server.slug}/stories/new")
    ready(page)
    page.route("**/uploads**", lambda route: route.abort())
    photos(page).set_input_files([a_photo(tmp_path)])
    page.get_by_label("Ваша історія").fill("Світлина буде")
    page.get_by_role("button", name="Розповісти").click()
    expect(story(reader, "Світлина буде")).to_contain_text("У дорозі")

    page.unroute("**/uploads**")
    page.goto(f"{network.url}/{server.slug}/")

    expect(story(reader, "Світлина буде").get_by_role("img")).to_have_count(1, timeout=40000)
