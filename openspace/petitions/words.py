"""What a petition asks for, in a sentence."""

from flask_babel import gettext

from openspace.petitions.models import Petition
from openspace.petitions.rules import Kind
from openspace.web.i18n import clock_time, slot_day


def sentence(petition: Petition) -> str:
    """What it asks for, such as "“Water” to 14:00, place 3", in the reader's language."""
    facts = {"title": petition.topic.title, "words": petition.words, "other": ""}
    facts |= {"from": place(petition, petition.leaves), "to": place(petition, petition.takes)}
    if petition.kind == Kind.SWAP:
        facts["other"] = petition.other.title if petition.other else "?"
    return _of_kind(petition.kind, facts)


def _of_kind(kind: Kind, facts: dict[str, str]) -> str:
    if kind == Kind.MOVE:
        return str(gettext("“%(title)s” from %(from)s to %(to)s", **facts))
    if kind == Kind.SWAP:
        return str(gettext("Swap “%(title)s” (%(from)s) with “%(other)s” (%(to)s)", **facts))
    if kind == Kind.REPEAT:
        return str(gettext("“%(title)s” once more: %(to)s", **facts))
    wishes = {
        Kind.SPACE: gettext("“%(title)s” needs a bigger place", **facts),
        Kind.TIME: gettext("“%(title)s” needs another time", **facts),
        Kind.PROJECTOR: gettext("“%(title)s” needs a projector", **facts),
    }
    return str(wishes.get(kind, gettext("For “%(title)s”", **facts)))


def place(petition: Petition, key: str) -> str:
    """A cell in words, such as "16:00, place 7", with the day if it is not today; a dash if it is gone."""
    found = petition.cell_at(key)
    if found is None:
        return "–"
    (slot, space), event = found, petition.event
    facts = {"time": clock_time(slot.starts_at, event.zone), "number": space.number}
    if slot.day == event.today():
        return str(gettext("%(time)s, place %(number)s", **facts))
    return str(gettext("%(day)s, %(time)s, place %(number)s", day=slot_day(slot), **facts))
