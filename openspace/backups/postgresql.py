"""PostgreSQL's own programs, pg_dump, pg_restore and psql: which are there, and running them."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from openspace.backups.archive import Unusable
from openspace.extensions import db
from openspace.store.files import BLOCK

# What belongs to the server rather than to the data.
_WITHOUT = ("--no-owner", "--no-privileges", "--no-comments", "--no-publications", "--no-subscriptions")


def version(program: str) -> int:
    """The first number of the version of a program; 0 if it is not there, or not to be run."""
    path = shutil.which(program)
    if not path:
        return 0
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  # its path
    found = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(found[1]) if found and not told.returncode else 0


def can_dump(connection: Connection) -> bool:
    """Whether pg_dump is there, and no older than the server."""
    raw: Any = connection.connection.dbapi_connection
    server: int = raw.info.server_version // 10_000
    return version("pg_dump") >= server


def dump(snapshot: str) -> Iterator[bytes]:
    """Yield what pg_dump writes of an exported snapshot, in its custom format."""
    words = ["pg_dump", "--format=custom", f"--snapshot={snapshot}", *_WITHOUT]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()) as process:  # noqa: S603
        assert process.stdout  # because it is a pipe
        assert process.stderr
        try:
            while block := process.stdout.read(BLOCK):
                yield block
            said = process.stderr.read().decode(errors="replace")
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise Unusable(f"pg_dump has failed: {said.strip()}")


def restore(dumped: Path, tables: list[str]) -> None:
    """Bring a file of pg_dump back in one transaction, which first drops these tables."""
    names = ", ".join(f'"{name}"' for name in tables)
    drop = ["--command", f"DROP TABLE {names} CASCADE"] if tables else []
    # Its script ends without COMMIT, so that nothing is changed unless pg_restore has written all of it.
    write = ["pg_restore", "--file=-", *_WITHOUT, str(dumped)]
    run = ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command=BEGIN", *drop, "--file=-"]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with (
        subprocess.Popen(run, stdin=pipe, stdout=nothing, stderr=pipe, env=_environment()) as psql,  # noqa: S603
        subprocess.Popen(write, stdout=pipe, stderr=pipe, env=_environment()) as script,  # noqa: S603
    ):
        assert psql.stdin and psql.stderr and script.stdout and script.stderr  # because they are pipes  # noqa: PT018
        try:
            while block := script.stdout.read(BLOCK):
                psql.stdin.write(block)
            if script.wait() == 0:
                psql.stdin.write(b"\nCOMMIT;\n")
            psql.stdin.close()
        except BrokenPipeError:
            script.kill()
        told = script.stderr.read() + psql.stderr.read()
        psql.stdin = None
    if script.returncode or psql.returncode:
        raise Unusable(
            f"PostgreSQL has refused the backup, and nothing has changed: {told.decode(errors='replace').strip()}"
        )


def _environment() -> dict[str, str]:
    """The variables by which the programs find the database: on a command line others would read the password."""
    from psycopg import conninfo, pq  # here because it is large, and SQLite does without

    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    variables = {option.keyword.decode(): option.envvar for option in pq.Conninfo.get_defaults()}
    found = {variables[name]: str(value) for name, value in conninfo.conninfo_to_dict(url).items()}
    return os.environ | {variable.decode(): value for variable, value in found.items() if variable}
