"""From the drop of a topic on the console to the sheet seen on another phone.

    python -m tests.load.console

Two Chromium pages on this machine, whose clocks are the same: a facilitator hangs a topic from the market and undoes
that, again and again; a phone watches the cell.
"""

import math
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import installed
from tests.load.hall import sit_down
from tests.system.conftest import FLAGS, command, free_port, start

DROPS = 60
WATCH = """(cell) => {
  window.seen = [];
  let last = null;
  const topic = () => document.getElementById(cell)?.dataset.topic ?? "";
  last = topic();
  document.addEventListener("patched", () => {
    if (topic() !== last) { last = topic(); window.seen.push(Date.now()); }
  });
}"""


def main() -> None:
    """Print p50 and p99 of the drops, in milliseconds."""
    data, port = Path(tempfile.mkdtemp()), free_port()
    url = f"http://127.0.0.1:{port}"
    links = dict(line.split(": ", 1) for line in command("demo", data=data, OPENSPACE_BASE_URL=url).splitlines())
    code = command("event", "list", data=data).split()[-1]
    server = start(data, port)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
            console = browser.new_context(viewport={"width": 1280, "height": 800}, locale="uk-UA").new_page()
            console.goto(links["facilitator"])
            console.locator("form button.btn--main").first.click()
            console.goto(f"{links['participant'].partition('/me/')[0]}/facilitator")
            console.wait_for_selector("[data-linked]", state="attached")
            times = drops(console, sit_down(browser, f"{url}/{code}", "Олена"))
            browser.close()
    finally:
        server.terminate()
    p99 = times[math.ceil(0.99 * len(times)) - 1]
    print(f"{len(times)} drops until seen: p50 {statistics.median(times):.0f}, p99 {p99:.0f} ms")


def drops(console: Page, phone: Page) -> list[float]:
    """Milliseconds of each drop until the phone shows the sheet, sorted."""
    cell = console.locator(".board .place").first.get_attribute("id")
    topic = console.locator(".market .sheet").first.get_attribute("data-topic")
    phone.evaluate(WATCH, cell)
    times = []
    for number in range(DROPS):
        console.locator(f'.market .sheet[data-topic="{topic}"] a').click()
        console.wait_for_selector(".console[data-holding]")
        at = console.evaluate(f"() => {{ document.getElementById('{cell}').click(); return Date.now(); }}")
        phone.wait_for_function(f"() => window.seen.length === {2 * number + 1}")
        times.append(phone.evaluate("() => window.seen.at(-1)") - at)
        console.wait_for_selector(".console:not([data-holding])")
        console.keyboard.press("Control+z")
        phone.wait_for_function(f"() => window.seen.length === {2 * number + 2}")
        console.wait_for_selector(f'.market .sheet[data-topic="{topic}"]')
    return sorted(times)


if __name__ == "__main__":
    main()
