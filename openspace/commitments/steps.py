"""Which rows of commitments facilitators' steps change, so that the journal can undo them."""

from flask_babel import lazy_gettext as _l

from openspace.commitments.models import COMMITMENTS, Commitment
from openspace.journal import actions as journal
from openspace.journal.models import name
from openspace.journal.rows import Values, Watched
from openspace.live import log


def _changed(event_id: int, before: Values | None, after: Values | None) -> None:
    log.record(event_id, COMMITMENTS, f"commitment-{(after or before or {})['id']}")


journal.watch(
    Watched(
        Commitment,
        key=("id",),
        columns=("hidden_at",),
        of=lambda event_id: Commitment.event_id == event_id,
        changed=_changed,
    )
)

name("commitments.hide", _l("“%(what)s”: the commitment was hidden"))
name("commitments.show", _l("“%(what)s”: the commitment is shown again"))
