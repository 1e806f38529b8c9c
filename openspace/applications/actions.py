"""Writes of applications: begun, written by two cities, handed in, withdrawn; granted more time, read, deleted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, delete, exists, or_, select

from openspace.access.models import Member, Role
from openspace.access.rules import new_key
from openspace.applications.models import ApplicantLink, Application, Field, Reading, next_number
from openspace.applications.rules import SHORT, Side, State, missing, steps
from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.programmes.models import Call
from openspace.web.errors import Invalid, NotAllowed, Problem, Stale

# Drafts and applications of one call.
MOST = 2000
MINUTE = timedelta(minutes=1)


class CallClosed(Problem):
    status = 409
    words = _l("The deadline has passed. What you have written stands here still: copy it, and ask the organisers.")


class Clash(Stale):
    """Somebody wrote into the same field meanwhile. Its fact `theirs` has the texts that stand there, by field."""

    words = _l("The other city has written here meanwhile. Both texts are here: keep one, or make one of both.")


class Incomplete(Invalid):
    """Something is missing. Its fact `missing` names the fields."""

    words = _l("Something is still missing before this can be handed in.")


class TooManyApplications(Problem):
    status = 429
    words = _l("There are too many applications. Please write to the organisers.")


def begin(call: Call, *, name: str, language: str) -> ApplicantLink:
    """Begin an application, and return the link of the city that does. Refuses with `CallClosed`."""
    log.claim(call.event_id)
    if not call.is_open:
        raise CallClosed
    count = db.session.query(Application.id).filter_by(event_id=call.event_id).count()
    if count >= MOST:
        raise TooManyApplications
    application = Application(event_id=call.event_id, language=language)
    db.session.add(application)
    db.session.flush()
    return _link(application, Side.FIRST, name)


def _link(application: Application, side: Side, name: str = "") -> ApplicantLink:
    agreed_at = now() if name else None
    link = ApplicantLink(application_id=application.id, side=side, name=name, agreed_at=agreed_at)
    db.session.add(link)
    db.session.flush()
    return link


def invite_twin(by: ApplicantLink) -> ApplicantLink:
    """Return the link of the twin city, which is made when it is first asked for. Refuses with `CallClosed`."""
    application = _claim(by)
    found = db.session.scalar(select(ApplicantLink).filter_by(application_id=application.id, side=Side.SECOND))
    return found or _link(application, Side.SECOND)


def renew_twin(by: ApplicantLink) -> ApplicantLink:
    """End the twin city's link, which may have gone astray, and return a new one, whose bearer is asked who they are.

    What was written by the old one stays. Refuses whoever is the twin city.
    """
    if by.side != Side.FIRST:
        raise NotAllowed
    link = invite_twin(by)
    link.key, link.name, link.agreed_at, link.seen_at = new_key(), "", None, None
    return link


def introduce(link: ApplicantLink, name: str) -> None:
    """Say who writes by this link; by that they agree to how long it is kept. Refuses with `CallClosed`."""
    _claim(link)
    link.name, link.agreed_at = name, link.agreed_at or now()


def see(link: ApplicantLink) -> None:
    """Note that somebody has a page of this link open."""
    if link.seen_at is None or link.seen_at < now() - MINUTE:
        link.seen_at = now()


def write(by: ApplicantLink, texts: Mapping[str, str], seen: Mapping[str, int]) -> dict[str, int]:
    """Write fields, and return the revision that each has now; `seen` are those of the texts that they replace.

    Refuses with `Clash`, and then writes nothing, if somebody has written another text into one of them since; with
    `CallClosed`; with `Invalid` what is too long; and whoever has not said who they are.
    """
    application = _claim(by)
    if by.agreed_at is None:
        raise NotAllowed
    most = longest(application.call)
    if any(name not in most or len(text) > most[name] for name, text in texts.items()):
        raise Invalid
    fields = {field.name: field for field in db.session.scalars(_fields(application))}
    clashes = [name for name, text in texts.items() if _clashes(fields.get(name), text, seen.get(name, 0))]
    if clashes:
        theirs = {name: fields[name].text for name in clashes}
        raise Clash(theirs=theirs, revisions={name: fields[name].revision for name in clashes})
    for name, text in texts.items():
        _put(fields, application, name, text, by)
    db.session.flush()
    return {name: fields[name].revision for name in texts}


def _fields(application: Application) -> Any:
    return select(Field).where(Field.application_id == application.id)


def _clashes(field: Field | None, text: str, seen: int) -> bool:
    return field is not None and field.revision != seen and field.text != text


def _put(fields: dict[str, Field], application: Application, name: str, text: str, by: ApplicantLink) -> None:
    field = fields.get(name)
    if field is None:
        fields[name] = field = Field(application_id=application.id, name=name, text=text, revision=1, link_id=by.id)
        db.session.add(field)
    elif field.text != text:
        field.text, field.revision = text, field.revision + 1
        field.link_id, field.at = by.id, now()
    else:
        return
    application.changed_at = now()


def longest(call: Call) -> dict[str, int]:
    """How many characters each field may have."""
    asked = {question["name"]: question["longest"] for question in call.questions}
    return {name: asked.get(name, SHORT) for step in steps(asked) for name in step.fields}


def hand_in(by: ApplicantLink) -> Application:
    """Hand the application in; done again, what was changed since counts. Refuses with `CallClosed` or `Incomplete`."""
    application = _claim(by)
    if by.agreed_at is None:
        raise NotAllowed
    needed = [question["name"] for question in application.call.questions if question["needed"]]
    texts = {field.name: field.text for field in db.session.scalars(_fields(application))}
    gaps = missing(texts, needed)
    if gaps:
        raise Incomplete(missing=gaps)
    application.number = application.number or next_number(application.event_id)
    application.state, application.handed_in_at = State.HANDED_IN, now()
    return application


def withdraw(by: ApplicantLink) -> None:
    """Take the application back; it can be handed in again while the call is open. Refuses with `CallClosed`."""
    application = _claim(by)
    application.state = State.WITHDRAWN


def grant(application: Application, until: datetime | None, *, by: Member) -> None:
    """Let one application be changed until a moment after the deadline; None for no longer."""
    _lead(application.event_id, by)
    application.late_until = until


def note_reading(application: Application, *, by: Member) -> None:
    """Write down who reads an application."""
    _lead(application.event_id, by)
    found = db.session.get(Reading, (application.id, by.id))
    if found is None:
        db.session.add(Reading(application_id=application.id, member_id=by.id))
    else:
        found.last_at = now()


def forget_old() -> int:
    """Delete the applications on calls that keep them no longer, and those of yesterday in which nobody wrote a word.

    Returns how many there were.
    """
    past = select(Call.event_id).where(Call.kept_until < now().date())
    is_written = exists().where(Field.application_id == Application.id)
    is_empty = and_(Application.began_at < now() - timedelta(days=1), ~is_written)
    gone = db.session.execute(delete(Application).where(or_(Application.event_id.in_(past), is_empty)))
    return cast(int, gone.rowcount)  # type: ignore[attr-defined]  # what a DELETE returns has it


def _claim(by: ApplicantLink) -> Application:
    """The application behind a link, locked until the transaction ends. Refuses with `CallClosed`."""
    application = by.application
    log.claim(application.event_id)
    if not application.is_open:
        raise CallClosed
    return application


def _lead(event_id: int, by: Member) -> None:
    if by.event_id != event_id or not by.is_at_least(Role.ORGANISER):
        raise NotAllowed
    log.claim(event_id)
