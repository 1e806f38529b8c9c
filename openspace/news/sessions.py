"""The sessions of a day with how far each is written down, and what the news tell of those that are."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from openspace.board.cells import Cell, Row, board_on, spaces_of
from openspace.board.models import Placement, Topic
from openspace.events.models import Event, Space
from openspace.extensions import db
from openspace.news.models import Report, Round
from openspace.news.rules import in_time, newest_first, opening
from openspace.notes.models import Attendance, AttendanceByName, NextStep, Paragraph, Version, VersionState, written
from openspace.notes.photo_models import NotePhoto, extras, photos_in
from openspace.notes.rules import Part, progress
from openspace.web.markdown import text_of

# Of the beginning of each paragraph so many characters are read: all markup of a link or table may come before words.
_READ = 1_000
# More chairs than these cannot be told apart in a ring.
MOST_CHAIRS = 60


class Session(NamedTuple):
    """A topic on a day: where it hangs then, how far it is written down (`full`, `some` or ``), and since when.

    `ids` are those of the topic and of what was merged into it, whose notes are one.
    """

    topic: Topic
    placements: list[Placement]
    ids: list[int]
    state: str
    reported_at: datetime

    @property
    def first(self) -> Placement:
        """Where it hangs first on this day."""
        return self.placements[0]

    @property
    def order(self) -> int:
        """Its sort key among the day's sessions."""
        return in_time(self.first.slot.starts_at, self.first.space.number)

    @property
    def newness(self) -> int:
        """Its sort key among those that are written down, the newest first."""
        return newest_first(self.reported_at, self.topic.number)


class Told(NamedTuple):
    """What the news tell of a session: what was said there, how many were there, and its next steps, and its photos."""

    said: str
    people: int
    steps: list[NextStep]
    photos: list[NotePhoto]


@dataclass(frozen=True)
class Day:
    """A day of the event with its board and all that hangs there, programme items too, ordered by time and space."""

    day: date
    rows: list[Row]
    spaces: list[Space]
    all_sessions: list[Session]

    @property
    def sessions(self) -> list[Session]:
        """Those of which notes are expected: all but programme items."""
        return [each for each in self.all_sessions if not each.topic.is_programme]

    @property
    def written(self) -> int:
        """How many of the sessions are written down."""
        return sum(each.state == "full" for each in self.sessions)

    @property
    def reports(self) -> list[Session]:
        """Whatever is written down, the newest first."""
        return sorted((each for each in self.all_sessions if each.state == "full"), key=lambda each: each.newness)

    @property
    def missing(self) -> list[Session]:
        """The sessions that are not written down, or only begun."""
        return [each for each in self.sessions if each.state != "full"]

    @property
    def drawn(self) -> tuple[int, int]:
        """How many of how many chairs of a ring are taken, for the sessions that are written down: at most 60."""
        of = min(len(self.sessions), MOST_CHAIRS)
        return (self.written * of // len(self.sessions), of) if of else (0, 1)

    def cells(self, row: Row) -> list[Cell | None]:
        """The cells of a row, one for each of the spaces; None where a space is not there in this slot."""
        by_space = {cell.space.id: cell for cell in row.cells}
        return [by_space.get(space.id) for space in self.spaces]

    def session(self, number: int) -> Session | None:
        """That of the topic with this number; None if it does not hang on this day."""
        return next((each for each in self.all_sessions if each.topic.number == number), None)


class Standing(NamedTuple):
    """Where a round is: at which session, None if that is on its day no more, and at which place of how many.

    `back` and `next` are the sessions before and after it; None at the ends.
    """

    session: Session | None
    place: int
    of: int
    back: Session | None
    next: Session | None


def day_of(event: Event, day: date) -> Day:
    """Read a day."""
    rows = [row for row in board_on(event, day) if row.cells]
    hung: dict[Topic, list[Placement]] = defaultdict(list)
    for placement in (cell.placement for row in rows for cell in row.cells if cell.placement):
        hung[placement.topic].append(placement)
    return Day(day, rows, spaces_of(event, rows), _sessions(hung))


def _sessions(hung: dict[Topic, list[Placement]]) -> list[Session]:
    ids = _ids([topic.id for topic in hung])
    every = [ident for group in ids.values() for ident in group]
    characters, beside, reported = written(every), extras(every), _reported(every)

    def session(topic: Topic, placements: list[Placement]) -> Session:
        own = ids[topic.id]
        state = progress(sum(characters.get(i, 0) for i in own), sum(beside.get(i, 0) for i in own))
        # Only what two topics that were merged have together may be enough without ever having been written at once.
        since = min((reported[i] for i in own if i in reported), default=placements[0].slot.ends_at)
        return Session(topic, placements, own, state, since)

    return [session(topic, placements) for topic, placements in hung.items()]


def _ids(topic_ids: list[int]) -> dict[int | None, list[int]]:
    """Each topic's own id and those of what was merged into it, in the order of merging."""
    found: dict[int | None, list[int]] = {ident: [ident] for ident in topic_ids}
    parts = select(Topic.joint_id, Topic.id).where(Topic.joint_id.in_(topic_ids)).order_by(Topic.merged_at, Topic.id)
    for joint_id, ident in db.session.execute(parts):
        found[joint_id].append(ident)
    return found


def _reported(ids: Collection[int]) -> dict[int, datetime]:
    return {each.topic_id: each.at for each in db.session.scalars(select(Report).where(Report.topic_id.in_(ids)))}


def told(sessions: Iterable[Session]) -> dict[int, Told]:
    """What the news tell of these sessions, by the topic's id; read in six queries."""
    sessions = list(sessions)
    home = {ident: session.topic.id for session in sessions for ident in session.ids}
    said, people, steps, photos = openings(home), _people(home), _steps_of(home), _photos_of(home)
    return {
        topic_id: Told(said.get(topic_id, ""), people[topic_id], steps[topic_id], photos[topic_id])
        for topic_id in (session.topic.id for session in sessions)
    }


def openings(home: dict[int, int]) -> dict[int, str]:
    """The opening of what was said, else of what is advised, by topic; `home` has it for each id whose notes it has."""
    found = (
        select(Paragraph.topic_id, Paragraph.part, func.substr(Version.text, 1, _READ))
        .join(Version)
        .where(Paragraph.topic_id.in_(home), Version.state == VersionState.CURRENT, Version.text != "")
    )
    places = {ident: place for place, ident in enumerate(home)}
    rows = db.session.execute(found.order_by(Paragraph.position, Paragraph.id)).all()
    said: dict[int, str] = {}
    for topic_id, _, text in sorted(rows, key=lambda row: (row[1] != Part.SAID, places[row[0]])):
        if not said.get(home[topic_id]):
            said[home[topic_id]] = opening(text_of(text))
    return said


def _people(home: dict[int, int]) -> Counter[int]:
    """How many were there: members, each once, and those who were written down by name."""
    members = select(Attendance.topic_id, Attendance.member_id).where(Attendance.topic_id.in_(home))
    found = Counter(
        topic_id for topic_id, _ in {(home[ident], member) for ident, member in db.session.execute(members)}
    )
    others = select(AttendanceByName.topic_id).where(AttendanceByName.topic_id.in_(home))
    return found + Counter(home[ident] for ident in db.session.scalars(others))


def _steps_of(home: dict[int, int]) -> dict[int, list[NextStep]]:
    found: dict[int, list[NextStep]] = defaultdict(list)
    rows = select(NextStep).where(NextStep.topic_id.in_(home)).options(joinedload(NextStep.who))
    for step in db.session.scalars(rows.order_by(NextStep.id)):
        found[home[step.topic_id]].append(step)
    return found


def _photos_of(home: dict[int, int]) -> dict[int, list[NotePhoto]]:
    found: dict[int, list[NotePhoto]] = defaultdict(list)
    for photo in photos_in(home):
        found[home[photo.topic_id]].append(photo)
    return found


def standing(day: Day, at: Round) -> Standing:
    """Where a round through this day is. If its session is not there any more, the next one has come to its place."""
    sessions, joint_id = day.sessions, at.topic.joint_id or at.topic_id
    places = [place for place, each in enumerate(sessions) if each.topic.id == joint_id]
    place = places[0] if places else min(at.place, len(sessions))
    following = place + 1 if places else place
    return Standing(
        sessions[place] if places else None,
        place,
        len(sessions),
        sessions[place - 1] if 0 < place <= len(sessions) else None,
        sessions[following] if following < len(sessions) else None,
    )
