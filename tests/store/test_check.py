"""`openspace db check`, and what else of the store is told on the command line."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Column, MetaData, String, Table

from openspace.cli import commands
from openspace.extensions import limiter
from openspace.store import media
from openspace.store.disk import Disk

pictures = Table("test_picture", MetaData(), Column("digest", String(64)))


@pytest.fixture
def openspace(tmp_path, monkeypatch):
    """Runs a command on a data folder of its own, with one column that names files."""
    monkeypatch.setenv("OPENSPACE_DATA", str(tmp_path))
    monkeypatch.setattr(media, "_columns", [pictures.c.digest])
    monkeypatch.setattr(limiter, "enabled", True)

    def run(*words: str, **variables: str) -> Result:
        return CliRunner().invoke(commands, words, env=variables)

    run("db", "upgrade")
    with closing(sqlite3.connect(tmp_path / "openspace.sqlite")) as database:
        database.execute("CREATE TABLE test_picture (digest TEXT)")
    return run


def name(folder: Path, digest: str) -> None:
    with closing(sqlite3.connect(folder / "openspace.sqlite")) as database:
        database.execute("INSERT INTO test_picture VALUES (?)", [digest])
        database.commit()


def test_check_counts_and_fails_only_if_files_are_missing(openspace, tmp_path, later):
    disk = Disk(tmp_path / "media")
    name(tmp_path, disk.put(BytesIO(b"named")).digest)
    disk.put(BytesIO(b"nobody's"))
    later(hours=2)

    well = openspace("db", "check")
    name(tmp_path, "f" * 64)
    badly = openspace("db", "check")

    assert (well.exit_code, badly.exit_code) == (0, 1)
    assert well.output.splitlines() == [
        "Files: 2",
        "Files that no row names: 1 (removed by a server within an hour)",
        "Files that rows name and that are missing: 0",
    ]
    assert "Files that rows name and that are missing: 1" in badly.output
    assert "copy them from a backup" in badly.output


@pytest.mark.parametrize("address", ["https://example.org", "s3:", "s3://", "media"])
def test_a_store_that_cannot_be_is_refused_in_words(openspace, address):
    pytest.importorskip("boto3", reason="no boto3 on this machine, which is the client for S3")

    said = openspace("db", "check", OPENSPACE_MEDIA=address)

    assert (said.exit_code, said.output) == (
        1,
        f"Error: OPENSPACE_MEDIA is s3://bucket/prefix or empty, not {address}\n",
    )


def test_a_store_whose_client_is_not_installed_is_refused_in_words(openspace, monkeypatch):
    monkeypatch.delitem(sys.modules, "openspace.store.s3", raising=False)
    monkeypatch.setitem(sys.modules, "boto3", None)

    said = openspace("db", "check", OPENSPACE_MEDIA="s3://bucket")

    assert said.output == "Error: OPENSPACE_MEDIA needs the client for S3: pip install 'openspace[s3]'\n"


def test_check_reads_what_is_in_a_bucket(openspace, tmp_path, bucket, later):
    store = bucket()
    name(tmp_path, store.put(BytesIO(b"named")).digest)
    address = f"s3://{store.bucket}/{store.top}"

    assert "Files: 1\n" in openspace("db", "check", OPENSPACE_MEDIA=address).output


def test_the_client_of_s3_is_loaded_only_where_it_is_configured(tmp_path):
    pytest.importorskip("boto3", reason="no boto3 on this machine, which is the client for S3")
    code = "import sys; from openspace import create_app; create_app(); print('boto3' in sys.modules)"
    asked = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"OPENSPACE_DATA": str(tmp_path), "OPENSPACE_MEDIA": address},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for address in ("", "s3://bucket")
    ]

    assert asked == ["False", "True"]
