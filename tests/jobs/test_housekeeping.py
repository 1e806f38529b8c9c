"""Housekeeping runs as a job, in a real worker."""

import os

from openspace.jobs.models import State
from openspace.store import media


def test_the_job_removes_what_nobody_finished(app, crew):
    with app.app_context():
        begun = media.store().folder / "begun" / "half a file"
    begun.parent.mkdir(parents=True, exist_ok=True)
    begun.touch()
    os.utime(begun, (0, 0))

    job = crew.enqueue("media.sweep")
    crew.start()

    assert crew.waits_for(job, State.DONE, State.FAILED).state == State.DONE
    assert not begun.exists()
