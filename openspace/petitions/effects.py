"""What it would do if a petition were granted: to those who go, to the chairs; or the rule that forbids it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from flask_babel import gettext, ngettext
from sqlalchemy import select

from openspace.access.models import Member, Role
from openspace.board.models import Interest, Placement, Topic, placements_where
from openspace.events.models import Slot, Space
from openspace.extensions import db
from openspace.live.fragments import read_once
from openspace.petitions import changing
from openspace.petitions.models import Petition
from openspace.petitions.rules import CHANGES, Kind, fewer_torn
from openspace.web.errors import Problem

# The sessions of topics, by the topics' ids.
Sessions = dict[int, list[Slot]]


class Effect(NamedTuple):
    """What granting a petition would do, as sentences; or `forbidden`, why it cannot be done.

    `fewer` are pulled in two directions then than now.
    """

    words: list[str]
    forbidden: str = ""
    fewer: int = 0


def effects(event_id: int, petitions: Collection[Petition]) -> dict[int, Effect]:
    """The effect of each of these open petitions of an event, by id. The event is read once for all of them."""
    if not petitions:
        return {}
    decider, hung, goings = read_once(_deciding, event_id)
    sessions: Sessions = defaultdict(list)
    for placement in hung:
        sessions[placement.topic_id].append(placement.slot)
    going = Counter(topic_id for topics in goings.values() for topic_id in topics)

    def effect(petition: Petition) -> Effect:
        if petition.kind not in CHANGES:
            return Effect(_chairs_of(petition.topic, petition.topic.placements, going))
        try:
            changing.check(petition, by=decider, hung=hung)
        except Problem as problem:
            return Effect([], str(problem))
        fewer = fewer_torn(goings, sessions, _after(petition, sessions))
        return Effect([_torn(fewer), *_chairs(petition, going)], fewer=fewer)

    return {petition.id: effect(petition) for petition in petitions}


def _deciding(event_id: int) -> tuple[Member, list[Placement], dict[int, list[int]]]:
    """What effects depend on: somebody who may decide, all placements, and the topics that each member goes to."""
    return a_decider(event_id), placements_where(Topic.event_id == event_id), _goings(event_id)


def a_decider(event_id: int) -> Member:
    """Somebody who may decide: what the rules forbid to one facilitator they forbid to all."""
    decides = (Member.event_id == event_id, Member.role != Role.PARTICIPANT, Member.left_at.is_(None))
    return db.session.scalars(select(Member).where(*decides).order_by(Member.id).limit(1)).one()


def _goings(event_id: int) -> dict[int, list[int]]:
    """The topics that each member goes to, by ids."""
    found: dict[int, list[int]] = defaultdict(list)
    go = select(Interest.member_id, Interest.topic_id).join(Topic, Topic.id == Interest.topic_id)
    for member_id, topic_id in db.session.execute(go.where(Topic.event_id == event_id, Interest.kind == "go")):
        found[member_id].append(topic_id)
    return found


def _after(petition: Petition, sessions: Sessions) -> Sessions:
    """The sessions after the change of those topics that it is about."""
    leaves, takes = petition.cell_at(petition.leaves), petition.cell_at(petition.takes)
    there, left = [takes[0]] if takes else [], [leaves[0]] if leaves else []
    after = {petition.topic_id: _changed(sessions[petition.topic_id], left, there)}
    if petition.kind == Kind.SWAP and petition.other_id:
        after[petition.other_id] = _changed(sessions[petition.other_id], there, left)
    return after


def _changed(slots: list[Slot], left: list[Slot], taken: list[Slot]) -> list[Slot]:
    return [*(slot for slot in slots if slot not in left), *taken]


def _torn(fewer: int) -> str:
    if fewer > 0:
        words = ngettext("%(num)d fewer pulled in two directions", "%(num)d fewer pulled in two directions", fewer)
    elif fewer < 0:
        words = ngettext("%(num)d more pulled in two directions", "%(num)d more pulled in two directions", -fewer)
    else:
        words = gettext("As many are pulled in two directions as now")
    return str(words)


def _chairs(petition: Petition, going: Counter[int]) -> list[str]:
    is_swap = petition.kind == Kind.SWAP
    leaves, takes = petition.cell_at(petition.leaves), petition.cell_at(petition.takes)
    words = _too_few(petition.topic, takes[1], going, is_one_of_two=is_swap) if takes else []
    if is_swap and petition.other and leaves:
        words += _too_few(petition.other, leaves[1], going, is_one_of_two=True)
    return words


def _chairs_of(topic: Topic, placements: Iterable[Placement], going: Counter[int]) -> list[str]:
    return [words for placement in placements for words in _too_few(topic, placement.space, going)]


def _too_few(topic: Topic, space: Space, going: Counter[int], *, is_one_of_two: bool = False) -> list[str]:
    """That the space has fewer chairs than go to the topic, if so; it is named where two topics are meant."""
    count = going[topic.id]
    if count <= space.chairs:
        return []
    words = gettext("%(chairs)d chairs for %(going)d", chairs=space.chairs, going=count)
    return [gettext("“%(title)s”: %(what)s", title=topic.title, what=words) if is_one_of_two else words]
