"""The book as Markdown: a text that any editor opens, without photos but with what they show."""

from collections.abc import Iterable, Iterator, Mapping

from openspace.book.contents import Book, Day, Place, Session, Step, Tale
from openspace.book.escaping import bold, heading, line, lines, markdown_of, table
from openspace.book.parts import Chapter, Parts, parts_of, printable

# The level of headings in notes, below those of a session's parts.
IN_NOTES = 5


def markdown(book: Book, photos: Mapping[str, bytes], as_of: str) -> bytes:
    """Return the book as CommonMark with tables. `as_of` says when it was made."""
    paragraphs = _Book(parts_of(book, photos)).paragraphs(printable(as_of))
    return ("\n\n".join(each for each in paragraphs if each) + "\n").encode()


class _Book:
    """Draws one book, a paragraph after the other."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.book, self.labels = parts, parts.book, parts.book.labels

    def paragraphs(self, as_of: str) -> Iterator[str]:
        """Paragraphs, some of which may be empty."""
        yield heading(1, self.book.title)
        yield lines("\n".join([self.labels["book"], self.book.place, self.book.facts]))
        for chapter in self.parts.chapters:
            yield heading(2, chapter.title)
            yield lines(chapter.lead)
            yield from self._chapter(chapter)
        if not self.book.sessions:
            yield lines(self.labels["nothing"])
        yield heading(2, self.labels["colophon"])
        yield lines(as_of)
        yield _address(self.book.link)

    def _chapter(self, chapter: Chapter) -> Iterator[str]:
        if chapter.day:
            yield self._agenda(chapter.day)
        for session in chapter.sessions:
            yield from self._session(session)
        match chapter.kind:
            case "how":
                yield from self._how()
            case "steps":
                yield self._steps(self.book.steps, ["until", "what", "who", "topic"])
            case "dots":
                yield self._heaps()
            case "commitments":
                yield self._promises()
            case "stories":
                for tale in self.book.tales:
                    yield from self._tale(tale)
            case "people":
                yield "\n".join(f"- {_with(name, community)}" for name, community in self.book.people)
            case "communities":
                for name, numbers in self.book.communities:
                    yield heading(3, name)
                    yield _listed(self.parts.by_number[number].title for number in numbers)

    def _how(self) -> Iterator[str]:
        yield lines(self.labels["without-programme"])
        yield heading(3, self.labels["principles"])
        names = ("people", "happening", "time", "end")
        yield "\n".join(f"{place}. {line(self.labels[f'{name}-principle'])}" for place, name in enumerate(names, 1))
        yield heading(3, self.labels["law"])
        yield lines(self.labels["law-text"])
        yield lines(self.labels["made-of"])

    def _agenda(self, day: Day) -> str:
        """The agenda of a day, a row for each session: tables of many columns can hardly be read as text."""
        head = [line(self.labels[name]) for name in ("time", "place", "topic", "by", "in-circle")]
        rows = []
        for row in day.rows:
            if not row.cells:
                rows.append([line(row.time), "", line(row.title), "", ""])
            for space, cell in zip(day.spaces, row.cells, strict=False):
                if cell.state == "taken":
                    title = cell.title.replace("\u00ad", "")
                    place = f"{space.number} {space.name}"
                    rows.append([line(row.time), line(place), line(title), line(cell.by), str(cell.count or "")])
        return table(head, rows)

    def _session(self, session: Session) -> Iterator[str]:
        yield heading(3, session.title)
        for place in session.places[:1]:
            yield f"{bold(f'{place.space} {place.name}')} {line(f'{place.time}, {place.day}')}"
        if session.by:
            yield lines(f"{self.labels['by']} {session.by}")
        yield from map(lines, session.about)
        for name, blocks in (("said", session.said), ("advice", session.advice)):
            if blocks:
                yield heading(4, self.labels[name])
                yield markdown_of(blocks, IN_NOTES)
        if session.is_cut:
            yield lines(self.labels["cut"])
        yield from self._captions(session)
        if session.steps:
            yield heading(4, self.labels["steps"])
            yield self._steps(session.steps, ["what", "who", "until"])
        yield from self._beside(session)

    def _beside(self, session: Session) -> Iterator[str]:
        if session.count:
            yield _about(self.labels["in-circle"], session.people or str(session.count))
        yield _about(self.labels["wrote"], session.writers)
        yield _about(self.labels["also"], "; ".join(map(_where, session.places[1:])))
        yield _address(session.link)

    def _captions(self, source: Session | Tale) -> Iterator[str]:
        if captions := [picture.alt for picture in source.pictures if picture.alt]:
            yield bold(self.labels["photos"])
            yield _listed(captions)

    def _steps(self, steps: Iterable[Step], names: list[str]) -> str:
        rows = []
        for step in steps:
            topic = self.parts.by_number[step.topic].title
            said = {"until": step.due, "what": step.what, "who": step.who, "topic": topic}
            rows.append([line(said[name]) for name in names])
        return table([line(self.labels[name]) for name in names], rows)

    def _heaps(self) -> str:
        head = [line(self.labels[name]) for name in ("topic", "dots-count", "on-paper")]
        rows = [
            [bold(each.title) if each.goes_on else line(each.title), str(each.dots), str(each.on_paper or "")]
            for each in self.book.heaps
        ]
        return table(head, rows)

    def _promises(self) -> str:
        names = ["until", "what", "first-step", "who", "state"]
        rows = []
        for each in self.book.promises:
            state = f"{each.state}: {each.why}" if each.why else each.state
            said = {"until": each.due, "what": each.what, "first-step": each.first_step, "who": each.who}
            rows.append([line({**said, "state": state}[name]) for name in names])
        return table([line(self.labels[name]) for name in names], rows)

    def _tale(self, tale: Tale) -> Iterator[str]:
        yield from map(lines, tale.text)
        yield from self._captions(tale)
        yield _with(tale.name, tale.community)


def _with(name: str, community: str) -> str:
    return ", ".join(filter(None, [bold(name), line(community)]))


def _about(title: str, words: str) -> str:
    return f"{bold(title)} {line(words)}" if words else ""


def _where(place: Place) -> str:
    return f"{place.day} {place.time}, {place.space} {place.name}"


def _listed(entries: Iterable[str]) -> str:
    return "\n".join(f"- {lines(each)}" for each in entries if each.strip())


def _address(address: str) -> str:
    return f"<{address}>" if address else ""
