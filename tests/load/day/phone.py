"""A phone: one browser with one page open, which does what the scripts of the product do there."""

import asyncio
import math
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode, urljoin, urlsplit

from tests.load.day.live import Live
from tests.load.day.page import Page, fields_of
from tests.load.day.wire import Answer, Away, Broken, Lines

AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)
ACCEPTS = {
    "uk": "uk-UA,uk;q=0.9,en-US;q=0.8,en;q=0.7",
    "en": "en-GB,en-US;q=0.9,en;q=0.8",
    "de": "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7",
    "ru": "ru-UA,ru;q=0.9,uk;q=0.8,en;q=0.7",
}
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
FORM = "Content-Type: application/x-www-form-urlencoded"
JSON = "Accept: application/json"
IMPORT = re.compile(r'(?:from|import)\s*\(?\s*"(\.{1,2}/[\w./-]+)"')
# What scripts load only when there is something to say, or to show.
LATER = ("waiting.js", "toast.js", "notices.js", "announcements.js")
# Seconds: how long write() in server.js waits for an answer and then pauses, how often it tries, and after how long
# outbox.js tries again.
PATIENCE, PAUSE, TIMES, AGAIN = 5.0, 0.7, 2, 5.0
# How long a browser waits for a page. Nobody waits longer.
LONGEST = 30.0
# Of these writes one may be refused, because others were quicker.
CONTESTED = {"propose", "place", "move", "console", "petition", "upload"}


class Phone:
    """`number` names it in the book; the screen in the hall is 0, and the team is below 0."""

    def __init__(self, hall, number: int, name: str, language: str, packing: str = "gzip, deflate, br") -> None:
        self.hall, self.number, self.name, self.language, self.packing = hall, number, name, language, packing
        self.chance = hall.chance("phone", number)
        self.lines = Lines(hall.port)
        self.cookies: dict[str, str] = {}
        # The browser's cache: by address, an ETag and a page; and the addresses of static files.
        self.kept: dict[str, tuple[str, str]] = {}
        self.assets: set[str] = set()
        self.page: Page | None = None
        self.live: Live | None = None
        self.member_id = 0
        self.mine: dict = {}
        self.known = 0.0
        self.is_away = self.is_asleep = self.is_out = False
        self.says_online = True
        # Which visit is the latest, and how many are under way.
        self.turn = self.under_way = 0
        self.weight: Counter = Counter()
        self.last: tuple = ()

    def __repr__(self) -> str:
        return f"phone {self.number} ({self.language})"

    # Requests.

    async def request(
        self,
        kind: str,
        method: str,
        path: str,
        *,
        headers: Iterable[str] = (),
        body: bytes = b"",
        patience: float = LONGEST,
        cut: str = "",
    ) -> Answer:
        """One request and its answer. Fails with `Away`; what the server does wrong is noted as a problem."""
        if self.is_away:
            await asyncio.sleep(0.02 + 0.2 * self.chance.random())
            raise Away
        lines = [f"{method} {path} HTTP/1.1", *self.headers(), f"Accept-Encoding: {self.packing}", *headers]
        if body or method not in ("GET", "HEAD"):
            lines += [f"Content-Length: {len(body)}", f"Origin: {self.hall.base}"]
        asked = {"kind": kind, "request": f"{method} {path}", "who": repr(self)}
        started = time.monotonic()
        answer = await self._answer("\r\n".join([*lines, "", ""]).encode() + body, patience, cut, asked)
        answer.seconds = time.monotonic() - started
        self._keep_cookies(answer)
        self._weigh(kind, answer)
        # On a machine that is busy otherwise somebody may wait too long for the one write lock, and tries again.
        if answer.status >= 500 and not (answer.status == 503 and self.hall.patience > 1):
            self.hall.problem("no 5xx", f"answered with {answer.status}", **asked)
        return answer

    async def _answer(self, whole: bytes, patience: float, cut: str, asked: dict[str, str]) -> Answer:
        patience *= self.hall.patience
        try:
            async with asyncio.timeout(patience):
                return await self.lines.ask(whole, cut=cut)
        except TimeoutError:
            self.hall.problem("no 5xx", f"no answer in {patience:.0f} s", **asked)
            raise
        except Broken as error:
            if self.is_away:
                raise Away from error
            self.hall.problem("no 5xx", f"the connection broke: {error}", **asked)
            raise

    def headers(self) -> list[str]:
        found = [
            f"Host: 127.0.0.1:{self.hall.port}",
            "Connection: keep-alive",
            f"User-Agent: {AGENT}",
            f"Accept-Language: {ACCEPTS[self.language]}",
        ]
        if self.page:
            found.append(f"Referer: {self.hall.base}{self.page.address}")
        if self.cookies:
            found.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        return found

    def _keep_cookies(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name == "set-cookie":
                pair = value.split(";")[0]
                self.cookies[pair.partition("=")[0].strip()] = pair.partition("=")[2]

    def _weigh(self, kind: str, answer: Answer) -> None:
        if self.hall.is_counting and kind != "check":
            self.hall.count(kind, answer)
            self.weight["static" if kind == "static" else "pages and writes"] += answer.received
            self.weight["sent"] += answer.sent
            self.weight["requests"] += 1

    def refused(self, kind: str, answer: Answer, path: str) -> None:
        """Note a problem if the answer is a refusal that nobody had to expect."""
        if answer.status >= 400 and answer.status not in self._expected(kind, path):
            said = answer.text[:200] if answer.header("content-type").startswith("application/json") else ""
            self.hall.problem(
                "no unexpected 4xx", f"{kind} was refused with {answer.status}", path=path, who=repr(self), said=said
            )

    def _expected(self, kind: str, path: str) -> set[int]:
        if self.is_out and kind in ("board, signed out", "catch-up"):
            return {403}
        topic = re.search(r"(?:/topics/|channel=topic-)(\d+)", path)
        if topic and self.hall.is_gone(int(topic[1])):
            return {404}
        return {409} if kind in CONTESTED else set()

    # Pages.

    async def visit(self, kind: str, path: str, *, back: bool = False, fresh: bool = False) -> Page | None:
        """Go to a page, with If-None-Match if the cache has it; `back` shows what the cache has, as the button does.

        None if another visit overtook this one.
        """
        if back and path in self.kept:
            self.turn += 1
            page = Page(path, 200, self.kept[path][1])
            await self._arrive(page, is_back=True)
            return page
        return await self._arrive_by(self._get(kind, path, fresh=fresh))

    async def _arrive_by(self, getting) -> Page | None:
        self.turn += 1
        turn = self.turn
        self.under_way += 1
        try:
            page = await getting
        finally:
            self.under_way -= 1
        if turn != self.turn:
            return None
        await self._arrive(page)
        return page

    async def _get(self, kind: str, path: str, *, fresh: bool = False) -> Page:
        for _ in range(6):
            headers = [f"Accept: {HTML}", "Upgrade-Insecure-Requests: 1"]
            known = None if fresh else self.kept.get(path)
            if known:
                headers.append(f"If-None-Match: {known[0]}")
            answer = await self.request(kind, "GET", path, headers=headers)
            if answer.status in (301, 302, 303, 307, 308):
                path = self.local(path, answer)
            elif answer.status == 304:
                self.hall.counts["304"] += 1
                page = Page(path, 200, known[1])
                page.is_unchanged = True
                return page
            else:
                return self._kept(kind, path, answer)
        raise Broken(f"redirected for ever: {path}")

    def _kept(self, kind: str, path: str, answer: Answer) -> Page:
        text = answer.text
        if (etag := answer.header("etag")) and answer.status == 200:
            self.kept[path] = (etag, text)
        self.refused(kind, answer, path)
        return Page(path, answer.status, text)

    def local(self, path: str, answer: Answer) -> str:
        """Where a redirect leads, as a path on this server."""
        parts = urlsplit(urljoin(self.hall.base + path, answer.header("location")))
        if f"{parts.scheme}://{parts.netloc}" != self.hall.base:
            self.hall.problem("redirects", f"led to {parts.scheme}://{parts.netloc}", who=repr(self), path=path)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    async def _arrive(self, page: Page, *, is_back: bool = False) -> None:
        """The new page takes the old one's place, loads what it needs, and comes alive."""
        if self.live:
            self.live.leave()
        before, self.page = self.page, page
        if self.hall.is_counting and before and not is_back:
            self._note_for_comparison(before, page)
        self.mine = page.mine
        self.member_id = page.member_id or self.member_id
        self.live = live = Live(self, page) if page.live else None
        await self._load_assets(page)
        if live:
            live.start(is_back=is_back)
        await self._load_pictures(page)

    def _note_for_comparison(self, before: Page, page: Page) -> None:
        """A page that is loaded anew at the very revisions at which the old one stood must be the same."""
        is_same = (before.kind, before.address, before.revisions) == (page.kind, page.address, page.revisions)
        if (
            is_same
            and before.kind in ("board", "projector", "console")
            and before.taken
            and len(self.hall.pairs) < 1500
        ):
            self.hall.pairs.append((repr(self), before, page.text))

    async def _load_pictures(self, page: Page) -> None:
        for path in page.pictures:
            if path not in self.assets:
                answer = await self.request("picture", "GET", path, headers=["Accept: image/*"])
                if "max-age" in answer.header("cache-control"):
                    self.assets.add(path)

    async def _load_assets(self, page: Page) -> None:
        wanted = page.assets
        if base := next((path for path in page.assets if path.endswith("/js/app.js")), ""):
            wanted = wanted | {urljoin(base, f"{name}.js") for name in page.modules}
            if page.live:
                wanted.add(urljoin(base, "../vendor/socket.io.esm.min.js"))
        while wanted := wanted - self.assets:
            self.assets |= wanted
            found = await asyncio.gather(*(self._load_asset(path) for path in sorted(wanted)))
            wanted = {path for imported in found for path in imported}

    async def _load_asset(self, path: str) -> set[str]:
        """Load a static file; returns the addresses of the scripts that it imports."""
        try:
            answer = await self.request("static", "GET", path, headers=["Accept: */*"])
        except (Away, Broken, TimeoutError):
            self.assets.discard(path)
            return set()
        self.refused("static", answer, path)
        if not path.endswith(".js") or "/vendor/" in path:
            return set()
        imported = (name for name in IMPORT.findall(answer.text) if "vendor" not in name)
        return {urljoin(path, name) for name in imported if name.rpartition("/")[2] not in LATER}

    async def submit(self, kind: str, page: Page, action: str, *, cut: str = "", **values) -> Page | None:
        """A plain form, as a browser without scripts sends it; its answer is a page again.

        If the answer is lost, the browser shows an error, and a reload sends the form again.
        """
        form = page.form(action)
        path, body = urljoin(page.address, form.get("action") or ""), urlencode(fields_of(form, **values)).encode()
        try:
            return await self._arrive_by(self._post(kind, path, body, cut=cut))
        except Away:
            if not cut:
                raise
            await asyncio.sleep(PAUSE)
            return await self._arrive_by(self._post(kind, path, body))

    async def _post(self, kind: str, path: str, body: bytes, *, cut: str = "") -> Page:
        answer = await self.request(kind, "POST", path, headers=[f"Accept: {HTML}", FORM], body=body, cut=cut)
        if answer.status in (302, 303):
            return await self._get("page after a write", self.local(path, answer))
        self.refused(kind, answer, path)
        return Page(path, answer.status, answer.text)

    # Writes by scripts.

    def new_key(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"

    async def write(
        self,
        kind: str,
        method: str,
        path: str,
        fields: Sequence[tuple[str, str]] = (),
        *,
        accept: str = JSON,
        key: str = "",
        cuts: Sequence[str] = (),
    ) -> Answer:
        """Send under one key until there is an answer, as outbox.js does. `cuts`: where the network ends, by try."""
        boundary = f"----WebKitFormBoundary{self.chance.getrandbits(64):016x}"
        page = self.page
        headers = [
            f"X-CSRFToken: {page.token}",
            f"X-Member: {page.member}",
            f"Idempotency-Key: {key or self.new_key()}",
            f"Content-Type: multipart/form-data; boundary={boundary}",
            accept,
        ]
        self.last = (kind, method, path, headers, _multipart(fields, boundary))
        cuts = iter(cuts)
        while True:
            for time_ in range(1, TIMES + 1):
                if answer := await self._try(next(cuts, "")):
                    self.refused(kind, answer, path)
                    return answer
                if not self.says_online:
                    break
                await asyncio.sleep(PAUSE * time_)
            self.hall.counts["writes kept in the outbox"] += 1
            await asyncio.sleep(AGAIN)

    async def _try(self, cut: str) -> Answer | None:
        kind, method, path, headers, body = self.last
        try:
            answer = await self.request(kind, method, path, headers=headers, body=body, patience=PATIENCE, cut=cut)
        except (Away, Broken, TimeoutError):
            self.hall.counts["writes without an answer"] += 1
            return None
        return answer if answer.status < 502 else None

    async def again(self, last: tuple = ()) -> Answer:
        """A write once more, byte for byte: a copy of it that was late."""
        kind, method, path, headers, body = last or self.last
        self.hall.counts["late copies of writes"] += 1
        return await self.request(f"{kind}, late copy", method, path, headers=headers, body=body)

    async def hand_in(self, kind: str, page: Page, action: str, *, cuts: Sequence[str] = (), **values) -> Answer:
        """A form whose draft is kept: sent by script until there is an answer, under the key that stands in it."""
        form = page.form(action)
        fields = fields_of(form, **values)
        path, key = urljoin(page.address, form.get("action")), dict(fields).get("key", "")
        return await self.write(kind, "POST", path, fields, accept="X-Draft: 1", key=key, cuts=cuts)

    def mark_on(self, topic: int) -> str | None:
        return self.mine["marks"].get(str(topic))

    async def tap(self, topic: int, value: str, *, cuts: Sequence[str] = ()) -> bool:
        """Tap on a chair, or on one of the two buttons of a topic's page; returns whether the topic was still there."""
        kind = None if self.mark_on(topic) == value else value
        if cuts:
            self.hall.touch(topic)
        else:
            self.hall.watch(topic, self)
        path = f"/{self.hall.slug}/topics/{topic}/interest"
        fields = [("kind", kind)] if kind else []
        answer = await self.write("tap", "PUT" if kind else "DELETE", path, fields, cuts=cuts)
        if answer.status != 200:
            self.ask_again()
            return False
        if answer.json() != {"number": topic, "kind": kind}:
            self.hall.problem(
                "answers", "a tap was answered with something else", said=answer.text[:200], wanted=[topic, kind]
            )
        self._learn(topic, kind)
        return True

    def _learn(self, topic: int, kind: str | None) -> None:
        """The server has said so."""
        self.known = time.monotonic()
        if kind:
            self.mine["marks"][str(topic)] = kind
        else:
            self.mine["marks"].pop(str(topic), None)
        self.hall.ledger.mark(self.number, topic, kind)

    def take_mine(self, mine: dict, asked: float) -> None:
        """Learn what is one's own from an answer; before a tap arrived, it may not hold that."""
        if asked < self.known:
            self.ask_again()
        else:
            self.mine.update(mine)

    def ask_again(self) -> None:
        if self.live:
            asyncio.get_running_loop().call_later(0.3, self.live.catch_up)

    # The network, and sleep.

    def lose(self, *, says_so: bool, quietly: bool) -> None:
        """No network: `says_so` if the phone knows; `quietly` if the server is not told that the socket is gone."""
        self.is_away, self.says_online = True, not says_so
        self.lines.cut()
        if self.live:
            self.live.drop(quietly=quietly)

    def find(self) -> None:
        """The network is back."""
        was_told, self.is_away, self.says_online = not self.says_online, False, True
        if was_told and self.live:
            self.live.catch_up()

    def sleep(self) -> None:
        self.is_asleep = True
        if self.live:
            self.live.freeze()

    def wake(self) -> None:
        self.is_asleep = False
        if self.live:
            self.live.thaw()

    def reload(self, page: Page) -> None:
        """Load the page anew when it suits, and not all phones at the same moment."""
        if not page.reloads:
            page.reloads = True
            self.hall.counts["reloads asked for"] += 1
            self.hall.spawn(self._reload(page))

    async def _reload(self, page: Page) -> None:
        await asyncio.sleep(0.3 + 1.5 * self.chance.random())
        while self.page is page:
            if not (self.under_way or self.is_away or self.is_asleep):
                try:
                    await self.visit("reload", page.address)
                except (Away, Broken, TimeoutError):
                    continue
                return
            await asyncio.sleep(0.3)

    def close(self) -> None:
        if self.live:
            self.live.leave()
        self.lines.cut()


def _multipart(fields: Iterable[tuple[str, str]], boundary: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    ]
    return "".join([*parts, f"--{boundary}--\r\n"]).encode()


def percentile(times: Iterable[float], share: float) -> float:
    """As the product's own bench takes it."""
    ordered = sorted(times)
    return ordered[math.floor((len(ordered) - 1) * share)] if ordered else 0.0
