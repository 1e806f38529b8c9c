"""The commands as one types them."""

import os
import subprocess
from pathlib import Path

from tests.system.conftest import OPENSPACE, free_port, start


def run(*words, data: Path, **settings: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "OPENSPACE_DATA": str(data), **settings}
    environment.pop("DATABASE_URL", None)
    return subprocess.run([OPENSPACE, *map(str, words)], env=environment, capture_output=True, text=True, check=False)


def test_an_event_goes_from_one_machine_to_another_while_its_server_runs(tmp_path):
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "backup.zip"
    run("event", "create", "Seminar", "--from", "2026-06-03", data=here)
    server = start(here, free_port())
    try:
        made = run("backup", file, data=here)
        refused = run("restore", file, "--replace", data=here)
    finally:
        server.kill()
        server.wait()
    done = run("restore", file, data=there)

    assert (made.returncode, made.stderr) == (0, "")
    assert "tables" in made.stdout
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "Error: A server runs on this data folder. Stop it, restore, and start it again.\n"
    assert (done.returncode, done.stderr) == (0, "")
    assert "event: 1\n" in done.stdout
    assert run("event", "list", data=there).stdout.startswith("seminar\t")
    assert (there / "secret_key").read_text() == (here / "secret_key").read_text()


def test_what_cannot_be_is_said_in_a_line(tmp_path):
    here = tmp_path / "here"
    run("event", "create", "Seminar", "--from", "2026-06-03", data=here, SECRET_KEY="of the environment")
    made = run("backup", tmp_path / "backup.zip", data=here, SECRET_KEY="of the environment")
    other = run("restore", tmp_path / "backup.zip", data=tmp_path / "there")
    absent = run("restore", tmp_path / "absent.zip", data=tmp_path / "there")

    assert made.stderr == "The secret key is not in it, because it is in SECRET_KEY: keep it elsewhere.\n"
    assert other.stderr == "SECRET_KEY is not the one of the backup: everybody has to sign in anew.\n"
    assert absent.stderr == f"Error: There is no file {tmp_path / 'absent.zip'}.\n"
    assert (made.returncode, other.returncode, absent.returncode) == (0, 0, 1)


def test_a_backup_that_is_killed_leaves_the_older_file(tmp_path):
    here, file = tmp_path / "here", tmp_path / "backup.zip"
    run("event", "create", "Seminar", "--from", "2026-06-03", data=here)
    file.write_bytes(b"the one of yesterday")
    environment = {**os.environ, "OPENSPACE_DATA": str(here)}
    process = subprocess.Popen([OPENSPACE, "backup", str(file)], env=environment)

    while not list(tmp_path.glob(".backup.zip.*")):
        assert process.poll() is None
    process.kill()
    process.wait()

    assert file.read_bytes() == b"the one of yesterday"
    assert run("backup", file, data=here).returncode == 0
