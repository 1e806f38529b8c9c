"""Telling a story on one phone, and reading it on another."""

import sqlite3
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.media import clips
from tests.media.clips import halves
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
    tell(phone, "Серце без мережі")
    linked(phone)
    mark = heart(phone, "Серце без мережі")
    network.hang()

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


# Of the first photo: the widths of its files, of the file that was loaded, and of the photo on the page.
WIDTHS = """async () => {
  const photo = document.querySelector(".story img.photo");
  photo.scrollIntoView();
  await photo.decode();
  const loaded = await createImageBitmap(await (await fetch(photo.currentSrc)).blob());
  const { srcset } = photo.parentElement.querySelector("source");
  const files = srcset.split(", ").map((file) => parseInt(file.split(" ")[1]));
  return [files, loaded.width, photo.clientWidth];
}"""


def test_a_phone_with_two_pixels_to_each_loads_the_smallest_photo_that_fills_them(server, sit_down):
    phone = wall(sit_down("Олена Ощадлива", device_scale_factor=2), server)

    files, loaded, shown = phone.evaluate(WIDTHS)

    assert len(files) > 1
    assert loaded == min(width for width in files if width >= 2 * shown)


def films(page: Page):
    return page.locator("input[type=file][accept^=video]")


def a_long_film(folder: Path, seconds: int = 100) -> Path:
    (folder / "long.mp4").write_bytes(clips.film(seconds * 5, halves((160, 120)), rate=5))
    return folder / "long.mp4"


def test_of_a_long_film_one_chooses_a_part_and_that_part_arrives(server, sit_down, tmp_path):
    page = sit_down("Олена Довге Відео")
    page.goto(f"{server.event}/stories/new")
    ready(page)

    films(page).set_input_files(a_long_film(tmp_path))

    begin, end = page.get_by_role("slider", name="Від"), page.get_by_role("slider", name="До")
    expect(page.get_by_text("Запис триває 1:40. Оберіть із нього 90 секунд.")).to_be_visible()
    expect(begin).to_have_value("0")
    expect(end).to_have_value("90")
    # Whoever moves the beginning of a part that is too long moves its end.
    begin.fill("8")
    expect(end).to_have_value("90")
    end.fill("100")
    expect(begin).to_have_value("10")
    begin.fill("20")
    end.fill("26.5")
    expect(page.get_by_text("0:20 – 0:26")).to_be_visible()
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
    page.get_by_label("Ваша історія").fill("Довге відео")
    page.get_by_role("button", name="Розповісти").click()

    expect(story(page, "Довге відео").locator("video")).to_be_visible(timeout=60000)
    with sqlite3.connect(server.data / "openspace.sqlite") as database:
        cut = "SELECT cut_from, cut_length, seconds FROM story_medium ORDER BY id DESC LIMIT 1"
        ((start, length, seconds),) = database.execute(cut)
    assert (start, length) == (20, 6.5)
    assert seconds == pytest.approx(6.5, abs=0.25)


def test_while_the_phone_converts_a_film_the_form_says_so(server, sit_down, tmp_path):
    page = sit_down("Олена Конвертує")
    page.goto(f"{server.event}/stories/new")
    ready(page)
    words = page.get_by_text("Ваш телефон готує відео.")
    expect(words).to_be_hidden()

    with page.expect_file_chooser() as opened:
        films(page).dispatch_event("click")
    expect(words).to_be_visible()
    opened.value.set_files(a_long_film(tmp_path, 2))

    expect(words).to_be_hidden()
    expect(page.get_by_role("button", name="Прибрати")).to_have_count(1)


def test_its_author_sees_on_the_wall_how_far_a_file_is_and_nobody_else(server, network, sit_down, tmp_path):
    author, reader = sit_down("Олена Дивиться", network=network), wall(sit_down("Anna Schaut Zu"), server)
    author.goto(f"{network.url}/{server.slug}/stories/new")
    ready(author)
    author.route("**/uploads**", lambda route: route.abort())
    photos(author).set_input_files([a_photo(tmp_path)])
    author.get_by_label("Ваша історія").fill("Скільки вже?")
    author.get_by_role("button", name="Розповісти").click()
    mine, others = story(author, "Скільки вже?"), story(reader, "Скільки вже?")
    expect(mine).to_contain_text("Чекає на мережу", timeout=40000)
    expect(others).to_contain_text("У дорозі")

    author.evaluate(
        """ref => document.dispatchEvent(new CustomEvent("sending", { detail: { ref, percent: 40 } }))""",
        mine.locator("[data-ref]").get_attribute("data-ref"),
    )

    expect(mine.get_by_role("progressbar", name="Скільки вже готово")).to_have_js_property("value", 40)
    expect(mine).to_contain_text("У дорозі")
    expect(others.locator("progress")).to_be_hidden()


def test_the_percent_of_the_preparation_is_asked_for_by_its_author_alone(server, sit_down):
    author, reader = sit_down("Олена Питає"), sit_down("Anna Fragt Nicht")
    told_with_a_file(server, author, "Готується")
    asked: dict[Page, list[str]] = {author: [], reader: []}
    for page, addresses in asked.items():
        page.on("request", lambda request, addresses=addresses: addresses.append(request.url))
        page.route("**/media", lambda route: route.fulfill(json=PREPARED, headers={"X-Open-Space": "1"}))
        page.goto(f"{server.event}/stories")
        linked(page)

    place = story(author, "Готується").get_by_role("progressbar")
    expect(place).to_have_js_property("value", 73)
    author.wait_for_timeout(4000)

    assert sum(url.endswith("/media") for url in asked[author]) == 2
    assert not any(url.endswith("/media") for url in asked[reader])
    expect(story(reader, "Готується").locator("progress")).to_be_hidden()


# What the server says of the file that `told_with_a_file` leaves in preparation.
PREPARED = {"media": [{"ref": "preparing-for-ever-1", "state": "preparing", "percent": 73}]}


def told_with_a_file(server, page: Page, words: str) -> None:
    """Tell a story whose photo has arrived, and is prepared by nobody."""
    page.goto(f"{server.event}/stories/new")
    ready(page)
    told(server, page, words, **{"ref": "preparing-for-ever-1", "kind-preparing-for-ever-1": "photo"})
    with sqlite3.connect(server.data / "openspace.sqlite", timeout=10) as database:
        database.execute("UPDATE story_medium SET state = 'preparing' WHERE ref = 'preparing-for-ever-1'")


def test_the_wall_goes_on_below_while_one_scrolls_and_marks_work_there(server, sit_down):
    page = sit_down("Олена Гортає")
    for number in range(12):
        told(server, page, f"Гортаємо {number}.")
    page.goto(f"{server.event}/stories")
    linked(page)
    expect(page.get_by_role("article")).to_have_count(20)

    page.get_by_role("link", name="Показати ще").scroll_into_view_if_needed()

    expect(story(page, "Адміністраторка сказала")).to_have_count(1)
    heart(page, "Адміністраторка сказала").click()
    expect(heart(page, "Адміністраторка сказала")).to_have_attribute("aria-pressed", "true")


def told(server, page: Page, words: str, **more: str) -> None:
    """Tell a story by the request that the form sends."""
    token = page.locator("input[name=csrf_token]").first.input_value()
    fields = {"text": words, "language": "uk", "csrf_token": token, **more}
    answer = page.request.post(f"{server.event}/stories", form=fields, headers={"Referer": page.url}, max_redirects=0)
    assert answer.status == 303


def test_subtitles_are_reached_from_the_story_of_ones_own_film(server, sit_down, tmp_path):
    page = sit_down("Олена Субтитри")
    page.goto(f"{server.event}/stories/new")
    ready(page)
    films(page).set_input_files(a_long_film(tmp_path, 3))
    page.get_by_label("Ваша історія").fill("З титрами")
    page.get_by_role("button", name="Розповісти").click()
    expect(story(page, "З титрами").locator("video")).to_be_visible(timeout=60000)
    story(page, "З титрами").get_by_role("link", name="Олена Субтитри").click()
    ready(page)

    page.locator("summary", has=page.locator("svg")).first.click()
    page.get_by_role("link", name="Субтитри", exact=True).click()
    ready(page)

    expect(page.get_by_role("heading", name="Субтитри")).to_be_visible()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []


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


def test_a_refused_story_keeps_its_photos(server, sit_down, tmp_path):
    page = sit_down("Олена Відмова")
    page.goto(f"{server.event}/stories/new")
    ready(page)
    photos(page).set_input_files([a_photo(tmp_path, 200)])
    expect(page.get_by_text("Надійшло")).to_be_visible(timeout=20000)
    page.get_by_label("Ваша історія").evaluate("(field) => { field.removeAttribute('maxlength'); }")
    page.get_by_label("Ваша історія").fill("Задовга " * 200)
    page.get_by_role("button", name="Розповісти").click()

    expect(page.get_by_text("Задовго").or_(page.locator(".field__err")).first).to_be_visible()
    expect(page.get_by_role("button", name="Прибрати")).to_have_count(1)
    page.get_by_label("Ваша історія").fill("Коротка після відмови")
    page.get_by_role("button", name="Розповісти").click()

    expect(story(page, "Коротка після відмови").get_by_role("img")).to_have_count(1, timeout=30000)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('sending:'))") == []


def test_after_a_refused_comment_ones_heart_is_still_shown(server, sit_down):
    page = wall(sit_down("Олена Коментує"), server)
    tell(page, "Серце лишається")
    heart(page, "Серце лишається").click()
    story(page, "Серце лишається").get_by_role("link", name="Коментарі").click()
    linked(page)
    expect(page.get_by_role("button", name="Це мене зворушує")).to_have_attribute("aria-pressed", "true")

    page.get_by_role("button", name="Коментувати").click()

    expect(page.locator(".field__err")).to_be_visible()
    expect(page.get_by_role("button", name="Це мене зворушує")).to_have_attribute("aria-pressed", "true")
