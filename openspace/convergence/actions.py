"""Writes of rounds of dots: preparing, starting, prolonging and ending them, and giving dots."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member, Role
from openspace.board.models import Topic
from openspace.clock import now
from openspace.convergence import changes
from openspace.convergence.models import DotRound, DotTopic, SealedDots, State, round_of
from openspace.convergence.rules import is_allowed
from openspace.convergence.sealing import Choice, Seal, Unreadable, new_salt
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.web.errors import Invalid, NotAllowed, Problem, Stale


class RoundRuns(Stale):
    words = _l("A round of dots is running. End it first.")


class NoTopics(Invalid):
    words = _l("Choose at least one topic to which dots may be given.")


class AnotherState(Stale):
    words = _l("The round of dots has gone on since. Here is how it stands now.")


class NotOpen(Problem):
    """Dots arrived while nobody could give any: before the start, or after the end."""

    status = 409
    words = _l("No dots can be given now. Nothing was counted.")


class TimeIsUp(NotOpen):
    words = _l("Time was up before these dots arrived, so they do not count. What had arrived before counts.")


class TooManyDots(Problem):
    status = 422
    words = _l("These are more dots than one person has. Take some back.")


class Overtaken(Stale):
    """The member has chosen otherwise since. Facts: `round`, `version` and `chosen`, which counts."""

    words = _l("You have given your dots on another phone since. What you gave there counts, and stands here now.")


class Plan(NamedTuple):
    """How a round goes: dots of each person, whether stacked, minutes, how many topics go on, and whether paper too."""

    per_person: int
    is_stacked: bool
    minutes: int
    going_on: int
    has_paper: bool = False


def prepare(event: Event, plan: Plan, topics: Sequence[Topic], *, by: Member) -> DotRound:
    """Prepare a round: people may read now. One that is not started yet is prepared anew.

    Refuses with `NotAllowed` participants, with `NoTopics`, and with `RoundRuns` while one is open or being counted.
    """
    check(by)
    if not topics:
        raise NoTopics
    log.claim(event.id)
    found = round_of(event.id)
    if found and found.state in {State.OPEN, State.COUNTING, State.PAPER}:
        raise RoundRuns
    if found is None or found.state is State.OVER:
        number = found.number + 1 if found else 1
        found = DotRound(event_id=event.id, number=number, salt=new_salt(), **plan._asdict())
        db.session.add(found)
    for name, value in plan._asdict().items():
        setattr(found, name, value)
    found.topics.clear()
    db.session.flush()
    found.topics = [DotTopic(place=place, topic=topic) for place, topic in enumerate(topics)]
    db.session.flush()
    changes.moved(event.id)
    return found


def start(found: DotRound, *, by: Member) -> None:
    """Open the window in which dots are given. Refuses with `NotAllowed`, and with `AnotherState` if it was opened."""
    check(by)
    refresh(found)
    if found.state is not State.READING:
        raise AnotherState
    found.started_at = now()
    found.ends_at = found.started_at + timedelta(minutes=found.minutes)
    changes.moved(found.event_id)


def take_back(found: DotRound, *, by: Member) -> None:
    """Delete a round that was not started. Refuses with `NotAllowed`, and with `AnotherState` if it was."""
    check(by)
    refresh(found)
    if found.state is not State.READING:
        raise AnotherState
    db.session.delete(found)
    db.session.flush()
    changes.moved(found.event_id)


def prolong(found: DotRound, minutes: int, *, seen: int, by: Member) -> None:
    """Give so many minutes more, also within the moment after the end in which dots still arrive.

    `seen` is the end that the facilitator saw, in seconds since 1970: two who prolong at once prolong once. Refuses
    with `NotAllowed`, and with `AnotherState` if there is another end, or it is too late.
    """
    check(by)
    refresh(found)
    if not found.takes_dots or found.ends_at is None or int(found.ends_at.timestamp()) != seen:
        raise AnotherState
    found.ends_at = max(found.ends_at, now()) + timedelta(minutes=minutes)
    changes.moved(found.event_id)


def end(found: DotRound, *, by: Member) -> None:
    """End the window now; does nothing if it has ended. Refuses with `NotAllowed`, and with `AnotherState` unopened."""
    check(by)
    refresh(found)
    if found.state is State.READING:
        raise AnotherState
    if found.state is State.OPEN:
        found.ends_at = now()
        changes.moved(found.event_id)


def give(
    event: Event,
    dots: Mapping[int, int],
    *,
    number: int,
    version: int | None,
    by: Member,
    arrived: datetime | None = None,
) -> None:
    """Let the member give these dots, by the numbers of topics, in place of what they gave before.

    What counts is when they `arrived` at the server, which is now unless they waited for the lock.

    The highest `version` wins, whatever order they arrive in: phones count milliseconds by the server's clock, and go
    on from the version that they know. Without one it is a form, which always wins. Refuses with `NotOpen`, `TimeIsUp`,
    `TooManyDots`, `Stale` if topics are gone; and `Overtaken`.
    """
    log.claim(event.id)
    found = round_of(event.id)
    if found is None or found.number != number or not found.takes(arrived or now()):
        raise TimeIsUp if found and found.ends_at and found.number >= number else NotOpen
    chosen = places(found, dots)
    if not is_allowed(chosen, per_person=found.per_person, is_stacked=found.is_stacked):
        raise TooManyDots
    seal, row = Seal(found.salt, len(found.topics)), db.session.get(SealedDots, (found.id, by.id))
    before = opened(seal, row) if row else None
    made = Choice(_latest(version, before), chosen)
    if before and (before.version, before.dots) > (made.version, made.dots):
        raise Overtaken(round=found.number, version=before.version, chosen=by_number(found, before))
    if row is None:
        row = SealedDots(round_id=found.id, member_id=by.id)
        db.session.add(row)
        changes.given(event.id)
    row.sealed = seal.close(made, of=_of(by.id))
    db.session.flush()


def places(found: DotRound, dots: Mapping[int, int]) -> tuple[int, ...]:
    """Dots by the places of the round's topics. Refuses with `Stale` a number that is not among them."""
    numbers = [each.topic.number for each in found.topics]
    if not set(dots) <= set(numbers):
        raise Stale
    return tuple(dots.get(number, 0) for number in numbers)


def by_number(found: DotRound, choice: Choice) -> dict[int, int]:
    """The dots of a choice by the numbers of their topics, without those that have none."""
    return {each.topic.number: dots for each, dots in zip(found.topics, choice.dots, strict=True) if dots}


def opened(seal: Seal, row: SealedDots) -> Choice | None:
    """What a member has given; None if it was sealed with another secret key, and is lost."""
    try:
        return seal.open(row.sealed, of=_of(row.member_id))
    except Unreadable:
        return None


def own_choice(found: DotRound, member_id: int) -> Choice | None:
    """What the member has given in a round that is not counted; None for nothing."""
    row = db.session.get(SealedDots, (found.id, member_id))
    return opened(Seal(found.salt, len(found.topics)), row) if row and not found.counted_at else None


def hand_on(found: DotRound, *, kept: int, gone: int) -> None:
    """Let what a member has given, who is the same person as another one, be theirs: of two choices the later one."""
    theirs = db.session.get(SealedDots, (found.id, gone))
    if theirs is None or found.counted_at:
        return
    seal, own = Seal(found.salt, len(found.topics)), db.session.get(SealedDots, (found.id, kept))
    choices = [choice for row in (theirs, own) if row and (choice := opened(seal, row))]
    db.session.delete(theirs)
    if choices:
        own = own or SealedDots(round_id=found.id, member_id=kept)
        own.sealed = seal.close(max(choices), of=_of(kept))
        db.session.add(own)
    db.session.flush()
    changes.given(found.event_id)


def _latest(version: int | None, before: Choice | None) -> int:
    """The version of a choice: no phone may be ahead of the server's clock by more than one tap."""
    present, after = int(now().timestamp() * 1000), before.version + 1 if before else 0
    return max(present, after) if version is None else max(0, min(version, max(present, after)))


def _of(member_id: int) -> str:
    return f"member {member_id}"


def refresh(found: DotRound) -> None:
    """Read how the round stands now, under the lock. Refuses with `AnotherState` if somebody has taken it back."""
    log.claim(found.event_id)
    if db.session.get(DotRound, found.id, populate_existing=True) is None:
        raise AnotherState


def check(by: Member) -> None:
    """Refuse with `NotAllowed` whoever is no facilitator."""
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
