"""Draw the pictures of the organisers' guide from the demo event, in each language, so that they show what is true.

    python tools/draw_guide.py [--languages uk de] [--folder docs/organising]

Each picture is a page of a running server, seen by the browser of whoever uses that page. `make pictures` draws all.
"""

import argparse
import io
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

TOP = Path(__file__).parent.parent
sys.path.insert(0, str(TOP))

from tests.browser import installed  # noqa: E402  # the checkout is no installed package
from tests.system.conftest import zone_at_noon  # noqa: E402

LANGUAGES = {"en": "en-GB", "uk": "uk-UA", "de": "de-DE", "ru": "ru-RU"}
OPENSPACE = Path(sys.executable).with_name("openspace")
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 700}


class Picture(NamedTuple):
    """One picture: its file's name, who looks at which page, and on what screen."""

    name: str
    who: str
    path: str
    screen: dict[str, int] = LAPTOP


# {event} is the demo's address, {day} its first day; {setup}, {join} and {projector} are links.
PICTURES = [
    Picture("setup", "stranger", "{setup}"),
    Picture("settings", "organiser", "{event}/settings"),
    Picture("places", "organiser", "{event}/settings/spaces"),
    Picture("day", "organiser", "{event}/settings/days/{day}"),
    Picture("poster", "organiser", "{event}/poster"),
    Picture("join-phone", "stranger", "{join}", PHONE),
    Picture("board", "facilitator", "{event}/"),
    Picture("board-phone", "participant", "{event}/", PHONE),
    Picture("console", "facilitator", "{event}/facilitator"),
    Picture("projector", "stranger", "{projector}"),
    Picture("exports", "organiser", "{event}/exports/"),
    Picture("notes-phone", "participant", "{event}/topics/4/notes", PHONE),
    Picture("story-phone", "participant", "{event}/stories", PHONE),
]


class Demo(NamedTuple):
    """A running server with the demo event: the links that were printed, the event's first day and join code."""

    links: dict[str, str]
    day: str
    code: str

    @property
    def event(self) -> str:
        """The address of the demo event."""
        return self.links["participant"].partition("/me/")[0]

    def address(self, picture: Picture) -> str:
        """Where the picture's page is."""
        join = f"{self.event}/join/{self.code}"
        return picture.path.format(event=self.event, day=self.day, join=join, **self.links)


def draw(languages: list[str], folder: Path) -> None:
    """Write `folder/<language>/<name>.webp` for each picture and language."""
    with serving_demo() as demo, sync_playwright() as playwright:
        browser = launched(playwright, "en-GB")
        cookies = {who: signed_in(browser, demo.links[who]) for who in ("organiser", "facilitator", "participant")}
        browser.close()
        for language in languages:
            (folder / language).mkdir(parents=True, exist_ok=True)
            browser = launched(playwright, LANGUAGES[language])
            for picture in PICTURES:
                context = browser.new_context(
                    viewport=picture.screen, locale=LANGUAGES[language], reduced_motion="reduce", color_scheme="light"
                )
                context.add_cookies(cookies.get(picture.who, []))
                save(seen(context, demo.address(picture)), folder / language / f"{picture.name}.webp")
                context.close()
            browser.close()


def launched(playwright: Playwright, locale: str) -> Browser:
    """Return a browser whose own words, such as the hours in a field, are of this locale.

    Debian keeps them in the package chromium-l10n; without it they are English.
    """
    flags = ["--no-sandbox", "--disable-gpu", f"--lang={locale}"]
    return playwright.chromium.launch(executable_path=installed(), args=flags, env={**os.environ, "LANGUAGE": locale})


def seen(context: BrowserContext, address: str) -> bytes:
    """Return what the first screenful of a page looks like, as a PNG. Fails with a ValueError where it is refused."""
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    # The second time with its fonts: the first may not wait for them.
    answer = page.reload(wait_until="networkidle")
    if not answer or not answer.ok:
        raise ValueError(f"{address} answered {answer.status if answer else 'nothing'}")
    return page.screenshot()


def save(png: bytes, path: Path) -> None:
    """Write the picture as WebP."""
    Image.open(io.BytesIO(png)).convert("RGB").save(path, "WEBP", quality=80, method=6)


def signed_in(browser: Browser, link: str) -> list:
    """Return the cookies of a browser that has followed this link."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.locator("form button.btn--main").first.click()
    page.wait_for_load_state()
    cookies = context.cookies()
    context.close()
    return cookies


@contextmanager
def serving_demo() -> Iterator[Demo]:
    """Run a server with a demo of its own, and beside it an empty one for the setup page."""
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory() as nothing:
        url = free_address()
        environment = {"OPENSPACE_DATA": data, "OPENSPACE_BASE_URL": url}
        links = dict(
            line.split(": ", 1)
            for line in told("demo", "--zone", zone_at_noon(), **environment).splitlines()
            if ": " in line
        )
        *_, days, code = told("event", "list", **environment).split()
        with serving(url, environment), serving(empty := free_address(), {"OPENSPACE_DATA": nothing}) as said:
            links["setup"] = next(word for word in said.read_text().split() if word.startswith(f"{empty}/setup/"))
            yield Demo(links, days[:10], code)


@contextmanager
def serving(url: str, environment: dict[str, str]) -> Iterator[Path]:
    """Run a server at this address. Yields the file of what it prints, once it answers."""
    with tempfile.TemporaryDirectory() as folder, (said := Path(folder) / "said").open("w") as output:
        command = [OPENSPACE, "run", "--port", url.rpartition(":")[2]]
        server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_for(url)
            yield said
        finally:
            server.terminate()
            server.wait(20)


def free_address() -> str:
    """Return an address of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def told(*words: str, **environment: str) -> str:
    """Return what `openspace <words>` prints."""
    called = subprocess.run(
        [OPENSPACE, *words], env={**os.environ, **environment}, check=True, capture_output=True, text=True
    )
    return called.stdout


def wait_for(url: str) -> None:
    """Return when the server answers."""
    for _ in range(600):
        try:
            urlopen(f"{url}/healthz", timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"{url} does not answer")


def main() -> None:
    """Draw what the command line asks for."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--languages", nargs="+", choices=LANGUAGES, default=list(LANGUAGES))
    arguments.add_argument("--folder", type=Path, default=TOP / "docs" / "organising")
    asked = arguments.parse_args()
    draw(asked.languages, asked.folder)


if __name__ == "__main__":
    main()
