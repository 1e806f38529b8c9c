"""The main job on real input: 46 topics, proposed, placed and moved by six people at once in browsers of their own."""

import asyncio
import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.browser import installed
from tests.system.conftest import FLAGS, PHONE, command, free_port, start
from tests.system.pages import free_places, main_button

TOPICS = json.loads((Path(__file__).parents[2] / "openspace" / "demo" / "topics.json").read_text())
PEOPLE, SPACES, SLOTS = 6, 7, 5
BOARD = """() => [...document.querySelectorAll(".board .sheet, .board .place, .market .sheet")]
  .map(cell => cell.id + ": " + (cell.querySelector(".sheet__title")?.textContent.trim() ?? "free")).join("\\n")"""

ANSWERED = """() => !location.pathname.endsWith("/topics/new") || !document.querySelector("main[data-before]")"""


@pytest.fixture
def hall(tmp_path):
    """A day with 35 cells, all to come, and a facilitator's link."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    spaces = [word for n in range(1, SPACES + 1) for word in ("--space", f"Зала {n}:20")]
    day = f"{datetime.now(UTC).year + 1}-06-04"
    out = command("event", "create", "Громади", "--from", day, *spaces, data=tmp_path, OPENSPACE_BASE_URL=url)
    code = out.split("join code ")[1].split()[0]
    process = start(tmp_path, port, OPENSPACE_BASE_URL=url)
    yield url, day, code, out.split()[-1]
    process.terminate()
    process.wait(10)


def in_a_loop_of_its_own(work) -> None:
    """Run async Playwright beside the sync one that other tests use."""
    failure: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work)
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]


async def ready(page: Page) -> None:
    await page.wait_for_selector("html[data-ready]", state="attached")


async def sit_down(browser: Browser, url: str, code: str, name: str) -> Page:
    context = await browser.new_context(viewport=PHONE, locale="uk-UA", reduced_motion="reduce")
    context.set_default_timeout(20000)
    page = await context.new_page()
    await page.goto(f"{url}/{code}")
    await page.get_by_label("Як вас звати?").fill(name)
    await main_button(page).click()
    await ready(page)
    return page


async def lay_out_the_day(browser: Browser, link: str, url: str, day: str) -> Page:
    page = await (await browser.new_context(viewport={"width": 1280, "height": 800}, locale="uk-UA")).new_page()
    await page.goto(link)
    await page.get_by_label("Як вас звати?").fill("Ірина Фасилітаторка")
    await main_button(page).click()
    await page.goto(f"{url}/hromady/settings/days/{day}")
    await page.get_by_label("Слотів на день").fill(str(SLOTS))
    await page.get_by_role("button", name="Розкласти", exact=True).click()
    await page.goto(f"{url}/hromady/")
    await ready(page)
    return page


async def propose(page: Page, url: str, topic: dict, wish: int) -> None:
    """Write the topic, wish for a cell that others may wish for too; when it is taken, take what is offered."""
    await page.goto(f"{url}/hromady/topics/new")
    await ready(page)
    await page.get_by_role("textbox", name="Тема").fill(topic["title"])
    await page.get_by_label("Про що це?").fill(topic["text"])
    free = free_places(page)
    count = await free.count()
    if wish < 35 and count:
        await free.nth(wish % count).check(force=True)
    while page.url.endswith("/topics/new"):
        await page.evaluate("() => (document.querySelector('main').dataset.before = '')")
        await main_button(page).click()
        # On to the board, or a refusal, which comes as a new <main> with free places to choose from.
        await page.wait_for_function(ANSWERED)


async def move_one(page: Page, url: str, number: int) -> None:
    await page.goto(f"{url}/hromady/topics/{number}/placement")
    await ready(page)
    free = free_places(page)
    if not await free.count():
        return
    await free.last.check(force=True)
    await main_button(page).click()
    await page.wait_for_url(lambda address: "/placement" not in address)


async def the_day(hall) -> None:
    url, day, code, link = hall
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        facilitator = await lay_out_the_day(browser, link, url, day)
        people = [await sit_down(browser, url, code, f"Людина {n}") for n in range(PEOPLE)]
        watcher = await sit_down(browser, url, code, "Глядачка")
        await watcher.goto(f"{url}/hromady/?day={day}")
        await watcher.wait_for_selector("[data-linked]", state="attached")

        async def convene(person: int) -> None:
            for index in range(person, len(TOPICS), PEOPLE):
                await propose(people[person], url, TOPICS[index], index)

        await asyncio.gather(*(convene(person) for person in range(PEOPLE)))
        await asyncio.gather(*(move_one(page, url, n) for n, page in ((1, facilitator),)))

        await watcher.wait_for_function("() => document.querySelectorAll('.sheet').length === 46")
        await watcher.wait_for_timeout(500)
        seen = await watcher.evaluate(BOARD)
        await facilitator.goto(f"{url}/hromady/?day={day}")
        await ready(facilitator)
        fresh = await facilitator.evaluate(BOARD)
        assert seen == fresh
        titles = [line.partition(": ")[2].replace("\u00ad", "") for line in fresh.splitlines()]
        assert sorted(title for title in titles if title != "free") == sorted(topic["title"] for topic in TOPICS)
        await browser.close()


def test_46_topics_by_six_people_at_once(hall):
    in_a_loop_of_its_own(the_day(hall))
