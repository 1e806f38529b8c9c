"""Somebody with a phone: coming, looking, tapping, losing the network, sleeping, leaving."""

import asyncio
import re
from urllib.parse import urlsplit

from tests.load.day.asking import Asking
from tests.load.day.book import Meeting
from tests.load.day.hall import Hall
from tests.load.day.page import Page
from tests.load.day.phone import Phone
from tests.load.day.plans import Act, Plan, Roles, Times
from tests.load.day.stories import Telling
from tests.load.day.topics import Convening
from tests.load.day.wire import Away, Broken

NAMES = {
    "uk": (
        ["Оксана", "Галина", "Юлія", "Андрій", "Павло", "Віктор"],
        ["Шевчук", "Бойко", "Кравець", "Лисенко", "Гнатюк"],
    ),
    "en": (
        ["Alice", "Grace", "Helen", "Oliver", "Thomas", "Peter"],
        ["Whitfield", "Ashdown", "Merrick", "Langley", "Thorne"],
    ),
    "de": (
        ["Sabine", "Jürgen", "Änne", "Karl", "Ulrike", "Götz"],
        ["Schröder", "Weiß", "Küppers", "Brandt", "Holzmann"],
    ),
    "ru": (
        ["Наталья", "Сергей", "Марина", "Игорь", "Полина", "Фёдор"],
        ["Соколов", "Ершова", "Журавлёв", "Мельник", "Щукина"],
    ),
}
COMMUNITIES = ["Степова громада", "Gmina Brzozów", "Stadt Neuhafen", "Озерянська громада", "Loch & Glen", ""]
SYLLABLES = ["ba", "du", "fe", "ki", "lo", "mu", "na", "pi", "ro", "su", "te", "vo", "za", "go"]


class Person(Convening, Meeting, Telling, Asking):
    """Somebody with a phone. `topic` is the number of the one that they have proposed."""

    def __init__(self, hall: Hall, number: int, roles: Roles, times: Times) -> None:
        self.hall, self.number, self.roles, self.times = hall, number, roles, times
        self.chance = hall.chance("person", number)
        language = self.chance.choice(list(NAMES))
        first, last = map(self.chance.choice, NAMES[language])
        packing = "gzip, deflate, br" if self.chance.random() < 0.8 else "gzip, deflate"
        self.phone = Phone(hall, number, f"{first} {last} {number}", language, packing)
        self.community = self.chance.choice(COMMUNITIES)
        # Which day they look at most, from today on.
        self.home = self.chance.choices((0, 1, 2), (50, 30, 20))[0]
        self.topic: int | None = None
        self.former = self.doing = ""

    def plan(self) -> list[Act]:
        return Plan(self.hall, self.number, self.roles, self.times).acts()

    async def live(self) -> None:
        for at, what, facts in self.plan():
            await asyncio.sleep(max(0.0, at - self.hall.clock))
            await self.do(what, **facts)

    async def do(self, what: str, **facts: object) -> None:
        self.doing = what
        try:
            await getattr(self, what)(**facts)
        except Away:
            self.hall.counts["acts given up for want of network"] += 1
        except (Broken, TimeoutError):
            # Noted as a problem where it happened.
            pass
        except Exception:
            self.hall.bug()
        self.doing = ""

    def word(self) -> str:
        """A word that stands nowhere else."""
        chance = self.hall.chance("word", self.number)
        letters = str(self.number).translate(str.maketrans("0123456789", "abcdefghij"))
        return "".join(chance.choice(SYLLABLES) for _ in range(4)) + letters

    # Moving about.

    def board(self, day: int) -> str:
        """The address of a day's board; today's is the plain one."""
        days = self.hall.days[self.hall.today :]
        return self.hall.address(f"?day={days[day]}" if 0 < day < len(days) else "")

    async def to_board(self, day: int | None = None) -> None:
        page = await self.phone.visit("board", self.board(self.home if day is None else day))
        if page and self.chance.random() < 0.2 and page.is_unchanged:
            await self._doubt(page)

    async def _doubt(self, page: Page) -> None:
        """The server said that nothing has changed: compare that page with a whole one."""
        self.hall.counts["304 looked into"] += 1
        answer = await self.phone.request("check", "GET", page.address, headers=["Accept: text/html"])
        whole, unchanged = (Page(page.address, 200, text) for text in (answer.text, page.text))
        if whole.revisions == unchanged.revisions:
            self.hall.pairs.append((f"{self.phone!r}, 304", unchanged, whole.text))

    async def at_board(self) -> Page:
        if self.phone.page is None or self.phone.page.kind != "board":
            await self.to_board()
        return self.phone.page

    def liked(self, topics: list[int], share: float) -> int | None:
        """One of these topics. Some draw many people."""
        ordered = sorted(topics, key=lambda topic: self.hall.chance("liked", topic).random())
        return ordered[int(len(ordered) * share**1.7)] if ordered else None

    async def look(self, share: float) -> None:
        """Open the board anew: mostly the same day, at times another one."""
        await self.to_board(None if share < 0.7 else int(share * 100) % 3)

    async def sit(self, share: float, where: str) -> None:
        """Go where they stay for the rest of the day: to a board, a topic, or a page of this name."""
        page = await self.at_board()
        topic = self.liked([topic for topic in page.sheets.values() if topic], share)
        if where == "topic" and topic:
            where = f"topics/{topic}"
        await (self.phone.visit("last page", self.hall.address(where)) if where else self.to_board())

    async def read(self, share: float, stay: float, taps: bool, back: bool) -> None:
        """Read a topic's page, and come back: by the button, or by a tap on the board's name."""
        page = await self.at_board()
        topic = self.liked([topic for topic in page.sheets.values() if topic], share)
        if topic is None:
            return
        there = await self.phone.visit("topic", self.hall.address(f"topics/{topic}"))
        await asyncio.sleep(stay / 2)
        if taps and there and there.kind == "topic" == self.phone.page.kind:
            await self.tap(share, stops=self.chance.random() < 0.3)
        await asyncio.sleep(stay / 2)
        await self.phone.visit("board", page.address, back=back)

    async def see_my_day(self) -> None:
        page = self.phone.page
        path = page.address if page and page.kind == "board" else self.board(0)
        await self.phone.visit("my day", self.hall.address("me/day"))
        await asyncio.sleep(1 + self.chance.random())
        await self.phone.visit("board", path, back=self.chance.random() < 0.5)

    # Coming and going.

    async def join(self, typed: bool) -> None:
        """Take a seat: by the typed code, or by the address in the QR code."""
        path = f"/{self.hall.code}" if typed else self.hall.address(f"join/{self.hall.code}")
        page = await self.phone.visit("entrance", path)
        await asyncio.sleep(0.5 + self.chance.random())
        cut = self.chance.choice(("after", "within", "after")) if self.number in self.roles.lossy_joins else ""
        name, community = self.phone.name, self.community
        await self.phone.submit("take a seat", page, "/join/", name=name, community=community, cut=cut)
        self.hall.ledger.people.add(self.number)
        if not self.phone.member_id or not self.phone.mine["member"]:
            self.hall.problem("seats", "no seat after joining", who=repr(self.phone), at_page=self.phone.page.address)

    async def sign_out(self, comes_back: bool, after: float) -> None:
        page = await self.phone.visit("my page", self.hall.address("me"))
        link = re.search(r'data-url="([^"]*/me/[^"]+)"', page.text)[1]
        self.phone.is_out = True
        await self.phone.submit("sign out", page, r"/me/seat\?method=DELETE")
        self.hall.counts["signed out"] += 1
        page = await self.phone.visit("board, signed out", self.board(0), fresh=True)
        if page.status != 403 or "data-topic" in page.text:
            self.hall.problem("signed out", "the board was still shown", who=repr(self.phone), status=page.status)
        if comes_back:
            await asyncio.sleep(after)
            page = await self.phone.visit("personal link", urlsplit(link).path)
            self.phone.is_out = False
            await self.phone.submit("come back", page, r"/me/")
            self.hall.counts["came back by their link"] += 1
            await self.to_board()

    # Tapping.

    async def tap(self, share: float, stops: bool, cuts: tuple[str, ...] = ()) -> None:
        page = self.phone.page
        if page is None or page.kind not in ("board", "topic"):
            page = await self.at_board()
        topic, value = self._choice(page, share, stops)
        if topic is not None:
            was_there = await self.phone.tap(topic, value, cuts=cuts)
            self.hall.counts["taps done" if was_there else "taps on topics taken down"] += 1

    def _choice(self, page: Page, share: float, stops: bool) -> tuple[int | None, str]:
        if page.kind == "topic":
            topic, value = int(re.search(r"/topics/(\d+)", page.address)[1]), self.chance.choice(("go", "look"))
            return topic, self.phone.mark_on(topic) or value if stops else value
        there = [topic for topic in page.sheets.values() if topic]
        mine = [topic for topic in there if self.phone.mark_on(topic) == "go"]
        return self.liked(mine if stops and mine else there, share), "go"

    async def tap_twice(self, share: float) -> None:
        """Take a chair, give it back, and then late copies of the first tap arrive: they must change nothing."""
        page = await self.at_board()
        topic = self.liked([topic for topic in page.sheets.values() if topic and not self.phone.mark_on(topic)], share)
        if topic is None or not await self.phone.tap(topic, "go"):
            return
        first = self.phone.last
        await asyncio.sleep(0.2)
        if not await self.phone.tap(topic, "go"):
            return
        self.hall.touch(topic)
        for answer in await asyncio.gather(self.phone.again(first), self.phone.again(first)):
            if answer.status != 200 or answer.json()["kind"] != "go":
                self.hall.problem(
                    "once", "a late copy was not answered as the first", status=answer.status, said=answer.text[:200]
                )

    # Bad luck.

    async def lose_network(self, seconds: float, says_so: bool, quietly: bool, cut: str, share: float) -> None:
        """The network goes while a tap is on its way."""
        if self.phone.is_out:
            return
        await self.at_board()
        self.hall.counts["networks lost"] += 1
        loop = asyncio.get_running_loop()
        loop.call_later(0.03, lambda: self.phone.lose(says_so=says_so, quietly=quietly))
        loop.call_later(0.03 + seconds, self.phone.find)
        await self.tap(share, stops=False, cuts=(cut,))

    async def doze(self, seconds: float) -> None:
        self.hall.counts["phones asleep for long"] += 1
        self.phone.sleep()
        await asyncio.sleep(seconds)
        self.phone.wake()
