"""The form in which a story is told: its files, chosen and recorded, sent and taken back."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.media import clips
from tests.media.clips import halves
from tests.system.conftest import ready
from tests.system.pages import main_button

ARRIVED = "Надійшло"


def form(page: Page, server) -> Page:
    page.goto(f"{server.event}/stories/new")
    return ready(page)


def photos(page: Page) -> Locator:
    return page.locator("input[type=file][accept^=image]")


def a_photo(folder: Path, name: str = "bus.jpg") -> Path:
    Image.new("RGB", (64, 48), "navy").save(folder / name)
    return folder / name


def rows(page: Page) -> Locator:
    return page.locator(".files").get_by_role("listitem")


def tell(page: Page, words: str) -> Locator:
    """Hand the story in; returns it on the wall."""
    page.get_by_label("Ваша історія").fill(words)
    page.get_by_role("button", name="Розповісти").click()
    article = page.get_by_role("article").filter(has_text=words)
    expect(article).to_be_visible()
    return article


def test_a_document_is_refused_where_it_was_chosen_and_what_only_the_server_reads_is_sent(server, sit_down, tmp_path):
    page = form(sit_down("Олена Документ"), server)
    (tmp_path / "scan.jpg").write_bytes(b"%PDF-1.7")
    (tmp_path / "IMG_1.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(400))

    photos(page).set_input_files([tmp_path / "scan.jpg", tmp_path / "IMG_1.heic", a_photo(tmp_path)])

    document, unseen, photo = (rows(page).nth(number) for number in range(3))
    expect(document.get_by_role("alert")).to_contain_text("scan.jpg\u2069 — не фото")
    expect(unseen).to_contain_text("Цей браузер не може показати файл. Його все одно буде надіслано")
    for sent in (unseen, photo):
        expect(sent).to_contain_text(ARRIVED, timeout=20000)
    expect(photo.get_by_text("Цей браузер не може")).to_be_hidden()
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
    document.get_by_role("button", name="Прибрати").click()
    expect(rows(page)).to_have_count(2)


def test_a_document_is_no_part_of_the_story(server, sit_down, tmp_path):
    page = form(sit_down("Олена Без Документа"), server)
    (tmp_path / "scan.jpg").write_bytes(b"%PDF-1.7")
    photos(page).set_input_files(tmp_path / "scan.jpg")
    expect(rows(page).get_by_role("alert")).to_be_visible()

    # The place is free for another kind of file.
    expect(page.get_by_text("Відео", exact=True)).to_be_visible()
    story = tell(page, "Без документа")

    expect(story.locator(".story__media")).to_have_count(0)


def test_what_is_too_much_is_named_above_the_photos_that_stay(server, sit_down, tmp_path):
    page = form(sit_down("Олена Пʼять"), server)

    photos(page).set_input_files([a_photo(tmp_path, f"{number}.jpg") for number in range(6)])

    expect(rows(page)).to_have_count(4)
    says = page.get_by_role("alert").filter(has_text="Не взято")
    expect(says).to_have_text(re.compile("Не взято: .4.jpg., .5.jpg.. Історія має до чотирьох фото"))
    expect(says).to_be_in_viewport()
    assert says.bounding_box()["y"] < rows(page).first.bounding_box()["y"]


def test_a_photo_that_was_removed_is_brought_back_and_sent_again(server, sit_down, tmp_path):
    page = form(sit_down("Олена Передумала"), server)
    photos(page).set_input_files([a_photo(tmp_path, "one.jpg"), a_photo(tmp_path, "two.jpg")])
    expect(page.get_by_text(ARRIVED)).to_have_count(2, timeout=20000)

    for number in range(2):
        # Nothing of it is left on the server either.
        with page.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
            rows(page).nth(number).get_by_role("button", name="Прибрати").click()
        assert deleted.value.status == 204
    expect(page.get_by_text("Прибрано")).to_have_count(2)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('sending:'))") == []
    rows(page).first.get_by_role("button", name="Повернути").click()

    expect(page.get_by_text(ARRIVED).locator("visible=true")).to_have_count(1, timeout=20000)
    story = tell(page, "Одна повернулася")
    expect(story.get_by_role("img")).to_have_count(1, timeout=30000)


def test_while_editing_the_pictures_are_seen_and_one_can_be_removed(server, sit_down, tmp_path):
    page = form(sit_down("Олена Редагує"), server)
    photos(page).set_input_files([a_photo(tmp_path, "one.jpg"), a_photo(tmp_path, "two.jpg")])
    story = tell(page, "Дві, потім одна")
    expect(story.get_by_role("img")).to_have_count(2, timeout=30000)
    story.get_by_role("link", name="Олена Редагує", exact=True).click()
    page.wait_for_url(re.compile(r"/stories/\d+$"))
    page.goto(f"{page.url}/edit")
    ready(page)

    seen = "() => [...document.querySelectorAll('.files img')].map((each) => each.naturalWidth)"
    assert page.evaluate(seen) == [64, 64]
    rows(page).first.get_by_role("button", name="Прибрати").click()
    page.reload()
    ready(page)
    # Not saved yet, and remembered with all else that was changed.
    expect(rows(page).first.get_by_role("button", name="Повернути")).to_be_visible()
    main_button(page).click()

    page.wait_for_url(re.compile(r"/stories/\d+$"))
    expect(page.get_by_role("article").get_by_role("img")).to_have_count(1)


def test_without_scripts_the_browser_says_what_is_chosen_and_a_photo_is_kept_or_not(
    server, sit_down, contexts, tmp_path
):
    page = form(sit_down("Олена Без Скриптів"), server)
    photos(page).set_input_files(a_photo(tmp_path))
    story = tell(page, "Без скриптів")
    expect(story.get_by_role("img")).to_have_count(1, timeout=30000)
    story.get_by_role("link", name="Олена Без Скриптів", exact=True).click()
    page.wait_for_url(re.compile(r"/stories/\d+$"))
    plain = contexts(java_script_enabled=False).new_page()
    plain.context.add_cookies(page.context.cookies())
    plain.goto(f"{page.url}/edit")

    for field in plain.locator("input[type=file]").all():
        assert field.bounding_box()["width"] > 150
    expect(plain.get_by_role("button", name="Прибрати")).to_be_hidden()
    plain.get_by_label("Лишити в історії").uncheck()
    main_button(plain).click()

    expect(plain.get_by_role("article").filter(has_text="Без скриптів")).to_be_visible()
    expect(plain.get_by_role("article").get_by_role("img")).to_have_count(0)


def test_without_a_network_a_file_says_that_it_waits_and_then_that_it_goes_on(server, sit_down, tmp_path):
    page = form(sit_down("Олена Офлайн"), server)
    page.route("**/uploads**", lambda route: route.abort())
    page.context.set_offline(True)
    photos(page).set_input_files(a_photo(tmp_path))
    expect(rows(page)).to_contain_text("Чекає на мережу, а тоді піде далі саме.")
    rows(page).get_by_label("Що видно чи чути").fill("Синє небо")

    page.evaluate("""() => {
      window.heard = [];
      const state = document.querySelector(".files__row [data-state]");
      new MutationObserver(() => window.heard.push(state.textContent)).observe(state, { childList: true });
    }""")
    page.unroute("**/uploads**")
    page.context.set_offline(False)

    expect(rows(page)).to_contain_text(ARRIVED, timeout=20000)
    assert page.evaluate("window.heard") == ["Звʼязок знову є: надсилання триває.", ARRIVED]
    # What was written of a file is there after a reload.
    page.reload()
    ready(page)
    expect(rows(page).get_by_label("Що видно чи чути")).to_have_value("Синє небо")


MICROPHONE = """
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const [tone, heard] = [context.createOscillator(), context.createMediaStreamDestination()];
    tone.connect(heard);
    tone.start();
    return heard.stream;
  };
"""


def test_a_recording_shows_how_long_it_has_run_and_a_short_one_is_not_cut(server, sit_down):
    page = sit_down("Олена Говорить")
    page.add_init_script(MICROPHONE)
    form(page, server)

    page.get_by_role("button", name="Записати").click()
    expect(page.get_by_role("button", name="Зупинити запис")).to_contain_text("0:01")
    page.get_by_role("button", name="Зупинити запис").click()

    expect(rows(page).locator("audio")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.files audio').readyState > 0")
    expect(page.get_by_role("slider", name="Від")).to_be_hidden()
    rows(page).get_by_role("button", name="Прибрати").click()
    expect(page.get_by_role("button", name="Записати")).not_to_contain_text("0:")


@pytest.mark.parametrize(("seconds", "is_cut"), [(3, False), (12, True)])
def test_only_a_film_that_is_long_enough_can_be_cut_and_plays_from_where_it_begins(
    server, sit_down, tmp_path, seconds, is_cut
):
    page = form(sit_down(f"Олена Ріже {seconds}"), server)
    (tmp_path / "film.mp4").write_bytes(clips.film(seconds * 5, halves((160, 120)), rate=5))
    page.locator("input[type=file][accept^=video]").set_input_files(tmp_path / "film.mp4")
    page.wait_for_function("() => document.querySelector('.files video')?.readyState > 0")

    begin, end = page.get_by_role("slider", name="Від"), page.get_by_role("slider", name="До")
    expect(begin).to_be_visible(visible=is_cut)
    if is_cut:
        begin.fill("2")
        end.fill("9")
        page.evaluate("document.querySelector('.files video').play()")
        played = page.evaluate("document.querySelector('.files video').currentTime")
        assert 2 <= played < 5


def test_on_a_phone_that_lies_on_its_side_the_button_covers_nothing(server, sit_down):
    page = form(sit_down("Олена Лежить", viewport={"width": 844, "height": 390}), server)

    last, button = page.get_by_label("Опублікувати").bounding_box(), main_button(page).bounding_box()

    assert button["y"] > last["y"] + last["height"]
