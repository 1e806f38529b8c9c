"""What runs beside the requests of a serving process."""

import ctypes
import gc

from flask import Flask

from openspace import upkeep, writes
from openspace.access import presence, security_log
from openspace.contacts import expiry
from openspace.live import tasks as live
from openspace.store import database

# Requests make few cycles; Python looks for them after every 700 new objects.
COLLECTED_AT = (10_000, 20, 20)
# Seconds.
FORGOTTEN_EVERY = 3600.0
DELETED_EVERY = 60.0


def start(app: Flask) -> None:
    """Begin; called once by a serving process, after gevent has patched."""
    live.start(app)
    presence.start(app)
    expiry.start(app)
    upkeep.repeat(app, writes.forget_old, every=FORGOTTEN_EVERY)
    upkeep.repeat(app, security_log.forget_old, every=FORGOTTEN_EVERY)
    upkeep.repeat(app, database.forget_copy, every=FORGOTTEN_EVERY)
    upkeep.repeat(app, database.forget_deleted, every=DELETED_EVERY)
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
