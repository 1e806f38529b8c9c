"""Every open page, as it was loaded and patched, is held against one that is fetched afresh."""

import asyncio
import os
import time
from collections import Counter

from lxml import html as lxml_html

from tests.load.day.hall import Hall
from tests.load.day.page import Page, differences, shape
from tests.load.day.phone import Phone

# Characters that are shown of each side of a difference.
SHOWN = 200
# Seconds after the last write by which all must be in step. Each room is reminded every 20.
TOGETHER = 25.0


async def ask_as(phone: Phone, path: str, *, accept: str = "text/html"):
    """The answer to a request with this phone's seat and language, which is not counted in the day."""
    asker = Phone(phone.hall, phone.number, phone.name, phone.language, phone.packing)
    asker.cookies = phone.cookies
    answer = await asker.request("check", "GET", path, headers=[f"Accept: {accept}"])
    asker.close()
    return answer


async def wait_until_together(hall: Hall, phones: list[Phone]) -> float:
    """Seconds from the last write until every open page stood where the server stands."""
    started, longest = time.monotonic(), TOGETHER * hall.patience
    while True:
        targets = await _revisions(hall, phones)
        behind = [phone for phone in _with_pages(phones) if _is_behind(phone.page, targets)]
        seconds = time.monotonic() - started
        if not behind:
            return seconds
        if seconds > longest:
            for phone in behind:
                facts = {
                    "who": repr(phone),
                    "page": phone.page.address,
                    "stands": phone.page.revisions,
                    "wanted": targets,
                }
                hall.problem("in step", f"not in step {longest:.0f} s after the last write", **facts)
            return seconds
        await asyncio.sleep(0.05)


def _with_pages(phones: list[Phone]) -> list[Phone]:
    return [phone for phone in phones if not phone.is_out and phone.page and phone.page.live]


async def _revisions(hall: Hall, phones: list[Phone]) -> dict[str, int]:
    """The present revision of each channel that is followed, from one fresh page of each kind."""
    asked: dict[tuple, Phone] = {}
    for phone in _with_pages(phones):
        asked.setdefault(tuple(phone.page.revisions), phone)
    found: Counter = Counter()
    for phone in asked.values():
        answer = await ask_as(phone, phone.page.address)
        found |= Counter(Page("", answer.status, answer.text).revisions)
    return found


def _is_behind(page: Page, targets: dict[str, int]) -> bool:
    return any(revision < targets[channel] for channel, revision in page.revisions.items())


async def in_step(hall: Hall, phones: list[Phone]) -> dict:
    """Every page against a fresh one, and what is one's own against the book."""
    facts: Counter = Counter()
    patches, turn = [], asyncio.Semaphore(8)

    async def look(phone: Phone) -> None:
        async with turn:
            answer = await ask_as(phone, phone.page.address)
        fresh = Page(phone.page.address, answer.status, answer.text)
        if answer.status != 200 or not fresh.live:
            what = f"a fresh page was refused with {answer.status}"
            return hall.problem("in step", what, who=repr(phone), page=fresh.address)
        facts[f"pages, {fresh.kind}"] += 1
        facts["elements"] += len(shape(lxml_html.document_fromstring(fresh.text)))
        facts["differences"] += _compare(hall, phone, fresh)
        patches.append(sum(len(each) for _, each in phone.page.taken))
        return _compare_own(hall, phone, fresh) if phone.number > 0 and fresh.kind in ("board", "topic") else None

    await asyncio.gather(*map(look, _with_pages(phones)))
    patches.sort()
    return {**facts, "patches put into a page, p50 / max": f"{patches[len(patches) // 2]} / {patches[-1]}"}


def _compare(hall: Hall, phone: Phone, fresh: Page) -> int:
    page, facts = phone.page, {"who": repr(phone), "page": fresh.address}
    if page.revisions != fresh.revisions:
        hall.problem("in step", "the revisions are others", here=page.revisions, fresh=fresh.revisions, **facts)
    for ident in hall.ledger.announced if "announcements" in fresh.revisions else ():
        if f'id="announcement-{ident}"' not in fresh.text:
            hall.problem("announcements", "an announcement is not on a page", announcement=ident, **facts)
    return compare(hall, "in step", repr(phone), page, fresh.text)


def compare(hall: Hall, check: str, who: str, page: Page, fresh: str) -> int:
    """Note the first differences of two pages as problems; returns how many there are."""
    found = differences(page, fresh)
    ids = [each["id"] for each in found][:20]
    for each in found[:3]:
        begin = max(0, len(os.path.commonprefix([each["here"], each["fresh"]])) - 60)  # noqa: RUF071  # characters are meant
        sides = {side: each[side][begin : begin + SHOWN] for side in ("here", "fresh")}
        what = f"{each['id']} is not as on a fresh page"
        hall.problem(check, what, who=who, page=page.address, revisions=page.revisions, **sides, all_ids=ids)
    return len(found)


def _compare_own(hall: Hall, phone: Phone, fresh: Page) -> None:
    """One's own chairs and topics: on the fresh page, on the phone, and as they were acknowledged."""
    ledger, who = hall.ledger, repr(phone)
    down = {str(number) for number, topic in ledger.topics.items() if topic.withdrawn}
    marks = {str(topic): kind for (whose, topic), kind in ledger.marks.items() if whose == phone.number}
    # Marks on topics that are down are kept, and nobody sees them.
    everywhere = (marks, fresh.mine["marks"], phone.mine["marks"])
    book, served, shown = ({topic: kind for topic, kind in each.items() if topic not in down} for each in everywhere)
    if served != book:
        what = "somebody's own chairs are not those acknowledged"
        hall.problem("chairs", what, who=who, served=served, book=book)
    if shown != book:
        what = "a phone shows other chairs as its own than were acknowledged"
        once_down = sorted(topic for topic, _ in shown.items() ^ book.items() if int(topic) in hall.gone)
        hall.problem("own chairs", what, who=who, shown=shown, book=book, once_taken_down=once_down)
    own = {number for number, topic in ledger.topics.items() if topic.by == phone.number}
    if set(fresh.mine["topics"]) != own:
        what = "somebody's own topics are not those acknowledged"
        hall.problem("topics", what, who=who, served=fresh.mine["topics"], book=sorted(own))


async def during_the_day(hall: Hall) -> dict:
    """Pages that were loaded anew at the revisions at which the old ones stood, and each 304 that was looked into."""
    facts: Counter = Counter()
    for who, page, fresh in hall.pairs:
        is_304 = who.endswith("304")
        facts["304" if is_304 else "pages loaded anew"] += 1
        facts["differences"] += compare(hall, "304" if is_304 else "in step, during the day", who, page, fresh)
    return dict(facts)
