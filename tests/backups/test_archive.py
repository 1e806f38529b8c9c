"""A file that is no backup, or one that was damaged or made up, is refused before anything is touched."""

import json
import shutil
import zipfile
from contextlib import closing
from dataclasses import asdict

import pytest

from openspace.backups import actions, restoring
from openspace.backups.archive import Archive, Unusable
from tests.backups.conftest import furnish, rows_of


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A backup of an installation on SQLite."""
    from tests.backups.conftest import app_on

    hall = furnish(app_on(tmp_path_factory.mktemp("whole")))
    path = tmp_path_factory.mktemp("backup") / "whole.zip"
    with hall.app.app_context():
        actions.make(path)
    return path


@pytest.fixture
def there(install):
    """An installation that must stay as it is."""
    return furnish(install("there")).app


def refused(app, path, words=None):
    """Restore and be refused, without an effect on rows, files or key."""
    files = {each: each.read_bytes() for each in (app.config["DATA"] / "media").rglob("*") if each.is_file()}
    key = (app.config["DATA"] / "secret_key").read_text()
    before = rows_of(app)
    with app.app_context(), pytest.raises(Unusable, match=words):
        restoring.restore(path, replace=True)
    assert rows_of(app) == before
    assert {each: each.read_bytes() for each in files} == files
    assert (app.config["DATA"] / "secret_key").read_text() == key
    assert not list(app.config["DATA"].glob("restoring-*"))
    assert not list(app.config["DATA"].glob("before-restore-*"))


def changed(whole, path, change=lambda told: None, names=lambda name: name, more=()):
    """Write the backup anew, with another manifest, other names of its files, or more of them."""
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for about in source.infolist():
            content = source.read(about)
            if about.filename == "manifest.json":
                told = json.loads(content)
                told["entries"] = {names(name): entry for name, entry in told["entries"].items()}
                change(told)
                content = json.dumps(told).encode()
            target.writestr(names(about.filename), content)
        for about, content in more:
            target.writestr(about, content)
    return path


def test_every_byte_that_is_flipped_or_missing_is_noticed(there, whole, tmp_path):
    content = whole.read_bytes()
    path = tmp_path / "damaged.zip"
    places = [*range(0, len(content), len(content) // 12), len(content) - 1]

    for place in places:
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        # What no reader looks at, such as the time of a file, changes nothing in it.
        if not is_sound(path):
            refused(there, path)
        path.write_bytes(content[:place])
        refused(there, path)

    flipped = sum(1 for place in places if not is_sound(flip(path, content, place)))
    assert flipped >= len(places) - 2


def flip(path, content, place):
    path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
    return path


def is_sound(path):
    try:
        Archive(path).check()
    except Unusable:
        return False
    return True


def test_other_files_are_no_backups(there, whole, tmp_path):
    nothing, text = tmp_path / "nothing.zip", tmp_path / "text.zip"
    nothing.touch()
    text.write_text("not a backup")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("manifest.json", "[]")

    for path in (nothing, text, tmp_path / "other.zip"):
        refused(there, path, "no backup")
    refused(there, tmp_path / "absent.zip", "no file")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"format": 2, "version": "9.0"}, "newer version, 9.0"),
        ({"schema": "9999", "version": "9.0"}, "newer version, 9.0"),
        ({"schema": "0001"}, "database is damaged"),
        ({"database": "/etc/passwd"}, "no backup"),
        ({"database": "database.pgdump"}, "--portable"),
        ({"rows": {"topic": 999}}, "other rows"),
        ({"rows": {"no_such_table": 1}}, "other rows"),
        ({"rows": 5}, "no backup"),
        ({"entries": {}}, "files that its manifest names"),
        ({"more": "than known"}, "no backup"),
    ],
)
def test_a_manifest_that_lies_is_refused(there, whole, tmp_path, told, words):
    refused(there, changed(whole, tmp_path / "lies.zip", lambda manifest: manifest.update(told)), words)


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "media/../evil", "media/zz/" + "0" * 62, "pieces/a/../b"])
def test_a_file_that_is_no_part_of_a_backup_is_refused(there, whole, tmp_path, name):
    entry = [4, "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589"]

    def tell(manifest):
        manifest["entries"][name] = entry

    refused(there, changed(whole, tmp_path / "odd.zip", tell, more=[(name, b"abcd")]), "no part of a backup")
    refused(there, changed(whole, tmp_path / "odd.zip", more=[(name, b"abcd")]), "files that its manifest names")


def test_a_symbolic_link_is_refused(there, whole, tmp_path):
    about = zipfile.ZipInfo("secret_key")
    about.external_attr = 0o120777 << 16

    def without_key(manifest):
        manifest["entries"]["secret_key"] = [11, "0" * 64]

    def renamed(name):
        return name.replace("secret_key", "pieces/x1")

    path = changed(whole, tmp_path / "link.zip", without_key, names=renamed)

    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(about, "/etc/passwd")

    refused(there, path, "no part of a backup")


def test_what_would_unpack_to_more_than_there_is_room_for_is_refused(there, whole, tmp_path):
    """The size that a file unpacks to is never more than the manifest says, and that is compared with the room."""
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(whole) as source:
        told = json.loads(source.read("manifest.json"))
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("database.sqlite", bytes(50_000_000))
        told["entries"] = {"database.sqlite": [1000, "0" * 64]}
        target.writestr("manifest.json", json.dumps(told))

    refused(there, bomb, "another size")


def test_files_that_lie_within_each_other_are_refused(there, whole, tmp_path):
    """The trick of a small archive that unpacks to petabytes: many names for the same bytes."""
    path = tmp_path / "overlapping.zip"
    with zipfile.ZipFile(whole) as source:
        told = json.loads(source.read("manifest.json"))
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("database.sqlite", bytes(100_000))
        first = target.infolist()[0]
        told["entries"] = {"database.sqlite": [100_000, "0" * 64]}
        for number in range(9):
            name = f"pieces/x{number}"
            told["entries"][name] = [100_000, "0" * 64]
            again = zipfile.ZipInfo(name)
            for field in ("header_offset", "CRC", "file_size", "compress_size"):
                setattr(again, field, getattr(first, field))
            target.filelist.append(again)
            target.NameToInfo[name] = again
        target.writestr("manifest.json", json.dumps(told))

    refused(there, path, "within each other")


def test_a_database_with_code_in_it_is_refused(there, whole, tmp_path):
    import hashlib
    import sqlite3

    database = tmp_path / "database.sqlite"
    with zipfile.ZipFile(whole) as source:
        database.write_bytes(source.read("database.sqlite"))
        told = json.loads(source.read("manifest.json"))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TRIGGER evil AFTER INSERT ON topic BEGIN DELETE FROM member; END")
    content = database.read_bytes()
    told["entries"] = {"database.sqlite": [len(content), hashlib.sha256(content).hexdigest()]}
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as target:
        target.writestr("database.sqlite", content)
        target.writestr("manifest.json", json.dumps(told))

    refused(there, tmp_path / "evil.zip", "damaged")


def test_a_backup_is_for_this_account_alone_and_takes_the_place_of_an_older_one(there, tmp_path):
    path = tmp_path / "backup.zip"
    path.write_text("an older one")
    path.chmod(0o644)

    with there.app_context():
        made = actions.make(path)

    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("manifest.json")) == json.loads(json.dumps(asdict(made)))
    assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == ["backup.zip"]


def test_a_file_that_is_missing_or_rotten_is_told_and_stops_nothing(there, tmp_path):
    (film,) = (each for each in (there.config["DATA"] / "media").glob("??/*"))
    digest = film.parent.name + film.name

    film.write_bytes(b"rotten")
    with there.app_context():
        rotten = actions.make(tmp_path / "rotten.zip")
    film.unlink()
    with there.app_context():
        missing = actions.make(tmp_path / "missing.zip")

    assert (rotten.missing, rotten.media) == ([digest], [])
    assert (missing.missing, missing.media) == ([digest], [])
    shutil.rmtree(tmp_path / "there" / "media")
    with there.app_context():
        assert restoring.restore(tmp_path / "rotten.zip", replace=True).files == 0


def test_what_is_no_file_is_refused_in_words(there, tmp_path):
    with there.app_context():
        with pytest.raises(Unusable, match="is a folder"):
            actions.make(tmp_path)
        with pytest.raises(Unusable, match="cannot be written"):
            actions.make(tmp_path / "no such folder" / "backup.zip")
