"""The public page of outcomes: who agrees stands there, and whoever takes that back is gone at once."""

from io import BytesIO

import pytest
from lxml import html

from openspace.access import actions as access, notices
from openspace.access.models import Member, Role
from openspace.commitments import actions, follow_up_actions as follow_ups, jobs, sharing
from openspace.commitments.follow_up_models import FollowUp
from openspace.commitments.follow_up_rules import Outcome
from openspace.commitments.models import Commitment
from openspace.commitments.photo_models import AnswerPhoto, AnswerPhotoFile
from openspace.commitments.rules import State
from openspace.extensions import db
from openspace.store import transactions
from openspace.uploads.models import Upload
from openspace.web.errors import NotAllowed
from tests.factories import a_member
from tests.uploads.phone import a_jpeg, work

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def promise(hall):
    """A commitment of the convener that the participant helps with, asked about; and the address of its link."""
    hall.open_to_the_public()
    ident, token = hall.follow_up()
    with hall.app.test_request_context(), transactions.writing():
        commitment = db.session.get_one(FollowUp, ident).commitment
        actions.answer(commitment, accepts=True, by=db.session.get_one(Member, hall.ids["participant"]))
        return commitment.id, hall.url(f"outcomes/{token}")


def consent(hall, promise, who: str, **fields: str):
    return hall.ask(who).put(hall.url(f"commitments/{promise[0]}/sharing"), data=fields)


def read(hall, who: str = "stranger") -> str:
    """The words of the page, as this person reads them."""
    client = hall.app.test_client() if who == "stranger" else hall.ask(who)
    answer = client.get(hall.url("commitments/outcomes"), headers=ENGLISH)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return " ".join(html.fromstring(answer.get_data(as_text=True)).xpath("//main")[0].text_content().split())


def write(hall, work) -> None:
    with hall.app.test_request_context(), transactions.writing():
        work(db.session.query(Commitment).filter_by(event_id=hall.id).one())


def test_nothing_stands_there_unless_its_owner_agrees(hall, promise):
    consent(hall, promise, "participant", is_shared="y", is_named="y")
    before = read(hall)
    consent(hall, promise, "convener", is_shared="y")
    after = read(hall)

    assert ("Аудит входу" in before, "Аудит входу" in after) == (False, True)
    # The helper agreed to their own name, and the owner to none.
    assert ("Олена Ткачук" in after, "Оксана Дячук" in after) == (True, False)


def test_consent_taken_back_is_gone_at_once(hall, promise):
    consent(hall, promise, "participant", is_named="y")
    consent(hall, promise, "convener", is_shared="y", is_named="y")
    whole = read(hall)
    consent(hall, promise, "participant")
    without_helper = read(hall)
    consent(hall, promise, "convener", is_shared="y")
    without_names = read(hall)
    consent(hall, promise, "convener")

    names = [[name in page for name in ("Оксана Дячук", "Олена Ткачук")] for page in (whole, without_helper)]
    assert names == [[True, True], [True, False]]
    assert ("Аудит входу" in without_names, "Оксана Дячук" in without_names) == (True, False)
    assert "Аудит входу" not in read(hall)


def test_what_came_of_it_is_read_there_and_letting_go_too(hall, promise):
    consent(hall, promise, "convener", is_shared="y")
    client = hall.app.test_client()
    client.post(promise[1], data={"outcome": "stuck", "words": "Немає підпису", "is_shared": "y"})
    stuck = read(hall)
    client.post(promise[1], data={"outcome": "let-go", "words": "Немає грошей", "is_shared": "y"})

    assert "It is stuck" in stuck
    assert "Немає підпису" in stuck
    assert "Let go1" in read(hall)
    assert "Немає грошей" in read(hall)


def test_a_forwarded_link_can_publish_no_name_and_its_consent_is_taken_back_by_the_owner(hall, promise):
    hall.app.test_client().post(promise[1], data={"outcome": "moving", "is_shared": "y", "is_named": "y"})
    shown = read(hall)
    consent(hall, promise, "convener")

    assert ("Аудит входу" in shown, "Оксана Дячук" in shown) == (True, False)
    assert "Аудит входу" not in read(hall)


def test_what_a_link_publishes_stands_there_without_the_owners_name_until_they_save_it(hall, promise):
    consent(hall, promise, "convener", is_shared="y", is_named="y")
    own = read(hall)
    hall.app.test_client().post(promise[1], data={"outcome": "stuck", "words": "Чужі слова", "is_shared": "y"})
    by_link = read(hall)
    page = hall.ask("convener").get(hall.url(f"commitments/{promise[0]}"), headers=ENGLISH).get_data(as_text=True)
    consent(hall, promise, "convener", is_shared="y", is_named="y")

    assert ["Оксана Дячук" in each for each in (own, by_link, read(hall))] == [True, False, True]
    assert "Чужі слова" in by_link
    assert "An answer came by your link" in page


def test_a_sentence_of_somebody_else_is_public_only_once_the_owner_agrees_again(hall, promise):
    consent(hall, promise, "convener", is_shared="y", is_named="y")
    state = hall.url(f"commitments/{promise[0]}/state?to=let-go")
    hall.ask("facilitator").put(state, data={"why": "Ніхто не хотів"})
    before = read(hall)
    with hall.app.test_request_context():
        owner = db.session.get_one(Member, hall.ids["convener"])
        words = [notice.words for notice in notices.waiting(owner.id, owner.event)]
    consent(hall, promise, "convener", is_shared="y")

    assert ("Аудит входу" in before, "Ніхто не хотів" in read(hall)) == (False, True)
    assert len([each for each in words if "відпустив хтось інший" in each]) == 1


def test_what_the_owner_let_go_stays_public(hall, promise):
    consent(hall, promise, "convener", is_shared="y", is_named="y")
    hall.ask("convener").put(hall.url(f"commitments/{promise[0]}/state?to=let-go"), data={"why": "Немає грошей"})

    assert "Немає грошей" in read(hall)


def test_an_answer_without_the_box_takes_it_back(hall, promise):
    consent(hall, promise, "convener", is_shared="y", is_named="y")
    page = html.fromstring(hall.app.test_client().get(promise[1]).get_data(as_text=True))
    hall.app.test_client().post(promise[1], data={"outcome": "moving"})

    assert page.xpath("//input[@name='is_shared']/@checked")
    assert "Аудит входу" not in read(hall)


def leaves(commitment):
    access.leave(commitment.owner)


def steps_back(commitment):
    actions.answer(commitment, accepts=False, by=commitment.owner)


def hands_over(commitment):
    steps_back(commitment)
    actions.take_on(commitment, by=commitment.helpers[0])


def is_taken_up_again(commitment):
    owner = commitment.owner
    steps_back(commitment)
    actions.take_on(commitment, by=owner)


@pytest.mark.parametrize("happens", [leaves, steps_back, hands_over, is_taken_up_again])
def test_the_consent_is_the_owners_alone(hall, promise, happens):
    consent(hall, promise, "participant", is_shared="y", is_named="y")
    consent(hall, promise, "convener", is_shared="y", is_named="y")
    assert "Аудит входу" in read(hall)

    write(hall, happens)

    assert "Аудит входу" not in read(hall)


def test_who_steps_back_and_comes_again_is_asked_for_their_name_again(hall, promise):
    consent(hall, promise, "convener", is_shared="y")
    consent(hall, promise, "participant", is_named="y")
    before = read(hall)
    for word in ("no", "yes"):
        hall.ask("participant").put(hall.url(f"commitments/{promise[0]}/pledge?word={word}"))

    assert ("Олена Ткачук" in before, "Олена Ткачук" in read(hall)) == (True, False)


def test_the_words_of_an_owner_before_stay_away(hall, promise):
    def happens(commitment):
        follow_ups.answer(db.session.query(FollowUp).one(), Outcome.STUCK, words="Немає підпису")
        hands_over(commitment)
        sharing.share(commitment, is_shared=True, is_named=False, by=commitment.owner)

    write(hall, happens)

    assert "Аудит входу" in read(hall)
    assert "Немає підпису" not in read(hall)
    # And the link of who owned it before shares nothing any more.
    page = html.fromstring(hall.app.test_client().get(promise[1]).get_data(as_text=True))
    assert page.xpath("//input[@name='is_shared']") == []
    hall.app.test_client().post(promise[1], data={"outcome": "moving"})
    assert "Аудит входу" in read(hall)


def test_who_has_not_said_yes_has_nothing_to_agree_to(hall, promise):
    def happens(commitment):
        others = a_member(commitment.event, "Інша"), a_member(commitment.event, "Ірина", Role.FACILITATOR)
        asked = a_member(commitment.event, "Anna")
        actions.ask(commitment, asked, by=commitment.owner)
        for by in (*others, asked):
            with pytest.raises(NotAllowed):
                sharing.share(commitment, is_shared=True, is_named=True, by=by)

    write(hall, happens)


def test_after_it_is_done_one_can_still_agree(hall, promise):
    write(hall, lambda commitment: actions.move(commitment, State.DONE, by=commitment.owner))
    consent(hall, promise, "convener", is_shared="y", is_named="y")

    assert "Done1" in read(hall)
    assert "Оксана Дячук" in read(hall)


def test_hostile_words_are_plain_words(hall, promise):
    write(hall, lambda commitment: setattr(commitment, "what", "<b>Вода</b> & «лист»"))
    consent(hall, promise, "convener", is_shared="y")

    assert "<b>Вода</b> & «лист»" in read(hall)


# A photo with the answer


def send(hall, promise, content: bytes, **more):
    data = {"outcome": "moving", "is_shared": "y", "photo": (BytesIO(content), "photo.jpg"), **more}
    answer = hall.app.test_client().post(promise[1], data=data)
    work(hall, {"commitments.photo": jobs.prepare})
    return answer


def pictures(hall, path: str, who: str = "stranger") -> list[str]:
    client = hall.app.test_client() if who == "stranger" else hall.ask(who)
    page = html.fromstring(client.get(hall.url(path)).get_data(as_text=True))
    return page.xpath("//a[@class='pact__photo']/img/@src")


def test_a_photo_comes_with_the_answer_to_organisers_and_if_agreed_to_everybody(hall, promise):
    send(hall, promise, a_jpeg())
    (public,), (own,) = pictures(hall, "commitments/outcomes"), pictures(hall, "commitments/follow-up", "organiser")
    client = hall.app.test_client()
    shown = client.get(public)
    consent(hall, promise, "convener")

    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert (client.get(public).status_code, pictures(hall, "commitments/outcomes")) == (404, [])
    assert (hall.ask("organiser").get(own).status_code, hall.ask("facilitator").get(own).status_code) == (200, 403)


def test_another_photo_takes_its_place_and_it_can_be_taken_away(hall, promise):
    send(hall, promise, a_jpeg())
    (first,) = pictures(hall, "commitments/outcomes")
    send(hall, promise, a_jpeg(quality=50))
    (second,) = pictures(hall, "commitments/outcomes")
    client = hall.app.test_client()
    found = client.get(first).status_code, client.get(second).status_code
    client.post(promise[1], data={"outcome": "moving", "is_shared": "y", "removes_photo": "y"})

    assert found == (404, 200)
    assert pictures(hall, "commitments/outcomes") == []
    with hall.app.app_context():
        assert (db.session.query(AnswerPhotoFile).count(), db.session.query(Upload).count()) == (0, 0)


def test_what_is_no_photo_is_said_to_be_none(hall, promise):
    answer = send(hall, promise, b"<script>alert(1)</script>")
    page = hall.app.test_client().get(promise[1], headers=ENGLISH).get_data(as_text=True)

    assert answer.status_code == 303
    assert "This file cannot be read" in page
    assert pictures(hall, "commitments/outcomes") == []


def test_without_an_answer_nothing_is_kept_of_a_photo(hall, promise):
    answer = send(hall, promise, a_jpeg(), outcome="")

    assert answer.status_code == 422
    with hall.app.app_context():
        assert (db.session.query(AnswerPhoto).count(), db.session.query(Upload).count()) == (0, 0)


def test_the_photo_goes_with_who_sent_it(hall, promise):
    send(hall, promise, a_jpeg())
    write(hall, leaves)

    with hall.app.app_context():
        assert db.session.query(AnswerPhoto).count() == 0
    # Nobody is left whose photo it would be.
    send(hall, promise, a_jpeg())
    with hall.app.app_context():
        assert (db.session.query(AnswerPhoto).count(), db.session.query(Upload).count()) == (0, 0)
