"""What people do with topics: proposing, editing, moving, withdrawing, bringing back."""

import asyncio
import re
import time

from tests.load.day.ledger import Topic
from tests.load.day.page import Page

TITLES = {
    "uk": [
        "Як залучити молодь до бюджету",
        "Енергонезалежність громади: з чого почати",
        "Багатофункціональність бібліотек",
    ],
    "en": [
        "What a town can learn from a village",
        "Cross-municipal cooperation without a budget",
        "Libraries as living rooms",
    ],
    "de": ["Bürgerbeteiligungsverfahren im Alltag", "Energiegenossenschaften gründen & führen", "Wie geht „einfach“?"],
    "ru": ["Общественный транспорт в малой громаде", "Переработка отходов: опыт <двух> сёл", "Школа после уроков"],
}
# Cells that one may choose, and those that are offered after somebody was quicker.
FREE = re.compile(r'<input\s+type="radio"\s+id="pick-([\d-]+)"')
OFFERED = re.compile(r'<label class="pick" for="pick-([\d-]+)"')
LOSSES = (["after"], ["after", "after"], ["within", "after"])


class Convening:
    """A part of `Person`."""

    async def propose(self, into_cell: bool, share: float) -> None:
        phone, roles = self.phone, self.roles
        cell = await self._wanted_cell(share) if into_cell else ""
        page = await phone.visit("new topic", self.hall.address("topics/new") + (f"?cell={cell}" if cell else ""))
        word = self.word()
        title = f"{self.chance.choice(TITLES[phone.language])} {word}"
        text = f"{word}: <b>текст</b> & ein Wort\nzweite Zeile"
        await asyncio.sleep(0.4 + 1.6 * self.chance.random())
        before = set(phone.mine["topics"])
        cuts = self.chance.choice(LOSSES) if self.number in roles.lossy_proposals else []
        if into_cell:
            cell = self._offered(page, cell)
        found = await self._hand_in(page, title, text, cell, cuts)
        if found is None:
            return
        answer, cell = found
        if self.number in roles.late_copies | roles.lossy_proposals:
            await self._send_copies(answer)
        await phone.visit("board", phone.local("/", answer))
        self._learn_number(set(phone.mine["topics"]) - before, title, text, cell)

    async def _wanted_cell(self, share: float) -> str:
        """A free cell of a board. Most go for the first few, so that they meet."""
        for day in (1, 2, 0):
            page = await self.phone.visit("board", self.board(day))
            if free := [ident.partition("-")[2] for ident, topic in page.sheets.items() if not topic]:
                return free[int(share * min(len(free), 6))]
        return ""

    def _offered(self, page: Page, wanted: str) -> str:
        """The cell to send: one that is offered after somebody was quicker, else the one wanted if it is still free."""
        if 'class="picks"' in page.text:
            offered = OFFERED.findall(page.text)
            return self.chance.choice(offered) if offered else ""
        free = FREE.findall(page.text)
        return wanted if wanted in free else (self.chance.choice(free[:6]) if free else "")

    async def _hand_in(self, page: Page, title: str, text: str, cell: str, cuts: list[str]):
        """Send the form until the topic hangs somewhere; returns the answer and the cell."""
        hall, wanted = self.hall, cell
        for _ in range(12):
            asked = hall.clock
            answer = await self.phone.hand_in(
                "propose", page, r"/topics$", cuts=cuts, title=title, text=text, cell=wanted
            )
            if answer.status == 201:
                hall.counts["proposals hung up"] += bool(wanted)
                return answer, wanted
            page, cuts = Page(page.address, answer.status, answer.text), []
            if answer.status == 409:
                hall.counts["proposals that met somebody"] += 1
                self.check_offers(page, asked)
            wanted = self._offered(page, "") if cell else ""
        return None

    async def _send_copies(self, first) -> None:
        for copy in await asyncio.gather(self.phone.again(), self.phone.again()):
            if (copy.status, copy.header("location")) != (201, first.header("location")):
                self.hall.problem("once", "a late copy of a proposal was not answered as the first", status=copy.status)

    def _learn_number(self, new: set[int], title: str, text: str, cell: str) -> None:
        if len(new) != 1:
            what = f"a proposal that was acknowledged made {len(new)} topics"
            self.hall.problem("topics", what, who=repr(self.phone), title=title)
        if new:
            self.topic = min(new)
            self.hall.ledger.propose(Topic(self.topic, title, text, self.number, cell), self.hall.clock)

    def check_offers(self, page: Page, asked: float) -> None:
        """A refusal must offer free cells, as long as there are any."""
        offered = OFFERED.findall(page.text)
        self.hall.counts["cells offered"] += len(offered)
        self.hall.spawn(self._look_into(offered, asked, self.hall.clock))

    async def _look_into(self, offered: list[str], asked: float, answered: float) -> None:
        """Some time later, when all is known that was under way then."""
        hall, ledger = self.hall, self.hall.ledger
        await asyncio.sleep(hall.grace)
        until = answered + hall.grace - 0.5
        if taken := [cell for cell in offered if ledger.was_taken(cell, asked, until)]:
            hall.problem("offers", "cells were offered that were taken", cells=taken, who=repr(self.phone))
        if not offered:
            free = [cell for cell in ledger.all_cells if ledger.was_free(cell, asked - hall.grace / 4, until)]
            if free:
                hall.problem("offers", "a refusal offered no free cell", who=repr(self.phone), free=sorted(free))

    @property
    def standing(self) -> Topic | None:
        """The own topic, unless it is withdrawn."""
        topic = self.hall.ledger.topics.get(self.topic)
        return None if topic is None or topic.withdrawn else topic

    async def edit(self) -> None:
        if (known := self.standing) is None:
            return None
        number = known.number
        await self.phone.visit("topic", self.hall.address(f"topics/{number}"))
        page = await self.phone.visit("edit topic", self.hall.address(f"topics/{number}/edit"))
        await asyncio.sleep(0.5 + self.chance.random())
        title, text = f"{known.title.partition(' (')[0]} ({known.edits + 1})", known.text + "\nnoch eine Zeile"
        self.hall.touch(number)
        answer = await self.phone.hand_in("edit", page, rf"/topics/{number}\?method=PUT", title=title, text=text)
        if answer.status != 201:
            return self.hall.problem("answers", f"an edit was answered with {answer.status}", topic=number)
        known.title, known.text, known.edits = title, text, known.edits + 1
        self.hall.ledger.done["edit"] += 1
        await self.phone.visit("topic", self.phone.local("/", answer))
        return await self.to_board()

    async def move(self, share: float) -> None:
        if (topic := self.standing) and topic.cell:
            await self.hang(topic.number, share)
            await self.to_board()

    async def hang(self, number: int, share: float, *, cut: str = "") -> bool:
        """Hang a topic in another cell, or from the market into one, by the plain form of the page for it."""
        hall, kind = self.hall, "move" if self.hall.ledger.topics[number].cell else "place"
        await self.phone.visit("topic", hall.address(f"topics/{number}"))
        page = await self.phone.visit("choose a place", hall.address(f"topics/{number}/placement"))
        await asyncio.sleep(0.2 + 0.4 * self.chance.random())
        for _ in range(8):
            asked, offered, free = hall.clock, OFFERED.findall(page.text), FREE.findall(page.text)
            if not (offered or free):
                return False
            cell = self.chance.choice(offered) if offered else free[int(share * len(free))]
            hall.touch(number)
            page = await self.phone.submit(kind, page, rf"/topics/{number}/placement\?method=PUT", cell=cell, cut=cut)
            if page is None:
                return False
            if page.status == 200:
                hall.ledger.hang(number, cell, hall.clock)
                return True
            cut = ""
            if 'class="picks"' in page.text:
                hall.counts["placements that met somebody"] += 1
                self.check_offers(page, asked)
        return False

    async def withdraw(self, undo: bool) -> None:
        if (topic := self.standing) is None:
            return
        number, self.former = topic.number, topic.cell
        page = await self.phone.visit("topic", self.hall.address(f"topics/{number}"))
        self.hall.gone[number] = float("inf")
        self.hall.touch(number)
        page = await self.phone.submit("withdraw", page, r"/withdrawal\?method=PUT")
        self.hall.ledger.withdraw(number, self.hall.clock)
        if undo:
            await asyncio.sleep(1 + self.chance.random())
            # The toast that offers it is on the page that followed.
            await self._bring_back(page)
        else:
            await self.to_board()

    async def restore(self) -> None:
        if self.topic is not None and self.standing is None:
            await self._bring_back(await self.phone.visit("topic", self.hall.address(f"topics/{self.topic}")))

    async def _bring_back(self, page: Page) -> None:
        number, hall = self.topic, self.hall
        hall.touch(number)
        asked = hall.clock
        page = await self.phone.submit("restore", page, rf"/topics/{number}/withdrawal\?method=DELETE")
        hall.gone[number] = time.monotonic() + 5 * hall.patience
        found = [ident for ident, topic in page.sheets.items() if topic == number]
        cell = found[0].partition("-")[2] if found and found[0].startswith("cell-") else ""
        # Where its place is taken, the page lets one choose another.
        is_asked = "/placement" in page.address
        if not (found or is_asked) or cell not in ("", self.former):
            hall.problem(
                "topics", "a topic that was brought back is elsewhere", topic=number, found=found, was=self.former
            )
        if self.former and not cell:
            hall.counts["brought back to the market, for the place was taken"] += 1
            hall.spawn(self._check_excuse(self.former, asked, hall.clock))
        hall.ledger.restore(number, cell, hall.clock)

    async def _check_excuse(self, cell: str, asked: float, answered: float) -> None:
        """Only if somebody else hangs where it hung may it go to the market."""
        hall = self.hall
        await asyncio.sleep(hall.grace)
        if hall.ledger.was_free(cell, asked - hall.grace / 4, answered + hall.grace - 0.5):
            hall.problem("topics", "a topic went to the market though its place was free", cell=cell)
