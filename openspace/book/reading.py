"""Reads the book from the database."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from flask import current_app, url_for
from flask_babel import force_locale, ngettext

from openspace.access.models import Member
from openspace.board.cells import Cell, Row, spaces_of, whole_board
from openspace.board.models import Placement, Topic
from openspace.book import labels, queries
from openspace.book.contents import Book, Column, Day, Heap, InCell, InRow, Picture, Place, Promise, Session, Step, Tale
from openspace.collation import collated
from openspace.commitments.models import Commitment
from openspace.commitments.words import STATES
from openspace.convergence.models import counted_round_of
from openspace.events.models import Event, Space
from openspace.exports.readers import at_one_revision
from openspace.exports.typesetting import broken, headline
from openspace.notes.collected import Notes, collected
from openspace.notes.models import NextStep
from openspace.notes.photo_models import NotePhoto
from openspace.stories.media_models import Medium
from openspace.stories.models import Story
from openspace.web.i18n import clock_time, day as day_in_words, day_or_night, days, weekday
from openspace.web.markdown import Block, blocks_of

# How much all notes and stories of one book may weigh, and how many photos they may have. If there is more, those that
# have most print only their beginning.
HEAVIEST, MOST_PHOTOS = 1_500_000, 1_000
# A line is as much work as so many characters, and so is a cell of a table.
LINE, CELL = 32, 12
# In pixels: for a column of paper, and for a page, unless there are so many photos that the book would be too large.
NARROW, WIDE, MANY = 800, 1600, 100
CHAIRS = 24
CYRILLIC = {"uk", "ru"}


def read(event: Event, language: str) -> Book:
    """Return the book of the event as it is now, all of one revision."""
    with force_locale(language):
        return at_one_revision(lambda: _Reader(event, language).book())


class _Reader:
    """Reads one book. What several parts of it need is read once."""

    def __init__(self, event: Event, language: str) -> None:
        self.event, self.language = event, language
        self.address: str = current_app.config["BASE_URL"] or event.address
        self.rows = whole_board(event)
        self.topics = queries.topics(event)
        self.notes = collected(event)
        self.writers = queries.writers(event)
        self.fullest = max((notes.count for notes in self.notes.values()), default=0)
        self.tales = queries.stories(event)
        told = [weight(story.text) for story, _ in self.tales]
        self.share = fair_share([*map(_weight_of, self.notes.values()), *told], HEAVIEST)
        taken = [len(notes.photos) for notes in self.notes.values()] + [len(photos) for _, photos in self.tales]
        self.photos = fair_share(taken, MOST_PHOTOS) or None
        self.width = NARROW if sum(taken) > MANY else WIDE
        self.placements = _by_topic(self.rows)

    def book(self) -> Book:
        """The whole book."""
        event = self.event
        sessions = self._in_order([self._session(topic) for topic in self.topics])
        people = queries.people(event)
        return Book(
            language=self.language,
            title=event.name,
            place=", ".join(filter(None, [event.city, f"{days(event.starts_on, event.ends_on)} {event.ends_on.year}"])),
            facts=self._facts(),
            labels=labels.all_of(event.name),
            days=[self._day(day) for day in sorted({row.slot.day for row in self.rows if row.taken})],
            sessions=sessions,
            steps=sorted((step for each in sessions for step in each.steps), key=_due),
            heaps=_heaps(event),
            promises=[_promise(each) for each in queries.commitments(event)],
            tales=[self._tale(*told) for told in self.tales],
            people=[(member.name, member.community) for member in people],
            communities=self._communities(),
            link=self._link("board.show"),
        )

    def _link(self, endpoint: str, number: int | None = None) -> str:
        """The address of a page; without an address of this installation it is not printed."""
        return self.address + url_for(endpoint, event=self.event.slug, number=number) if self.address else ""

    def _facts(self) -> str:
        held, seats = len(self.placements), queries.seats(self.event)
        sessions = ngettext("%(num)s session", "%(num)s sessions", held)
        people = ngettext("%(num)s person", "%(num)s people", seats)
        return f"{sessions}, {people}"

    def _in_order(self, sessions: list[Session]) -> list[Session]:
        """By time and space, then what hangs nowhere."""
        place = {number: at for at, number in enumerate(self.placements)}
        return sorted(sessions, key=lambda each: (place.get(each.number, len(place)), each.number))

    def _session(self, topic: Topic) -> Session:
        notes = self.notes.get(topic.id, Notes())
        said, advice, steps, is_cut = _beginning(notes, self.share)
        return Session(
            number=topic.number,
            title=topic.title,
            language=topic.language,
            by=_said_of(topic.conveners),
            link=self._link("topics.show", number=topic.number),
            places=[self._place(placement) for placement in self.placements.get(topic.number, [])],
            about=topic.text.split("\n\n") if topic.text else [],
            said=said,
            advice=advice,
            steps=[_step(topic, step) for step in steps],
            pictures=[self._flip(photo) for photo in notes.photos[: self.photos]],
            count=notes.count,
            share=self._share(notes.count),
            people=", ".join([*(member.name for member in notes.people), *notes.others]),
            writers=", ".join(self.writers.get(topic.id, [])),
            is_cut=is_cut or len(notes.photos) > len(notes.photos[: self.photos]),
        )

    def _flip(self, photo: NotePhoto) -> Picture:
        return _picture(f"notes-{photo.id}", photo, photo.caption, NARROW)

    def _share(self, count: int) -> int:
        """How many chairs of a circle of `CHAIRS` so many people take: all of them in the fullest session."""
        return max(round(CHAIRS * count / max(self.fullest, CHAIRS)), min(count, 1))

    def _place(self, placement: Placement) -> Place:
        slot, space = placement.slot, placement.space
        day = headline(day_or_night(slot.day, slot.starts_at, self.event.zone))
        return Place(space.number, space.name, space.tint, day, self._time(slot.starts_at, slot.ends_at))

    def _time(self, *moments: datetime) -> str:
        return "–".join(clock_time(moment, self.event.zone) for moment in moments)

    def _day(self, day: date) -> Day:
        rows = [row for row in self.rows if row.slot.day == day and (row.taken or not row.slot.is_open)]
        spaces = spaces_of(self.event, rows)
        begun = [found[0] for found in self.placements.values()]
        return Day(
            title=headline(weekday(day)),
            lead=labels.lead_of_day(sum(row.taken for row in rows)),
            spaces=[Column(space.number, space.name, space.tint) for space in spaces],
            rows=[self._row(row, spaces) for row in rows],
            topics=[placement.topic.number for placement in begun if placement.slot.day == day],
        )

    def _row(self, row: Row, spaces: Sequence[Space]) -> InRow:
        slot, cells = row.slot, {cell.space.id: self._cell(cell) for cell in row.cells}
        shown = [cells.get(space.id, InCell("closed", space.tint)) for space in spaces] if slot.is_open else []
        start = clock_time(slot.starts_at, self.event.zone)
        return InRow(start, self._time(slot.starts_at, slot.ends_at), slot.title, shown)

    def _cell(self, cell: Cell) -> InCell:
        if cell.placement is None:
            return InCell("free" if cell.space.takes(cell.slot) else "closed", cell.space.tint)
        topic = cell.placement.topic
        count = self.notes.get(topic.id, Notes()).count
        by = "" if topic.is_programme else topic.convener.name
        about = (topic.number, broken(topic.title, topic.language), topic.language, by, topic.is_programme)
        return InCell("taken", cell.space.tint, *about, count, self._share(count))

    def _tale(self, story: Story, photos: list[Medium]) -> Tale:
        told = beginning(story.text, self.share)
        text = [part.strip() for part in told.split("\n\n") if part.strip()]
        pictures = [_picture(f"story-{photo.id}", photo, photo.alt, self.width) for photo in photos[: self.photos]]
        return Tale(story.number, story.title, text, story.language, story.name, story.community, pictures)

    def _communities(self) -> list[tuple[str, list[int]]]:
        """The communities with the topics that their people brought; those in the book's alphabet come first."""
        found: dict[str, list[int]] = {}
        for topic in self.topics:
            for community in dict.fromkeys(member.community for member in topic.conveners if member.community):
                found.setdefault(community, []).append(topic.number)
        return sorted(found.items(), key=lambda pair: (self._is_foreign(pair[0]), collated(pair[0])))

    def _is_foreign(self, name: str) -> bool:
        """Whether the name is written in the other alphabet than the book."""
        letter = next((letter for letter in name.lower() if letter.isalpha()), "a")
        return ("Ѐ" <= letter <= "ӿ") != (self.language in CYRILLIC)


def fair_share(lengths: Iterable[int], most: int) -> int:
    """Return to how much each of these is cut so that all together have at most `most`; 0 for not at all.

    So short ones stay whole, and a few that are huge cannot keep the book from being made.
    """
    left, ordered = most, sorted(lengths)
    for at, length in enumerate(ordered):
        share = left // (len(ordered) - at)
        if length > share:
            return max(share, 1)
        left -= length
    return 0


def weight(text: str) -> int:
    """How much work it is to print the text, in characters: lines and cells of tables count for more."""
    return len(text) + LINE * text.count("\n") + CELL * text.count("|")


def beginning(text: str, share: int) -> str:
    """Return the beginning of the text that weighs at most `share`; all of it if that is 0."""
    if not share or weight(text) <= share:
        return text
    shown, left = "", share
    for line in text.splitlines(keepends=True):
        if weight(line) > left:
            return shown + line[:left] if "|" not in line else shown
        shown, left = shown + line, left - weight(line)
    return shown


def _weight_of(notes: Notes) -> int:
    return sum(map(weight, [*notes.said, *notes.advice])) + sum(weight(step.what) + LINE for step in notes.steps)


def _beginning(notes: Notes, share: int) -> tuple[list[Block], list[Block], list[NextStep], bool]:
    """What was said, what is advised, and the next steps, as far as the share allows; and whether more was left out."""
    if not share or _weight_of(notes) <= share:
        return _all_blocks(notes.said), _all_blocks(notes.advice), notes.steps, False
    left = share
    parts: list[list[str]] = []
    for texts in (notes.said, notes.advice):
        shown = []
        for text in texts:
            if left > 0:
                shown.append(beginning(text, left))
                left -= weight(text)
        parts.append(shown)
    return _all_blocks(parts[0]), _all_blocks(parts[1]), notes.steps[: max(left // 300, 0)], True


def _all_blocks(texts: Iterable[str]) -> list[Block]:
    return [block for text in texts for block in blocks_of(text)]


def _by_topic(rows: Iterable[Row]) -> dict[int, list[Placement]]:
    """The placements of each topic by its number, in the order of time and space."""
    found: dict[int, list[Placement]] = {}
    for row in rows:
        for cell in row.cells:
            if cell.placement:
                found.setdefault(cell.placement.topic.number, []).append(cell.placement)
    return found


def _said_of(conveners: Sequence[Member]) -> str:
    """The conveners, each with their community."""
    return ", ".join(", ".join(filter(None, [member.name, member.community])) for member in conveners)


def _step(topic: Topic, step: NextStep) -> Step:
    due = day_in_words(step.due_on) if step.due_on else ""
    return Step(step.what, step.name, due, step.due_on.isoformat() if step.due_on else "", topic.number)


def _promise(commitment: Commitment) -> Promise:
    """A commitment with the names of those who let theirs stand with it: to stand elsewhere in the book is no yes."""
    return Promise(
        number=commitment.id,
        what=commitment.what,
        first_step=commitment.first_step,
        who=", ".join(member.name for member in commitment.named),
        due=day_in_words(commitment.due_on) if commitment.due_on else "",
        state=str(STATES[commitment.state]),
        why=commitment.why,
    )


def _heaps(event: Event) -> list[Heap]:
    """The topics of the last round of dots that was counted, those with the most dots first."""
    counted = counted_round_of(event.id)
    ranking = counted.ranking if counted else []
    return [
        Heap(each.topic.title, each.topic.language, place.dots, each.on_paper, place.goes_on)
        for place, each in ranking
        if place.dots
    ]


def _due(step: Step) -> tuple[bool, str]:
    return not step.due_on, step.due_on


def _picture(name: str, photo: Medium | NotePhoto, alt: str, width: int) -> Picture:
    """The photo in the largest of its files that is at most so wide, or else in the smallest."""
    files = photo.files("image/webp")
    file = next((each for each in reversed(files) if (each.width or 0) <= width), files[0])
    return Picture(name, alt, file.width or 0, file.height or 0, file.digest)
