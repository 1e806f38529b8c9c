"""What runs beside the requests of a serving process."""

import ctypes
import gc

from flask import Flask

from openspace import writes
from openspace.access import presence, security_log
from openspace.applications import actions as applications
from openspace.backups import nightly
from openspace.commitments import actions as commitments, jobs as follow_up
from openspace.contacts import actions as contacts
from openspace.convergence import closing
from openspace.exports import jobs as exports
from openspace.jobs import housekeeping, periodic, queue, watch
from openspace.jobs.supervisor import Supervisor
from openspace.live import tasks as live
from openspace.live.hub import hub
from openspace.notes import asking, photo_actions as note_photos
from openspace.store import database
from openspace.stories import actions as stories, media_actions as story_media
from openspace.uploads import actions as uploads

# Requests make few cycles; Python looks for them after every 700 new objects.
COLLECTED_AT = (10_000, 20, 20)
# Seconds.
MINUTE, HOUR = 60.0, 3600.0
# What is deleted when its time is over, by the name under which each run is noted.
DELETED_HOURLY: dict[str, periodic.Work] = {
    "answers": writes.forget_old,
    "files": housekeeping.enqueue_sweep,
    "cards": contacts.delete_expired_cards,
    "questions about commitments": commitments.lapse_due,
    "jobs": watch.forget_old,
    "security log": security_log.forget_old,
    "stories": stories.delete_taken_down,
    "media of stories": story_media.give_up_waiting,
    "photos in notes": note_photos.delete_removed,
    "photos on the way": note_photos.give_up_waiting,
    "uploads": uploads.discard_expired,
    "applications": applications.forget_old,
}


def start(app: Flask) -> None:
    """Begin; called once by a serving process, after gevent has patched."""
    supervisor = Supervisor(app, when_done=hub.wake)
    live.start(app, {queue.CALL: supervisor.wake})
    supervisor.start()
    # Who is here each process knows of its own pages, and the files that SQLite keeps are of one machine.
    periodic.in_each_process(app, presence.note, every=MINUTE)
    periodic.in_each_process(app, database.forget_deleted, every=MINUTE)
    periodic.in_each_process(app, database.forget_copies, every=HOUR)
    periodic.for_each(app, closing.close, closing.due, every=closing.OFTEN)
    for name, work in DELETED_HOURLY.items():
        periodic.once_for_all(app, name, work, every=HOUR)
    periodic.once_for_all(app, "power-cut sheets", exports.enqueue_due, every=exports.PAUSE)
    periodic.once_for_all(app, "asking for notes", asking.ask_due, every=MINUTE)
    periodic.once_for_all(app, "follow-up of commitments", follow_up.look, every=follow_up.PAUSE)
    if app.config["BACKUPS"]:
        periodic.once_for_all(app, "nightly backup", nightly.enqueue_if_due, every=HOUR)
    _settle_memory()


def _settle_memory() -> None:
    """What is loaded now stays, and the collector need not look at it again; what was needed for loading goes back."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AT)
    # glibc keeps what was freed; another C library has no such call.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
