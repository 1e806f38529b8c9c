"""The short form: 60 people in some 70 s. It holds what must be true, never times, and that the checks find a fault."""

import asyncio
from argparse import Namespace
from copy import deepcopy
from pathlib import Path

import pytest

from tests.load.day.corruption import FOUND_BY
from tests.load.day.rehearsal import Rehearsal
from tests.load.day.server import serving

# A machine that does much else at the same time keeps people waiting.
SHORT = Namespace(people=60, seed=1, pace=0.35, patience=4.0, corrupt="")


@pytest.mark.long
def test_in_a_day_of_60_people_nothing_is_lost_doubled_or_shown_wrongly(tmp_path: Path):
    with serving(tmp_path) as server:
        rehearsal = Rehearsal(server, SHORT)
        asyncio.run(day_and_corruptions(rehearsal))

    assert server.complaints() == []


async def day_and_corruptions(rehearsal: Rehearsal) -> None:
    hall = rehearsal.hall
    figures = await rehearsal.run()

    assert (hall.problems, hall.bugs) == ([], [])
    assert figures["checks"]["in step"]["pages, board"] > 40
    for spoil, check in FOUND_BY.items():
        assert await found(rehearsal, spoil, check), f"nobody has found {spoil.__name__}"


async def found(rehearsal: Rehearsal, spoil, check: str) -> list[dict]:
    """The problems that a check finds after one thing was spoilt; all is as before afterwards."""
    hall, taken = rehearsal.hall, [(phone, phone.page.taken) for phone in rehearsal.screens if phone.page]
    ledger, hall.ledger = hall.ledger, deepcopy(hall.ledger)
    for phone, patches in taken:
        phone.page.taken = deepcopy(patches)
    spoil(rehearsal)
    await rehearsal.check(check)
    hall.ledger = ledger
    for phone, patches in taken:
        phone.page.taken = patches
    problems, hall.problems = hall.problems, []
    return problems
