"""Files on a disk when processes are killed, the disk is full, or two write at once; and who may read them."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from openspace.config import make_private
from openspace.store.disk import Disk
from openspace.store.files import Full, Missing

CONTENT = os.urandom(1_000_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
PUT = "import sys; from openspace.store.disk import Disk; from pathlib import Path; disk = Disk(Path(sys.argv[1]));"
# Puts what comes on standard input, after it has said that it is there.
PUT_INPUT = f"{PUT} print('ready', flush=True); print(disk.put(sys.stdin.buffer).digest)"
# The process may write no file of more than 300,000 bytes.
PUT_LIMITED = f"""{PUT}
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
from openspace.store.files import Full
for put in (lambda: disk.put(open(sys.argv[2], "rb")), lambda: disk.put_piece("7/0", open(sys.argv[2], "rb").read())):
    try:
        put()
    except Full as full:
        print(full.status)
"""


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "media")


def putting(disk: Disk) -> subprocess.Popen:
    """A process that puts what it is sent, ready to read."""
    words = [sys.executable, "-c", PUT_INPUT, disk.folder]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    return process


def files(disk: Disk) -> list[Path]:
    """All files in the folder but the lock."""
    return [path for path in disk.folder.rglob("*") if path.is_file() and path.name != "lock"]


def test_processes_that_put_the_same_at_once_make_one_file(disk):
    processes = [putting(disk) for _ in range(4)]
    for part in (CONTENT[:500_000], CONTENT[500_000:]):
        for process in processes:
            process.stdin.write(part)
            process.stdin.flush()

    assert [process.communicate()[0].strip() for process in processes] == [DIGEST.encode()] * 4
    assert [path.stat().st_size for path in files(disk)] == [len(CONTENT)]


def test_who_is_killed_in_the_middle_leaves_nothing_that_could_be_taken_for_a_file(disk):
    process = putting(disk)
    process.stdin.write(CONTENT[:-1])
    process.stdin.flush()
    deadline = time.monotonic() + 20
    while not any(path.stat().st_size > 500_000 for path in files(disk)) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    (left,) = files(disk)
    assert left.parent.name == "begun"
    assert list(disk.list()) == []
    with pytest.raises(Missing):
        disk.open(hashlib.sha256(left.read_bytes()).hexdigest())
    disk.tidy(older_than=datetime.now(UTC) - timedelta(hours=1))
    assert left.exists()
    disk.tidy(older_than=datetime.now(UTC) + timedelta(hours=1))
    assert files(disk) == []


def test_who_may_write_no_more_is_told_so_and_leaves_nothing(disk, tmp_path):
    (tmp_path / "film").write_bytes(CONTENT)
    words = [sys.executable, "-c", PUT_LIMITED, disk.folder, tmp_path / "film"]

    done = subprocess.run(words, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["507", "507"]
    assert files(disk) == []


def test_a_full_disk_is_told_and_what_was_there_before_stays(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.strip()}")
    try:
        disk = Disk(folder / "media")
        small = disk.put(BytesIO(b"small")).digest
        for put in (lambda: disk.put(BytesIO(CONTENT)), lambda: disk.put_piece("7/0", CONTENT)):
            with pytest.raises(Full):
                put()
        assert [path.read_bytes() for path in files(disk)] == [b"small"]
        assert disk.size(small) == 5
        disk.put(BytesIO(CONTENT[:300_000]))
    finally:
        subprocess.run(["umount", folder], check=True)


def test_what_is_deleted_is_read_to_its_end_by_who_has_begun(disk):
    disk.put(BytesIO(CONTENT))
    blocks = disk.read(DIGEST, 0, len(CONTENT))
    first = next(blocks)
    disk.delete(DIGEST)

    assert first + b"".join(blocks) == CONTENT


def test_other_accounts_can_read_nothing(tmp_path):
    (tmp_path / "data").mkdir(mode=0o755)
    disk = Disk(tmp_path / "data" / "media")
    disk.put(BytesIO(CONTENT))
    disk.put_piece("7/0", b"x")
    modes = {path: path.stat().st_mode & 0o777 for path in [disk.folder, *disk.folder.rglob("*")]}

    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    disk.folder.chmod(0o755)
    make_private(tmp_path / "data")
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "data", disk.folder)] == [0o700, 0o700]
