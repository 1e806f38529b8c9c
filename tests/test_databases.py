"""What one test has done is not met by the next: the database is put back, and nothing that was drawn is kept."""

import gc

import pytest
from sqlalchemy import text

from openspace.extensions import db
from openspace.web.cache import LruCache
from tests.factories import Hall


def rows(app) -> dict[str, list[tuple]]:
    """What stands in each table."""
    with app.app_context():
        names = {*db.metadata.tables, "card_words"}
        found = {name: db.session.execute(text(f'SELECT * FROM "{name}"')).all() for name in names}
    return {name: sorted(map(repr, lines)) for name, lines in found.items() if lines}


@pytest.fixture
def changed(hall) -> Hall:
    """A hall in which people have come, gone, and looked at pages."""
    hall.ask("convener").delete(hall.url("me"))
    hall.ask("stranger").post(hall.url(f"join/{hall.code}"), data={"name": "Нова"})
    hall.ask("participant").get(hall.url())
    return hall


def test_the_hall_is_put_back_as_it_was(app, changed):
    after = rows(app)

    changed.restore()

    as_built = rows(app)
    assert after != as_built
    assert Hall.of(app).ids == changed.ids
    assert rows(app) == as_built
    found = changed.ask("participant").get(changed.url("contacts?q=Оксана"), headers={"Accept": "application/json"})
    assert [card["name"] for card in found.get_json()["cards"]] == ["Оксана Дячук"]
    assert changed.ask("convener").get(changed.url()).status_code == 200


def test_nothing_is_left_in_any_table(app, hall):
    assert {"member", "topic", "seat", "card_words"} <= set(rows(app))

    app.extensions["states"].empty()

    assert rows(app) == {}


def test_every_cache_is_emptied(app, changed):
    kept = LruCache(1)
    kept.get("key", int)
    caches = [each for each in gc.get_objects() if isinstance(each, LruCache)]

    app.extensions["states"].empty()

    assert [each for each in caches if each._values] == []
