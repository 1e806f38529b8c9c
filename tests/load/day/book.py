"""What people do with the contact book: filling in a card, exchanging, searching."""

import asyncio
import re
from urllib.parse import urlencode, urlsplit

from tests.load.day.ledger import Card
from tests.load.day.page import Page


class Meeting:
    """A part of `Person`."""

    async def fill_card(self) -> None:
        phone, hall = self.phone, self.hall
        card = self._own_card()
        await phone.visit("book", hall.address("contacts"))
        page = await phone.visit("card step", hall.address("contacts/mine/who"))
        who = {name: value for name, value in card.fields.items() if isinstance(value, str)}
        page = await self._step(page, "who", name=phone.name, **who)
        self._introduce(who["community"])
        lists = {name: value for name, value in card.fields.items() if isinstance(value, list)}
        lines = {f"{name}-{index}": line for name, several in lists.items() for index, line in enumerate(several)}
        page = await self._step(page, "give", about="Про воду & Wärme", **lines)
        page = await self._step(
            page, "interests", languages=sorted({"uk", phone.language}), others=f"вода, {card.word}"
        )
        page = await self._step(page, "reach", **card.details)
        await self._step(page, "consent", agreed="y", exports_card="y")
        page = await phone.visit("code", hall.address("contacts/code"))
        card.code = urlsplit(re.search(r'data-url="([^"]*/contacts/code/[^"]+)"', page.text)[1]).path
        hall.ledger.cards[self.number] = card
        await asyncio.sleep(0.5 + self.chance.random())
        await self.to_board()

    def _own_card(self) -> Card:
        chance, word = self.chance, self.word()
        fields = {
            "community": self.community or "Нова громада",
            "occupation": chance.choice(["староста", "Bibliothekarin", "town clerk", "директор школы"]),
            "country": chance.choice(["UA", "DE", "PL"]),
            "region": chance.choice(["Полісся", "Uckermark"]),
            "offers": [f"{word} Erfahrung", "зал на 40 людей"],
            "needs": ["партнера для обміну"],
        }
        phone = f"+380 67 {chance.randrange(100, 1000)} {chance.randrange(1000, 10000)}"
        return Card(
            self.phone.member_id, self.phone.name, fields, word, {"phone": phone, "email": f"{word}@example.org"}
        )

    def _introduce(self, community: str) -> None:
        """Another community is a change of each of one's topics."""
        if community != self.community:
            ledger, self.community = self.hall.ledger, community
            numbers = [
                topic.number for topic in ledger.topics.values() if topic.by == self.number and not topic.withdrawn
            ]
            ledger.done["introduce"] += len(numbers)
            for number in numbers:
                self.hall.touch(number)

    async def _step(self, page: Page, step: str, **values) -> Page:
        await asyncio.sleep(0.2 + 0.6 * self.chance.random())
        cut = "after" if self.number in self.roles.lossy_joins and step == "give" else ""
        page = await self.phone.submit("card", page, rf"/mine/{step}\?", cut=cut, **values)
        if page.status != 200:
            self.hall.problem("cards", f"the step {step} was answered with {page.status}", who=repr(self.phone))
        return page

    async def exchange(self, giver: int, scans: bool) -> None:
        if await self._card_of(giver) is None:
            self.hall.counts["exchanges that waited in vain"] += 1
            return
        card = self.hall.ledger.cards[giver]
        page = await (self._scan(card.code) if scans else self._exchange_by_page(card.code))
        if page is None:
            return
        self.hall.ledger.exchanges.add(frozenset((giver, self.number)))
        if card.details["email"] not in page.text:
            what = "after the exchange the other's e-mail is not shown"
            self.hall.problem("exchanges", what, who=repr(self.phone), giver=giver)
        await self.to_board()

    async def _card_of(self, giver: int) -> Card | None:
        for _ in range(300):
            if card := self.hall.ledger.cards.get(giver):
                return card
            await asyncio.sleep(0.1)
        return None

    async def _scan(self, code: str) -> Page | None:
        await self.phone.visit("code", self.hall.address("contacts/code"))
        await asyncio.sleep(0.5)
        answer = await self.phone.write("exchange", "PUT", code)
        if answer.status != 201:
            self.hall.problem("exchanges", f"a scan was answered with {answer.status}", who=repr(self.phone))
            return None
        return await self.phone.visit("card", answer.json()["address"])

    async def _exchange_by_page(self, code: str) -> Page | None:
        page = await self.phone.visit("exchange page", code)
        # Who has exchanged already is led to the card.
        return await self.phone.submit("exchange", page, r"/contacts/code/") if "/contacts/code/" in page.text else None

    async def search(self, count: int) -> None:
        await self.phone.visit("book", self.hall.address("contacts"))
        for _ in range(count):
            await asyncio.sleep(0.4 + 0.8 * self.chance.random())
            while not self.hall.ledger.cards:
                await asyncio.sleep(0.5)
            await self._search_for(
                self.chance.choice(sorted(self.hall.ledger.cards.values(), key=lambda card: card.member_id))
            )
        await self.to_board()

    async def _search_for(self, card: Card) -> None:
        words = self.chance.choice((card.word, card.word[:-1], card.name.rpartition(" ")[0], card.word[:9]))
        path = self.hall.address("contacts") + "?" + urlencode({"q": words, "part": 1})
        answer = await self.phone.request("search", "GET", path, headers=["Accept: */*"])
        self.hall.counts["searches"] += 1
        self.phone.refused("search", answer, path)
        if words == card.word and answer.status == 200 and f'id="card-{card.member_id}"' not in answer.text:
            what = "a card that is in the book was not found by its own word"
            self.hall.problem("search", what, word=words, member=card.member_id)
