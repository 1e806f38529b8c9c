"""Every write of the console is a step that is told, undone and done again; or is named here with the reason."""

from typing import Any

from sqlalchemy import func, select

from openspace.announcements.models import Announcement
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import steps_of
from openspace.pitching.models import pitch_now
from tests.access.test_matrix import address, fields, routes

# What is done there and is no step.
NO_STEPS = {
    "PUT console.redo": "is about a step",
    "PUT console.redo_last": "is about a step",
    "DELETE console.undo": "is about a step",
    "DELETE console.undo_last": "is about a step",
    "PUT console_topics.pick_up": "changes nothing that others go by, and is put back",
    "DELETE console_topics.leave_apart": "answers a question, which can be asked again",
    "DELETE console_topics.put_down": "changes nothing that others go by",
    "PUT news.go_to": "shows a session for a moment, and has its own way back",
    "DELETE news.stop": "ends what one begins again with a tap",
    "PUT dots_console.prepare": "changes nothing that others give, and can be taken back",
    "DELETE dots_console.take_back": "is prepared again with a tap",
    "PUT dots_console.start": "others give at once, and it is over when it is counted",
    "PUT dots_console.prolong": "people have gone on, and a longer time takes nothing from anybody",
    "DELETE dots_console.end": "single dots are destroyed when they are counted",
    "PUT dots_console.count": "single dots are destroyed when they are counted",
    "POST dots_paper.enter": "is sealed; a sheet can be taken out again",
    "DELETE dots_paper.remove": "is sealed; a sheet can be typed again",
    "PUT hall_clock.start": "shows a clock, which has its own way back",
    "DELETE hall_clock.stop": "ends what one begins again with a tap",
    "PUT hall_clock.go_to": "goes to a step, and back by the next tap",
    "PUT hall_clock.pause": "is gone on with by the next tap",
    "DELETE hall_clock.go_on": "is paused again by the next tap",
    "POST hall_clock.lengthen": "the next step is begun by hand in any case",
}
ENTRY = ("POST", "facilitator/pitch/entries", {"title": "Нова тема", "convener": "Олена Ткачук"})
# What has to be done before, so that the write changes something: methods, addresses and fields.
BEFORE: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "DELETE console_topics.show_again": [("PUT", "facilitator/topics/1/withdrawal", {})],
    "PUT console_locks.open_space": [("DELETE", "facilitator/slots/{slot}/spaces/{space}", {})],
    "DELETE announcements.bring_back": [("PUT", "facilitator/announcements/{announcement}/withdrawal", {})],
    "DELETE screens.show_again": [("PUT", "facilitator/screens/1/blank", {})],
    "DELETE screens.silence": [("PUT", "facilitator/screens/1/bowl", {})],
    "PUT microphone.hang": [ENTRY],
    "DELETE microphone.finish": [ENTRY],
    "PUT microphone.call": [("POST", "facilitator/pitch/queue", {"convener": "Оксана Дячук"})],
    "PUT microphone.put_place": [("POST", "facilitator/pitch/queue", {"convener": "Оксана Дячук"})],
}
QUERIES = {"DELETE console_topics.take_off": "?cell={cell}"}
# Fields besides those that the matrix of routes and people sends.
FIELDS = {
    "PUT microphone.hang": {"seen": "{pitch}", "cell": "{free}"},
    "DELETE microphone.finish": {"seen": "{pitch}"},
    "PUT microphone.put_place": {"place": "2"},
}


def writes(app) -> list[str]:
    """The names of all writes of the console."""
    return sorted(
        name
        for name, rule in routes(app).items()
        if rule.rule.startswith("/<event>/facilitator") and not name.startswith("GET ")
    )


def rows(hall) -> dict[str, Any]:
    """The watched rows of the event, without what is new each time they are written."""
    with hall.app.app_context():
        found = {
            table: {key: {name: row[name] for name in watched.columns} for key, row in watched.read(hall.id).items()}
            for table, watched in journal._watched.items()
        }
        db.session.rollback()
    return found


def kinds(hall) -> list[str]:
    with hall.app.test_request_context():
        return [step.words for step in steps_of(hall.id)]


def prepare(hall, name: str) -> None:
    """Do as the organiser what has to be done before."""
    slot, space = hall.cell(2, 0).split("-")
    for method, path, sent in BEFORE.get(name, []):
        address_of_it = hall.url(path.format(slot=slot, space=space, announcement=last_announcement(hall)))
        assert hall.ask("organiser").open(address_of_it, method=method, data=sent).status_code < 400


def last_announcement(hall) -> int:
    """The id of the newest announcement; 0 without any."""
    with hall.app.app_context():
        return db.session.scalar(select(func.max(Announcement.id))) or 0


def at_the_microphone(hall) -> int:
    """The id of the turn of who reads now; 0 if nobody does."""
    with hall.app.app_context():
        now = pitch_now(hall.id)
        return now.id if now else 0


def what_is_wrong(hall, name: str) -> str:
    """Do the write as the facilitator, undo it, and do it again; empty if all is as it should be."""
    path = address(hall, routes(hall.app)[name]) + QUERIES.get(name, "").format(cell=hall.cell(2, 0))
    prepare(hall, name)
    names = {"free": hall.cell(3, 1), "pitch": at_the_microphone(hall)}
    more = {field: value.format(**names) for field, value in FIELDS.get(name, {}).items()}
    # First, because it makes what it names.
    sent = {**fields(hall, name), **more}
    before, told = rows(hall), len(kinds(hall))
    client = hall.ask("facilitator")
    answer = client.open(path, method=name.partition(" ")[0], data=sent)
    after = rows(hall)
    if answer.status_code >= 400 or after == before or len(kinds(hall)) != told + 1:
        return f"{answer.status_code}, changed: {after != before}, steps: {len(kinds(hall)) - told}"
    undone = client.delete(hall.url("facilitator/steps/last")).status_code
    if undone != 303 or rows(hall) != before:
        return f"undo: {undone}"
    again = client.put(hall.url("facilitator/steps/last")).status_code
    return "" if again == 303 and rows(hall) == after else f"redo: {again}"


def test_every_write_is_a_step_that_can_be_undone_and_done_again(hall):
    found = {}
    for name in writes(hall.app):
        if name not in NO_STEPS:
            hall.restore()
            found[name] = what_is_wrong(hall, name)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_what_is_named_here_exists(app):
    assert set(NO_STEPS) | set(BEFORE) | set(QUERIES) | set(FIELDS) <= set(writes(app))
