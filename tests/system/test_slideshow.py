"""The slideshow of stories on the hall's screens, and the facilitator's phone that directs it."""

import json
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import render_template
from playwright.sync_api import Page, expect

from openspace.stories.slides import Show, Slide, moved_on
from tests.system.conftest import linked, ready, serving_demo

SCREEN = {"width": 1920, "height": 1080}
STORIES = 12
LONG = "Ми три роки писали стратегію молоді без молоді, а потім просто віддали їм ключ. "


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own: others tell stories on theirs."""
    with serving_demo(tmp_path_factory) as served:
        yield served


def screen_at(page: Page, address: str) -> Page:
    page.goto(f"{address}/stories")
    return linked(page)


@pytest.fixture
def screen(server, contexts) -> Page:
    """A screen in the hall."""
    return screen_at(contexts(viewport=SCREEN).new_page(), server.links["projector"])


@pytest.fixture
def phone(server, sign_in) -> Page:
    """The facilitator's phone on the page that directs the slideshow, which runs and is to be seen."""
    page = sign_in("facilitator")
    page.goto(f"{server.event}/stories")
    page.get_by_role("link", name="Показ у залі").click()
    page.wait_for_url("**/control")
    linked(page)
    yield page
    for name in ("Продовжити", "Показати знову"):
        if page.get_by_role("button", name=name).is_visible():
            page.get_by_role("button", name=name).click()


def shown(page: Page):
    """The slide that can be seen."""
    return page.locator("#slides > .slide:not([hidden], [data-leaving])")


def number(page: Page) -> int:
    return int(shown(page).get_attribute("data-number"))


def press(phone: Page, name: str) -> None:
    phone.get_by_role("button", name=name).click()


def following(number: int) -> int:
    return number % STORIES + 1


def test_a_facilitator_directs_two_screens_from_a_phone(phone, screen, server, contexts):
    other = screen_at(contexts(viewport={"width": 1024, "height": 768}).new_page(), server.links["projector"])
    press(phone, "Зупинити")
    expect(phone.get_by_role("button", name="Продовжити")).to_be_visible()
    before = number(screen)
    assert (number(other), number(phone)) == (before, before)

    press(phone, "Наступна")

    for page in (screen, other, phone):
        expect(shown(page)).to_have_attribute("data-number", str(following(before)), timeout=1500)
    press(phone, "Попередня")
    for page in (screen, other, phone):
        expect(shown(page)).to_have_attribute("data-number", str(before), timeout=1500)
    press(phone, "Темний екран")
    for page in (screen, other):
        expect(page.locator(".pjs__dark")).to_be_visible(timeout=1500)
    expect(phone.get_by_text("Екран темний")).to_be_visible()
    expect(phone.get_by_role("region", name="Екрани").get_by_text("Темний екран")).to_have_count(2)
    press(phone, "Показати знову")
    for page in (screen, other):
        expect(page.locator(".pjs__dark")).to_be_hidden(timeout=1500)
    expect(phone.get_by_text("Зупинено на екрані")).to_be_visible()
    press(phone, "Продовжити")
    expect(phone.get_by_text("Зараз на екрані")).to_be_visible()


def test_what_is_hidden_is_gone_from_the_screen_at_once_and_comes_back_when_shown(phone, screen, sign_in, server):
    press(phone, "Зупинити")
    expect(phone.get_by_text("Зупинено на екрані")).to_be_visible()
    before = number(screen)
    token = phone.locator("input[name=csrf_token]").first.input_value()
    act = {"headers": {"Referer": server.event}, "max_redirects": 0}
    address = f"{server.event}/stories/{before}/hidden"

    answer = phone.request.post(f"{address}?method=PUT", form={"csrf_token": token, "why": "Імена"}, **act)

    assert answer.status == 303
    expect(screen.locator(f"#slide-{before}")).to_have_count(0, timeout=1000)
    expect(shown(screen)).to_have_attribute("data-number", str(following(before)))
    phone.request.post(f"{server.event}/stories/{before}/approval?method=PUT", form={"csrf_token": token}, **act)
    press(phone, "Наступна")
    expect(shown(screen)).to_have_attribute("data-number", str(before), timeout=1500)


def held(phone: Page) -> list[int]:
    """Hold the slideshow; the stories from the one that is shown, in their order."""
    press(phone, "Зупинити")
    expect(phone.get_by_text("Зупинено на екрані")).to_be_visible()
    numbers = [story for story, _ in json.loads(phone.locator("#show").get_attribute("data-slides"))]
    at = numbers.index(number(phone))
    return numbers[at:] + numbers[:at]


def test_the_phone_shows_what_is_on_the_wall_and_what_comes_next(phone, server):
    stories = held(phone)
    for now, coming in zip(stories, stories[1:] + stories[:1], strict=True):
        expect(shown(phone)).to_have_attribute("data-number", str(now))
        upcoming = phone.get_by_role("region", name="Далі").locator("article")
        expect(upcoming).to_have_attribute("data-number", str(coming))
        has_picture = shown(phone).locator("img, video").count() > 0
        assert shown(phone).locator(":is(img, video):visible").count() == has_picture
        assert (
            phone.get_by_role("link", name="Подивитися історію").get_attribute("href")
            == f"/{server.slug}/stories/{now}"
        )
        press(phone, "Наступна")


def test_a_story_is_hidden_from_the_phone_even_if_another_has_come_meanwhile(phone, screen, server):
    first, second, *_ = held(phone)
    expect(shown(screen)).to_have_attribute("data-number", str(first))
    phone.get_by_text("Приховати цю історію одразу").click()
    press(phone, "Наступна")
    expect(shown(screen)).to_have_attribute("data-number", str(second), timeout=1500)

    press(phone, "Приховати всюди")

    expect(screen.locator(f"#slide-{first}")).to_have_count(0, timeout=1000)
    expect(shown(screen)).to_have_attribute("data-number", str(second))
    phone.wait_for_url("**/control")
    press(phone, "Повернути")
    expect(screen.locator(f"#slide-{first}")).to_have_count(1, timeout=1500)
    phone.goto(f"{server.event}/stories/projector/control")
    linked(phone)


def test_a_film_fills_its_print(screen):
    gaps = screen.evaluate(
        """() => [...document.querySelectorAll(".slide:has(video)")].map((slide) => {
          slide.hidden = false;
          const print = slide.querySelector(".slide__print");
          const gap = print.clientHeight - slide.querySelector("video").getBoundingClientRect().height;
          slide.hidden = true;
          return Math.abs(gap);
        })"""
    )

    assert len(gaps) == 2
    assert max(gaps) <= 1


def test_it_goes_on_for_days_without_a_network_and_every_story_comes(server, contexts):
    page = contexts(viewport=SCREEN).new_page()
    page.clock.install()
    page.goto(f"{server.links['projector']}/stories")
    linked(page)
    slides = json.loads(page.locator("#show").get_attribute("data-slides"))
    page.route("**/*", lambda route: route.abort())
    page.context.set_offline(True)
    before = page.evaluate("document.querySelectorAll('*').length")

    page.clock.fast_forward(72 * 3600 * 1000)
    seen = []
    for _ in range(sum(seconds for _, seconds in slides) // 5 + 2):
        page.clock.run_for(5000)
        seen.append(number(page))

    assert set(seen) == {story for story, _ in slides}
    turns = [story for n, story in enumerate(seen) if n == 0 or seen[n - 1] != story]
    assert len(turns) - 2 <= len(set(turns))
    assert shown(page).count() == 1
    assert abs(page.evaluate("document.querySelectorAll('*').length") - before) < 10


def test_a_screen_that_was_away_drops_what_was_hidden_meanwhile(phone, network, server, contexts):
    press(phone, "Зупинити")
    page = contexts(viewport=SCREEN).new_page()
    page.goto(f"{network.url}/{server.slug}/{server.links['projector'].partition(server.event)[2][1:]}/stories")
    linked(page)
    before = number(page)
    network.hang()
    expect(page.locator(".linkstate")).to_contain_text("Історії станом на", timeout=45000)
    expect(shown(page)).to_have_attribute("data-number", str(before))

    act = {"form": {"csrf_token": phone.locator("input[name=csrf_token]").first.input_value(), "why": "Імена"}}
    act |= {"headers": {"Referer": server.event}, "max_redirects": 0}
    assert phone.request.post(f"{server.event}/stories/{before}/hidden?method=PUT", **act).status == 303
    network.heal()

    expect(page.locator(f"#slide-{before}")).to_have_count(0, timeout=15000)
    phone.request.post(f"{server.event}/stories/{before}/approval?method=PUT", **act)
    expect(page.locator(f"#slide-{before}")).to_have_count(1)


def test_a_screen_renews_what_it_shows_and_brings_nothing_back(server, contexts):
    page = contexts(viewport=SCREEN).new_page()
    page.clock.install()
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.goto(f"{server.links['projector']}/stories")
    ready(page)
    gone, kept = page.locator(".slide[hidden]").nth(0), page.locator(".slide[hidden]").nth(1)
    ids = [one.get_attribute("id") for one in (gone, kept)]
    page.evaluate(
        """([gone, kept]) => {
          document.getElementById(gone).remove();
          document.querySelector(`#${kept} b`).textContent = "old";
        }""",
        ids,
    )

    page.clock.fast_forward(6 * 3600 * 1000 + 1000)
    page.clock.run_for(1000)

    expect(page.locator(f"#{ids[1]} b")).not_to_have_text("old")
    expect(page.locator(f"#{ids[0]}")).to_have_count(0)


def test_without_a_story_the_screen_asks_for_the_first(screen):
    screen.evaluate("""() => {
      document.querySelectorAll(".slide").forEach((slide) => slide.remove());
      document.getElementById("show").dataset.slides = "[]";
    }""")

    expect(screen.get_by_text("Першої історії ще немає")).to_be_visible()
    expect(screen.get_by_role("img", name="QR-код", exact=True)).to_be_visible()
    expect(screen.get_by_role("img", name="QR-код цієї історії")).to_be_hidden()


def test_script_and_server_reckon_alike(screen):
    start = datetime(2026, 6, 4, tzinfo=UTC)
    slides = [Slide(7, 12), Slide(3, 31), Slide(9, 10)]
    seconds = [0, 11.9, 12, 42.9, 43, 53, 54.5, 53 * 5000 + 44]
    show = Show(since=start, slides=tuple(slides))

    found = screen.evaluate(
        """async ([slides, since, moments]) => {
          const home = document.querySelector("link[href*='/js/slideshow.js']").href;
          const { current } = await import(home);
          const state = { slides: JSON.stringify(slides), place: 0, since, stands: "" };
          Object.assign(document.getElementById("show").dataset, state);
          return moments.map((moment) => current(moment).number);
        }""",
        [slides, start.timestamp(), [start.timestamp() + second for second in seconds]],
    )

    assert found == [moved_on(show, start + timedelta(seconds=second)).number for second in seconds]


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1024, 768)])
def test_a_long_text_is_shown_in_parts_of_which_each_can_be_read(screen, size):
    screen.set_viewport_size({"width": size[0], "height": size[1]})
    words = screen.evaluate(
        """async (text) => {
          const slide = document.querySelector(".slide:not([hidden])");
          const words = slide.querySelector(".slide__words");
          words.replaceChildren(Object.assign(document.createElement("p"), {textContent: text}));
          const { fit, turn } = await import(document.querySelector("link[href*='/js/slide.js']").href);
          fit(slide);
          const parts = Number(words.dataset.parts);
          const box = words.getBoundingClientRect();
          const range = document.createRange();
          const seen = new Set();
          for (let part = 0; part < parts; part += 1) {
            turn(slide, (part + 0.5) / parts);
            for (let at = 0; at < text.length; at += 1) {
              range.setStart(words.firstChild.firstChild, at);
              range.setEnd(words.firstChild.firstChild, at + 1);
              const { left, right, top, bottom, width } = range.getBoundingClientRect();
              const isBeside = left < box.left - 1 || right > box.right + 1;
              const isInside = !isBeside && top >= box.top - 4 && bottom <= box.bottom + 4;
              if (!width || isInside) seen.add(at);
            }
          }
          const size = parseFloat(getComputedStyle(words).fontSize);
          return {parts, seen: seen.size, all: text.length, size, high: innerHeight};
        }""",
        (LONG * 20)[:1500],
    )

    assert words["parts"] in (2, 3, 4, 5)
    assert words["seen"] == words["all"]
    # 28 of 1080 is what the board's titles have on a projector.
    assert words["size"] / words["high"] > 28 / 1080


def test_nothing_sticks_out_of_the_screen_and_axe_finds_nothing(phone, screen):
    faults = []
    for page in (phone, screen):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            faults += [(fault["id"], fault["nodes"][0]["html"]) for fault in Axe().run(page).response["violations"]]
    assert faults == []
    for width, height in ((1920, 1080), (1280, 720), (1024, 768), (1080, 1920)):
        screen.set_viewport_size({"width": width, "height": height})
        ready(screen)
        assert screen.evaluate(
            """() => [...document.querySelectorAll(".slide:not([hidden]) *, .pjs > footer *")].every((one) => {
                 const { left, right, top, bottom } = one.getBoundingClientRect();
                 return left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
               }) && document.documentElement.scrollHeight <= innerHeight"""
        )


def test_a_heart_does_not_turn_a_long_text_back_to_its_beginning(screen):
    screen.evaluate(
        """(text) => {
          const slide = document.querySelector(".slide:not([hidden])");
          const paragraph = document.createElement("p");
          paragraph.textContent = text;
          slide.querySelector(".slide__words").replaceChildren(paragraph);
          const show = document.getElementById("show").dataset;
          const slides = JSON.stringify([[Number(slide.dataset.number), 100]]);
          Object.assign(show, { slides, place: 0, since: 1000, stands: 1060 });
          window.dispatchEvent(new Event("resize"));
        }""",
        (LONG * 20)[:1500],
    )
    part = shown(screen).locator(".slide__part")
    expect(part).to_have_text(re.compile(r"^[234] / [345]$"))
    before = part.inner_text()

    after = screen.evaluate(
        """() => {
          document.dispatchEvent(new CustomEvent("patched", { detail: [] }));
          return document.querySelector(".slide:not([hidden]) .slide__part").textContent;
        }"""
    )

    assert after == before


PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def a_photo(width: int, height: int) -> SimpleNamespace:
    return SimpleNamespace(kind="photo", address=PIXEL, width=width, height=height, alt="Автобус")


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1024, 768), (1080, 1920)])
def test_photos_are_prints_of_their_own_form_one_after_another(screen, in_request, size):
    photos = [a_photo(1600, 1200), a_photo(1200, 1600), a_photo(1920, 1080), a_photo(320, 240)]
    story = SimpleNamespace(number=1, text=LONG, language="uk", name="Павло Марчук", community="Надбузька громада")
    counts = SimpleNamespace(hearts=34, tries=21)
    slide = render_template("stories/_slide.html", story=story, counts=counts, media=photos)
    screen.set_viewport_size({"width": size[0], "height": size[1]})

    prints = screen.evaluate(
        """async (html) => {
          const slide = document.querySelector(".slide:not([hidden])");
          const template = document.createElement("template");
          template.innerHTML = html;
          const fresh = template.content.querySelector("article");
          fresh.id = "a-slide-of-its-own";
          fresh.hidden = false;
          slide.parentElement.hidden = true;
          slide.closest("main").prepend(fresh);
          const { fit, turn } = await import(document.querySelector("link[href*='/js/slide.js']").href);
          fit(fresh);
          return [...Array(4).keys()].map((at) => {
            turn(fresh, (at + 0.5) / 4);
            const seen = [...fresh.querySelectorAll(".slide__print:not([hidden])")];
            const { left, top, right, bottom } = seen[0].getBoundingClientRect();
            const words = fresh.querySelector(".slide__side").getBoundingClientRect();
            const foot = document.querySelector(".pjs__foot").getBoundingClientRect();
            return {count: seen.length, wide: seen[0].clientWidth, high: seen[0].clientHeight,
                    isInside: left >= 0 && top >= 0 && bottom <= foot.top
                              && (right <= words.left || bottom <= words.top)};
          });
        }""",
        slide,
    )

    for photo, found in zip(photos, prints, strict=True):
        assert (found["count"], found["isInside"]) == (1, True), found
        assert found["wide"] / found["high"] == pytest.approx(photo.width / photo.height, rel=0.01)
        assert found["wide"] <= 2.5 * photo.width + 1
    wide, small = max(found["wide"] for found in prints), prints[3]["wide"]
    assert wide > 0.4 * size[0]
    assert small <= 800
