"""The order of things: sign the team in, note how everything stands, let the day happen, and look into it."""

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from tests.load.day import books_check as books, pages_check as pages, report
from tests.load.day.corruption import KINDS
from tests.load.day.hall import Hall
from tests.load.day.ledger import Topic
from tests.load.day.people import Person
from tests.load.day.phone import Phone
from tests.load.day.plans import Roles, Times
from tests.load.day.server import Server
from tests.load.day.stories import picture
from tests.load.day.team import Facilitator, Organiser

# How long a day takes at most.
DAY = timedelta(minutes=8)


class Rehearsal:
    """One day; `options` are those of the command."""

    def __init__(self, server: Server, options) -> None:
        self.server, self.options = server, options
        self.hall = Hall(server.port, options.seed, patience=options.patience)
        self.times, self.roles = Times(options.pace), Roles(self.hall, options.people)
        self.facilitator = Facilitator(self.hall, server.links["facilitator"], self.roles, self.times)
        self.organiser = Organiser(self.hall, server.links["organiser"], self.roles, self.times)
        self.screen = Phone(self.hall, 0, "the screen in the hall", "uk")
        self.people = [Person(self.hall, number, self.roles, self.times) for number in range(1, options.people + 1)]
        self.everybody = [*self.people, self.facilitator, self.organiser]
        # Moments, the server's processor until then, and its memory.
        self.looks: list[report.Look] = []

    @property
    def screens(self) -> list[Phone]:
        """All phones, and what else shows pages."""
        return [*(each.phone for each in self.everybody), self.screen]

    async def run(self) -> dict:
        """All of it; returns the figures."""
        await self.live()
        figures = self._figures()
        if spoil := KINDS.get(self.options.corrupt):
            figures["corrupted on purpose"] = spoil(self)
        figures["checks"] = {name: await self.check(name) for name in self._checks()}
        self.close()
        return figures

    async def live(self) -> None:
        """The day, until all pages stand where the server stands."""
        await self._begin()
        self.before = await self._learn()
        await self._live()
        self.together = await self._settle()
        self._look()
        self.hall.is_counting = False

    def close(self) -> None:
        for phone in self.screens:
            phone.close()

    async def _begin(self) -> None:
        picture()
        await self.facilitator.sign_in()
        await self.organiser.sign_in()
        page = await self.screen.visit("projector", self.server.links["projector"])
        self.hall.code = re.search(r"<b>[^<]*/(\w+)</b>", page.text)[1]

    # How everything stands before the day.

    async def _learn(self) -> dict:
        hall, asker = self.hall, self.facilitator.phone
        hall.days = sorted(set(re.findall(r'href="\?day=(\d{4}-\d\d-\d\d)"', asker.page.text)))
        hall.learn_cells = self._learn_cells
        boards = await self._learn_cells(asker)
        hall.today = hall.days.index((await books.board_as_json(asker))["day"])
        cells = [cell for board in boards for slot in board["slots"] for cell in slot["cells"] if cell["topic"]]
        for cell in cells:
            self._learn_topic(cell["topic"], cell["cell"])
        market = await pages.ask_as(asker, hall.address("market"), accept="application/json")
        for topic in market.json()["topics"]:
            self._learn_topic(topic, "")
        await self._learn_movable()
        hall.ledger.queue = await books.waiting_for_microphone(asker)
        return {"revisions": await books.revisions(hall, asker), "seats": await books.seats_taken(hall)}

    async def _learn_cells(self, asker: Phone) -> list[dict]:
        """The boards of all days; the cells of slots that are not over go into the book."""
        boards = [await books.board_as_json(asker, day) for day in self.hall.days]
        for slot in (slot for board in boards for slot in board["slots"]):
            self.hall.day_of |= {cell["cell"].partition("-")[0]: slot["starts_at"][:10] for cell in slot["cells"]}
            if datetime.fromisoformat(slot["ends_at"]) > datetime.now(UTC) + DAY:
                self.hall.ledger.all_cells |= {cell["cell"] for cell in slot["cells"]}
        return boards

    def _learn_topic(self, topic: dict, cell: str) -> None:
        ledger, number = self.hall.ledger, topic["number"]
        ledger.topics[number] = Topic(number, topic["title"], topic["text"], cell=cell)
        ledger.going[number], ledger.known = topic["going"], max(ledger.known, number)
        if cell:
            ledger.cells[cell] = -1.0

    async def _learn_movable(self) -> None:
        """Topics that hang in a slot to come, and that the programme does not fix."""
        ledger, fixed = self.hall.ledger, set()
        for day in self.hall.days:
            page = await books.document(self.facilitator.phone, f"?day={day}")
            fixed |= {int(number) for number in page.xpath("//*[contains(@class, 'sheet--programme')]/@data-topic")}
        there = (
            topic for topic in ledger.topics.values() if topic.cell in ledger.all_cells and topic.number not in fixed
        )
        ledger.movable = sorted(topic.number for topic in there)

    # The day, and its end.

    async def _live(self) -> None:
        hall = self.hall
        hall.is_counting, hall.began = True, time.monotonic()
        self.cpu, self.own_cpu = self.server.cpu(), time.process_time()
        lag = asyncio.create_task(hall.feel_lag())
        days = [asyncio.create_task(each.live()) for each in self.everybody]
        pending: set = set(days)
        while pending and hall.clock < self.times.end + 60 * hall.patience:
            self._look()
            _, pending = await asyncio.wait(pending, timeout=1.0)
        lag.cancel()
        if pending:
            hall.bugs.append(f"not finished: {[(each.number, each.doing) for each in self.everybody if each.doing]}")
        hall.bugs += [repr(each.exception()) for each in days if each.done() and each.exception()]

    def _look(self) -> None:
        self.looks.append((self.hall.clock, self.server.cpu()[0] - self.cpu[0], self.server.memory()))

    async def _settle(self) -> float:
        """Wait for what was begun, and for all pages; returns how many seconds the pages took."""
        together = await pages.wait_until_together(self.hall, self.screens)
        # Refusals are looked into after a while.
        await asyncio.sleep(self.hall.grace + 0.5)
        for _ in range(round(30 * self.hall.patience)):
            if await books.are_photos_ready(self.hall, self.facilitator.phone):
                break
            await asyncio.sleep(1)
        await pages.wait_until_together(self.hall, self.screens)
        return together

    async def check(self, name: str) -> dict:
        """Do one of the checks; returns what it has looked at. What is wrong is noted as problems."""
        return await self._checks()[name]()

    def _checks(self) -> dict[str, Callable[[], Awaitable[dict]]]:
        hall, asker = self.hall, self.facilitator.phone
        return {
            "in step": lambda: pages.in_step(hall, self.screens),
            "during the day": lambda: pages.during_the_day(hall),
            "topics and chairs": lambda: books.topics(hall, asker),
            "changes in the log": lambda: books.log(hall, asker, self.before["revisions"]),
            "seats": lambda: books.seats(hall, self.before["seats"]),
            "contact book": lambda: books.book(hall, {each.number: each.phone for each in self.people}),
            "stories": lambda: books.stories(hall, asker),
            "steps": lambda: books.steps(hall, asker),
            "requests": lambda: books.requests(hall, asker),
        }

    def _figures(self) -> dict:
        hall, server, options = self.hall, self.server, self.options
        own, children = (now - before for now, before in zip(server.cpu(), self.cpu, strict=True))
        return {
            "what": f"{options.people} people, seed {options.seed}, pace {options.pace}",
            "requests": report.requests(hall),
            "parts": report.by_phase(hall, self.times, self.looks),
            "per_person": report.one_person([each.phone for each in self.people]),
            "from a tap to the packet on another phone, ms": {
                **report.milliseconds(seconds for _, seconds in hall.heard),
                "heard": len(hall.heard),
            },
            "this process itself was late by, ms": report.milliseconds(hall.lag),
            "in step after the last write, s": round(self.together, 2),
            "server": {
                "cpu_s": round(own, 1),
                "wall_s": round(hall.clock, 1),
                "cpu_of_photos_s": round(children, 1),
                "fresh_MiB": round(server.fresh / 2**20),
                "peak_MiB": round(server.peak / 2**20),
                "open_files": server.files,
            },
            "rehearsal": {
                "cpu_s": round(time.process_time() - self.own_cpu, 1),
                "load_average": [round(each, 1) for each in os.getloadavg()],
            },
            "writes that took effect": dict(hall.ledger.done),
            "counts": dict(sorted(hall.counts.items())),
        }
