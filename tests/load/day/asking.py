"""What people ask of the team: a change of the board, and a turn at the microphone."""

from urllib.parse import urljoin

from tests.load.day.ledger import Petition
from tests.load.day.page import fields_of
from tests.load.day.topics import FREE

# So many of the topics that may be moved are left to what people ask for; the facilitator moves the others.
ASKED_FOR = 3


class Asking:
    """A part of `Person`."""

    async def ask_for_change(self, share: float) -> None:
        """Ask facilitators to move a topic of somebody else to a free cell."""
        ledger = self.hall.ledger
        number = ledger.movable[self.number % ASKED_FOR]
        page = await self.phone.visit("ask for a change", self.hall.address(f"topics/{number}/petitions/new"))
        free = FREE.findall(page.text)
        if not free:
            return
        cell, form = free[int(share * len(free))], page.form(rf"/topics/{number}/petitions$")
        fields = fields_of(form, again="", cell=cell, moving=ledger.topics[number].cell)
        answer = await self.phone.write("petition", "POST", urljoin(page.address, form.get("action")), fields)
        if answer.status == 201:
            # Whoever asks for the same as somebody else backs that.
            petition = ledger.petitions.setdefault(answer.json()["id"], Petition(number, cell, self.number))
            petition.backers |= {self.number} - {petition.asker}
        await self.phone.visit("petitions", self.hall.address("petitions"))

    async def back_petition(self, share: float) -> None:
        page = await self.phone.visit("petitions", self.hall.address("petitions"))
        open_ = [ident for ident, petition in self.hall.ledger.petitions.items() if petition.is_open]
        found = [ident for ident in open_ if f'data-petition="{ident}"' in page.text]
        if not found:
            return
        ident = found[int(share * len(found))]
        answer = await self.phone.write("petition", "PUT", self.hall.address(f"petitions/{ident}/backing"))
        petition = self.hall.ledger.petitions[ident]
        if answer.status == 200 and petition.asker != self.number:
            petition.backers.add(self.number)

    async def wait_for_microphone(self) -> None:
        """Wait in the queue with the own topic."""
        await self.phone.visit("microphone", self.hall.address("microphone"))
        fields = [("topic", str(self.topic or 0))]
        answer = await self.phone.write("microphone", "PUT", self.hall.address("microphone/place"), fields)
        if answer.status < 400:
            self.hall.ledger.queue.append(self.phone.name)
