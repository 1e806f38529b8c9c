"""The command line as one types it."""

import json
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from openspace import cli
from openspace.bench.pages import board_page
from tests.system.conftest import OPENSPACE, command


def refused(*words: str, data: Path) -> str:
    """What a command says when it refuses."""
    done = subprocess.run([OPENSPACE, "--data", data, *words], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def without_events(tmp_path_factory):
    """A data folder for commands that are refused and so leave nothing in it."""
    return tmp_path_factory.mktemp("refused")


@pytest.fixture
def type_in(without_events, monkeypatch):
    """Types words of a command in this process; returns the exit status and what it says on standard error."""
    monkeypatch.setenv("OPENSPACE_DATA", str(without_events))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def typed(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli.commands, words)
        # Click turns what it knows into an exit; any other exception would be a traceback.
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stderr

    return typed


def test_an_event_is_created_listed_and_linked(tmp_path):
    spaces = ("--space", "Main hall:40", "--space", "Library:12")
    made = command("event", "create", "Seminar", "--from", "2026-06-03", "--to", "2026-06-04", *spaces, data=tmp_path)
    listed = command("event", "list", data=tmp_path)
    link = command("link", "seminar", "--role", "facilitator", data=tmp_path, OPENSPACE_BASE_URL="https://example.org")

    assert made.startswith("seminar\tSeminar\tjoin code ")
    assert listed.startswith("seminar\tSeminar\t2026-06-03–2026-06-04\t")
    assert link.startswith("facilitator: https://example.org/link/")


def test_the_demo_prints_five_named_links(tmp_path):
    names = [line.split(": ")[0] for line in command("demo", data=tmp_path).splitlines()]

    assert names == ["organiser", "facilitator", "programme", "participant", "projector"]


def test_the_photos_and_films_of_the_demo_are_prepared_by_a_worker_that_then_goes(tmp_path):
    command("demo", data=tmp_path)
    command("worker", "--at-once", "2", "--until-done", data=tmp_path)

    with sqlite3.connect(tmp_path / "openspace.sqlite") as database:
        found = database.execute(
            "SELECT story_id, kind, width > height FROM story_medium WHERE state = 'ready' AND alt <> ''"
        ).fetchall()
        lasting = database.execute("SELECT seconds, subtitles FROM story_medium WHERE kind = 'film'").fetchall()
        left = database.execute("SELECT count(*) FROM upload").fetchone()
    in_stories = Counter(story for story, _, _ in found)
    assert len(in_stories) >= 9
    assert max(in_stories.values()) == 3
    assert any(not is_wide for _, _, is_wide in found)
    assert [6 <= seconds <= 10 and len(json.loads(lines)) == 3 for seconds, lines in lasting] == [True, True]
    assert left == (0,)


def test_the_database_is_brought_up_to_date_once_and_copied_before(tmp_path):
    first = command("db", "upgrade", data=tmp_path)

    assert first == command("db", "upgrade", data=tmp_path)
    assert (tmp_path / "openspace.sqlite").exists()


def test_the_board_costs_the_same_number_of_queries_at_any_size():
    small, large = list(board_page(60))[1:]

    assert (small.split()[0], large.split()[0]) == ("10", "60")
    assert small.split()[1] == large.split()[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("event", "create", "X", "--from", "2026-06-03"), "2 to 120 characters"),
        (("event", "create", "Seminar", "--from", "2026-06-03", "--to", "2026-06-01"), "before the first"),
        (("event", "create", "Seminar", "--from", "2026-06-03", "--zone", "Mars/Base"), "Mars/Base"),
        (("event", "create", "Seminar", "--from", "2026-06-03", "--languages", "uk,xx"), "uk,xx"),
        (("event", "create", "Seminar", "--from", "2026-06-03", "--space", "Hall"), "a colon"),
        (("event", "create", "Seminar", "--from", "2026-06-03", "--space", "\u2800:40"), "a colon"),
        (("event", "create", "\u3164\u2800\u200d", "--from", "2026-06-03"), "2 to 120 characters"),
        (("link", "nothing", "--role", "organiser"), "no event nothing"),
        (("run", "--port", "99999"), "99999"),
        (("run", "--workers", "0"), "0"),
    ],
)
def test_bad_words_are_refused_in_words(type_in, words, says):
    status, told = type_in(*words)

    assert status != 0
    assert says in told


def test_a_refusal_is_the_status_of_the_process(tmp_path):
    words = ("event", "create", "Seminar", "--from", "2026-06-03", "--to", "2026-06-01")

    assert "before the first" in refused(*words, data=tmp_path)


def test_a_port_in_use_is_told(tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        assert "Try --port" in refused("run", "--port", str(taken.getsockname()[1]), data=tmp_path)
