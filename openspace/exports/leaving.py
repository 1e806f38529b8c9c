"""Everything that leaves the app as a file or a feed, and who may read it, as organisers see it on a page."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import LazyString, gettext, lazy_gettext as _l

from openspace.access.guards import Readers, readers_of
from openspace.access.security_log import is_written_down
from openspace.access.visitor import visitor


@dataclass(frozen=True)
class Leaving:
    """Files or feeds of one kind: what people call them, and what is in them.

    `page` is the endpoint of the page where they are found, or with `kind` that of the file itself. `read_by` is said
    only where the view has no guard that says it.
    """

    names: str
    about: LazyString
    endpoints: tuple[str, ...]
    page: str
    icon: str = "download"
    read_by: Readers | None = None
    kind: str | None = None

    @property
    def readers(self) -> Readers:
        """Who may read them, as their guard says."""
        found = readers_of(self.endpoints[0]) or self.read_by
        assert found
        return found

    @property
    def is_written_down(self) -> bool:
        """Whether the security log has each download."""
        return is_written_down(self.endpoints[0])

    @property
    def is_direct(self) -> bool:
        """Whether the address is that of a file, not of a page from which files are taken."""
        return self.page in self.endpoints

    @property
    def address(self) -> str:
        """Where they are found."""
        return url_for(self.page, kind=self.kind)


def by_readers() -> dict[Readers, list[Leaving]]:
    """All that leaves the app, by who may read it, from few to everybody."""
    return {readers: found for readers in Readers if (found := [each for each in LEAVING if each.readers == readers])}


def in_words(readers: Readers) -> str:
    """Who may read it, as long as the board is as public as it is now."""
    if visitor.event.is_public and readers in {Readers.BOARD, Readers.KEY}:
        return str(gettext("Everybody, because the board is public"))
    return str(_WORDS[readers])


_WORDS = {
    Readers.ORGANISERS: _l("Organisers"),
    Readers.FACILITATORS: _l("Facilitators and organisers"),
    Readers.MEMBERS: _l("Everybody who has taken a seat"),
    Readers.BOARD: _l("Everybody who has taken a seat, because the board is not public"),
    Readers.KEY: _l("Everybody who has taken a seat, and apps that have the address with its key"),
    Readers.ADDRESS: _l("Whoever has the address, which nobody can guess"),
    Readers.PUBLISHED: _l("Everybody, once it is published"),
}

LEAVING = (
    Leaving(
        "sessions.xlsx, .csv, .json, .pdf",
        _l("All topics with time and place: the list above"),
        ("sessions.table", "sessions.document", "sessions.paper"),
        "exports.show",
        "table",
    ),
    Leaving(
        "proceedings.pdf, .docx, .html, .epub, .md",
        _l("The book of the sessions; it names only those who agreed"),
        ("book.file",),
        "book.show",
        "doc",
    ),
    Leaving(
        "posters.pdf",
        _l("The poster to join, and a sign and the plan of the day for each door"),
        ("papers.join_and_doors",),
        "papers.join_and_doors",
        "print",
    ),
    Leaving(
        "powercut.pdf",
        _l("The whole board on paper, for when the power goes"),
        ("papers.power_cut",),
        "papers.power_cut",
        "print",
    ),
    Leaving(
        "contacts.xlsx, .csv",
        _l("The cards of those who agreed to it"),
        ("people.contacts",),
        "people.contacts",
        "people",
        kind="xlsx",
    ),
    Leaving(
        "consents.xlsx, .csv",
        _l("Who agreed to what, and when"),
        ("people.consents",),
        "people.consents",
        "shield",
        kind="xlsx",
    ),
    Leaving(
        "commitments.xlsx, .csv",
        _l("What people promised, and what came of it"),
        ("follow_ups.table",),
        "follow_ups.overview",
        "hand",
    ),
    Leaving("person.json", _l("What is held on one person"), ("people.facts",), "people.index", "shield"),
    Leaving(
        "stories.zip, stories.json",
        _l("Stories whose authors agreed to the book or to the web"),
        ("story_downloads.archive", "story_downloads.as_data"),
        "publication.show",
        "story",
    ),
    Leaving(
        "film.mp4, film.vtt",
        _l("Films of the series, and their subtitles"),
        ("series.file", "series.webvtt"),
        "series.show",
        "play",
    ),
    Leaving(
        "contacts.vcf, .xlsx, .csv",
        _l("One's own contacts: those with whom one has exchanged cards"),
        ("vcards.exchanged", "vcards.exchanged_table"),
        "exchanges.exchanged",
        "bookmark",
    ),
    Leaving("card.vcf", _l("A single card of the contact book"), ("vcards.card",), "contacts.index", "people"),
    Leaving("me.json", _l("All that is held on oneself"), ("people.mine",), "access.mine", "shield"),
    Leaving(
        "fishbowl.pdf", _l("A guide of the tool box, to be printed"), ("toolbox.document",), "toolbox.index", "print"
    ),
    Leaving("topic.ics", _l("The calendar of one topic"), ("downloads.topic_calendar",), "board.show", "clock"),
    Leaving(
        "schedule.xml, schedule.json",
        _l("The programme for conference apps, which follow each change"),
        ("schedules.xml", "schedules.json"),
        "settings.overview",
        "mobile",
        Readers.KEY,
    ),
    Leaving(
        "rooms.json",
        _l("How full each room is, for screens and apps; nobody is named"),
        ("rooms.index",),
        "rooms.index",
        "pin",
        Readers.KEY,
    ),
    Leaving(
        "calendar.ics",
        _l("The calendar of the event, and one of each place"),
        ("calendars.whole", "calendars.of_space"),
        "settings.overview",
        "clock",
        Readers.KEY,
    ),
    Leaving(
        "my-day.ics",
        _l("The calendar of somebody's own day, to which their phone subscribes"),
        ("calendars.my_day",),
        "calendars.mine",
        "star",
        Readers.ADDRESS,
    ),
    Leaving(
        "stories.atom, podcast.xml",
        _l("Feeds of stories whose authors agreed to the web, with their files"),
        ("publication.atom", "publication.podcast", "publication.page", "publication.file"),
        "publication.show",
        "story",
        Readers.PUBLISHED,
    ),
    Leaving(
        "films, film.mp4, subtitles.vtt",
        _l("The page of the films in the series, with their files"),
        ("films.index", "films.film", "films.poster", "films.picture", "films.webvtt"),
        "series.show",
        "play",
        Readers.PUBLISHED,
    ),
)
