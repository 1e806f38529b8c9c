"""The facilitator, mostly at the console, and the organiser, who adds a place and calls people to the microphone."""

import asyncio
import re

from lxml import html as lxml_html

from tests.load.day.asking import ASKED_FOR
from tests.load.day.hall import Hall
from tests.load.day.page import fields_of
from tests.load.day.people import Person
from tests.load.day.phone import JSON, Phone
from tests.load.day.plans import Act, Roles, Times

DROPS = 10


class Teammate(Person):
    """Somebody of the team, who signs in by a personal link."""

    number, name = 0, ""

    def __init__(self, hall: Hall, link: str, roles: Roles, times: Times) -> None:
        super().__init__(hall, self.number, roles, times)
        self.link, self.home, self.phone = link, 0, Phone(hall, self.number, self.name, "uk")

    async def sign_in(self) -> None:
        page = await self.phone.visit("personal link", self.link)
        page = await self.phone.submit("come back", page, "^$")
        self.hall.slug = page.address.split("/")[1]


class Organiser(Teammate):
    """Sees that more want to talk than there are places, and adds one; leads the microphone."""

    number, name = -2, "Команда програми"

    def plan(self) -> list[Act]:
        market, slot = self.times.market, self.times.slots[0]
        calls = [(slot[0] + 4 * n * self.times.pace, "call_next", {}) for n in range(2)]
        return [(market[0] - 1.5, "add_place", {}), *calls]

    async def add_place(self) -> None:
        """The grid of every day changes."""
        page = await self.phone.visit("settings", self.hall.address("settings/spaces"))
        fields = fields_of(page.form(r"/settings/spaces\?"))
        # The last row is an empty one.
        names = [*[value for name, value in fields if name == "space_name"][:-1], "Сад за будинком"]
        chairs = [*[value for name, value in fields if name == "space_chairs"][:-1], "18"]
        await self.phone.submit("add a place", page, r"/settings/spaces\?", space_name=names, space_chairs=chairs)
        self.hall.ledger.done["grid of a day"] += len(self.hall.days)
        await self.hall.learn_cells(self.phone)
        await self.to_board()

    async def call_next(self) -> None:
        """Call the first of the queue to the microphone, and stay on that page."""
        address = self.hall.address("facilitator/pitch")
        page = await self.phone.visit("leading the microphone", address)
        seen = re.search(r'id="pitch-air" data-pitch="(\d*)"', page.text)[1]
        fields = [("seen", seen)] if seen else []
        await self.phone.write("microphone", "PUT", self.hall.address("facilitator/pitch/now"), fields)
        page = await self.phone.visit("leading the microphone", address)
        on_air = lxml_html.document_fromstring(page.text).get_element_by_id("pitch-air")
        # Whoever speaks without a topic is the headline.
        self.hall.ledger.called |= {each.text_content() for each in on_air.xpath(".//bdi | .//h2")}


class Facilitator(Teammate):
    """Locks a slot early in the day, hangs up what waits on the market, announces, and rearranges the board."""

    number, name = -1, "Ірина Мельник"

    def plan(self) -> list[Act]:
        join, slots = self.times.join, self.times.slots
        spans = [slots[0], slots[1], slots[2], (slots[3][0], slots[3][0] + 20 * self.times.pace)]

        def within(span: tuple[float, float], share: float) -> float:
            return span[0] + (span[1] - span[0]) * share

        chances = [(n, self.chance.random(), self.chance.random()) for n in range(DROPS)]
        drops = [(within(spans[n % 4], when), "rearrange", {"share": share}) for n, when, share in chances]
        acts = [
            (within(join, 0.3), "lock_slot", {}),
            (within(join, 0.8), "undo_lock", {}),
            (self.times.placing[0], "place_all", {}),
            (within(slots[0], 0.3), "announce", {"text": "Обід о першій, у дворі."}),
            (within(slots[2], 0.2), "take_announcement_back", {}),
            (within(slots[2], 0.5), "announce", {"text": "Після перерви всі – до великої зали."}),
            (within(slots[3], 0.1), "decide", {}),
            *drops,
        ]
        return sorted(acts, key=lambda act: act[0])

    async def live(self) -> None:
        await super().live()
        await self.do("to_console")

    async def to_console(self, cell: str = "") -> None:
        """The console's page of the day on which this cell is; of today without one."""
        day = self.hall.day_of.get(cell.partition("-")[0], "")
        await self.phone.visit("console", self.hall.address("facilitator") + (f"?day={day}" if day else ""))

    async def _act(self, method: str, path: str, **fields: object) -> int:
        """One write of the console; returns the status of its answer."""
        sent = [(name, str(value)) for name, value in fields.items()]
        return (await self.phone.write("console", method, self.hall.address(f"facilitator/{path}"), sent)).status

    # Locks. Nobody hangs anything that early, so it is known which cells are free.

    async def lock_slot(self) -> None:
        ledger = self.hall.ledger
        cell = max(ledger.all_cells - set(ledger.cells))
        self.locked = cell.partition("-")[0]
        await self.to_console(cell)
        if await self._act("PUT", f"slots/{self.locked}/lock", lock="facilitators") == 200:
            free = [each for each in ledger.all_cells - set(ledger.cells) if each.startswith(f"{self.locked}-")]
            ledger.done["lock"] += 1
            ledger.done["free cell of a locked slot"] += len(free)
            ledger.step("")

    async def undo_lock(self) -> None:
        if await self._act("DELETE", "steps/last") == 200:
            self.hall.ledger.done["undo a lock"] += 1
            self.hall.ledger.steps[-1].is_undone = True

    async def place_all(self) -> None:
        """Hang up what waits on the market, until nobody's topic waits any more; two answers are lost."""
        hall, placed, lossy = self.hall, 0, 2
        while hall.clock < self.times.placing[1]:
            waiting = [t.number for t in hall.ledger.topics.values() if t.by > 0 and not t.cell and not t.withdrawn]
            if waiting and len(hall.ledger.all_cells - set(hall.ledger.cells)) > 1:
                cut = "after" if placed and lossy else ""
                lossy -= bool(cut)
                await self.phone.visit("market", hall.address("market"))
                placed += await self.hang(min(waiting), self.chance.random(), cut=cut)
            elif placed == len(self.roles.to_market):
                break
            else:
                await asyncio.sleep(0.2)
        hall.counts["placed by the facilitator"] = placed
        await self.to_console()

    # The board in hand.

    async def rearrange(self, share: float) -> None:
        """Take a topic into the hand, drop it, and half of the time undo that; half of these times do it again."""
        ledger, topics = self.hall.ledger, self.hall.ledger.movable[ASKED_FOR:]
        number = self.chance.choice(topics)
        was = ledger.topics[number].cell
        await self.to_console(was)
        await self._act("PUT", "hand", number=number, cell=was)
        other = self.chance.choice([each for each in topics if each != number]) if share < 0.4 else None
        cell = ledger.topics[other].cell if other else await self._free_cell(number, was, share)
        if not cell or not await self._drop(number, cell, was, other):
            await self._act("DELETE", "hand")
            return
        self._hung(number, other, cell)
        self.hall.counts["swapped at the console" if other else "moved at the console"] += 1
        ledger.step(ledger.topics[number].title)
        for what, method, target in (("undone", "DELETE", was), ("done again", "PUT", cell)):
            await asyncio.sleep(0.6 * self.chance.random())
            if self.chance.random() < 0.5 or await self._act(method, "steps/last") != 200:
                break
            self._hung(number, other, target, undoing=True)
            ledger.steps[-1].is_undone = what == "undone"
            self.hall.counts[f"steps {what}"] += 1

    def _hung(self, number: int, other: int | None, cell: str, *, undoing: bool = False) -> None:
        self.hall.touch(number)
        if other:
            self.hall.ledger.swap(number, other, undoing=undoing)
        else:
            self.hall.ledger.hang(number, cell, self.hall.clock, undoing=undoing)

    async def _free_cell(self, number: int, was: str, share: float) -> str:
        path = self.hall.address(f"facilitator/topics/{number}/costs?moving={was}")
        answer = await self.phone.request("console", "GET", path, headers=[JSON])
        known = self.hall.ledger.all_cells
        free = sorted(cell for cell, cost in answer.json().items() if not cost["is_forbidden"] and cell in known)
        return free[int(share * len(free))] if free else ""

    async def _drop(self, number: int, cell: str, was: str, other: int | None) -> bool:
        """Hang it there, if need be anyway; returns whether it hangs there now."""
        fields = {"cell": cell, "moving": was, "there": other or "", "taken": "swap" if other else ""}
        for more in ({}, {"anyway": "y"}):
            if await self._act("PUT", f"topics/{number}/placement", **fields, **more) == 200:
                return True
        return False

    # Announcements and petitions.

    async def announce(self, text: str) -> None:
        ledger = self.hall.ledger
        page = await self.phone.visit("announcements", self.hall.address("facilitator/announcements"))
        answer = await self.phone.hand_in("announce", page, r"/facilitator/announcements$", words_uk=text, until="soon")
        if answer.status >= 400:
            return
        await self.to_console()
        shown = {int(ident) for ident in re.findall(r'id="announcement-(\d+)"', self.phone.page.text)}
        ledger.announced |= dict.fromkeys(shown - set(ledger.announced), text)
        ledger.done["announce"] += 1
        ledger.step(text)

    async def take_announcement_back(self) -> None:
        ledger = self.hall.ledger
        ident = min(ledger.announced)
        if await self._act("PUT", f"announcements/{ident}/withdrawal") < 400:
            ledger.step(ledger.announced.pop(ident))
            ledger.done["take an announcement back"] += 1

    async def decide(self) -> None:
        """Grant the first petition, or decline it if that cannot be done any more."""
        ledger = self.hall.ledger
        if not ledger.petitions:
            return
        ident = min(ledger.petitions)
        petition = ledger.petitions[ident]
        await self.to_console()
        if await self._act("PUT", f"petitions/{ident}/grant") == 200:
            ledger.hang(petition.topic, petition.cell, self.hall.clock)
        elif await self._act("PUT", f"petitions/{ident}/refusal") != 200:
            return
        petition.is_open = False
        ledger.step(ledger.topics[petition.topic].title)
