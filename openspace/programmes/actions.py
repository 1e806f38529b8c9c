"""Writes of programmes: founding one, and writing, publishing and changing its call."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from flask_babel import force_locale, gettext, lazy_gettext as _l

from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.organising import event_actions
from openspace.programmes.models import Call, CallChange, Question
from openspace.programmes.rules import LENGTHS, MOST_QUESTIONS, closing, stamp
from openspace.web.errors import Invalid, NotAllowed, Stale

# Until somebody has written when a call closes, and for how long what was handed in is kept.
FIRST_DEADLINE, FIRST_KEPT = timedelta(days=60), timedelta(days=730)
MIDNIGHT = time(23, 59)


class NotReady(Invalid):
    words = _l("Something is still missing before this call can be published.")


class ChangedMeanwhile(Stale):
    words = _l("Somebody has changed this meanwhile. Your text is still here: compare, and save again.")


class Frame(NamedTuple):
    """What a call says in numbers: deadline, places, languages, and how long what comes is kept."""

    zone: str
    languages: Sequence[str]
    closes_at: datetime
    places: int
    email: str
    kept_until: date


def found(*, name: str, zone: str, languages: Sequence[str]) -> Event:
    """Add a programme: its office, and a call that is not published, with four questions to begin with."""
    today = now().date()
    office = event_actions.create(name=name, starts_on=today, ends_on=today, zone=zone, languages=languages)
    office.is_office, office.is_join_open = True, False
    call = Call(event_id=office.id, places=2, kept_until=today + FIRST_KEPT)
    call.closes_at = closing(today + FIRST_DEADLINE, MIDNIGHT, zone)
    asked = [Question(name="", words=each, hint={}, longest=2000, needed=True) for each in first_questions(languages)]
    asked[-1]["needed"] = False
    call.texts, call.questions, call.questions_asked = {}, [], 0
    call.questions = _named(call, asked)
    db.session.add(call)
    db.session.flush()
    return office


def first_questions(languages: Sequence[str]) -> list[dict[str, str]]:
    """The four questions with which every call begins, each by language."""
    asked: list[dict[str, str]] = [{}, {}, {}, {}]
    for code in languages:
        with force_locale(code):
            words = (
                gettext("Who are you, and what do you do in your city?"),
                gettext("What do you hope for and expect of the partnership?"),
                gettext("Why do you want to take part?"),
                gettext("Is there anything else that we should know?"),
            )
        for question, each in zip(asked, words, strict=True):
            question[code] = each
    return asked


def frame_of(call: Call) -> Frame:
    """What a call says in numbers now."""
    office = call.office
    return Frame(office.zone, office.languages, call.closes_at, call.places, call.email, call.kept_until)


def set_frame(call: Call, frame: Frame, *, seen: str, by: Member) -> None:
    """Change what a call says in numbers; `seen` is the `rules.stamp` of what was shown before.

    Refuses with `ChangedMeanwhile`, and whoever is no organiser; with `NotReady` what would leave a published call
    without a language in which it is written; and with `Invalid` to keep what is handed in for longer than people have
    agreed to.
    """
    _claim(call, by)
    before = frame_of(call)
    if stamp(before) != seen:
        raise ChangedMeanwhile
    if call.read_since and frame.kept_until > call.kept_until:
        words = gettext("People have agreed to the day that stood here: it can be earlier, but not later.")
        raise Invalid(fields={"kept_until": [words]})
    closed_at = call.closes_at
    call.office.zone, call.office.language_codes = frame.zone, " ".join(frame.languages)
    call.closes_at, call.places, call.email = frame.closes_at, frame.places, frame.email
    call.kept_until = frame.kept_until
    rest = before._replace(closes_at=frame.closes_at)
    what = ["deadline"] * (closed_at != frame.closes_at) + ["frame"] * (rest != frame_of(call))
    _check_published(call)
    _tell(call, what, closed_at if "deadline" in what else None)


def write(call: Call, language: str, texts: dict[str, str], *, seen: str, by: Member) -> None:
    """Write the texts of a call in one language; `seen` is the `rules.stamp` of those that were shown before.

    Refuses with `ChangedMeanwhile` if somebody else has written others since, with `NotReady` as `set_frame` does, and
    whoever is no organiser.
    """
    _claim(call, by)
    before = call.texts.get(language, {})
    if stamp(before) != seen:
        raise ChangedMeanwhile
    after = {part: texts.get(part, "") for part in LENGTHS}
    if after != {part: before.get(part, "") for part in LENGTHS}:
        call.texts = {**call.texts, language: after}
        _check_published(call)
        _tell(call, ["texts"])


def ask(call: Call, questions: list[Question], *, seen: str, by: Member) -> None:
    """Change the questions; one without a name is new, and languages that are not among its words keep theirs.

    Refuses as `write` does, and with `Invalid` too many, names that the call does not know, and to leave out a question
    that people have read: they may have answered it.
    """
    _claim(call, by)
    if stamp(call.questions) != seen:
        raise ChangedMeanwhile
    if len(questions) > MOST_QUESTIONS:
        raise Invalid(gettext("%(most)d questions at most.", most=MOST_QUESTIONS))
    before = {each["name"]: each for each in call.questions}
    names = [each["name"] for each in questions if each["name"]]
    if len(set(names)) < len(names) or not set(names) <= set(before):
        raise Invalid
    if call.read_since and set(names) != set(before):
        raise Invalid(gettext("A question that people have read stays: change its words, or let it be left out."))
    for each in questions:
        for part in ("words", "hint"):
            each[part] = {**before.get(each["name"], each)[part], **each[part]}
    after = _named(call, questions)
    if after != call.questions:
        call.questions = after
        _tell(call, ["questions"])


def _named(call: Call, questions: list[Question]) -> list[Question]:
    """The questions, of which those without a name are given one that none of this call ever had."""
    found = []
    for each in questions:
        call.questions_asked += not each["name"]
        found.append(Question(**{**each, "name": each["name"] or f"q{call.questions_asked}"}))
    return found


def _check_published(call: Call) -> None:
    if call.published_at and not call.written_in:
        raise NotReady


def publish(call: Call, *, by: Member) -> None:
    """Let everybody read the call. Refuses with `NotReady` one that is not written in the programme's main language.

    Also one whose deadline has passed, unless people have read it before.
    """
    _claim(call, by)
    is_late = call.closes_at <= now() and not call.read_since
    if call.office.languages[0] not in call.written_in or is_late or not call.questions:
        raise NotReady
    call.published_at = call.published_at or now()
    call.read_since = call.read_since or call.published_at


def withdraw(call: Call, *, by: Member) -> None:
    """Take the call back: only organisers read it."""
    _claim(call, by)
    call.published_at = None


def _claim(call: Call, by: Member) -> None:
    if by.event_id != call.event_id or not by.is_at_least(Role.ORGANISER):
        raise NotAllowed
    log.claim(call.event_id)


def _tell(call: Call, what: list[str], closed_at: datetime | None = None) -> None:
    """Write down what was changed in a call that people have read already."""
    if what and call.read_since:
        db.session.add(CallChange(event_id=call.event_id, what=" ".join(what), closed_at=closed_at))
