"""The real server on the demo event, and people with real browsers."""

import asyncio
import contextlib
import fcntl
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser import installed
from tests.system.network import Network, network_to
from tests.system.pages import main_button

OPENSPACE = Path(sys.executable).with_name("openspace")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
# Milliseconds: a machine that is busy with other tests is slow, not wrong.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """A running server and the demo's links."""

    url: str
    links: dict[str, str]
    code: str
    process: subprocess.Popen
    data: Path
    cookies: dict[str, list] = field(default_factory=dict)

    # The demo's first day, as an address names it.
    day: str = ""

    @property
    def event(self) -> str:
        """The address of the demo event."""
        return self.links["participant"].partition("/me/")[0]

    @property
    def slug(self) -> str:
        """The event's part of its addresses."""
        return self.event.rpartition("/")[2]


def command(*words: str, data: Path, **settings: str) -> str:
    environment = {**os.environ, "OPENSPACE_DATA": str(data), **settings}
    return subprocess.run([OPENSPACE, *words], env=environment, check=True, capture_output=True, text=True).stdout


def start(data: Path, port: int, *, command: Path = OPENSPACE, **settings: str) -> subprocess.Popen:
    environment = {**os.environ, "OPENSPACE_DATA": str(data), **settings}
    process = subprocess.Popen(
        [command, "run", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for _ in range(1200):
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
            return process
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise RuntimeError(process.stdout.read())


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, shared by all tests of a worker: what they hang up stays."""
    with serving_demo(tmp_path_factory) as served:
        yield served


@contextmanager
def serving_demo(tmp_path_factory: pytest.TempPathFactory, without: str = "") -> Iterator[Server]:
    """A server with a demo of its own, `without` the rows of this table."""
    data, port = tmp_path_factory.mktemp("demo"), free_port()
    url = f"http://127.0.0.1:{port}"
    links = copy_demo(tmp_path_factory, data, url)
    if without:
        with contextlib.closing(sqlite3.connect(data / "openspace.sqlite")) as database:
            database.executescript(f"PRAGMA foreign_keys = ON; DELETE FROM {without}")
    listed = command("event", "list", data=data).split()
    code, day = listed[-1], listed[-2][:10]
    process = start(data, port)
    served = Server(url, links, code, process, data, day=day)
    yield served
    # A test may have replaced it.
    served.process.terminate()
    assert served.process.wait(10) == 0


def copy_demo(tmp_path_factory: pytest.TempPathFactory, data: Path, url: str) -> dict[str, str]:
    """Put a demo into an empty folder; returns its links, as `openspace demo` prints them for a server at `url`.

    It is built once, by the first worker that needs one, and copied: building takes some seconds, mostly for its photos
    and films."""
    base = tmp_path_factory.getbasetemp()
    built = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built-demo"
    with open(built.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (built / "links").exists():
            lines = command("demo", "--zone", zone_at_noon(), data=built, OPENSPACE_BASE_URL="")
            command("worker", "--at-once", "2", "--until-done", data=built)
            (built / "links").write_text(lines)
    shutil.copytree(built, data, dirs_exist_ok=True)
    lines = (data / "links").read_text().replace("http://127.0.0.1:8000", url)
    return dict(line.split(": ", 1) for line in lines.splitlines())


def zone_at_noon() -> str:
    """The name of a zone in which it is about noon now, so that a test finds the same slots over at any hour."""
    ahead = 11 - datetime.now(UTC).hour
    # POSIX counts the hours west of Greenwich.
    return f"Etc/GMT{-ahead:+d}"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all browsers: it allows no second one in its process."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens contexts that are closed after the test, and fails for an error in any page's console."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda m: complaints.append(f"{page.url}: {m.text}") if serious(m) else None)

    def serious(message) -> bool:
        expected = "Failed to load resource|WebSocket connection|ERR_INTERNET_DISCONNECTED"
        return message.type == "error" and not re.search(expected, message.text)

    def open_context(**options) -> BrowserContext:
        context = browser.new_context(**{"viewport": PHONE, "locale": "uk-UA", "reduced_motion": "reduce", **options})
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(30_000)
        context.on("page", listen)
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        _close(context)
    assert complaints == []


def _close(context: BrowserContext) -> None:
    """Close it, but do not wait for ever: Chromium now and then does not answer that it has."""
    # Playwright gives no time limit to this one, so its own way of waiting is limited from outside.
    with contextlib.suppress(asyncio.TimeoutError):
        context._sync(asyncio.wait_for(context._impl_obj.close(None), 5))


@pytest.fixture
def network(server: Server) -> Iterator[Network]:
    """Between a browser and the server, to be broken."""
    with network_to(int(server.url.rpartition(":")[2])) as opened:
        yield opened


@pytest.fixture
def sit_down(server: Server, contexts) -> Callable[..., Page]:
    """A new person has joined by the requests that the page of the code sends, and has the board open."""

    def join(name: str, *, network: Network | None = None, **options) -> Page:
        page = contexts(**options).new_page()
        host = network.url if network else server.url
        take_a_seat(page.context.request, f"{host}/{server.code}", name)
        page.goto(f"{host}/{server.slug}/")
        return ready(page)

    return join


def take_a_seat(browser: APIRequestContext, address: str, name: str) -> None:
    """Send the form of the page of the code; its answer gives the browser a seat."""
    page = browser.get(address)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text())[1]
    # Another test's person may be called the same.
    fields = {"csrf_token": token, "name": name, "is_new": "1"}
    answer = browser.post(page.url, form=fields, headers={"Referer": page.url}, max_redirects=0)
    assert answer.status == 303, answer.text()


@pytest.fixture
def sign_in(server: Server, contexts) -> Callable[..., Page]:
    """The demo's organiser, facilitator or participant; links are issued anew, for each works once."""

    def enter(who: str, **options) -> Page:
        page = contexts(**options).new_page()
        # A one-time link works once: the first browser's cookies stand for the later ones.
        if who in server.cookies:
            page.context.add_cookies(server.cookies[who])
            page.goto(f"{server.event}/")
            return ready(page)
        page.goto(server.links[who])
        main_button(page).click()
        server.cookies[who] = page.context.cookies()
        ready(page)
        return page

    return enter


def ready(page: Page) -> Page:
    """Wait until the page's modules are connected, and where it is live, until its socket is."""
    page.wait_for_selector("html[data-ready]", state="attached")
    return page


def linked(page: Page) -> Page:
    """Wait until the page's socket is in its room."""
    ready(page)
    page.wait_for_selector("[data-module=live][data-linked]", state="attached")
    return page
