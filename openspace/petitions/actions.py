"""Writes of members: asking for a change, backing what others ask for, taking it back."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member
from openspace.board.free_cells import topic_at
from openspace.board.models import Topic
from openspace.board.permissions import check_may_change
from openspace.board.rules import CellKey
from openspace.events.models import Slot, Space
from openspace.extensions import db
from openspace.live import log
from openspace.petitions import changes, changing
from openspace.petitions.effects import a_decider
from openspace.petitions.models import Backing, Petition, open_petitions
from openspace.petitions.rules import CHANGES, MOST, WISHES, Kind, State
from openspace.web.errors import Invalid, NotAllowed, NotFound, Problem, Stale


class TooManyOpen(Problem):
    """The member has as many open petitions as one may have."""

    status = 409
    words = _l("Your earlier requests still wait for an answer. Take one of them back first.")


class Decided(Stale):
    """A facilitator has decided the petition, or it is over because its session is."""

    words = _l("This request does not wait for an answer any more. Here is how it stands now.")


def ask(topic: Topic, *, kind: Kind, by: Member, leaves: str = "", takes: str = "", words: str = "") -> Petition:
    """Ask facilitators for a change of a topic that hangs. Whoever asks for the same as somebody else backs that.

    A move takes the topic out of the cell `leaves` into the free cell `takes`; a swap is with the topic that hangs in
    `takes`; a repeat is in `takes`. Keys of cells are texts such as `3-7`. Wishes have a sentence, `words`.

    Refuses with `NotAllowed` wishes of others than the convener; with `Invalid` another wish without words; with
    `NotFound` what hangs nowhere or is over; with `TooManyOpen`; and as `changing.check` does, except that the convener
    may be busy and facilitators may have locked the time for others: these can see to both.
    """
    log.claim(topic.event_id)
    if kind in WISHES:
        check_may_change(topic, by)
        leaves = takes = ""
    if kind == Kind.OTHER and not words:
        raise Invalid(_l("Please say what you need."))
    other = _other(topic, takes) if kind == Kind.SWAP else None
    if other and other.number < topic.number:
        # However two topics are named, it is the same swap.
        topic, other, leaves, takes = other, topic, takes, leaves
    petition = Petition(
        event_id=topic.event_id,
        event=topic.event,
        topic_id=topic.id,
        topic=topic,
        kind=kind,
        leaves="" if kind == Kind.REPEAT else leaves,
        takes=takes,
        other_id=other.id if other else None,
        other=other,
        words=words if kind in WISHES else "",
        asker_id=by.id,
        state=State.OPEN,
    )
    _check(petition)
    if known := _same(petition):
        back(known, by=by)
        return known
    if len(open_petitions(topic.event_id, Petition.asker_id == by.id)) >= MOST:
        raise TooManyOpen
    db.session.add(petition)
    db.session.flush()
    changes.petitions(topic.event_id)
    return petition


def back(petition: Petition, *, by: Member) -> None:
    """Let `by` back what somebody else asks for. Refuses with `Decided`."""
    check_open(petition)
    if petition.asker_id == by.id or _backing(petition, by):
        return
    petition.backings.append(Backing(member_id=by.id))
    db.session.flush()
    changes.petitions(petition.event_id)


def unback(petition: Petition, *, by: Member) -> None:
    """Let `by` not back it any more. Refuses with `Decided`."""
    check_open(petition)
    if backing := _backing(petition, by):
        petition.backings.remove(backing)
        db.session.flush()
        changes.petitions(petition.event_id)


def _backing(petition: Petition, by: Member) -> Backing | None:
    return next((backing for backing in petition.backings if backing.member_id == by.id), None)


def take_back(petition: Petition, *, by: Member) -> None:
    """Take back what one has asked for. What others back stays: whoever did so first asks for it from now on.

    Refuses with `NotAllowed` others than the asker, and with `Decided`.
    """
    check_open(petition)
    if petition.asker_id != by.id:
        raise NotAllowed(_l("Only who has asked for it can take it back."))
    let_go(petition)


def let_go(petition: Petition) -> None:
    """Hand an open petition of a member who does not ask any more to who has backed it first; else delete it."""
    event_id = petition.event_id
    first = min(petition.backings, key=lambda backing: (backing.at, backing.member_id), default=None)
    if first and petition.kind in CHANGES:
        petition.asker_id = first.member_id
        petition.backings.remove(first)
    else:
        db.session.delete(petition)
    db.session.flush()
    db.session.expire_all()
    changes.petitions(event_id)


def check_open(petition: Petition) -> None:
    """Lock the event. Refuses with `Decided` a petition that does not wait for a decision."""
    log.claim(petition.event_id)
    if not petition.is_open:
        raise Decided


def _check(petition: Petition) -> None:
    if petition.kind in CHANGES:
        changing.check(petition, by=a_decider(petition.event_id), anyway=True)
    if not petition.is_open:
        raise NotFound(_l("This time is over. Please choose another one."))


def _other(topic: Topic, cell: str) -> Topic:
    key = CellKey.parse(cell)
    slot, space = (db.session.get(Slot, key.slot_id), db.session.get(Space, key.space_id)) if key else (None, None)
    other = topic_at(slot, space) if slot and space else None
    if other is None or other.event_id != topic.event_id:
        raise Stale(_l("Nothing hangs there any more. Here is how things stand now."))
    if other.id == topic.id:
        raise Invalid(_l("Please choose another place."))
    return other


def _same(petition: Petition) -> Petition | None:
    """The open petition with the same content."""
    found = select(Petition).where(
        Petition.topic_id == petition.topic_id,
        Petition.state == State.OPEN,
        Petition.kind == petition.kind,
        Petition.leaves == petition.leaves,
        Petition.takes == petition.takes,
        Petition.other_id.is_not_distinct_from(petition.other_id),
        Petition.words == petition.words,
    )
    return db.session.scalar(found)
