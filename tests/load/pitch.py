"""The microphone: seconds from the first key to the sheet on the projector, and sixty entries on a slow machine.

    .venv/bin/python -m tests.load.pitch

Somebody types five keys a second: title, Enter, the beginning of the convener's name, Enter; then the arrow key and
Enter, which hang the sheet into the first free cell. A second browser is the hall's screen. The sixty entries are typed
as fast as the browser takes them, by the keyboard alone, on a processor slowed down six times.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import installed
from tests.system.conftest import FLAGS, command, free_port, linked, start
from tests.system.pages import main_button

TIMES, MANY, SLOWER = 10, 60, 6
A_KEY = 200
TITLES = ("Вода в селі", "Ветеран приходить у ЦНАП", "Грантова заявка за один вечір", "Пасіка на даху школи")


def measure(console: Page, screen: Page, number: int) -> tuple[float, float]:
    """Type one entry and hang it up; returns the seconds to the sheet on the projector, and until it is taped there."""
    title = f"{TITLES[number % len(TITLES)]} {number}"
    begun = time.monotonic()
    console.keyboard.type(title, delay=A_KEY)
    console.keyboard.press("Enter")
    console.keyboard.type("Олена Т", delay=A_KEY)
    console.keyboard.press("Enter")
    expect(screen.get_by_role("heading", level=1)).to_have_text(title)
    seen = time.monotonic() - begun
    console.keyboard.press("ArrowDown")
    console.wait_for_timeout(A_KEY)
    console.keyboard.press("Enter")
    expect(screen.locator(".pitchp__tape")).to_be_visible()
    return seen, time.monotonic() - begun


def write_many(console: Page) -> tuple[float, int]:
    """Type many entries on a slow processor; returns the seconds that took, and how many topics are on the market."""
    console.context.new_cdp_session(console).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    begun = time.monotonic()
    for number in range(MANY):
        expect(console.get_by_label("Тема одним рядком")).to_be_focused()
        console.keyboard.type(f"Запис номер {number} поспіль")
        console.keyboard.press("Enter")
        console.keyboard.type("Олена Т")
        console.keyboard.press("Enter")
    last = f"Запис номер {MANY - 1} поспіль"
    expect(console.get_by_role("heading", level=2).first).to_have_text(last, timeout=60_000)
    took = time.monotonic() - begun
    console.goto(console.url.replace("facilitator/pitch", "market"))
    return took, console.get_by_role("link", name="Запис номер").count()


def main() -> None:
    """Run both, and print what was measured."""
    data, port = Path(tempfile.mkdtemp()), free_port()
    lines = command("demo", data=data, OPENSPACE_BASE_URL=f"http://127.0.0.1:{port}")
    links = dict(line.split(": ", 1) for line in lines.splitlines() if ": " in line)
    server = start(data, port)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
            console = browser.new_page(locale="uk-UA", viewport={"width": 1280, "height": 800})
            console.goto(links["facilitator"])
            main_button(console).click()
            console.goto(f"{links['participant'].partition('/me/')[0]}/facilitator/pitch")
            screen = browser.new_page(locale="uk-UA", viewport={"width": 1920, "height": 1080})
            screen.goto(f"{links['projector']}/pitch")
            linked(console), linked(screen)
            found = [measure(console, screen, number) for number in range(TIMES)]
            for name, values in zip(("on the projector", "on the wall"), zip(*found, strict=True), strict=True):
                print(f"first key to the sheet {name}: median {median(values):.1f} s, longest {max(values):.1f} s")
            took, there = write_many(console)
            print(f"{MANY} entries, processor {SLOWER} times slower: {took:.0f} s, {there} topics on the market")
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
