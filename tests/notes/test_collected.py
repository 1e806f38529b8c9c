"""All notes of an event at once: of merged topics together, and for as many statements however many there are."""

from sqlalchemy import event as sql

from openspace.access.models import Member
from openspace.board import merging
from openspace.board.models import topic_numbered
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.notes import actions, photo_actions, step_actions
from openspace.notes.collected import collected
from openspace.notes.models import Attendance
from openspace.notes.rules import Part
from openspace.store import media, sqlite
from tests.factories import DAY, FILM, a_member, a_note_photo, a_topic


def write(hall) -> None:
    """Write notes of topics 1 and 2, of which the second has been merged into the first, and a rival of one."""
    with hall.app.test_request_context(), sqlite.writing():
        first, second = (topic_numbered(hall.id, number) for number in (1, 2))
        by = db.session.get_one(Member, hall.ids["participant"])
        actions.save(first, key="p1", text="Двері.", version="v1", by=by)
        actions.save(first, key="p1", text="Двері тугі.", version="v2", bases=["v1"], by=by)
        actions.save(first, key="p1", text="Двері важкі.", version="v3", bases=["v1"], by=by)
        actions.save(first, key="p2", text="Дзвінок.", version="v1", part=Part.ADVICE, by=by)
        actions.save(second, key="q1", text="Вода.", version="v1", by=by)
        for topic, ref, caption in ((first, "a-flipchart-00001", "Двері"), (second, "a-flipchart-00002", "Насос")):
            a_note_photo(topic, ref, caption, by=by)
        (unseen,) = photo_actions.add(first, ["a-flipchart-00003"], by=by)
        a_note_photo(second, "a-flipchart-00004", "", by=by).removed_at = now()
        assert unseen.state == "coming"
        step_actions.add(second, key="s", what="Насос", who=by, due_on=DAY, by=by)
        for member, is_named in ((by, True), (first.convener, False)):
            db.session.add(Attendance(topic_id=first.id, member_id=member.id, is_named=is_named))
        for member, is_named in ((by, True), (first.convener, True)):
            db.session.add(Attendance(topic_id=second.id, member_id=member.id, is_named=is_named))
        merging.merge(second, first, by=first.convener)
        db.session.commit()


def test_notes_of_merged_topics_stand_together_and_people_count_once(hall):
    write(hall)

    with hall.app.test_request_context():
        ((topic_id, notes),) = collected(db.session.get_one(Event, hall.id)).items()
        joint = topic_numbered(hall.id, 1)
        joint = joint.joint or joint

        assert topic_id == joint.id
        assert sorted(notes.said) == ["Вода.", "Двері тугі."]
        assert notes.advice == ["Дзвінок."]
        assert [(step.what, step.name) for step in notes.steps] == [("Насос", "Олена Ткачук")]
        assert [(each.caption, each.width, each.height) for each in notes.photos] == [
            ("Насос", 480, 640),
            ("Двері", 480, 640),
        ]
        (picture,) = notes.photos[0].files("image/webp")
        assert media.store().open(picture.digest).read() == FILM
        assert [member.name for member in notes.people] == ["Олена Ткачук"]
        assert (notes.count, notes.progress) == (2, "full")


def test_it_takes_as_many_statements_for_many_topics_as_for_few(hall):
    write(hall)

    def statements() -> int:
        asked: list[str] = []
        with hall.app.test_request_context():
            event = db.session.get_one(Event, hall.id)
            sql.listen(db.engine, "before_cursor_execute", note := lambda *facts: asked.append(facts[2]))
            collected(event)
            sql.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    few = statements()
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        by = a_member(event, "Нова Ніна")
        for number in range(20):
            actions.save(a_topic(event, by, f"Тема {number}"), key="p", text="Слова.", version="v", by=by)
        db.session.commit()

    assert statements() == few == 6
