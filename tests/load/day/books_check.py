"""What the server says at the end of the day is held against the book of what it has acknowledged."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from lxml import html as lxml_html

from tests.load.day.hall import Hall
from tests.load.day.ledger import CHANGES
from tests.load.day.page import Page
from tests.load.day.pages_check import ask_as
from tests.load.day.phone import Phone

JSON = "application/json"


async def board_as_json(phone: Phone, day: str = "") -> dict:
    answer = await ask_as(phone, phone.hall.address(f"?day={day}" if day else ""), accept=JSON)
    if answer.status != 200:
        raise RuntimeError(f"the board as JSON was refused with {answer.status}")
    return answer.json()


async def document(phone: Phone, rest: str):
    """A page of the event as this phone gets it, parsed."""
    return lxml_html.document_fromstring((await ask_as(phone, phone.hall.address(rest))).text)


class Finding:
    """What one check has looked at; differences are noted as problems too."""

    def __init__(self, hall: Hall, check: str) -> None:
        self.hall, self.check = hall, check
        self.facts: Counter = Counter(differences=0)

    def wrong(self, what: str, *, check: str = "", **more: object) -> None:
        self.facts["differences"] += 1
        self.hall.problem(check or self.check, what, **more)

    def same(self, there: object, book: object, what: str, **more: object) -> None:
        if there != book:
            self.wrong(what, there=there, book=book, **more)


@dataclass
class Shown:
    """A topic as the boards of all days show it, as JSON and as pages."""

    cells: list[str] = field(default_factory=list)
    titles: set[str] = field(default_factory=set)
    going: set[int] = field(default_factory=set)


async def topics(hall: Hall, asker: Phone) -> dict:
    """What hangs where, and how many go."""
    finding, ledger = Finding(hall, "topics"), hall.ledger
    shown = await _shown(hall, asker)
    answer = await ask_as(asker, hall.address("topics"), accept=JSON)
    listed = {topic["number"]: topic for topic in answer.json()["topics"]}
    standing = {number: topic for number, topic in ledger.topics.items() if not topic.withdrawn}
    for number in sorted(set(standing) | set(shown) | set(listed)):
        if number not in standing:
            finding.wrong("a topic is there that was taken down or never acknowledged", topic=number)
        elif number not in shown or number not in listed:
            finding.wrong("an acknowledged topic is missing", topic=number, title=standing[number].title)
        else:
            _compare_topic(finding, standing[number], shown[number], listed[number])
    _check_numbers(finding, max([ledger.known, *listed]))
    return finding.facts


async def _shown(hall: Hall, asker: Phone) -> dict[int, Shown]:
    found: dict[int, Shown] = defaultdict(Shown)
    for day in hall.days:
        board = await board_as_json(asker, day)
        for cell in (cell for slot in board["slots"] for cell in slot["cells"] if cell["topic"]):
            topic = found[cell["topic"]["number"]]
            topic.cells.append(cell["cell"])
            topic.titles.add(cell["topic"]["title"])
            topic.going.add(cell["topic"]["going"])
        for sheet in (await document(asker, f"?day={day}")).xpath("//article[@data-topic]"):
            topic = found[int(sheet.get("data-topic"))]
            # On the board, titles have soft hyphens.
            topic.titles.add(" ".join(sheet.xpath("string(.//h3)").replace("\u00ad", "").split()))
            topic.going.add(int(sheet.xpath("string(.//span[contains(@class, 'ring')])")))
    return found


def _compare_topic(finding: Finding, topic, shown: Shown, listed: dict) -> None:
    ledger, number = finding.hall.ledger, topic.number
    going = ledger.going_to(number)
    finding.facts["topics"] += 1
    finding.facts["chairs"] += going
    finding.same(
        shown.cells, [topic.cell] if topic.cell else [], "a topic hangs elsewhere than was acknowledged", topic=number
    )
    finding.same(shown.titles | {listed["title"]}, {topic.title}, "a topic is called otherwise", topic=number)
    if topic.by:
        finding.same(listed["text"].replace("\r\n", "\n"), topic.text, "a topic says something else", topic=number)
    what = "the chairs on the board are not those acknowledged"
    finding.same(shown.going, {going}, what, check="chairs", topic=number)


def _check_numbers(finding: Finding, highest: int) -> None:
    ledger = finding.hall.ledger
    ours = sorted(number for number, topic in ledger.topics.items() if topic.by)
    wanted = list(range(ledger.known + 1, ledger.known + 1 + len(ours)))
    what = "the topics' numbers tell of proposals that nobody acknowledged"
    finding.same([*ours, max([highest, *ours])], [*wanted, ledger.known + len(ours)], what, check="once")


async def revisions(hall: Hall, asker: Phone) -> dict[str, int]:
    """The revisions of the channels whose changes are counted."""
    found: dict[str, int] = {}
    for rest in ("", "stories"):
        answer = await ask_as(asker, hall.address(rest))
        found |= Page("", answer.status, answer.text).revisions
    return {channel: found[channel] for channel in CHANGES}


async def log(hall: Hall, asker: Phone, before: dict[str, int]) -> dict:
    """The log has grown by just what the acknowledged writes make: none was done twice, or unasked."""
    finding, now = Finding(hall, "once"), await revisions(hall, asker)
    for channel in CHANGES:
        grown, book = now[channel] - before[channel], hall.ledger.changes(channel)
        finding.facts[channel] = grown
        what = f"the log of the channel {channel} has other changes than the acknowledged writes make"
        finding.same(grown, book, what, writes={what: hall.ledger.done[what] for what in CHANGES[channel]})
    return finding.facts


async def seats(hall: Hall, before: int) -> dict:
    finding, taken = Finding(hall, "once"), await seats_taken(hall) - before
    finding.same(taken, len(hall.ledger.people), "more or fewer seats were taken than people came")
    return finding.facts | {"taken": taken}


async def seats_taken(hall: Hall) -> int:
    """How many sit in the circle, as the entrance says."""
    answer = await ask_as(Phone(hall, -9, "", "en"), hall.address(f"join/{hall.code}"))
    return int(re.search(r'class="join__circle">.*?<p><b>(\d+)</b>', answer.text, re.S)[1])


async def book(hall: Hall, people: dict[int, Phone]) -> dict:
    """Every card, to somebody who has not exchanged and to those who have."""
    finding, ledger = Finding(hall, "cards"), hall.ledger
    met = set().union(*ledger.exchanges)
    stranger = next(p for n, p in sorted(people.items()) if not (p.is_out or n in ledger.cards or n in met))
    for number, card in sorted(ledger.cards.items()):
        answer = await ask_as(stranger, hall.address(f"contacts/{card.member_id}"), accept=JSON)
        if answer.status != 200:
            finding.wrong(f"an acknowledged card is missing: {answer.status}", whose=number)
            continue
        finding.facts["cards"] += 1
        found = answer.json()
        for name, value in {"name": card.name, **card.fields}.items():
            finding.same(
                found.get(name), value, "a card says something else than was acknowledged", whose=number, field=name
            )
        if set(card.details) & set(found):
            finding.wrong("details are shown to somebody who has not exchanged", whose=number)
    for pair in sorted(ledger.exchanges, key=sorted):
        finding.facts["exchanges"] += 1
        one, other = sorted(pair)
        for here, there in ((one, other), (other, one)):
            if not people[here].is_out:
                await _check_exchange(finding, people[here], people[there])
    return finding.facts


async def _check_exchange(finding: Finding, one: Phone, other: Phone) -> None:
    hall, facts = finding.hall, {"check": "exchanges", "who": one.number, "other": other.number}
    address = hall.address(f"contacts/{other.member_id}")
    # Not in the notices, which stand on every page.
    links = (await document(one, "contacts/exchanged")).xpath('//*[starts-with(@class, "mycontacts")]//a/@href')
    finding.same(links.count(address), 1, "an acknowledged exchange is not listed once", **facts)
    if card := hall.ledger.cards.get(other.number):
        found = (await ask_as(one, address, accept=JSON)).json()
        finding.same(found.get("email"), card.details["email"], "after an exchange the details are not shown", **facts)


async def stories(hall: Hall, asker: Phone) -> dict:
    """Every story that was told, with its photo and its hearts."""
    finding, ledger = Finding(hall, "stories"), hall.ledger
    for number, story in sorted(ledger.stories.items()):
        found = (await document(asker, f"stories/{number}")).get_element_by_id(f"story-{number}", None)
        if found is None:
            finding.wrong("an acknowledged story is missing", story=number)
            continue
        finding.facts["stories"] += 1
        finding.facts["photos"] += len(photos := found.xpath(".//a[@data-photo]"))
        finding.same(len(photos), int(story.has_photo), "a story has not the photo that was sent for it", story=number)
        finding.same(
            found.xpath("string(.//div[@lang])").strip(), story.text, "a story says something else", story=number
        )
        hearts = int(found.xpath("string(.//button[@data-kind='heart']/span)"))
        given = sum(of == number for _, of in ledger.hearts)
        finding.same(hearts, given, "a story has other hearts than were acknowledged", story=number)
    return finding.facts


async def are_photos_ready(hall: Hall, asker: Phone) -> bool:
    """Whether all photos of the day are prepared: a job does it, and the wall changes once more."""
    told = [number for number, story in hall.ledger.stories.items() if story.has_photo]
    pages = [await document(asker, f"stories/{number}") for number in told]
    return not any(page.xpath("//*[@data-state='coming' or @data-state='preparing']") for page in pages)


async def steps(hall: Hall, facilitator: Phone) -> dict:
    """The console's list of the facilitator's steps, the latest first."""
    finding, ledger = Finding(hall, "steps"), hall.ledger
    rows = (await document(facilitator, "facilitator")).xpath("//ol[@id='steps']/li")
    rows = [row for row in rows if facilitator.name in row.text_content()][::-1]
    finding.facts["steps"] = len(rows)
    finding.same(
        ["data-undone" in row.attrib for row in rows],
        [step.is_undone for step in ledger.steps],
        "other steps are listed",
    )
    for row, step in zip(rows, ledger.steps, strict=False):
        if step.words not in row.text_content():
            finding.wrong("a step is called otherwise", there=" ".join(row.text_content().split()), book=step.words)
    return finding.facts


async def requests(hall: Hall, asker: Phone) -> dict:
    """What people have asked for, with those who back it; and who waits for the microphone."""
    finding, page = Finding(hall, "petitions"), await document(asker, "petitions")
    for ident, petition in hall.ledger.petitions.items():
        finding.facts["petitions"] += 1
        row = page.get_element_by_id(f"petition-{ident}", None)
        if row is None:
            finding.wrong("an acknowledged petition is missing", petition=ident)
            continue
        finding.same(
            "petition--decided" not in row.get("class"),
            petition.is_open,
            "a petition is decided or not",
            petition=ident,
        )
        backed = re.search(r"\d+", row.xpath("string(.//span[@class='tag'])")) if petition.is_open else None
        if petition.is_open:
            finding.same(
                int(backed[0]) if backed else 0, len(petition.backers), "others back a petition", petition=ident
            )
    waiting = await waiting_for_microphone(asker)
    finding.facts["waiting for the microphone"] = len(waiting)
    book = sorted(name for name in hall.ledger.queue if name not in hall.ledger.called)
    finding.same(waiting, book, "others wait for the microphone", check="microphone")
    return finding.facts


async def waiting_for_microphone(asker: Phone) -> list[str]:
    """Their names, sorted."""
    names = (await document(asker, "microphone")).xpath("//ol[@id='pitch-line']/li//b")
    return sorted(name.text_content() for name in names)
