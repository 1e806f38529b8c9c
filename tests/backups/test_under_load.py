"""A backup while fifty people write: they go on, and what was answered before it began is in it."""

import contextlib
import os
import subprocess
import threading
import time
from collections import Counter

from sqlalchemy import text

from openspace.backups import restoring
from openspace.board.models import Topic
from openspace.extensions import db
from tests.live.conftest import serving
from tests.load.kills import Writer
from tests.system.conftest import OPENSPACE

PEOPLE = 50


class Noting(Writer):
    """A person who posts topics, and notes when each was answered, until told to stop."""

    def __init__(self, server, name, stopped) -> None:
        super().__init__(server, name)
        self.stopped, self.times = stopped, {}

    def run(self) -> None:
        number = 0
        while not self.stopped.is_set():
            number += 1
            title = f"{self.name} {number}"
            # On a busy machine an answer may be late. Sent again under its key the topic is posted once.
            while title not in self.times:
                with contextlib.suppress(OSError):
                    self.send(title)
                    self.times[title] = time.monotonic()


def test_a_backup_while_fifty_people_write_has_all_that_was_answered_before(form, install, tmp_path):
    source, target = install("source", form), install("target", form)
    settings = {"SQLALCHEMY_DATABASE_URI": source.config["SQLALCHEMY_DATABASE_URI"]} if form != "sqlite" else {}
    environment = {**os.environ, "OPENSPACE_DATA": str(source.config["DATA"])}
    environment |= {"DATABASE_URL": settings["SQLALCHEMY_DATABASE_URI"]} if settings else {}
    (source.config["DATA"] / "openspace.sqlite").unlink(missing_ok=True)
    server = serving(source.config["DATA"], **settings)
    stopped = threading.Event()
    people = [Noting(server, f"Person {number}", stopped) for number in range(PEOPLE)]
    try:
        for each in people:
            each.start()
        wait_for(lambda: all(each.times for each in people))
        began = time.monotonic()
        words = [OPENSPACE, "backup", str(tmp_path / "backup.zip")]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        ended = time.monotonic()
    finally:
        stopped.set()
        for each in people:
            each.join()
        server.process.kill()
        server.process.wait()
    assert done.returncode == 0, done.stderr

    answered = {title: at for each in people for title, at in each.times.items()}
    before = {title for title, at in answered.items() if at < began}
    assert [title for title, at in answered.items() if began < at < ended], "people went on while it was made"
    with target.app_context():
        restored = restoring.restore(tmp_path / "backup.zip")
        titles = [title for title in db.session.scalars(db.select(Topic.title)) if title.startswith("Person")]
        if form == "sqlite":
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    assert before <= set(titles) <= set(answered)
    assert max(Counter(titles).values()) == 1
    assert restored.rows["topic"] == restored.manifest.rows["topic"]


def wait_for(condition) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
