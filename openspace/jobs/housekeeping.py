"""The job that removes files which no row names any more, and when it is enqueued."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from openspace.jobs import queue
from openspace.jobs.kinds import job
from openspace.jobs.run import Run
from openspace.store import media

SWEEP = "media.sweep"


@job(SWEEP, title=_l("Files that are no longer needed are removed"), seconds=900)
def sweep(run: Run) -> None:
    """Remove the files that no row names. An attempt that is repeated removes what is left."""
    media.sweep()


def enqueue_sweep() -> None:
    """Enqueue a sweep, unless there was never a file; within the running transaction.

    Called every hour and not for each deletion: what is younger than an hour stays anyway, and rows go by cascades and
    bulk statements that no listener sees. Nobody reaches a file without its row meanwhile.
    """
    if media.store().is_used:
        queue.enqueue(SWEEP, {}, within=timedelta(hours=1))
