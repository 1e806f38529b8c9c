"""The stories as a website in a ZIP archive: opened from a disk, without scripts and without a server."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.system.conftest import ready
from tests.system.pages import main_button

# All addresses in a page: of links, stylesheets, pictures in every width, films, recordings, posters and subtitles.
ADDRESSES = """() => [...document.querySelectorAll("[href], [src], [srcset], [poster]")].flatMap(each => [
  each.getAttribute("href"), each.getAttribute("src"), each.getAttribute("poster"),
  ...(each.getAttribute("srcset") || "").split(",").map(one => one.trim().split(" ")[0]),
]).filter(address => address && !address.startsWith("data:text/vtt"))"""
# Pictures that are not drawn. Without scripts none is lazy, and no promise would be kept.
BROKEN = "() => [...document.images].filter(each => !each.naturalWidth).map(each => each.src)"
LOAD = """() => document.querySelectorAll("video, audio").forEach(each => {
  each.preload = "metadata";
  each.load();
})"""
LENGTHS = """() => [...document.querySelectorAll("video, audio")].map(each => each.duration || 0)"""


@pytest.fixture(scope="module")
def site(server, browser, tmp_path_factory) -> Path:
    """The folder of the unpacked archive, which an organiser has downloaded."""
    folder = tmp_path_factory.mktemp("site")
    page = browser.new_page(locale="uk-UA")
    if "organiser" not in server.cookies:
        page.goto(server.links["organiser"])
        main_button(page).click()
        server.cookies["organiser"] = page.context.cookies()
    page.context.add_cookies(server.cookies["organiser"])
    page.goto(f"{server.event}/stories/publication")
    with page.expect_download() as download:
        page.locator('a[href$="stories.zip?for=web"]').click()
    download.value.save_as(folder / "stories.zip")
    page.close()
    with ZipFile(folder / "stories.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    (top,) = (each for each in folder.iterdir() if each.is_dir())
    return top


@pytest.fixture
def reader(browser) -> Iterator[BrowserContext]:
    """A browser without scripts and network."""
    context = browser.new_context(java_script_enabled=False, offline=True)
    yield context
    context.close()


def opened(page: Page, path: Path) -> Page:
    page.goto(path.as_uri())
    return page


def lengths_on(page: Page) -> list[float]:
    """The seconds of all films and recordings of a page; 0 of one whose head cannot be read."""
    page.evaluate(LOAD)
    for _ in range(100):
        if all(found := page.evaluate(LENGTHS)):
            break
        page.wait_for_timeout(50)
    return found


def test_every_link_picture_and_film_is_found_from_a_disk(site, reader):
    page, seen, waiting = reader.new_page(), set(), [site / "index.html"]
    failed, lengths = [], []
    page.on("requestfailed", lambda request: failed.append((request.resource_type, request.url)))
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.suffix != ".html":
            assert path.stat().st_size > 0
            continue
        opened(page, path)
        for address in page.evaluate(ADDRESSES):
            assert (urlsplit(address).scheme, address[:1] == "/") == ("", False), address
            target = (path.parent / unquote(address)).resolve()
            assert target.is_file(), f"{address} in {path.name}"
            waiting.append(target)
        assert page.evaluate(BROKEN) == []
        lengths += lengths_on(page)

    # Nothing lies there that no page leads to. Films are found by their length: their requests are broken off.
    assert {path for path in site.rglob("*") if path.is_file()} - seen == {site / "stories.json"}
    assert [each for each in failed if each[0] in {"document", "stylesheet", "image"}] == []
    assert {path.suffix for path in seen} >= {".html", ".css", ".webp", ".mp4"}
    assert lengths
    assert all(lengths)


def test_a_film_has_its_subtitles_as_words(site, reader):
    page = reader.new_page()
    (film, *_) = sorted(site.glob("media/*.vtt"))
    opened(page, site / "stories" / f"{film.name.partition('-')[0]}.html")

    words = page.get_by_role("heading", name="Субтитри").locator("xpath=following-sibling::ol[1]/li").all_inner_texts()

    spoken = [line for line in film.read_text().splitlines() if line and "-->" not in line and line != "WEBVTT"]
    assert words == spoken
    assert len(words) > 1


def test_a_film_shows_its_subtitles_from_a_disk(site, browser):
    page = browser.new_page()
    (film, *_) = sorted(site.glob("media/*.vtt"))
    opened(page, site / "stories" / f"{film.name.partition('-')[0]}.html")

    page.wait_for_function("document.querySelector('video').textTracks[0].cues?.length > 1")
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_site_is_for_everybody(site, browser, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in (site / "index.html", min((site / "stories").iterdir())):
        opened(page, path)

        assert [found["id"] for found in Axe().run(page).response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_a_page_prints_without_what_paper_cannot_do(site, reader):
    page = opened(reader.new_page(), min((site / "stories").iterdir()))

    page.emulate_media(media="print")

    assert page.get_by_role("main").is_visible()
    assert not page.get_by_role("navigation").is_visible()


def test_the_page_of_what_is_published_is_for_everybody(server, sign_in):
    page = sign_in("organiser")
    page.goto(f"{server.event}/stories/publication")
    ready(page)
    for name in ("Публікувати історії в інтернеті", "Більше нічого не публікувати"):
        assert [found["id"] for found in Axe().run(page).response["violations"]] == []
        page.get_by_role("button", name=name).click()
        ready(page)
