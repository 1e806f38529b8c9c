"""What stands in the book: sessions in the order of the wall, and nobody who has not agreed."""

from datetime import date

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import event as sql

from openspace.access import actions as access
from openspace.access.models import Member, Role
from openspace.board import actions as board, merging
from openspace.board.models import topic_numbered
from openspace.book import queries, reading
from openspace.book.contents import Book
from openspace.book.reading import fair_share
from openspace.commitments import actions as commitments, sharing
from openspace.commitments.models import commitments_of
from openspace.contacts import actions as contacts
from openspace.events.models import Event
from openspace.extensions import db
from openspace.notes import actions as notes, step_actions
from openspace.notes.models import Attendance
from openspace.notes.rules import Part
from openspace.store import sqlite
from tests.convergence import rounds
from tests.factories import DAY, Hall, a_card, a_member, a_story, a_topic, an_event, cell


def change(hall: Hall, act) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        act(db.session.get_one(Event, hall.id))
        db.session.commit()


def read(hall: Hall, language: str = "uk") -> Book:
    with hall.app.test_request_context():
        return reading.read(db.session.get_one(Event, hall.id), language)


def test_sessions_stand_in_the_order_of_the_wall_then_what_hangs_nowhere(hall):
    def hang(event: Event) -> None:
        for slot, space, title in ((3, 1, "Третя"), (1, 2, "Перша"), (3, 0, "Друга")):
            by = a_member(event, f"Людина {title}")
            board.place(a_topic(event, by, title), **cell(event, slot, space), by=by)

    change(hall, hang)
    book = read(hall)

    titles = [session.title for session in book.sessions]
    assert titles == ["Перша", "Ґендерно-чутливі питання", "Друга", "Третя", "Вода в селі"]
    assert book.sessions[-1].places == []
    (day,) = book.days
    assert (day.title, day.topics) == ("Четвер, 4 червня", [4, 1, 5, 3])
    taken = [(row.start, cell.topic) for row in day.rows for cell in row.cells if cell.state == "taken"]
    assert taken == [("11:30", 4), ("14:00", 1), ("15:30", 5), ("15:30", 3)]


def test_a_repeated_session_stands_once_with_all_of_its_places(hall):
    change(hall, lambda event: board.place(topic_numbered(event.id, 1), **cell(event, 3, 1), by=a_facilitator(event)))
    book = read(hall)

    (session,) = [each for each in book.sessions if each.number == 1]
    assert [(place.space, place.day, place.time) for place in session.places] == [
        (1, "4 червня", "14:00–15:00"),
        (2, "4 червня", "15:30–16:30"),
    ]
    assert book.days[0].topics == [1]


def a_facilitator(event: Event) -> Member:
    return topic_numbered(event.id, 1).convener


def test_a_withdrawn_topic_is_not_in_it_and_a_merged_one_is_within_the_joint_one(hall):
    def act(event: Event) -> None:
        first, second = (topic_numbered(event.id, number) for number in (1, 2))
        notes.save(second, key="p", text="Вода.", version="v", by=second.convener)
        gone = a_topic(event, first.convener, "Забрана")
        board.withdraw(gone, by=first.convener)
        merging.merge(second, first, by=first.convener)

    change(hall, act)
    (session,) = read(hall).sessions

    assert "Вода." in str(session.said)


def test_notes_are_data_with_steps_writers_and_only_those_who_agreed_to_be_named(hall):
    def write(event: Event) -> None:
        topic, by = topic_numbered(event.id, 1), db.session.get_one(Member, hall.ids["participant"])
        notes.save(topic, key="a", text="Двері **тугі**.", version="v", by=by)
        notes.save(topic, key="b", text="Дзвінок.", version="w", part=Part.ADVICE, by=by)
        step_actions.add(topic, key="s", what="Без дня", who=None, name="Рада", due_on=None, by=by)
        step_actions.add(topic, key="t", what="Пізніше", who=by, due_on=date(2026, 7, 1), by=by)
        step_actions.add(topic, key="u", what="Раніше", who=by, due_on=DAY, by=by)
        db.session.add(Attendance(topic_id=topic.id, member_id=by.id, is_named=True))
        db.session.add(Attendance(topic_id=topic.id, member_id=topic.convener_id, is_named=False))

    change(hall, write)
    book = read(hall)
    session = book.sessions[0]

    assert session.said == [
        {
            "kind": "paragraph",
            "runs": [
                {"text": "Двері ", "styles": []},
                {"text": "тугі", "styles": ["bold"]},
                {"text": ".", "styles": []},
            ],
        }
    ]
    assert "Дзвінок" in str(session.advice)
    assert (session.people, session.count, session.writers) == ("Олена Ткачук", 2, "Олена Ткачук")
    assert [(step.what, step.who, step.due) for step in book.steps] == [
        ("Раніше", "Олена Ткачук", "4 червня"),
        ("Пізніше", "Олена Ткачук", "1 липня"),
        ("Без дня", "Рада", ""),
    ]
    assert (book.held, book.written) == (1, 1)


def test_stories_and_people_are_in_it_only_if_they_agreed(hall):
    def agree(event: Event) -> None:
        convener, other = topic_numbered(event.id, 1).convener, a_member(event, "Зоя Литвин")
        a_story(event, convener, "Друга. Для книги.", in_book=True)
        card = a_card(other)
        contacts.consent(card, words="так", exports_card=True, exports_details=True, by=other)
        yes = a_member(event, "Anna Berger")
        contacts.consent(a_card(yes), words="так", exports_card=False, exports_details=False, prints_name=True, by=yes)

    change(hall, agree)
    book = read(hall)

    assert [tale.text for tale in book.tales] == [["Друга. Для книги."]]
    assert book.people == [("Anna Berger", "Вербівська громада")]


def test_commitments_name_those_who_agreed_to_that(hall):
    def promise(event: Event) -> None:
        owner, helper, listed = (a_member(event, name) for name in ("Зоя Литвин", "Anna Berger", "Іван Гук"))
        consents = {"exports_card": False, "exports_details": False, "prints_name": True}
        contacts.consent(a_card(listed), words="так", by=listed, **consents)
        plan = commitments.Plan("Ярмарок", "Знайти площу", date(2026, 7, 1))
        commitment = commitments.propose(event, plan, by=owner, helper=helper)
        commitments.ask(commitment, listed, by=owner)
        for each in (helper, listed):
            commitments.answer(commitment, accepts=True, by=each)
        sharing.share(commitment, is_shared=False, is_named=True, by=helper)
        # Whoever stands in the book as a person has not agreed by that to stand with a promise.
        commitments.propose(event, commitments.Plan("Вода"), by=owner, helper=listed)
        hidden = commitments.propose(event, commitments.Plan("Лайка"), by=owner)
        hidden.hidden_at = commitment.at

    change(hall, promise)
    second, first = read(hall).promises

    assert (first.what, first.first_step, first.due) == ("Ярмарок", "Знайти площу", "1 липня")
    assert (first.who, second.what, second.who) == ("Anna Berger", "Вода", "")
    assert [first.state, second.state] == ["узялися", "чекає згоди"]


def test_what_everybody_chose_is_in_it_once_it_is_counted(hall):
    rounds.opened(hall)
    hall.ask("participant").put(hall.url("dots/choice"), data={"round": 1, "topic-2": 3})
    sheet = {"round": 1, "people": 1, "topic-2": 2}
    hall.ask("facilitator").post(hall.url("facilitator/dots/paper"), data=sheet)
    before = read(hall)
    rounds.later(400)
    rounds.close(hall)

    (heap,) = read(hall).heaps
    assert (heap.title, heap.dots, heap.on_paper, heap.goes_on) == (read(hall).sessions[1].title, 5, 2, True)
    assert before.heaps == []


def test_a_name_taken_back_ends_the_files_that_have_it(hall):
    def promise(event: Event) -> None:
        owner = a_member(event, "Зоя Литвин")
        commitment = commitments.propose(event, commitments.Plan("Ярмарок"), by=owner)
        sharing.share(commitment, is_shared=False, is_named=True, by=owner)

    def take_back(event: Event) -> None:
        (commitment,) = commitments_of(event.id)
        assert queries.is_named(commitment.owner)
        sharing.share(commitment, is_shared=False, is_named=False, by=commitment.owner)

    change(hall, promise)
    before = read(hall).digest
    change(hall, take_back)
    after = read(hall).digest

    assert before.fingerprint != after.fingerprint
    assert not before.agreed <= after.agreed


def test_somebody_who_left_is_in_it_no_longer(hall):
    def agree(event: Event) -> None:
        member = a_member(event, "Зоя Литвин")
        contacts.consent(
            a_card(member), words="так", exports_card=False, exports_details=False, prints_name=True, by=member
        )
        db.session.flush()
        access.leave(member)

    change(hall, agree)

    assert read(hall).people == []


@pytest.mark.parametrize(
    ("language", "order"),
    [("uk", ["Анівська", "Яворівська", "Lindental"]), ("de", ["Lindental", "Анівська", "Яворівська"])],
)
def test_communities_stand_in_the_alphabet_of_the_book_first(hall, language, order):
    def bring(event: Event) -> None:
        for community in ("Lindental", "Яворівська", "Анівська"):
            by = access.seat(event, name="Людина", community=community, role=Role.PARTICIPANT)
            a_topic(event, by, f"Тема з {community}")

    change(hall, bring)

    assert [name for name, _ in read(hall, language).communities if name != "Вербівська громада"] == order


def test_the_same_contents_have_the_same_fingerprint_and_others_another_one(hall):
    before = read(hall)

    assert read(hall).digest == before.digest
    assert read(hall, "en").digest.fingerprint != before.digest.fingerprint

    change(hall, lambda event: setattr(event, "name", "Інша"))
    assert read(hall).digest.fingerprint != before.digest.fingerprint


def test_it_takes_as_many_statements_for_many_topics_as_for_few(hall):
    def statements() -> int:
        asked: list[str] = []
        with hall.app.test_request_context():
            event = db.session.get_one(Event, hall.id)
            sql.listen(db.engine, "before_cursor_execute", note := lambda *facts: asked.append(facts[2]))
            reading.read(event, "uk")
            sql.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    def more(event: Event) -> None:
        for number in range(15):
            by = a_member(event, f"Людина {number}")
            topic = a_topic(event, by, f"Тема {number}")
            notes.save(topic, key="p", text="Слова.", version="v", by=by)
            a_story(event, by, f"Історія {number}", in_book=True)

    few = statements()
    change(hall, more)

    # Media of stories are read only if there are stories.
    assert statements() <= few + 3


def test_an_event_without_anything_has_a_book(app, inside):
    event = an_event()

    book = reading.read(event, "uk")

    assert (book.sessions, book.days, book.steps, book.tales, book.people, book.communities) == ([], [], [], [], [], [])


@given(st.lists(st.integers(0, 80_000), max_size=40), st.integers(1, 200_000))
def test_long_texts_share_what_short_ones_leave(lengths, most):
    share = fair_share(lengths, most)
    cut = [min(length, share) if share else length for length in lengths]

    assert sum(cut) <= max(most, len(lengths))
    # Nothing is cut while there is room.
    assert bool(share) == (sum(lengths) > most)
    if share > 1:
        assert most - sum(cut) < len(lengths)


def test_of_a_huge_note_only_the_beginning_is_printed(hall, monkeypatch):
    monkeypatch.setattr(reading, "HEAVIEST", 1000)

    def write(event: Event) -> None:
        long, short = (topic_numbered(event.id, number) for number in (1, 2))
        notes.save(long, key="a", text="слово " * 900, version="v", by=long.convener)
        notes.save(short, key="a", text="Коротко.", version="v", by=short.convener)

    change(hall, write)
    book = read(hall)

    assert [session.is_cut for session in book.sessions] == [True, False]
    assert 900 < len(str(book.sessions[0].said)) < 1300
    assert "Коротко." in str(book.sessions[1].said)
