"""Which rows facilitators' steps change when they announce something, so that the journal can undo them."""

from flask_babel import lazy_gettext as _l

from openspace.announcements.actions import record
from openspace.announcements.models import Announcement
from openspace.journal import actions as journal
from openspace.journal.models import name
from openspace.journal.rows import Values, Watched


def _changed(event_id: int, before: Values | None, after: Values | None) -> None:
    record(event_id, (after or before or {})["id"])


journal.watch(
    Watched(
        Announcement,
        key=("id",),
        columns=("texts", "said_at", "ends_at", "on_phones", "on_screens", "taken_back_at"),
        of=lambda event_id: Announcement.event_id == event_id,
        changed=_changed,
    )
)

name("announcements.announce", _l("“%(text)s” announced"))
name("announcements.edit", _l("“%(text)s”: the announcement was changed"))
name("announcements.take_back", _l("“%(text)s”: the announcement was taken back"))
name("announcements.bring_back", _l("“%(text)s”: the announcement was brought back"))
