"""What a person is shown when something went wrong: always in words of theirs, and never by asking the database."""

import os

import pytest
from sqlalchemy import event as sqlalchemy_event

from openspace import create_app
from openspace.events.models import Event
from openspace.extensions import db, limiter
from openspace.store import database
from openspace.web.errors import Problem
from tests.factories import Hall

GERMAN = {"Accept-Language": "de"}
OURS = "Bei uns ist etwas schiefgegangen"
NO_PREFERENCE = {"Accept-Language": "xx"}


def break_transaction() -> None:
    """Leave the session in a transaction that the database has failed."""
    db.session.add(Event(slug="without all the rest"))
    db.session.flush()


def close_connection() -> None:
    """Lose the connection in the middle of a request."""
    db.session.connection().connection.dbapi_connection.close()
    db.session.execute(db.text("SELECT 1"))


def refuse() -> None:
    """Refuse as an action does."""
    raise Problem


@pytest.fixture
def ask_failing(hall: Hall, monkeypatch):
    """Asks for a page of the event whose view does `fail`; counts what the database is asked afterwards."""
    monkeypatch.setitem(hall.app.config, "PROPAGATE_EXCEPTIONS", False)
    with hall.app.app_context():
        engine = db.engine
    asked = []

    def listen(*args) -> None:
        asked.append(args[2])

    def ask(fail, who: str = "participant", method: str = "GET", **headers):
        def view(**values):
            try:
                fail()
            finally:
                asked.clear()

        endpoint = {"GET": "board.my_day", "PUT": "interests.put"}[method]
        path = {"GET": "me/day", "PUT": "topics/1/interest"}[method]
        monkeypatch.setitem(hall.app.view_functions, endpoint, view)
        return hall.ask(who).open(hall.url(path), method=method, headers=headers), asked

    sqlalchemy_event.listen(engine, "before_cursor_execute", listen)
    yield ask
    sqlalchemy_event.remove(engine, "before_cursor_execute", listen)


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("fail", [break_transaction, close_connection])
def test_error_page_in_a_broken_transaction_speaks_the_persons_language(ask_failing, fail, method):
    answer, asked = ask_failing(fail, method=method, **GERMAN)
    page = answer.get_data(as_text=True)

    assert answer.status_code in {500, 503}
    assert '<html lang="de"' in page
    assert 'class="brand"' in page
    assert (OURS in page) == (answer.status_code == 500)
    assert asked == []


def test_error_page_in_a_broken_transaction_leads_back_to_the_board(ask_failing, hall):
    page = ask_failing(break_transaction, **GERMAN)[0].get_data(as_text=True)

    assert f'href="/{hall.slug}/"' in page
    assert "Інновації громад" in page


def test_error_page_without_a_preferred_language_is_in_the_events_first(ask_failing):
    page = ask_failing(break_transaction, **NO_PREFERENCE)[0].get_data(as_text=True)

    assert '<html lang="uk"' in page


def test_error_in_a_broken_transaction_is_told_in_json_too(ask_failing):
    answer, asked = ask_failing(break_transaction, **GERMAN, Accept="application/json")

    assert answer.status_code == 500
    assert OURS in answer.get_json()["says"]
    assert asked == []


@pytest.mark.parametrize("who", ["stranger", "participant"])
def test_refusal_is_drawn_without_asking_the_database(ask_failing, who):
    answer, asked = ask_failing(refuse, who, **GERMAN)

    assert answer.status_code == 400
    assert '<html lang="de"' in answer.get_data(as_text=True)
    assert asked == []


@pytest.mark.parametrize("fail", [break_transaction, close_connection])
def test_next_write_after_a_broken_transaction_works(ask_failing, hall, fail):
    ask_failing(fail, method="PUT")

    assert hall.ask("convener").put(hall.url("topics/2/withdrawal")).status_code == 303
    assert hall.ask("convener").get(hall.url()).status_code == 200


def gone(kind: str, folder) -> dict:
    """The configuration of an app whose database is gone: a server that does not answer, a file that is none."""
    if kind == "postgresql":
        return {"DATA": folder, "SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://nobody@127.0.0.1:9/none"}
    return {"DATA": folder}


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
@pytest.mark.parametrize("path", ["/", "/some-event/", "/some-event/market", "/some-event/me/day", "/link/abc"])
def test_error_page_needs_no_database_at_all(tmp_path, kind, path):
    limiter.enabled = True
    app = create_app(gone(kind, tmp_path))
    limiter.enabled = False
    if kind == "sqlite":
        with app.app_context():
            database.upgrade()
            db.engine.dispose()
        file = tmp_path / "openspace.sqlite"
        file.write_bytes(os.urandom(8192))
        for more in tmp_path.glob("openspace.sqlite-*"):
            more.unlink()

    answer = app.test_client().get(path, headers=GERMAN)

    assert answer.status_code in {500, 503}
    assert '<html lang="de"' in answer.get_data(as_text=True)
    assert "Open Space" in answer.get_data(as_text=True)
