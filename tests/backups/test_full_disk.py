"""A disk that fills while a backup is written leaves the one before as it was, and says so."""

import json
import os
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from openspace.backups import actions, restoring
from openspace.extensions import db
from tests.backups.conftest import app_on
from tests.forks import Forked

# A test may have a path on which they are not.
MOUNT, UMOUNT = shutil.which("mount"), shutil.which("umount")
BEFORE = b"the backup of yesterday"


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 400 KiB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    words = [MOUNT, "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if not MOUNT or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a file system; a limit of the size of files is tested beside this")
    yield folder
    subprocess.run([UMOUNT, str(folder)], check=True)


def back_up(house, path: Path, *, most: int = resource.RLIM_INFINITY) -> tuple[int, str]:
    """Run the command in a process whose files may have so many bytes; returns its status and what it complains of."""
    environment = {"OPENSPACE_DATA": str(house.app.config["DATA"]), "PATH": os.environ["PATH"], "DATABASE_URL": ""}
    if house.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        environment["DATABASE_URL"] = house.app.config["SQLALCHEMY_DATABASE_URI"]
    told = {"words": ["backup", str(path)], "environment": environment, "most": most}
    done = Forked("tests.backups.typed", json.dumps(told))
    return done.wait(120), done.stderr.read()


def is_left_alone(done: tuple[int, str], path: Path) -> bool:
    status, complaint = done
    assert status == 1
    assert "Traceback" not in complaint, complaint
    assert "Exception" not in complaint, complaint
    assert complaint.startswith("Error: ")
    assert path.read_bytes() == BEFORE
    return [each.name for each in path.parent.iterdir()] == [path.name]


def add_film(house) -> None:
    """Store a film of a megabyte and name it by a row, so that files do not fit where the database does."""
    from io import BytesIO

    from openspace.store import media, sqlite
    from openspace.stories.media_models import Rendition

    with house.app.app_context():
        stored = media.store().put(BytesIO(os.urandom(2**20)))
        with sqlite.writing():
            db.session.execute(db.update(Rendition).values(digest=stored.digest))
            db.session.commit()


def test_a_disk_that_fills_leaves_the_older_file(house, tmp_path):
    """The sizes are too small for the copy of the database, for the archive of it, and for the film."""
    add_film(house)
    path = tmp_path / "backups" / "backup.zip"
    path.parent.mkdir()
    path.write_bytes(BEFORE)

    for most in (40_000, 300_000, 1_000_000):
        assert is_left_alone(back_up(house, path, most=most), path)
    assert back_up(house, path)[0] == 0, "it was the disk"


def test_a_file_system_without_room_leaves_the_older_file(house, tiny_disk):
    path = tiny_disk / "backup.zip"
    path.write_bytes(BEFORE)

    add_film(house)
    done = back_up(house, path)

    assert is_left_alone(done, path)


@pytest.mark.parametrize("form", ["sqlite"])
def test_a_restore_onto_a_disk_without_room_changes_nothing(house, tmp_path, tiny_disk):
    add_film(house)
    with house.app.app_context():
        actions.make(tmp_path / "backup.zip")
    target = app_on(tiny_disk)

    with target.app_context(), pytest.raises(actions.Unusable, match=r"needs \d+ MiB"):
        restoring.restore(tmp_path / "backup.zip")

    with target.app_context():
        assert db.inspect(db.engine).get_table_names() == []
        db.engine.dispose()
