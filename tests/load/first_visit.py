"""What a phone pays for the board: bytes and requests of a first and a second visit, seconds until titles can be read.

    python -m tests.load.first_visit

Starts the server on demo data; Chromium at 390 × 844. The timed visits run with the processor slowed down four
times, 1.6 Mbit/s and 150 ms of latency, each with an empty cache.
"""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.browser import installed
from tests.system.conftest import FLAGS, PHONE, command, free_port, start

ROUNDS = 5
TITLES = """() => {
  const titles = [...document.querySelectorAll(".board .sheet__title")];
  return titles.length >= 26 && getComputedStyle(titles[0]).fontWeight > 500 && performance.now();
}"""
SHIFT = """() => new Promise(done => {
  let sum = 0;
  const observer = new PerformanceObserver(list => list.getEntries().forEach(e => (sum += e.value)));
  observer.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""
PAINT = "() => performance.getEntriesByType('paint').find(e => e.name === 'first-contentful-paint')?.startTime"


def counted(page: Page) -> dict[str, float]:
    """Listen to the network of a page: bytes over the wire with headers, requests, and bytes of fonts."""
    sums = {"bytes": 0.0, "requests": 0, "fonts": 0.0}
    kinds: dict[str, str] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["response"]["mimeType"]}))

    def finished(event) -> None:
        if not event["encodedDataLength"] and kinds.get(event["requestId"]) == "image/svg+xml":
            return  # a picture within the stylesheet
        sums["bytes"] += event["encodedDataLength"]
        sums["requests"] += 1
        if "font" in kinds.get(event["requestId"], ""):
            sums["fonts"] += event["encodedDataLength"]

    session.on("Network.loadingFinished", finished)
    return sums


def joined(context: BrowserContext, link: str) -> None:
    """Sign in and forget all files again."""
    page = context.new_page()
    page.goto(link)
    page.locator("form button.btn--main").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.close()


def slow_visit(context: BrowserContext, address: str) -> tuple[float, float, float]:
    """Milliseconds to the first paint and to 26 readable titles, and the layout shift, on a slow phone."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    rate = 1.6e6 / 8
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 150, "downloadThroughput": rate, "uploadThroughput": rate},
    )
    page.add_init_script(
        f"""(() => {{
          const look = () => {{
            const at = ({TITLES})();
            if (at) window.titlesAt = at;
            else requestAnimationFrame(look);
          }};
          requestAnimationFrame(look);
        }})()"""
    )
    page.goto(address, wait_until="load")
    page.wait_for_function("() => window.titlesAt")
    titles, paint, shift = page.evaluate("window.titlesAt"), page.evaluate(PAINT), page.evaluate(SHIFT)
    page.close()
    return paint, max(titles, paint), shift


def main() -> None:
    """Print the figures."""
    data, port = Path(tempfile.mkdtemp()), free_port()
    url = f"http://127.0.0.1:{port}"
    links = dict(line.split(": ", 1) for line in command("demo", data=data, OPENSPACE_BASE_URL=url).splitlines())
    board = links["participant"].partition("/me/")[0] + "/"
    process = start(data, port)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        context = browser.new_context(viewport=PHONE, locale="uk-UA")
        joined(context, links["participant"])
        page = context.new_page()
        context.new_cdp_session(page).send("Network.clearBrowserCache")
        for name in ("first", "second"):
            sums = counted(page)
            page.goto(board, wait_until="networkidle")
            page.wait_for_timeout(800)
            fonts = f"{sums['fonts'] / 1000:.1f} kB of it fonts"
            print(f"{name} visit: {sums['bytes'] / 1000:.1f} kB in {sums['requests']} requests, {fonts}")
            page.goto("about:blank")
        page.close()
        visits = [slow_visit(context, board) for _ in range(ROUNDS)]
        for index, name in enumerate(("first paint ms", "26 titles ms", "layout shift")):
            values = sorted(visit[index] for visit in visits)
            print(f"{name}: median {statistics.median(values):.3g}, from {values[0]:.3g} to {values[-1]:.3g}")
        browser.close()
    process.terminate()


if __name__ == "__main__":
    main()
