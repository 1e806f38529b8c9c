"""Letters by a real mail server: once each, later when it was away, never twice; and what a link opens."""

import os
import re
import signal
import socket
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from lxml import html

from openspace import clock
from openspace.access import actions as access, notices
from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.commitments import actions, checks, follow_up_actions as follow_ups, jobs, letters
from openspace.commitments.follow_up_models import (
    AddressCheck,
    FollowUp,
    Letter,
    MailAddress,
    bounced_addresses,
    follow_up_with,
)
from openspace.commitments.follow_up_rules import LATE, Letters, Outcome, due_at, round_due
from openspace.commitments.models import Commitment
from openspace.commitments.rules import State
from openspace.contacts import actions as contacts
from openspace.extensions import db
from openspace.jobs.models import Job
from openspace.mail import Relay
from openspace.store import database, transactions
from openspace.web.errors import NotAllowed
from tests.factories import a_member, an_event

ENDS, ZONE = date(2026, 6, 5), "Europe/Kyiv"


class Post:
    """A mail server in this process, on a real socket, and what came to it."""

    def __init__(self) -> None:
        self.came: list[tuple[list[str], EmailMessage]] = []
        self.refused: dict[str, str] = {}
        self.answer = "250 OK"
        self.takes_any = False
        self.on_data = lambda: None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.port}/?from=open@space.example"

    async def handle_RCPT(self, server, session, envelope, address, options):  # named by aiosmtpd
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # named by aiosmtpd
        self.on_data()
        if self.answer.startswith("250"):
            self.came.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return self.answer

    def open(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.factory = lambda: SMTP(self, enable_SMTPUTF8=self.takes_any)
        self.controller.start()

    def close(self) -> None:
        self.controller.stop()


@pytest.fixture
def post(app) -> Iterator[Post]:
    server = Post()
    server.open()
    before = app.config["SMTP_URL"], app.config["BASE_URL"]
    app.config["SMTP_URL"], app.config["BASE_URL"] = server.url, "https://open.example"
    yield server
    app.config["SMTP_URL"], app.config["BASE_URL"] = before
    server.close()


def agreed(member: Member, *, email: str, language: str) -> None:
    """Let a member be asked at this address, where they have said that it is theirs."""
    follow_ups.agree(member, email=email, language=language)
    checks.confirm(db.session.get_one(MailAddress, member.id).check)


@pytest.fixture
def promised(app):
    """The id of a commitment of Оксана, with Олена as helper; both have agreed to be asked by mail."""
    with app.app_context(), transactions.writing():
        event = an_event()
        owner, helper = a_member(event, "Оксана"), a_member(event, "Олена")
        agreed(owner, email="oksana@mail.example", language="uk")
        agreed(helper, email="olena@mail.example", language="de")
        plan = actions.Plan("Аудит входу", "Надіслати список")
        commitment = actions.propose(event, plan, by=owner, helper=helper)
        actions.answer(commitment, accepts=True, by=helper)
        return commitment.id


def at(weeks: float, minutes: float = 0) -> datetime:
    return due_at(ENDS, ZONE, 0) + timedelta(weeks=weeks, minutes=minutes)


def look(app, moment: datetime) -> None:
    """What the periodic task and then the job do at this moment."""
    with app.app_context(), clock.frozen_at(moment):
        with transactions.writing():
            jobs.look()
        events = {job.event_id for job in db.session.query(Job).filter_by(kind=jobs.MAIL, state="waiting")}
        with transactions.writing():
            db.session.query(Job).delete()
        for event_id in events:
            letters.send_due(event_id)


def states_of(app) -> list[str]:
    with app.app_context():
        return [str(each.state) for each in db.session.query(Letter).order_by(Letter.id)]


def test_it_is_asked_once_in_each_round(app, post, promised):
    for weeks in (1.9, 2, 2.1, 3, 6, 6.1, 12, 12.1, 13):
        for minutes in (0, 20, 40):
            look(app, at(weeks, minutes))

    assert [to for to, _ in post.came] == [["oksana@mail.example"]] * 3


def test_a_letter_is_in_the_language_of_who_gets_it_with_both_parts_and_a_way_out(app, post, promised):
    look(app, at(2))
    look(app, at(2, 20))

    ((_, message),) = post.came
    text, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert message["Subject"] == "Що з цього вийшло? Аудит входу"
    assert (message["From"], message["To"], message["Content-Language"]) == (
        "open@space.example",
        "oksana@mail.example",
        "uk",
    )
    with app.app_context():
        token = db.session.query(FollowUp).one().token
    link = f"https://open.example/innovatsii-hromad/outcomes/{token}"
    assert link in text
    assert f'href="{link}"' in page
    assert "Олена" not in text + page
    assert message["List-Unsubscribe"] == f"<{link}/end>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_mail_that_was_away_for_a_day_is_sent_later_once(app, post, promised):
    post.close()
    for minutes in (0, 20, 60, 24 * 60):
        look(app, at(2, minutes))
    away = states_of(app)
    post.open()
    for minutes in (25 * 60, 26 * 60, 27 * 60):
        look(app, at(2, minutes))

    assert (away, states_of(app), len(post.came)) == (["waiting"], ["sent"], 1)


def test_what_the_server_does_not_take_now_is_sent_again(app, post, promised):
    post.answer = "451 try later"
    look(app, at(2))
    look(app, at(2, 20))
    post.answer = "250 OK"
    look(app, at(2, 45))

    assert (states_of(app), len(post.came)) == (["sent"], 1)


def test_an_address_that_bounces_is_noted_and_left_alone_until_another_is_given(app, post, promised):
    post.refused["oksana@mail.example"] = "550 no such user"
    for minutes in (0, 20, 60, 120):
        look(app, at(2, minutes))

    assert states_of(app) == ["bounced"]
    with app.app_context(), transactions.writing():
        address = db.session.query(MailAddress).filter(MailAddress.bounced_at.is_not(None)).one()
        assert (address.member.name, address.bounce) == ("Оксана", "550 no such user")
        with clock.frozen_at(at(2, 180)):
            agreed(address.member, email="other@mail.example", language="uk")
    look(app, at(2, 200))
    assert [to for to, _ in post.came] == [["other@mail.example"]]


def is_answered(commitment):
    follow_ups.answer(db.session.query(FollowUp).one(), Outcome.STUCK)


def is_over(commitment):
    actions.move(commitment, State.DONE, by=commitment.owner)


def is_given_back(commitment):
    actions.answer(commitment, accepts=False, by=commitment.owner)


def is_of_another(commitment):
    is_given_back(commitment)
    actions.take_on(commitment, by=commitment.helpers[0])


@pytest.mark.parametrize("happens", [is_answered, is_over, is_given_back, is_of_another])
def test_what_needs_no_answer_is_not_asked(app, post, promised, happens):
    look(app, at(2))
    event_id = event_of(app, promised)
    with app.app_context(), clock.frozen_at(at(2, 20)):
        (letter_id,) = letters.due(event_id)
        with transactions.writing():
            happens(db.session.get_one(Commitment, promised))
        later = letters.due(event_id)
        # As if it happened after the job had seen what is due.
        with transactions.writing():
            taken = letters._take(letter_id, Relay.of(post.url))

    assert (later, taken, states_of(app)) == ([], None, ["waiting"])


def test_an_address_given_late_gets_only_the_latest_question(app, post, promised):
    with app.app_context(), transactions.writing():
        owner_id = db.session.get_one(Commitment, promised).owner_id
        follow_ups.withdraw(db.session.get_one(Member, owner_id))
    for weeks in (2, 6):
        look(app, at(weeks))
    with app.app_context(), transactions.writing():
        agreed(db.session.get_one(Member, owner_id), email="late@mail.example", language="uk")
    for minutes in (20, 40, 60):
        look(app, at(6, minutes))

    assert [to for to, _ in post.came] == [["late@mail.example"]]
    with app.app_context():
        sent = db.session.query(Letter).filter_by(state=Letters.SENT).one()
        assert sent.follow_up.weeks == 6


def is_made(event, owner, helper):
    actions.propose(event, actions.Plan("Аудит"), by=owner)


def is_accepted(event, owner, helper):
    with clock.frozen_at(at(1)):
        commitment = actions.propose(event, actions.Plan("Аудит"), by=helper, owner=owner)
    actions.answer(commitment, accepts=True, by=owner)


def is_taken_on_by_a_helper(event, owner, helper):
    with clock.frozen_at(at(0)):
        commitment = actions.propose(event, actions.Plan("Аудит"), by=helper)
        actions.answer(commitment, accepts=True, by=owner)
    actions.answer(commitment, accepts=False, by=helper)
    actions.take_on(commitment, by=owner)


@pytest.mark.parametrize("happens", [is_made, is_accepted, is_taken_on_by_a_helper])
def test_what_was_just_taken_on_is_asked_about_a_week_later(app, post, happens):
    with app.app_context(), transactions.writing(), clock.frozen_at(at(2, -10)):
        event = an_event()
        owner, helper = a_member(event, "Оксана"), a_member(event, "Олена")
        agreed(owner, email="oksana@mail.example", language="uk")
        happens(event, owner, helper)
    for moment in (at(2), at(2, 20), at(3, -11)):
        look(app, moment)
    assert states_of(app) == []

    for minutes in (-10, 10, 30):
        look(app, at(3, minutes))
    assert [to for to, _ in post.came] == [["oksana@mail.example"]]


REFUSALS = [
    ("550 no such user", True),
    ("550 5.1.1 no such user", True),
    ("550 5.2.1 mailbox disabled", True),
    ("551 5.1.6 moved", True),
    ("553 5.1.3 bad syntax", True),
    ("550 relaying denied", False),
    ("550 authentication required", False),
    ("550 5.7.1 relaying denied", False),
    ("550 5.1.8 bad sender", False),
    ("553 sorry", False),
    ("552 5.2.2 mailbox full", False),
    ("530 5.7.0 sign in first", False),
    ("535 5.7.8 bad credentials", False),
    ("554 5.7.1 rejected", False),
]


@pytest.mark.parametrize(("answer", "bounces"), REFUSALS)
def test_only_a_refusal_of_the_address_bounces(app, post, promised, answer, bounces):
    post.refused["oksana@mail.example"] = answer
    look(app, at(2))
    look(app, at(2, 20))

    with app.app_context():
        letter = db.session.query(Letter).one()
        assert (letter.state, letter.said) == (Letters.BOUNCED if bounces else Letters.WAITING, answer)
        assert bool(db.session.get_one(MailAddress, letter.member_id).bounced_at) == bounces


def test_a_refusal_of_one_mail_holds_up_no_other_and_ends_after_days(app, post, promised):
    with app.app_context(), transactions.writing():
        event = db.session.get_one(Commitment, promised).event
        other = a_member(event, "Anna")
        agreed(other, email="anna@mail.example", language="en")
        actions.propose(event, actions.Plan("Вода"), by=other)
    post.refused["oksana@mail.example"] = "550 5.7.1 this recipient wants no mail"
    look(app, at(2))
    look(app, at(2, 20))
    first = states_of(app)
    for hours in (20, 40, 60, 71):
        look(app, at(2, 20 + 60 * hours))
    waiting = states_of(app)
    for hours in (73, 74, 100, 200):
        look(app, at(2, 20 + 60 * hours))

    assert [to for to, _ in post.came] == [["anna@mail.example"]]
    assert (first, waiting, states_of(app)) == (["waiting", "sent"], ["waiting", "sent"], ["refused", "sent"])
    # Organisers send it once what was wrong has been mended.
    post.refused.clear()
    with app.app_context(), transactions.writing():
        event = db.session.get_one(Commitment, promised).event
        follow_ups.send_left(event, by=a_member(event, "Ірина", Role.ORGANISER))
    look(app, at(2, 20 + 60 * 201))
    assert [to for to, _ in post.came] == [["anna@mail.example"], ["oksana@mail.example"]]


def test_while_the_server_refuses_now_and_then_nothing_ends(app, post, promised):
    look(app, at(2))
    for hours in range(0, 120, 10):
        post.refused["oksana@mail.example"] = "550 5.7.1 no" if hours % 20 else "451 4.7.1 later"
        look(app, at(2, 20 + 60 * hours))

    assert states_of(app) == ["waiting"]


def restored(app, moment: datetime) -> None:
    with app.app_context(), clock.frozen_at(moment):
        database.tell_restored(moment - timedelta(days=1))


def test_what_may_have_gone_out_after_the_backup_is_not_sent_again_by_itself(app, post, promised):
    look(app, at(2))
    # As if it had been sent after this moment, of which the backup is.
    restored(app, at(2, 40))
    for hours in (1, 2, 30):
        look(app, at(2, 60 * hours))
    assert (post.came, states_of(app)) == ([], ["aside"])

    with app.app_context(), transactions.writing(), clock.frozen_at(at(2, 1900)):
        event = db.session.get_one(Commitment, promised).event
        with pytest.raises(NotAllowed):
            follow_ups.send_left(event, by=a_member(event, "Ірина", Role.FACILITATOR))
        follow_ups.send_left(event, by=a_member(event, "Ірина", Role.ORGANISER))
    look(app, at(2, 2000))
    assert len(post.came) == 1


def test_a_round_that_began_after_the_backup_is_set_aside_and_later_ones_are_sent(app, post, promised):
    # The backup is of a day before the round, and was brought back two days after it.
    restored(app, at(2, 2 * 1440))
    for minutes in (0, 20, 60):
        look(app, at(2, 2 * 1440 + minutes))
    assert (post.came, states_of(app)) == ([], ["aside"])

    for minutes in (0, 20):
        look(app, at(6, minutes))
    assert (len(post.came), states_of(app)) == (1, ["aside", "sent"])


def test_what_was_too_young_when_the_backup_came_back_is_asked_about_as_ever(app, post):
    with app.app_context(), transactions.writing(), clock.frozen_at(at(2, -1440)):
        event = an_event()
        owner = a_member(event, "Оксана")
        agreed(owner, email="oksana@mail.example", language="uk")
        actions.propose(event, actions.Plan("Аудит"), by=owner)
    restored(app, at(2, 60))
    for minutes in (100, 7 * 1440, 7 * 1440 + 20):
        look(app, at(2, minutes))

    assert len(post.came) == 1


@pytest.mark.parametrize("answer", ["550 spam", "554 5.6.0 content refused", "552 too large"])
def test_mail_whose_content_is_refused_waits(app, post, promised, answer):
    post.answer = answer
    look(app, at(2))
    look(app, at(2, 20))
    post.answer = "250 OK"
    waited = states_of(app)
    look(app, at(2, 45))

    assert (waited, states_of(app)) == (["waiting"], ["sent"])


@pytest.mark.parametrize(
    ("address", "takes_any", "arrives"),
    [
        ("oksana@пошта.укр", False, "oksana@xn--80a1acn3a.xn--j1amh"),
        ("оксана@пошта.укр", True, "оксана@xn--80a1acn3a.xn--j1amh"),
        ("оксана@пошта.укр", False, None),
        (f"oksana@{'п' * 80}.укр", True, None),
        ("oksana@mail..example", True, None),
        ("oksana\r\nRCPT TO:<all@mail.example>", True, None),
        ('"@mail.example', False, None),
    ],
)
def test_no_address_stops_the_letters_after_it(app, post, promised, address, takes_any, arrives):
    post.close()
    post.takes_any = takes_any
    post.open()
    with app.app_context(), transactions.writing():
        commitment = db.session.get_one(Commitment, promised)
        # As if a form had let it through.
        agreed(commitment.owner, email=address, language="uk")
        other = a_member(commitment.event, "Anna")
        agreed(other, email="anna@mail.example", language="en")
        actions.propose(commitment.event, actions.Plan("Вода"), by=other)
    look(app, at(2))
    look(app, at(2, 20))

    came = [to for to, _ in post.came]
    assert came == ([[arrives]] if arrives else []) + [["anna@mail.example"]]
    assert states_of(app) == ["sent" if arrives else "bounced", "sent"]


def test_a_process_killed_while_it_sends_never_sends_twice(app, post, promised):
    look(app, at(2))
    event_id = event_of(app, promised)
    child = os.fork()
    if child == 0:
        # The server has taken the letter; the process dies before it can write that down.
        letters._note = lambda *noted: os.kill(os.getpid(), signal.SIGKILL)
        with app.app_context(), clock.frozen_at(at(2, 20)):
            db.engine.dispose(close=False)
            letters.send_due(event_id)
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert (states_of(app), len(post.came)) == (["sending"], 1)

    for minutes in (40, 60, 24 * 60):
        look(app, at(2, minutes))

    assert (states_of(app), len(post.came)) == (["sending"], 1)


def event_of(app, commitment_id: int) -> int:
    with app.app_context():
        return db.session.get_one(Commitment, commitment_id).event_id


def test_two_workers_send_a_letter_once(app, post, promised):
    look(app, at(2))
    with app.app_context(), clock.frozen_at(at(2, 20)):
        relay = Relay.of(post.url)
        (letter_id,) = letters.due(event_of(app, promised))
        with transactions.writing():
            first = letters._take(letter_id, relay)
        with transactions.writing():
            second = letters._take(letter_id, relay)

    assert (first is None, second is None) == (False, True)


@pytest.mark.parametrize("wrong", [at(12, 60), at(300), at(2, 60)])
def test_a_clock_that_jumped_ahead_and_was_put_right_sends_nothing_too_early(app, post, promised, wrong):
    look(app, at(1))
    look(app, wrong)
    look(app, at(1, 10))
    look(app, at(1, 60))
    assert post.came == []

    for minutes in (0, 20, 60, 120):
        look(app, at(2, minutes))
    assert len(post.came) == 1


def test_a_clock_that_was_behind_is_made_up_for_once(app, post, promised):
    look(app, at(-40))
    for minutes in (0, 20, 60):
        look(app, at(7, minutes))

    assert len(post.came) == 1
    with app.app_context():
        assert [each.weeks for each in db.session.query(FollowUp)] == [6]


def test_a_clock_that_goes_back_sends_nothing_again(app, post, promised):
    for moment in (at(2), at(2, 20), at(-10), at(1), at(2, 5), at(2, 30)):
        look(app, moment)

    assert len(post.came) == 1


def test_without_a_mail_server_there_are_links_and_nothing_is_lost(app, post, promised):
    app.config["SMTP_URL"] = ""
    look(app, at(2))
    look(app, at(2, 60))
    assert (post.came, states_of(app)) == ([], ["waiting"])

    app.config["SMTP_URL"] = post.url
    look(app, at(2, 90))
    assert len(post.came) == 1


@pytest.mark.parametrize("hostile", ["Вода\r\nBcc: all@mail.example", "Вода\nSubject: free", "\r\n\r\nbody"])
def test_no_word_gets_into_a_header(app, post, promised, hostile):
    with app.app_context(), transactions.writing():
        # As if a form had let it through.
        commitment = db.session.get_one(Commitment, promised)
        commitment.what, commitment.event.name = hostile, hostile
        for member in db.session.query(Member):
            member.name = hostile
    look(app, at(2))
    look(app, at(2, 20))

    ((to, message),) = post.came
    assert to == ["oksana@mail.example"]
    assert (message.get_all("Bcc"), len(message.get_all("Subject"))) == (None, 1)


def test_an_address_of_the_card_is_gone_with_the_card(app, post):
    with app.app_context(), transactions.writing():
        event = an_event()
        owner = a_member(event, "Оксана")
        contacts.write(contacts.ensure_card(owner), by=owner, email="card@mail.example")
        agreed(owner, email="", language="uk")
        actions.propose(event, actions.Plan("Аудит"), by=owner)
        owner_id = owner.id
    look(app, at(2))
    look(app, at(2, 20))
    assert [to for to, _ in post.came] == [["card@mail.example"]]
    with app.app_context(), transactions.writing():
        contacts.delete_cards([db.session.get_one(Member, owner_id)])

    look(app, at(6))
    look(app, at(6, 20))

    assert len(post.came) == 1


def test_who_has_left_is_not_asked(app, post, promised):
    look(app, at(2))
    with app.app_context(), transactions.writing():
        owner_id = db.session.get_one(Commitment, promised).owner_id
        access.leave(db.session.get_one(Member, owner_id))
    look(app, at(2, 20))
    look(app, at(6, 20))

    assert post.came == []
    with app.app_context():
        assert (db.session.query(FollowUp).count(), db.session.query(Letter).count()) == (0, 0)
        assert db.session.get(MailAddress, owner_id) is None


def test_a_call_for_help_reaches_the_helpers_by_mail_and_as_a_notice(app, post, promised):
    look(app, at(2))
    look(app, at(2, 20))
    post.came.clear()
    with app.app_context(), clock.frozen_at(at(2, 60)), transactions.writing():
        follow_up = db.session.query(FollowUp).one()
        for _ in range(2):
            follow_ups.answer(follow_up, Outcome.STUCK, words="Немає підпису", wants_help=True)
    look(app, at(2, 65))
    look(app, at(2, 90))

    ((to, message),) = post.came
    assert (to, message["Subject"]) == (["olena@mail.example"], "Hilfe wird gebraucht: Аудит входу")
    assert "Немає підпису" in message.get_body(("plain",)).get_content()
    with app.test_request_context():
        helper = db.session.query(Member).filter_by(name="Олена").one()
        assert any("Немає підпису" in notice.words for notice in notices.waiting(helper.id, helper.event))


def calls_for_help(app) -> int:
    """Let the owner ask for help; returns the id of the letter that says so."""
    with app.app_context(), clock.frozen_at(at(2, 60)), transactions.writing():
        follow_up = db.session.query(FollowUp).one()
        follow_ups.answer(follow_up, Outcome.STUCK, words="Немає підпису", wants_help=True)
        return next(each.id for each in follow_up.letters if not each.is_question)


def test_a_call_for_help_has_a_way_out_that_ends_all_mail(app, post, promised):
    look(app, at(2))
    look(app, at(2, 20))
    post.came.clear()
    calls_for_help(app)
    look(app, at(2, 65))

    ((_, message),) = post.came
    link = message["List-Unsubscribe"].strip("<>")
    assert link in message.get_body(("plain",)).get_content()
    assert app.test_client().post(link.removeprefix("https://open.example")).status_code == 200
    with app.app_context():
        helper = db.session.query(Member).filter_by(name="Олена").one()
        assert db.session.get_one(MailAddress, helper.id).now == ""


def needs_no_help(commitment):
    follow_ups.answer(db.session.query(FollowUp).one(), Outcome.STUCK)


def has_no_helper(commitment):
    actions.answer(commitment, accepts=False, by=commitment.helpers[0])


def is_left_alone(commitment):
    access.leave(commitment.owner)


@pytest.mark.parametrize("happens", [needs_no_help, has_no_helper, is_over, is_left_alone])
def test_a_call_that_is_void_goes_to_nobody(app, post, promised, happens):
    look(app, at(2))
    look(app, at(2, 20))
    post.came.clear()
    letter_id = calls_for_help(app)
    with app.app_context(), clock.frozen_at(at(2, 65)):
        before = letters.due(db.session.get_one(Commitment, promised).event_id)
        with transactions.writing():
            happens(db.session.get_one(Commitment, promised))
    look(app, at(2, 65))
    look(app, at(2, 90))

    assert (before, post.came) == ([letter_id], [])


# Whether an address is theirs

LINK = re.compile(r"https://open\.example(/\S+/addresses/\S+)")


def given(app, *emails: str) -> int:
    """Let Оксана promise something, and give these addresses one after the other; returns her id."""
    with app.app_context(), transactions.writing(), clock.frozen_at(at(0)):
        owner = a_member(an_event(), "Оксана")
        actions.propose(owner.event, actions.Plan("Аудит входу"), by=owner)
        for email in emails:
            follow_ups.agree(owner, email=email, language="de")
        return owner.id


def go_through_the_rounds(app) -> None:
    for weeks in (0, 2, 6, 12):
        for minutes in (20, 40, 60):
            look(app, at(weeks, minutes))


def test_an_address_that_nobody_confirms_gets_one_letter_and_never_more(app, post):
    member_id = given(app, "stranger@mail.example")
    go_through_the_rounds(app)

    ((to, message),) = post.came
    assert (to, message["Subject"]) == (["stranger@mail.example"], "Ist das Ihre Adresse? Інновації громад")
    text = message.get_body(("plain",)).get_content()
    assert "Аудит" not in text + message.get_body(("html",)).get_content()
    assert "Оксана" not in text
    assert message["List-Unsubscribe"] == f"<https://open.example{LINK.search(text)[1]}/end>"
    # Nor if it is forgotten and given again.
    with app.app_context(), transactions.writing():
        member = db.session.get_one(Member, member_id)
        follow_ups.withdraw(member)
        follow_ups.agree(member, email="Stranger@mail.example", language="de")
    go_through_the_rounds(app)
    assert len(post.came) == 1


def test_who_confirms_is_asked(app, post):
    given(app, "oksana@mail.example")
    look(app, at(0, 20))
    path = LINK.search(post.came[0][1].get_body(("plain",)).get_content())[1]
    client = app.test_client()
    client.get(path)
    before = [check.confirmed_at for check in all_checks(app)]
    answer = client.post(path)
    go_through_the_rounds(app)

    assert (before, answer.status_code) == ([None], 200)
    assert [message["Subject"][:12] for _, message in post.came] == ["Ist das Ihre"] + ["Was ist dara"] * 3


def all_checks(app) -> list[AddressCheck]:
    with app.app_context():
        return db.session.query(AddressCheck).all()


def test_who_wants_no_mail_says_so_with_one_click_and_it_holds(app, post):
    given(app, "stranger@mail.example")
    look(app, at(0, 20))
    path = LINK.search(post.came[0][1].get_body(("plain",)).get_content())[1]
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = app.test_client().post(f"{path}/end", data={"List-Unsubscribe": "One-Click"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    go_through_the_rounds(app)

    assert (answer.status_code, len(post.came)) == (200, 1)
    (check,) = all_checks(app)
    assert (check.stopped_at is not None, check.confirmed_at) == (True, None)


def test_a_made_up_link_confirms_nothing(app, post):
    given(app, "oksana@mail.example")
    (check,) = all_checks(app)
    for token in ("nothing", "0" * 64, "ж"):
        assert app.test_client().post(f"/innovatsii-hromad/addresses/{check.id}/{token}").status_code == 404

    assert all_checks(app)[0].confirmed_at is None


def test_a_member_gives_only_so_many_addresses(app, post):
    with pytest.raises(checks.TooManyAddresses):
        given(app, *(f"person{number}@mail.example" for number in range(checks.MOST + 1)))


def test_only_the_last_address_that_was_given_gets_the_letter(app, post):
    given(app, "typo@mail.example", "oksana@mail.example")
    go_through_the_rounds(app)

    assert [to for to, _ in post.came] == [["oksana@mail.example"]]


def jobs_at(app, *minutes: float) -> list[int]:
    """How many jobs begin at each of these moments of the first round."""
    found = []
    for each in minutes:
        with app.app_context(), clock.frozen_at(at(2, each)), transactions.writing():
            jobs.look()
            found.append(db.session.query(Job).filter_by(kind=jobs.MAIL).count())
            db.session.query(Job).delete()
    return found


def test_an_address_that_is_given_no_more_lets_no_job_begin_for_ever(app, post):
    given(app, "typo@mail.example", "oksana@mail.example")
    go_through_the_rounds(app)

    assert len(all_checks(app)) == 1
    assert jobs_at(app, 200, 300) == [0, 0]


def test_a_card_whose_new_address_nobody_confirms_lets_no_job_begin_for_ever(app, post):
    with app.app_context(), transactions.writing(), clock.frozen_at(at(0)):
        owner = a_member(an_event(), "Оксана")
        contacts.write(contacts.ensure_card(owner), by=owner, email="card@mail.example")
        agreed(owner, email="", language="de")
        actions.propose(owner.event, actions.Plan("Аудит"), by=owner)
        contacts.write(contacts.ensure_card(owner), by=owner, email="stranger@mail.example")
    for minutes in (0, 20, 40, 60):
        look(app, at(2, minutes))

    assert [to for to, _ in post.came] == [["stranger@mail.example"]]
    assert jobs_at(app, 200, 300) == [0, 0]


def test_an_address_that_was_refused_is_not_asked_again_by_itself(app, post):
    with app.app_context(), transactions.writing(), clock.frozen_at(at(0)):
        owner = a_member(an_event(), "Оксана")
        contacts.write(contacts.ensure_card(owner), by=owner, email="card@mail.example")
        agreed(owner, email="", language="de")
        actions.propose(owner.event, actions.Plan("Аудит"), by=owner)
        contacts.write(contacts.ensure_card(owner), by=owner, email="other@mail.example")
        checks.ask(db.session.get_one(MailAddress, owner.id))
        db.session.query(AddressCheck).filter_by(confirmed_at=None).one().state = Letters.REFUSED
    go_through_the_rounds(app)

    assert post.came == []


def test_an_address_that_bounces_is_seen_at_once_and_can_be_tried_again(app, post):
    post.refused["oksana@mail.example"] = "550 no such user"
    member_id = given(app, "oksana@mail.example")
    look(app, at(0, 20))
    with app.app_context(), transactions.writing():
        address = db.session.get_one(MailAddress, member_id)
        assert address.bounce == "550 no such user"
        assert bounced_addresses(address.member.event_id) == [address]
        post.refused.clear()
        with clock.frozen_at(at(0, 30)):
            follow_ups.agree(address.member, email="oksana@mail.example", language="uk")
    look(app, at(0, 60))

    assert len(post.came) == 1


def test_another_address_on_the_card_is_asked_first(app, post):
    with app.app_context(), transactions.writing():
        owner = a_member(an_event(), "Оксана")
        contacts.write(contacts.ensure_card(owner), by=owner, email="card@mail.example")
        agreed(owner, email="", language="de")
        actions.propose(owner.event, actions.Plan("Аудит"), by=owner)
        contacts.write(contacts.ensure_card(owner), by=owner, email="stranger@mail.example")
    go_through_the_rounds(app)

    assert [(to, message["Subject"][:12]) for to, message in post.came] == [(["stranger@mail.example"], "Ist das Ihre")]


def test_an_address_is_offered_to_who_says_yes(hall, post):
    ident = hall.commitment().id
    path, offer = hall.url(f"commitments/{ident}"), "Leave an address"

    def sees(who: str) -> bool:
        return offer in hall.ask(who).get(path, headers={"Accept-Language": "en"}).get_data(as_text=True)

    before = sees("participant")
    answer = hall.ask("participant").put(f"{path}/pledge?word=yes")
    after = sees("participant")
    hall.ask("participant").put(hall.url("me/commitments"), data={"email": "olena@mail.example"})

    assert (before, answer.location, after, sees("participant")) == (False, path, True, False)
    hall.app.config["SMTP_URL"] = ""
    assert not sees("convener")


# The personal link


@pytest.fixture
def link(hall):
    ident, token = hall.follow_up()
    return ident, hall.url(f"outcomes/{token}")


def answers(hall, ident: int) -> tuple:
    with hall.app.app_context():
        found = db.session.get_one(FollowUp, ident)
        return found.outcome, found.words, found.commitment.state


def test_the_link_opens_one_question_and_names_nobody(hall, link):
    answer = hall.app.test_client().get(link[1])
    page = answer.get_data(as_text=True)

    assert (answer.status_code, "Аудит входу" in page) == (200, True)
    assert [name for name in ("Оксана", "Дячук", "Олена", "Ткачук") if name in page] == []
    assert "no-store" in answer.headers["Cache-Control"]
    # Whoever opens it is not signed in by it.
    assert hall.app.test_client().get(hall.url("commitments")).status_code == 403


def test_looking_at_a_link_changes_nothing(hall, link):
    for path in ("", "/end"):
        hall.app.test_client().get(link[1] + path)

    assert answers(hall, link[0])[0] is None


def test_an_answer_moves_the_commitment_and_can_be_changed(hall, link):
    client = hall.app.test_client()
    client.post(link[1], data={"outcome": "moving", "words": "Два виїзди було"})
    moving = answers(hall, link[0])
    client.post(link[1], data={"outcome": "done"})

    assert moving == (Outcome.MOVING, "Два виїзди було", State.DOING)
    assert answers(hall, link[0]) == (Outcome.DONE, "", State.DONE)


def test_without_a_choice_the_page_asks_again(hall, link):
    answer = hall.app.test_client().post(link[1], data={"words": "Два виїзди було"})

    assert answer.status_code == 422
    assert "Два виїзди було" in answer.get_data(as_text=True)


def test_a_link_that_was_forwarded_can_be_ended(hall, link):
    hall.ask("organiser").put(hall.url(f"commitments/follow-up/{link[0]}/link"))

    assert hall.app.test_client().get(link[1]).status_code == 404
    assert hall.app.test_client().post(link[1], data={"outcome": "done"}).status_code == 404
    with hall.app.app_context():
        follow_up = db.session.get_one(FollowUp, link[0])
        assert follow_up_with(hall.id, follow_up.token) == follow_up


def test_the_database_does_not_hold_the_token(hall, link):
    token = link[1].rpartition("/")[2]
    with hall.app.app_context():
        follow_up = db.session.get_one(FollowUp, link[0])
        assert token not in (follow_up.token_hash, follow_up.salt)
    assert re.fullmatch("[0-9a-f]{64}", token)


def test_one_click_ends_mail_without_cookie_or_token_of_a_form(hall, link):
    with hall.app.test_request_context(), transactions.writing():
        owner = db.session.get_one(Member, hall.ids["convener"])
        agreed(owner, email="oksana@mail.example", language="uk")
    hall.app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = hall.app.test_client().post(f"{link[1]}/end", data={"List-Unsubscribe": "One-Click"})
    finally:
        hall.app.config["WTF_CSRF_ENABLED"] = False

    # No redirect, as RFC 8058 says.
    assert answer.status_code == 200
    with hall.app.app_context():
        assert db.session.get_one(MailAddress, hall.ids["convener"]).now == ""


@pytest.mark.parametrize("page", ["outcome", "outcome_end", "address", "address_end"])
def test_forms_behind_links_are_taken_over_https(hall, link, page):
    with hall.app.test_request_context(), transactions.writing():
        owner = db.session.get_one(Member, hall.ids["convener"])
        follow_ups.agree(owner, email="oksana@mail.example", language="uk")
        check = db.session.get_one(MailAddress, owner.id).check
        address = hall.url(f"addresses/{check.id}/{check.token}")
    path = (link[1] if page.startswith("outcome") else address) + ("/end" if page.endswith("end") else "")
    client, base = hall.app.test_client(), "https://localhost"
    hall.app.config["WTF_CSRF_ENABLED"] = True
    try:
        form = html.fromstring(client.get(path, base_url=base).data).xpath(f"//form[@action='{path}']")[0]
        data = {field.name: field.value for field in form.xpath(".//input[@type='hidden']")} | {"outcome": "moving"}
        answer = client.post(path, base_url=base, headers={"Referer": base + path}, data=data)
    finally:
        hall.app.config["WTF_CSRF_ENABLED"] = False

    assert answer.status_code in (200, 303)


def test_the_organiser_sees_answers_silence_and_the_table(hall, link):
    page = hall.ask("organiser").get(hall.url("commitments/follow-up")).get_data(as_text=True)
    assert link[1] in page
    hall.app.test_client().post(link[1], data={"outcome": "stuck", "words": "Немає підпису"})

    page = hall.ask("organiser").get(hall.url("commitments/follow-up")).get_data(as_text=True)
    table = hall.ask("organiser").get(hall.url("exports/commitments.csv")).get_data(as_text=True)

    assert "Немає підпису" in page
    assert "Аудит входу" in table
    assert "Немає підпису" in table


def test_the_organiser_sees_why_mail_waits(hall, link, post):
    path = hall.url("commitments/follow-up")
    before = hall.ask("organiser").get(path, headers={"Accept-Language": "en"}).get_data(as_text=True)
    with hall.app.app_context(), transactions.writing():
        db.session.query(Letter).filter_by(follow_up_id=link[0]).one().said = "535 bad credentials"

    page = hall.ask("organiser").get(path, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "The mail server does not take mail" not in before
    assert "The mail server does not take mail" in page
    assert "535 bad credentials" in page
    with hall.app.app_context(), transactions.writing():
        db.session.query(Letter).filter_by(follow_up_id=link[0]).one().refused_since = at(2)
    page = hall.ask("organiser").get(path, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert ("The mail server does not take mail" in page, "535 bad credentials" in page) == (False, True)


def test_the_organiser_sends_what_is_left(hall, link):
    with hall.app.app_context():
        database.tell_restored(now())
    page = hall.ask("organiser").get(hall.url("commitments/follow-up"), headers={"Accept-Language": "en"})
    hall.ask("organiser").post(hall.url("commitments/follow-up/letters"))

    assert "1 letter is left" in page.get_data(as_text=True)
    assert states_of(hall.app) == ["waiting"]


def test_rounds_are_chosen(hall):
    hall.ask("organiser").put(hall.url("commitments/follow-up"), data={"weeks": ["6"]})
    hall.commitment()
    with hall.app.app_context(), transactions.writing():
        for weeks in (2, 6, 12):
            with clock.frozen_at(at(weeks, 5)):
                follow_ups.open_due()
        assert [each.weeks for each in db.session.query(FollowUp)] == [6]


def test_a_round_long_past_is_not_begun():
    assert round_due(ENDS, ZONE, (2, 6, 12), at(12) + LATE) is None
    assert round_due(ENDS, ZONE, (2, 6, 12), at(12) + LATE - timedelta(minutes=1)) == 12
    assert round_due(ENDS, ZONE, (), at(2)) is None


def test_letters_know_how_they_stand():
    assert list(Letters) == ["waiting", "sending", "sent", "bounced", "aside", "refused"]
