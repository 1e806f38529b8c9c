"""Undo on the board: each step that moves a topic offers the way back, and says so when that is closed by now."""

import pytest
from lxml import html
from werkzeug.datastructures import MultiDict

ENGLISH = {"Accept-Language": "en"}


def step(hall, act: str, who: str = "facilitator"):
    """Move topic 1, or take it off, or down."""
    client = hall.ask(who)
    if act == "move":
        fields = {"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)}
        return client.put(hall.url("topics/1/placement"), data=fields, headers=ENGLISH)
    if act == "take off":
        client.put(hall.url("topics/1/placement?repeat=1"), data={"cell": hall.cell(3, 1)}, headers=ENGLISH)
        client.get(hall.url())
        return client.delete(hall.url(f"topics/1/placement?cell={hall.cell(2, 0)}"), headers=ENGLISH)
    if act == "market":
        return client.delete(hall.url("topics/1/placement"), headers=ENGLISH)
    return client.put(hall.url("topics/1/withdrawal"), headers=ENGLISH)


def undo(hall, answer, who: str = "facilitator"):
    """Press the button that the next page offers, as a browser without scripts does."""
    page = html.fromstring(hall.ask(who).get(answer.location, headers=ENGLISH).get_data(as_text=True))
    (form,) = page.xpath("//*[contains(@class, 'toast')]//form[.//button[text()='Undo']]")
    return hall.ask(who).post(form.get("action"), data=MultiDict(form.form_values()), headers=ENGLISH)


def cells(hall, number: int = 1) -> list[str]:
    from openspace.board.models import topic_numbered

    with hall.app.app_context():
        return topic_numbered(hall.id, number).cells


@pytest.mark.parametrize("act", ["move", "take off", "market", "take down"])
def test_each_step_can_be_undone(hall, act):
    answer = step(hall, act)
    before = cells(hall)

    undone = undo(hall, answer)

    assert undone.status_code == 303
    assert hall.cell(2, 0) not in before
    assert hall.cell(2, 0) in cells(hall)


@pytest.mark.parametrize("act", ["move", "take off", "market", "take down"])
def test_undo_says_who_hangs_there_by_now_and_offers_what_is_free(hall, act):
    answer = step(hall, act)
    hall.ask("participant").put(hall.url("topics/2/interest"), data={"kind": "go"})
    fields = {"title": "Швидша тема", "language": "uk", "cell": hall.cell(2, 0)}
    assert hall.ask("participant").post(hall.url("topics"), data=fields).status_code == 303

    refused = undo(hall, answer)

    if refused.status_code == 303:
        refused = hall.ask("facilitator").get(refused.location, headers=ENGLISH)
    page = refused.get_data(as_text=True)
    assert "This place has just been taken." in page
    assert "Швидша тема" in page
    assert hall.cell(2, 1) in page


def test_a_topic_that_hung_twice_hangs_twice_again(hall):
    facilitator = hall.ask("facilitator")
    facilitator.put(hall.url("topics/1/placement?repeat=1"), data={"cell": hall.cell(3, 1)}, headers=ENGLISH)
    facilitator.get(hall.url())

    undo(hall, step(hall, "market"))

    assert cells(hall) == [hall.cell(2, 0), hall.cell(3, 1)]


def test_what_was_taken_down_is_listed_for_its_convener_alone(hall):
    step(hall, "take down", "convener")

    pages = {who: hall.ask(who).get(hall.url("me/day")).get_data(as_text=True) for who in ("convener", "participant")}

    assert "topics/1/withdrawal" in pages["convener"]
    assert "topics/1/withdrawal" not in pages["participant"]
