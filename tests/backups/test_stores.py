"""Pictures and films in a bucket are in a backup, and go into a bucket or a folder, whichever there is."""

import os

import pytest

from openspace.backups import actions, restoring
from openspace.extensions import db
from openspace.store import media
from tests.backups.conftest import furnish

pytest.importorskip("boto3", reason="no boto3 on this machine, which is the client for S3")


@pytest.mark.parametrize(("before", "after"), [("s3", "disk"), ("disk", "s3")])
def test_files_move_between_a_folder_and_a_bucket(before, after, install, bucket, tmp_path):
    def place(kind):
        return f"s3://media/{os.urandom(8).hex()}" if kind == "s3" else ""

    house = furnish(install("house", MEDIA=place(before)))
    target = install("target", MEDIA=place(after))

    with house.app.app_context():
        made = actions.make(tmp_path / "backup.zip")
        (digest,) = media.named(db.session.connection())
    with target.app_context():
        restoring.restore(tmp_path / "backup.zip")

        assert media.count() == (1, 0, 0)
        assert [media.store().read_piece(piece.key) for piece in media.store().pieces()] == [b"half a film"]
    assert made.media == [digest]


def test_a_bucket_that_is_away_is_told_in_words(install, bucket, tmp_path, monkeypatch):
    house = furnish(install("house", MEDIA=f"s3://media/{os.urandom(8).hex()}"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    house.app.extensions["media"].__dict__.pop("_client")

    with house.app.app_context(), pytest.raises(actions.Unusable, match="The store of pictures and films says"):
        actions.make(tmp_path / "backup.zip")

    assert not (tmp_path / "backup.zip").exists()
