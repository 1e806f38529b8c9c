"""Rounds are counted when their time is up: each for itself."""

from openspace.convergence import changes, closing
from openspace.convergence.models import DotRound
from openspace.extensions import db
from openspace.jobs import periodic
from openspace.store import transactions
from tests.convergence.rounds import Circle, later


def test_rounds_that_end_together_are_counted_each_for_itself_in_the_order_of_their_events(app, monkeypatch):
    with app.test_request_context(), transactions.writing():
        circles = [Circle(), Circle()]
        events = [circle.event.id for circle in circles]
        # Of the later event the round is the older one.
        db.session.delete(circles[0].round)
        db.session.flush()
        circles[0].prepare()
        for circle in circles:
            circle.start()
    later(400)
    moved, said = changes.moved, []

    def fail_first(event_id: int) -> None:
        said.append(event_id)
        if event_id == events[0]:
            raise ValueError("a mistake")
        moved(event_id)

    monkeypatch.setattr(changes, "moved", fail_first)
    periodic.run_each(app, closing.close, closing.due)

    assert said == events
    with app.app_context():
        counted = db.session.scalars(db.select(DotRound.event_id).where(DotRound.counted_at.is_not(None)))
        assert list(counted) == events[1:]
