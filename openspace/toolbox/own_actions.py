"""Writes of an event's own guides: written, changed, brought back, hidden, removed."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from slugify import slugify

from openspace.access.models import Member, Role
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.toolbox import shipped
from openspace.toolbox.clock_actions import record_clock
from openspace.toolbox.finding import read_all
from openspace.toolbox.models import hall_clock
from openspace.toolbox.own_models import GuideRevision, OwnGuide, own_guides
from openspace.web.errors import Invalid, NotAllowed

# Guides of an event; and of one, the versions that are kept.
MOST_GUIDES, MOST_REVISIONS = 60, 100
_LONGEST_SLUG = 48
# Words that stand in addresses where the name of a guide would.
RESERVED = {"new"}


class TooManyGuides(Invalid):
    words = _l("There are as many guides as an event can have. Remove one first.")


def write(event: Event, texts: Mapping[str, str], plan: str, *, by: Member) -> OwnGuide:
    """Add a guide with its text by language. Refuses with `WrongGuide`, `TooManyGuides`, and others than organisers."""
    _claim(event.id, by)
    guides = read_all(texts)
    present = own_guides(event.id)
    if len(present) >= MOST_GUIDES:
        raise TooManyGuides
    taken = {each.name for each in present} | set(shipped.names()) | RESERVED
    found = OwnGuide(event_id=event.id, name=_free_name(next(iter(guides.values())).title, taken))
    db.session.add(found)
    _save(found, texts, plan)
    return found


def change(found: OwnGuide, texts: Mapping[str, str], plan: str, *, by: Member) -> None:
    """Give a guide other texts; what it had stays a version. Refuses with `WrongGuide`, and others than organisers."""
    _claim(found.event_id, by)
    read_all(texts)
    if (dict(texts), plan) != (found.texts, found.plan):
        _save(found, texts, plan)


def bring_back(found: OwnGuide, revision: GuideRevision, *, by: Member) -> None:
    """Let a guide be what it was in a revision, as a new one. Refuses others than organisers."""
    change(found, revision.texts, revision.plan, by=by)


def hide(found: OwnGuide, is_hidden: bool, *, by: Member) -> None:
    """Take a guide out of the tool box for now, or show it again. Refuses others than organisers."""
    _claim(found.event_id, by)
    found.is_hidden = is_hidden
    _changed(found)


def remove(found: OwnGuide, *, by: Member) -> None:
    """Remove a guide with all its versions. Refuses others than organisers."""
    _claim(found.event_id, by)
    db.session.delete(found)
    _changed(found)


def _claim(event_id: int, by: Member) -> None:
    if not by.is_at_least(Role.ORGANISER):
        raise NotAllowed
    log.claim(event_id)


def _free_name(title: str, taken: set[str]) -> str:
    base = slugify(title, max_length=_LONGEST_SLUG, word_boundary=True) or "guide"
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 1000))) if name not in taken)


def _save(found: OwnGuide, texts: Mapping[str, str], plan: str) -> None:
    number = found.revisions[-1].number + 1 if found.revisions else 1
    found.texts, found.plan = dict(texts), plan
    found.revisions.append(GuideRevision(number=number, texts=dict(texts), plan=plan))
    del found.revisions[:-MOST_REVISIONS]
    _changed(found)


def _changed(found: OwnGuide) -> None:
    db.session.flush()
    clock = hall_clock(found.event_id)
    if clock and clock.guide == found.name:
        record_clock(found.event_id, with_screens=True)
