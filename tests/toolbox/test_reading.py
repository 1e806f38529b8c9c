"""Reading a guide: what is accepted, and the sentence for each mistake."""

import pytest

from openspace.toolbox.guide import Kind, Level, Section, Step
from openspace.toolbox.reading import MOST_MINUTES, WrongGuide, read

GOOD = """---
title: Two minutes for two
summary: All get to know many.
minutes: 20
people: 10 - 60
facilitators: 1
level: first-time
kind: meet
material:
  - a bell
  - chairs: two for each
---

Chairs face each other.

## Steps

### 5 · Sit down

In **pairs**.

### 15 · Talk

Two minutes each.

## What goes wrong

- **Odd number.** Three talk.

## Afterwards

Thank them.
"""


@pytest.fixture(autouse=True)
def request_of_an_app(apps):
    with apps("sqlite").test_request_context("/?lang=en"):
        yield


def test_a_guide_is_read():
    guide = read(GOOD.replace("\n", "\r\n"))

    assert (guide.title, guide.minutes, guide.people, guide.facilitators) == ("Two minutes for two", 20, "10–60", "1")
    assert (guide.level, guide.kind) == (Level.FIRST_TIME, Kind.MEET)
    assert guide.material == ("a bell", "chairs: two for each")
    assert guide.lead == "Chairs face each other."
    assert guide.steps == (Step(5, "Sit down", "In **pairs**."), Step(15, "Talk", "Two minutes each."))
    assert guide.after == Section("Afterwards", "Thank them.")


def test_facts_may_stand_in_any_order():
    assert read(GOOD.replace("minutes: 20\n", "").replace("kind: meet", "kind: meet\nminutes: 20")) == read(GOOD)


@pytest.mark.parametrize(
    ("wrong", "instead", "says"),
    [
        ("---\ntitle", "title", "A guide begins with a line of three hyphens, ---, then its facts, then --- again."),
        ("title:", "titel:", "Line 2: “titel: Two minutes for two” is none of the facts of a guide."),
        ("people:", "minutes:", "Line 5: “minutes” stands there twice."),
        ("level: first-time\n", "", "The fact “level” is missing."),
        ("  - a bell\n  - chairs: two for each\n", "", "The fact “material” is missing."),
        ("minutes: 20", "minutes: long", f"“minutes” is a whole number from 1 to {MOST_MINUTES}, not “long”."),
        ("minutes: 20", "minutes: 0", f"“minutes” is a whole number from 1 to {MOST_MINUTES}, not “0”."),
        ("10 - 60", "60–10", "“people” is a number or two with a dash, such as 12–40, not “60–10”."),
        ("first-time", "easy", "“level” is one of these: first-time, some-practice, practised, not “easy”."),
        ("kind: meet", "kind: x", "“kind” is one of these: meet, find, match, act, conclude, not “x”."),
        ("Two minutes for two", "T" * 81, "“title” has at most 80 characters."),
        ("a bell", "b" * 201, "“material” has at most 200 characters."),
        ("## Afterwards", "Afterwards", "Here there are 2."),
        ("## Afterwards", "## More\n\n## Afterwards", "Here there are 4."),
        ("Chairs face each other.", "", "The introduction is missing"),
        ("### 5 · Sit", "Sit", "each with a heading such as ### 10 · Begin, and nothing before the first."),
        ("### 5 · Sit", "### Sit", "The heading “Sit down” is not that of a step"),
        ("### 5 · Sit", "### 0 · Sit", "The heading “0 · Sit down” is not that of a step"),
        ("### 5 · Sit", "### 6 · Sit", "The steps take 21 minutes together, but “minutes” says 20."),
        ("  - a bell\n", "  - a bell\n" * 31, "There are at most 30 things to prepare."),
    ],
)
def test_each_mistake_has_its_sentence(wrong, instead, says):
    assert wrong in GOOD

    with pytest.raises(WrongGuide) as refused:
        read(GOOD.replace(wrong, instead, 1))

    assert says in str(refused.value)


@pytest.mark.parametrize("text", ["", "---", "---\n---", "\x00", "---\n- x\n---\n", "---\n:\n---"])
def test_what_is_no_guide_at_all_is_refused(text):
    with pytest.raises(WrongGuide):
        read(text)
