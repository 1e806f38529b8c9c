"""Spoiling one thing after the day, to see that a check finds it: of a page as it was patched, or of the book.

Each function spoils one thing and returns what that was. `FOUND_BY` names the check that must find it.
"""

import re
from collections.abc import Callable

RING = re.compile(r'(<span class="ring"[^>]*>)(\d+)')


def _page_with(rehearsal, channel: str):
    """The open page of a person to which most patches of this channel came that it has a place for."""

    def count(page) -> int:
        patches = (patch for name, patches in page.taken if name == channel for patch in patches)
        return sum(channel != "board" or ident.replace("going-", "cell-") in page.sheets for ident, _ in patches)

    return max((each.phone.page for each in rehearsal.people if not each.phone.is_out), key=count)


def patch(rehearsal) -> object:
    """A phone has misread the number in one sheet."""
    page, later = _page_with(rehearsal, "board"), ""
    for _, patches in reversed(page.taken):
        for place, (ident, text) in enumerate(patches):
            # What came once more afterwards would hide it.
            is_hidden = f'id="{ident}"' in later or ident.replace("going-", "cell-") not in page.sheets
            if text and RING.search(text) and not is_hidden:
                patches[place] = (ident, RING.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", text))
                return ident
        # A number is hidden by its sheet too.
        later += "".join(f'id="{ident}"{text or ""}' for ident, text in patches)
        later += "".join(f'id="{ident.replace("cell-", "going-")}"' for ident, _ in patches)
    return None


def loss(rehearsal) -> object:
    """A phone has lost the later half of its packets, and does not know."""
    page = _page_with(rehearsal, "board")
    del page.taken[len(page.taken) // 2 :]
    return page.address


def announcement(rehearsal) -> object:
    """A phone has lost the announcements."""
    page = _page_with(rehearsal, "announcements")
    page.taken = [(channel, patches) for channel, patches in page.taken if channel != "announcements"]
    return page.address


def chair(rehearsal) -> object:
    """The book has a chair that was never taken."""
    ledger = rehearsal.hall.ledger
    number = next(number for number, topic in sorted(ledger.topics.items()) if topic.cell)
    whose = next(person for person in sorted(ledger.people) if (person, number) not in ledger.marks)
    ledger.marks[whose, number] = "go"
    return whose, number


def topic(rehearsal) -> object:
    """The book says of a topic that it hangs nowhere."""
    found = next(topic for _, topic in sorted(rehearsal.hall.ledger.topics.items()) if topic.by and topic.cell)
    found.cell = ""
    return found.number


def card(rehearsal) -> object:
    """The book has another word on a card."""
    number, found = next(iter(rehearsal.hall.ledger.cards.items()))
    found.fields["occupation"] = "somebody else"
    return number


def log(rehearsal) -> object:
    """The book has one tap more."""
    rehearsal.hall.ledger.done["mark"] += 1
    return "mark"


def step(rehearsal) -> object:
    """The book does not know the facilitator's last step."""
    return rehearsal.hall.ledger.steps.pop()


def story(rehearsal) -> object:
    """The book has another text of a story."""
    number, found = next(iter(rehearsal.hall.ledger.stories.items()))
    found.text = "something else"
    return number


def queue(rehearsal) -> object:
    """The book has somebody more who waits for the microphone."""
    rehearsal.hall.ledger.queue.append("Nobody")
    return "Nobody"


def twice(rehearsal) -> object:
    """A proposal was done twice: the book knows only of the first."""
    ledger = rehearsal.hall.ledger
    number = max(ledger.topics)
    del ledger.topics[number]
    return number


FOUND_BY: dict[Callable, str] = {
    patch: "in step",
    loss: "in step",
    announcement: "in step",
    chair: "topics and chairs",
    topic: "topics and chairs",
    twice: "topics and chairs",
    card: "contact book",
    log: "changes in the log",
    step: "steps",
    story: "stories",
    queue: "requests",
}
KINDS = {spoil.__name__: spoil for spoil in FOUND_BY}
