"""Writes the book as a Word file. Imported only where one is made: python-docx and lxml take 20 MiB."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from math import ceil
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn

from openspace.book.contents import Book, Day, InCell, InRow, Picture, Place, Session, Step, Tale
from openspace.book.packing import packed, unpacked
from openspace.book.parts import Chapter, Parts, parts_of, printable
from openspace.book.word_notes import write_notes
from openspace.book.word_styles import WIDTH, region, set_up, tapes
from openspace.book.word_writer import Writer, element

# The most spaces in one table of a day's agenda, and the width of its first column, in millimetres.
MOST_SPACES, TIMES = 6, 14


def written(book: Book, photos: Mapping[str, bytes], as_of: str) -> bytes:
    """Return the book as DOCX with its photos, JPEG by their names. `as_of` says when it was made."""
    parts = parts_of(book, photos)
    document = docx.Document()
    set_up(document, book.language)
    _name(document, parts.book)
    _Book(parts, photos, Writer(document, book.language)).write(printable(as_of))
    made = BytesIO()
    document.save(made)
    return packed(unpacked(made))


def _name(document: Document, book: Book) -> None:
    """Say what the file is."""
    core = document.core_properties
    core.title, core.language, core.author, core.comments = book.title[:255], region(book.language), "", ""
    for moment in core._element.xpath("dcterms:created | dcterms:modified"):
        core._element.remove(moment)
    thumbnail = next(name for name, each in document.part.package.rels.items() if "thumbnail" in each.reltype)
    del document.part.package.rels[thumbnail]
    settings = document.settings.element
    settings.find(qn("w:defaultTabStop")).addprevious(element("w:autoHyphenation"))
    settings.find(qn("w:themeFontLang")).set(qn("w:val"), region(book.language))
    # The version of Word whose layout it has: 2013 and later.
    settings.find(f".//{qn('w:compatSetting')}").set(qn("w:val"), "15")


class _Book:
    """Writes one book."""

    def __init__(self, parts: Parts, photos: Mapping[str, bytes], writer: Writer) -> None:
        self.parts, self.photos, self.writer = parts, photos, writer
        self.book, self.labels = parts.book, parts.book.labels

    def write(self, as_of: str) -> None:
        """The whole book."""
        self._cover()
        self._contents()
        for chapter in self.parts.chapters:
            self._heading(1, chapter.title, chapter.name)
            if chapter.lead:
                self._line("Lead", chapter.lead)
            self._chapter(chapter)
        if not self.book.sessions:
            self._line("Normal", self.labels["nothing"])
        self._line("Heading 3", self.labels["colophon"])
        self._line("Details", as_of)
        if self.book.link:
            self.writer.write(self.writer.paragraph("Details"), self.book.link, link=self.book.link)
        self._footer()

    def _cover(self) -> None:
        self._line("Subtitle", self.labels["book"])
        self._line("Title", self.book.title)
        self._line("Subtitle", self.book.place)
        self._line("Subtitle", self.book.facts)

    def _contents(self) -> None:
        """The table of contents, as a field that shows the headings as links, without pages until somebody updates it.

        Word cannot be told to update it without asking everybody who opens the file about "other files".
        """
        self._line("TOC Heading", self.labels["contents"])
        begin, end = self.writer.field_ends(r'TOC \o "1-2" \h \z \u')
        for depth, title, language, place in self._entries():
            entry = self.writer.paragraph(f"toc {depth}")
            entry.extend(begin)
            begin = []
            self.writer.write(entry, title, language=language, to=place)
        self.writer.paragraph().extend(end)

    def _entries(self) -> Iterable[tuple[int, str, str, str]]:
        for chapter in self.parts.chapters:
            yield 1, chapter.title, "", _anchor(chapter.name)
            for session in chapter.sessions:
                yield 2, session.title, session.language, _anchor(session.number)

    def _footer(self) -> None:
        paragraph = self.writer.document.sections[0].footer.paragraphs[0]._p
        self.writer.write(paragraph, f"{self.book.title}. {self.book.place}\t")
        self.writer.field(paragraph, "PAGE")

    def _chapter(self, chapter: Chapter) -> None:
        if chapter.day:
            self._agenda(chapter.day)
        for session in chapter.sessions:
            self._session(session)
        match chapter.kind:
            case "how":
                self._how()
            case "steps":
                self._steps(self.book.steps, with_topics=True)
            case "dots":
                self._heaps()
            case "commitments":
                self._promises()
            case "stories":
                for tale in self.book.tales:
                    self._tale(tale)
            case "people":
                for name, community in self.book.people:
                    self._about(name, community)
            case "communities":
                self._communities()

    def _how(self) -> None:
        self._line("Normal", self.labels["without-programme"])
        self._line("Heading 3", self.labels["principles"])
        number = self.writer.numbered("List Number", 1)
        for name in ("people", "happening", "time", "end"):
            self._line("List Number", self.labels[f"{name}-principle"], number=number)
        self._line("Heading 3", self.labels["law"])
        self._line("Normal", self.labels["law-text"])
        self._line("Normal", self.labels["made-of"])

    def _agenda(self, day: Day) -> None:
        """The agenda of a day, in as many tables as its spaces need."""
        spaces = len(day.spaces)
        tables = ceil(spaces / MOST_SPACES)
        for table in range(tables):
            columns = range(spaces * table // tables, spaces * (table + 1) // tables)
            widths = [TIMES, *[(WIDTH - TIMES) / len(columns)] * len(columns)]
            head, *rows = self.writer.table(len(day.rows) + 1, widths)
            for cell, column in zip(head[1:], columns, strict=True):
                space = day.spaces[column]
                self._line("Cell", f"{space.number} {space.name}", cell=cell, styles=["bold"])
                self.writer.shade(cell, tapes().get(space.tint, "CDD4C8"))
            for cells, row in zip(rows, day.rows, strict=True):
                self._row(cells, row, columns)

    def _row(self, cells: list[Any], row: InRow, columns: Sequence[int]) -> None:
        self._line("Cell", row.start, cell=cells[0], styles=["bold"])
        if not row.cells:
            for needless in cells[2:]:
                needless.getparent().remove(needless)
            cells[1].grid_span = len(columns)
            self._line("Cell", f"{row.time} {row.title}", cell=cells[1])
            return
        for cell, column in zip(cells[1:], columns, strict=True):
            self._in_cell(cell, row.cells[column])

    def _in_cell(self, cell: Any, given: InCell) -> None:
        if given.state == "closed":
            self.writer.shade(cell, "D9DFD2")
        if given.state != "taken":
            return
        # Soft hyphens are for narrow columns in print; Word sets its own.
        title = given.title.replace("\u00ad", "")
        to = _anchor(given.topic) if given.topic in self.parts.by_number else ""
        self._line("Cell", title, cell=cell, to=to, language=given.language, styles=["bold"])
        if given.by:
            self._line("Cell", given.by, cell=cell)
        if given.count:
            self._line("Cell", f"{self.labels['in-circle']} {given.count}", cell=cell)

    def _session(self, session: Session) -> None:
        self._heading(2, session.title, session.number, session.language)
        for place in session.places[:1]:
            self._place(place)
        if not session.is_written:
            self._unwritten(session)
            return
        if session.by:
            self._line("Lead", f"{self.labels['by']} {session.by}")
        for words in session.about:
            self._line("Normal", words, language=session.language)
        for name, blocks in (("said", session.said), ("advice", session.advice)):
            if blocks:
                self._line("Heading 3", self.labels[name])
                write_notes(self.writer, blocks, session.language)
        if session.is_cut:
            self._line("Details", self.labels["cut"])
        self._pictures(session.pictures, session.language)
        if session.steps:
            self._line("Heading 3", self.labels["steps"])
            self._steps(session.steps)
        self._beside(session)

    def _place(self, place: Place) -> None:
        paragraph = self.writer.paragraph("Normal")
        shade = tapes().get(place.tint, "CDD4C8")
        self.writer.write(paragraph, f" {place.space} {place.name} ", styles=["bold"], shade=shade)
        self.writer.write(paragraph, f"  {place.time}, {place.day}")

    def _unwritten(self, session: Session) -> None:
        if session.by:
            self._line("Details", session.by)
        self._beside(session)

    def _beside(self, session: Session) -> None:
        """Who was there and who wrote, where else it was held, and the way to its page."""
        if session.count:
            self._about(self.labels["in-circle"], session.people or str(session.count), "Details")
        self._about(self.labels["wrote"], session.writers, "Details")
        places = [f"{each.day} {each.time}, {each.space} {each.name}" for each in session.places[1:]]
        self._about(self.labels["also"], "; ".join(places), "Details")
        if session.link:
            self.writer.write(self.writer.paragraph("Details"), self.labels["code"], link=session.link)

    def _about(self, title: str, words: str, style: str = "Normal") -> None:
        """A line that begins with bold words; of those of a session, only where there is something to say."""
        if not words and style != "Normal":
            return
        paragraph = self.writer.paragraph(style)
        self.writer.write(paragraph, title, styles=["bold"])
        if words:
            self.writer.write(paragraph, f" {words}" if style != "Normal" else f", {words}")

    def _pictures(self, pictures: Iterable[Picture], language: str) -> None:
        for picture in pictures:
            paragraph = self.writer.paragraph("Picture")
            self.writer.picture(paragraph, picture, self.photos[picture.name], self.labels["photo"])
            if picture.alt:
                self._line("Caption", picture.alt, language=language)

    def _steps(self, steps: list[Step], *, with_topics: bool = False) -> None:
        names = ["until", "what", "who", "topic"] if with_topics else ["what", "who", "until"]
        widths = {"until": 1.1, "what": 3.0, "who": 1.5, "topic": 2.0}
        head, *rows = self.writer.table(len(steps) + 1, [widths[name] for name in names])
        for cell, name in zip(head, names, strict=True):
            self._line("Details", self.labels[name], cell=cell, styles=["bold"])
        for cells, step in zip(rows, steps, strict=True):
            topic = self.parts.by_number[step.topic]
            said = {"until": (step.due, ""), "what": (step.what, topic.language), "who": (step.who, "")}
            for cell, name in zip(cells, names, strict=True):
                if name == "topic":
                    self._line("Cell", topic.title, cell=cell, language=topic.language, to=_anchor(topic.number))
                else:
                    words, language = said[name]
                    self._line("Normal", words, cell=cell, language=language)

    def _heaps(self) -> None:
        widths = {"topic": 5.4, "dots-count": 1.0, "on-paper": 1.2}
        head, *rows = self.writer.table(len(self.book.heaps) + 1, [*widths.values()])
        for cell, name in zip(head, widths, strict=True):
            self._line("Details", self.labels[name], cell=cell, styles=["bold"])
        for (title, *counts), each in zip(rows, self.book.heaps, strict=True):
            styles = ["bold"] if each.goes_on else []
            self._line("Normal", each.title, cell=title, language=each.language, styles=styles)
            for cell, count in zip(counts, (each.dots, each.on_paper), strict=True):
                self._line("Normal", str(count or ""), cell=cell)

    def _promises(self) -> None:
        """The first step stands below what was promised, and why something was let go below its state."""
        widths = {"until": 1.1, "what": 3.0, "who": 1.7, "state": 1.8}
        head, *rows = self.writer.table(len(self.book.promises) + 1, [*widths.values()])
        for cell, name in zip(head, widths, strict=True):
            self._line("Details", self.labels[name], cell=cell, styles=["bold"])
        for cells, each in zip(rows, self.book.promises, strict=True):
            for cell, words in zip(cells, (each.due, each.what, each.who, each.state), strict=True):
                self._line("Normal", words, cell=cell)
            if each.first_step:
                self._line("Details", f"{self.labels['first-step']}: {each.first_step}", cell=cells[1])
            if each.why:
                self._line("Details", each.why, cell=cells[3])

    def _tale(self, tale: Tale) -> None:
        for words in tale.text:
            self._line("Normal", words, language=tale.language)
        self._pictures(tale.pictures, tale.language)
        self._about(tale.name, tale.community)
        self.writer.paragraph("Rule")

    def _communities(self) -> None:
        for name, numbers in self.book.communities:
            self._line("Heading 3", name)
            for number in numbers:
                topic = self.parts.by_number[number]
                self._line("Normal", topic.title, language=topic.language, to=_anchor(number))

    def _heading(self, level: int, title: str, place: object, language: str = "") -> None:
        heading = self.writer.paragraph(f"Heading {level}", bookmark=_anchor(place))
        self.writer.write(heading, title, language=language)

    def _line(self, style: str, words: str, *, cell: Any = None, number: int = 0, **said: Any) -> None:
        paragraph = self.writer.paragraph(style, cell=cell)
        if number:
            self.writer.count(paragraph, number)
        self.writer.write(paragraph, words, **said)


def _anchor(place: object) -> str:
    """The name of the bookmark of a chapter or of a topic with a number. Word allows no hyphens in it."""
    return f"at_{place}".replace("-", "_")
