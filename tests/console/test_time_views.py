"""Moving times from the console."""

from datetime import timedelta

from openspace.events.models import Slot
from openspace.extensions import db


def test_two_taps_for_one_delay_are_one(hall):
    slot_id = int(hall.cell(2, 0).split("-")[0])
    with hall.app.app_context():
        ends = db.session.get_one(Slot, slot_id).ends_at
    path = f"facilitator/slots/{slot_id}/times?what=end&seen={int(ends.timestamp())}"
    answers = [
        hall.ask(who).put(hall.url(path), data={"minutes": "5", "rest": "y"}).status_code
        for who in ("facilitator", "organiser")
    ]

    assert answers == [303, 409]
    with hall.app.app_context():
        assert db.session.get_one(Slot, slot_id).ends_at == ends + timedelta(minutes=5)
