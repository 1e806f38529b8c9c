"""From a tap on one phone to the change seen on another, and what the server weighs.

    python -m tests.load.hall

Starts the server on demo data. Two Chromium pages on this machine: one takes and gives back a chair, the other
watches the number on the ring; both clocks are the same. Then 1,000 openings of the board over HTTP.
"""

import statistics
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from tests.browser import installed
from tests.system.conftest import FLAGS, PHONE, command, free_port, start

TAPS, OPENINGS = 20, 1000
SEAT = ".slot[data-when=now] .sheet:nth-of-type(2) .seat"
WATCH = f"""() => {{
  const ring = () => document.querySelector("{SEAT} .ring").textContent;
  let last = ring();
  window.seen = [];
  document.addEventListener("patched", () => {{
    if (ring() !== last) {{ last = ring(); window.seen.push(Date.now()); }}
  }});
}}"""
TAP = f"""() => {{ const at = Date.now(); document.querySelector("{SEAT}").click(); return at; }}"""


def sit_down(browser, entrance: str, name: str) -> Page:
    """A new person with the board open and the socket in its room."""
    page = browser.new_context(viewport=PHONE, locale="uk-UA").new_page()
    page.goto(entrance)
    page.locator("input[name=name]").fill(name)
    page.locator("form button.btn--main").click()
    page.wait_for_selector("[data-linked]", state="attached")
    return page


def taps(tapping: Page, watching: Page) -> list[float]:
    """Milliseconds of each tap until the other page shows it."""
    watching.evaluate(WATCH)
    times = []
    for number in range(1, TAPS + 1):
        at = tapping.evaluate(TAP)
        watching.wait_for_function(f"() => window.seen.length === {number}")
        times.append(watching.evaluate("() => window.seen.at(-1)") - at)
        time.sleep(0.4)
    return sorted(times)


def openings(port: int, path: str, cookie: str) -> float:
    """Seconds of the processor that 1,000 openings of the board take at the client's side of the clock."""
    connection = HTTPConnection("127.0.0.1", port)
    started = time.perf_counter()
    for _ in range(OPENINGS):
        connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "br"})
        connection.getresponse().read()
    return time.perf_counter() - started


def main() -> None:
    """Print the figures."""
    data, port = Path(tempfile.mkdtemp()), free_port()
    url = f"http://127.0.0.1:{port}"
    links = dict(line.split(": ", 1) for line in command("demo", data=data, OPENSPACE_BASE_URL=url).splitlines())
    code = command("event", "list", data=data).split()[-1]
    process = start(data, port)
    server = psutil.Process(process.pid)
    mib = lambda: server.memory_info().rss / 2**20  # noqa: E731
    print(f"memory fresh: {mib():.0f} MiB")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        one, other = (sit_down(browser, f"{url}/{code}", name) for name in ("Олена", "Anna"))
        times = taps(one, other)
        print(f"tap to seen, {TAPS} times: p50 {statistics.median(times):.0f} ms, max {times[-1]:.0f} ms")
        cookie = "; ".join(f"{c['name']}={c['value']}" for c in one.context.cookies())
        browser.close()
    before = sum(server.cpu_times()[:2])
    seconds = openings(port, links["participant"].partition("/me/")[0].removeprefix(url) + "/", cookie)
    cpu = sum(server.cpu_times()[:2]) - before
    print(f"{OPENINGS} openings: {seconds:.1f} s, {cpu:.1f} s of the server's processor; memory then: {mib():.0f} MiB")
    process.terminate()


if __name__ == "__main__":
    main()
