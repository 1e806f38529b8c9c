"""Whatever the hour at which the demo is made: a queue at the microphone, open requests, and the dots of yesterday."""

from datetime import UTC, datetime

import pytest

from openspace import clock, demo
from openspace.access.models import Member
from openspace.convergence.models import counted_round_of
from openspace.extensions import db
from openspace.petitions.models import open_petitions
from openspace.petitions.rules import Kind
from openspace.pitching.models import pitch_now, queue_of


@pytest.mark.parametrize("an_app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("hour", [0, 9, 21])
def test_a_topic_is_read_out_and_requests_wait(inside, hour):
    clock.held = datetime(2026, 6, 4, hour, 5, tzinfo=UTC)

    event = demo.build(is_illustrated=False).event

    assert pitch_now(event.id).shown
    assert [bool(pitch.shown) for pitch in queue_of(event.id)] == [True, True, False]
    assert [(each.kind, len(each.backings)) for each in open_petitions(event.id)] == [
        (Kind.REPEAT, 4),
        (Kind.PROJECTOR, 0),
    ]
    counted = counted_round_of(event.id)
    assert counted
    assert (counted.givers, counted.on_paper, counted.counted_at < clock.held) == (63, 3, True)
    assert db.session.query(Member).filter(Member.notices_at.is_not(None)).count() == 0
