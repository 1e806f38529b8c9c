"""Which columns of the event phases change, so that the journal can undo a switch, and how a switch is told."""

from flask_babel import lazy_gettext as _l

from openspace.events.models import Event
from openspace.journal import actions as journal
from openspace.journal.models import name
from openspace.journal.rows import Values, Watched
from openspace.phases import changes
from openspace.phases.rules import Along, Phase


def _changed(event_id: int, before: Values | None, after: Values | None) -> None:
    changes.switched(event_id, proposing="takes_topics" in (after or {}))


journal.watch(
    Watched(
        Event,
        key=("id",),
        columns=("phase", *Along._fields),
        of=lambda event_id: Event.id == event_id,
        changed=_changed,
    )
)

# Each phase has a sentence of its own, so that the list of steps is in the language of who reads it.
_SENTENCES = {
    Phase.BEFORE: _l("Phase: before the start"),
    Phase.OPENING: _l("Phase: opening"),
    Phase.MARKETPLACE: _l("Phase: marketplace"),
    Phase.SESSIONS: _l("Phase: sessions"),
    Phase.NEWS: _l("Phase: evening news"),
    Phase.CLOSING: _l("Phase: closing"),
}
for phase, sentence in _SENTENCES.items():
    name(f"phases.{phase}", sentence)
