"""What a phone pays for the wall of stories, how it scrolls, and how long telling a story takes.

    python -m tests.load.wall [stories]

Starts the server on demo data with so many stories (50) in addition, of which two thirds have a photo that compresses
as those of cameras do; Chromium at 390 × 844 with two pixels to each. Scrolling runs with ten times as many stories and
the processor slowed down four times. A person who tells a story looks for half a second before each tap, and types
eight characters in a second.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFilter
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.browser import installed
from tests.load.first_visit import SHIFT, counted, joined
from tests.system.conftest import FLAGS, PHONE, command, free_port, start

SIDE = (1600, 1200)
TEXT = "Пандус зробили за вихідні. Дозвіл на нього чекали вісім місяців."
LOOKS, TYPES = 500, 125
IN_SIGHT = """() => [...document.querySelectorAll(".story img")]
  .filter(photo => photo.getBoundingClientRect().top < innerHeight).map(photo => photo.currentSrc)"""
LONG_TASKS = """() => {
  window.long = [];
  const observer = new PerformanceObserver(list => window.long.push(...list.getEntries().map(e => e.duration)));
  observer.observe({ type: "longtask", buffered: true });
}"""


def photo(number: int) -> bytes:
    """A picture with as much to see at each scale, as nature has it."""
    picture = Image.new("RGB", SIDE, (120 + number, 140, 150))
    for scale in (128, 32, 8, 2):
        size = (SIDE[0] // scale, SIDE[1] // scale)
        channels = [Image.effect_noise(size, 40).resize(SIDE, Image.Resampling.BICUBIC) for _ in "RGB"]
        picture = Image.blend(picture, Image.merge("RGB", channels), 0.35)
    stream = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.8)).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def fill(data: Path, count: int, photos: Sequence[bytes]) -> None:
    """Tell stories; every third has no photo. A few photos, which are prepared once, serve all others."""
    os.environ["OPENSPACE_DATA"] = str(data)
    from openspace import create_app
    from openspace.access.models import Member
    from openspace.events.models import Event
    from openspace.extensions import db
    from openspace.media import process
    from openspace.store import media, transactions
    from openspace.stories import actions, media_actions
    from openspace.stories.media_models import media_of
    from openspace.stories.rules import MediumKind

    app = create_app()
    with app.test_request_context():
        made = [process.run("photos.renditions", each, seconds=60, memory=1024) for each in photos]
        stored = [[media.store().put(BytesIO(part)) for part in each.parts] for each in made]
        for each in made[:1]:
            sizes = [
                f"{sheet['mimetype']} {sheet['width']}: {len(part) / 1000:.0f} kB"
                for sheet, part in zip(each.facts["files"], each.parts, strict=True)
            ]
            print("a photo:", ", ".join(sizes))
        with transactions.writing():
            event, teller = db.session.query(Event).filter(~Event.is_office).one(), db.session.query(Member).first()
            for number in range(count):
                chosen = [media_actions.Chosen(f"photo-of-the-load-{number:05}", MediumKind.PHOTO, "Фото")]
                telling = actions.Telling(TEXT, "uk", media=chosen if number % 3 else ())
                story = actions.tell(event, telling, by=teller)
                for medium in media_of([story.id])[story.id]:
                    facts = dict(made[number % len(made)].facts)
                    sheets = zip(stored[number % len(made)], facts.pop("files"), strict=True)
                    files = [media_actions.File(kept, **sheet) for kept, sheet in sheets]
                    media_actions.prepared(medium.id, facts, files)


def first_screen(context: BrowserContext, wall: str) -> None:
    """Print what the first screen costs with an empty cache, and again, and how far it shifts."""
    page = context.new_page()
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    for name in ("first", "second"):
        sums, pictures = counted(page), []
        page.on(
            "response", lambda answer, pictures=pictures: pictures.append(answer) if "/files/" in answer.url else None
        )
        page.goto(wall, wait_until="networkidle")
        page.wait_for_timeout(1000)
        sizes = {answer.url: int(answer.headers.get("content-length", 0)) for answer in pictures}
        ahead = sum(sizes.values()) - sum(sizes.get(address, 0) for address in page.evaluate(IN_SIGHT))
        print(
            f"{name} visit: {sums['bytes'] / 1000:.0f} kB in {sums['requests']} requests; {len(sizes)} photos,"
            f" {ahead / 1000:.0f} kB of those below the screen; layout shift {page.evaluate(SHIFT):.3g}"
        )
        page.goto("about:blank")
    page.close()


def scrolled(context: BrowserContext, wall: str) -> None:
    """Print how the page goes on to its end, on a slow phone."""
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(f"({LONG_TASKS})()")
    page.goto(wall, wait_until="networkidle")
    page.evaluate("window.long = []")
    began, still = time.monotonic(), 0
    while still < 12:
        before = page.evaluate("scrollY")
        page.mouse.wheel(0, 1500)
        page.wait_for_timeout(120)
        still = still + 1 if page.evaluate("scrollY") == before else 0
    seconds, shown = time.monotonic() - began, page.locator("article.story").count()
    tasks, shift = page.evaluate("window.long"), page.evaluate(SHIFT)
    print(
        f"scrolling through {shown} stories, processor slowed 4 times: {seconds:.0f} s, {len(tasks)} long tasks,"
        f" {sum(tasks):.0f} ms together, the longest {max(tasks, default=0):.0f} ms; layout shift {shift:.3g}"
    )
    page.close()


def told(context: BrowserContext, wall: str, file: Path) -> None:
    """Print the taps and seconds from + until the photo of one's own story is seen on the wall."""
    page = context.new_page()
    page.goto(wall, wait_until="networkidle")
    began, taps = time.monotonic(), 0

    def tap(place) -> None:
        nonlocal taps
        page.wait_for_timeout(LOOKS)
        place.click()
        taps += 1

    tap(page.get_by_role("link", name="Історія", exact=True))
    page.wait_for_selector("html[data-ready]", state="attached")
    with page.expect_file_chooser() as opened:
        tap(page.locator("label[data-add=photo]"))
    # Choosing it in the phone's own window.
    page.wait_for_timeout(2 * LOOKS)
    opened.value.set_files(file)
    taps += 1
    tap(page.get_by_label("Ваша історія"))
    page.keyboard.type(TEXT, delay=TYPES)
    tap(page.get_by_role("button", name="Розповісти"))
    handed_in = time.monotonic()
    seen(page)
    ended = time.monotonic()
    print(
        f"telling a story of {len(TEXT)} characters with a photo: {taps} taps, {handed_in - began:.1f} s until it is"
        f" handed in, {ended - handed_in:.1f} s more until its photo is on the wall"
    )
    page.close()


def seen(page: Page) -> None:
    page.wait_for_function(
        """() => {
          const photo = document.querySelector("article.story")?.querySelector("img");
          return location.pathname.endsWith("/stories") && photo?.complete && photo.naturalWidth > 0;
        }""",
        timeout=60_000,
    )


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    data, port = Path(tempfile.mkdtemp()), free_port()
    url = f"http://127.0.0.1:{port}"
    links = dict(line.split(": ", 1) for line in command("demo", data=data, OPENSPACE_BASE_URL=url).splitlines())
    command("worker", "--until-done", data=data)
    wall = links["participant"].partition("/me/")[0] + "/stories"
    photos = [photo(number) for number in range(6)]
    fill(data, count, photos)
    (data / "own.jpg").write_bytes(photos[0])
    process = start(data, port)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        context = browser.new_context(viewport=PHONE, device_scale_factor=2, locale="uk-UA")
        joined(context, links["participant"])
        first_screen(context, wall)
        told(context, wall, data / "own.jpg")
        fill(data, 9 * count, photos)
        scrolled(context, wall)
        browser.close()
    process.terminate()


if __name__ == "__main__":
    main()
