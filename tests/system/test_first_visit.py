"""What a browser fetches: no more than it needs, at first and later, and the right letters in the end."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.load.first_visit import counted
from tests.system.conftest import linked, ready
from tests.system.test_people import propose

SCRIPTS = Path(__file__).parent.parent.parent / "static" / "js"
BYTES, REQUESTS = 80_000, 14


@pytest.fixture
def participant(server, sign_in, contexts) -> Page:
    """Somebody signed in whose browser has no file of ours yet."""
    cookies = sign_in("participant").context.cookies()
    context = contexts()
    context.add_cookies(cookies)
    return context.new_page()


def wait_for_fonts(page: Page, count: int) -> None:
    loaded = "count => [...document.fonts].filter(face => face.status === 'loaded').length === count"
    page.wait_for_function(loaded, arg=count)


def addresses(page: Page) -> list[str]:
    """All that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_a_first_visit_of_the_board_costs_little(server, participant):
    sums = counted(participant)

    participant.goto(f"{server.event}/", wait_until="networkidle")
    linked(participant)

    assert 40_000 < sums["bytes"] <= BYTES
    assert 5 < sums["requests"] <= REQUESTS


def test_a_second_page_fetches_no_file_again(server, participant):
    participant.goto(f"{server.event}/", wait_until="networkidle")
    linked(participant)
    sums = counted(participant)

    participant.goto(f"{server.event}/market", wait_until="networkidle")

    assert 1_000 < sums["bytes"] < 9_000


def test_each_script_is_there_once_however_it_is_asked_for(server, participant):
    participant.goto(f"{server.event}/")
    ready(participant)
    app = participant.locator("script[src*='js/app.js']").get_attribute("src")
    names = {
        path.stem: re.findall(r"^export (?:async )?\w+ (\w+)", path.read_text(), re.M) for path in SCRIPTS.iterdir()
    }

    # Every script is asked for by its own address too, and what it then gives is what its bundle has.
    for name, exported in names.items():
        given = participant.evaluate(
            """async ([address, name]) => {
              const [alone, ...bundles] = await Promise.all([name, "app", "live", "toggle", "board"].map(
                (each) => import(address.replace("app.js", each + ".js"))));
              const held = bundles.map((bundle) => bundle["$" + name]).find(Boolean) ?? alone;
              return Object.keys(alone).filter((key) => key[0] !== "$" && held[key] === alone[key]);
            }""",
            [app, name],
        )

        assert sorted(given) == sorted(exported), name


def test_a_page_before_joining_loads_nothing_of_the_board(server, contexts):
    page = contexts().new_page()
    asked = addresses(page)

    page.goto(f"{server.url}/{server.code}")
    ready(page)

    files = {address.rpartition("/")[2].partition("?")[0] for address in asked if "/static/" in address}
    assert files == {
        "base.css", "access.css", "app.js", "icons.svg", "onest-latin.woff2", "onest-cyrillic.woff2",
    }  # fmt: skip


def test_a_name_with_rare_letters_gets_their_font_and_no_other_page_does(server, sit_down):
    phone = linked(sit_down("Олена Письмо"))
    wait_for_fonts(phone, 2)
    asked = addresses(phone)

    propose(phone, "Łódź і Zażółć")

    expect(phone.get_by_role("heading", name="Łódź і Zażółć")).to_be_visible()
    wait_for_fonts(phone, 3)
    fonts = {address.rpartition("/")[2] for address in asked if "woff2" in address}
    assert "onest-latin-ext.woff2" in fonts
    assert fonts.isdisjoint({"onest-signs.woff2", "onest-cyrillic-ext.woff2"})


@pytest.mark.parametrize(("page_of", "takes_it"), [("projector", True), ("entrance", False)])
def test_a_font_that_comes_late_is_taken_on_a_wall_and_not_under_a_thumb(server, contexts, page_of, takes_it):
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    held = []
    page.route("**/*.woff2", lambda route: held.append(route))  # noqa: PLW0108  # Playwright marks a handler, and cannot mark list.append
    page.goto(server.links["projector"] if page_of == "projector" else f"{server.url}/?code=1", wait_until="commit")
    ready(page)
    width = """() => {
      const text = document.createRange();
      text.selectNodeContents(document.querySelector("h1"));
      return Math.round(text.getBoundingClientRect().width);
    }"""
    # Browsers wait 100 ms for an optional font, and never longer.
    page.wait_for_timeout(500)
    before = page.evaluate(width)

    for route in held:
        route.continue_()

    wait_for_fonts(page, 2)
    page.wait_for_timeout(300)
    assert (page.evaluate(width) != before) is takes_it
