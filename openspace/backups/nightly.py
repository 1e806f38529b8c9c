"""The backup that is made every night by a job, in a folder where it takes the place of older ones."""

import re
import shutil
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from openspace.backups import actions
from openspace.backups.archive import Unusable
from openspace.backups.rules import kept
from openspace.clock import now
from openspace.extensions import db
from openspace.jobs import queue
from openspace.jobs.kinds import job
from openspace.jobs.models import Job, State
from openspace.jobs.run import Run

NIGHTLY = "backups.nightly"
# From this hour on, by the clock of the machine.
HOUR = 3
DAY = 24 * 3600.0
_NAME = re.compile(r"openspace-(\d{4}-\d\d-\d\d)\.zip")


@job(NIGHTLY, title=_l("The nightly backup is made"), memory=1024, processor=7200, seconds=6 * 3600)
def back_up(run: Run) -> None:
    """Make the backup of today in the folder `BACKUPS`, and delete those that are kept no longer."""
    if not current_app.config["BACKUPS"]:
        raise Unusable("A worker has no OPENSPACE_BACKUPS: set it where workers run, as for the server.")
    folder = Path(current_app.config["BACKUPS"])
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    manifest = actions.make(folder / f"openspace-{_local(now()).date()}.zip")
    if manifest.missing:
        current_app.logger.warning(
            "backups: %d files that rows name are missing: see openspace db check", len(manifest.missing)
        )
    rotate(folder)


def rotate(folder: Path) -> None:
    """Delete the nightly backups that `rules.kept` lets go, and what was begun and killed; other files stay."""
    backups = dict(_backups(folder))
    for day in set(backups) - kept(backups):
        backups[day].unlink()
    for begun in folder.glob(".openspace-*.zip.*"):
        if time.time() - begun.stat().st_mtime > DAY:
            shutil.rmtree(begun)


def _backups(folder: Path) -> Iterator[tuple[date, Path]]:
    for path in folder.iterdir():
        if found := _NAME.fullmatch(path.name):
            yield date.fromisoformat(found[1]), path


def enqueue_if_due() -> None:
    """Enqueue tonight's backup, unless there is one already; within the running transaction.

    Called every hour: so a server that was off at night makes it in the morning, and one that failed is tried again.
    """
    begins = _local(now()).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if _local(now()) < begins:
        begins -= timedelta(days=1)
    tonight = select(Job.id).where(
        Job.kind == NIGHTLY, Job.created_at >= begins, Job.state.in_([State.WAITING, State.RUNNING, State.DONE])
    )
    if db.session.scalar(tonight.limit(1)) is None:
        queue.enqueue(NIGHTLY, {})


def last_made_at() -> datetime | None:
    """When the last nightly backup was made; None if there is none of the last days."""
    return db.session.scalar(select(func.max(Job.ended_at)).where(Job.kind == NIGHTLY, Job.state == State.DONE))


def _local(moment: datetime) -> datetime:
    return moment.astimezone()
