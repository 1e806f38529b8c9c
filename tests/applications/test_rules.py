"""What is missing, and to the second until when a change is taken."""

from datetime import UTC, datetime, timedelta

import pytest

from openspace.applications.rules import is_taken, missing, steps

NOON = datetime(2026, 12, 31, 12, tzinfo=UTC)
WHOLE = {
    "kind": "together",
    "city": "Вербівка",
    "country": "UA",
    "twin_city": "Lindental",
    "twin_country": "DE",
    "organisation": "Рада",
    "q1": "Ми.",
    "contact": "Олена",
    "email": "o@example.org",
    "declared": "Олена",
}


@pytest.mark.parametrize(
    ("late", "late_until", "is_so"),
    [
        (timedelta(minutes=4), None, True),
        (timedelta(minutes=5), None, True),
        (timedelta(minutes=5, seconds=1), None, False),
        (timedelta(hours=20), NOON + timedelta(days=1), True),
        (timedelta(days=1, seconds=1), NOON + timedelta(days=1), False),
        # Time that was granted before the deadline was moved takes nothing away.
        (timedelta(minutes=4), NOON - timedelta(days=9), True),
    ],
)
def test_a_change_is_taken_until_shortly_after_the_deadline(late, late_until, is_so):
    assert is_taken(NOON + late, NOON, late_until) is is_so


def test_what_is_missing_of_two_cities_and_of_one():
    assert missing(WHOLE, ["q1"]) == []
    assert missing({**WHOLE, "twin_city": " ", "q1": ""}, ["q1"]) == ["twin_city", "q1"]
    assert missing({**WHOLE, "kind": "looking", "twin_city": "", "twin_country": ""}, ["q1"]) == []
    assert len(missing({}, ["q1", "q2"])) == 10


def test_each_question_has_a_page_of_its_own():
    assert [step.name for step in steps(["q1", "q4"])] == ["cities", "q1", "q4", "contact", "sign"]
