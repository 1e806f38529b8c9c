"""What facilitators do to stories, who may not, and where what is hidden is seen no more."""

from datetime import timedelta

import pytest
from lxml import html

from openspace import clock
from openspace.access import notices
from openspace.access.models import Role
from openspace.extensions import db
from openspace.stories import actions, moderation_actions as moderation
from openspace.stories.actions import Silenced, Telling, TooManyComments
from openspace.stories.media_models import media_of
from openspace.stories.models import Report, open_reports, silences, story_numbered, waiting_count
from openspace.stories.rules import Mark, State
from openspace.uploads.rules import MediumState
from openspace.web.errors import NotAllowed, NotFound
from tests.factories import a_member, a_story, an_event
from tests.stories.test_media import REF, Phone, a_jpeg, media

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def teller(event):
    return a_member(event, "Оксана Дячук")


@pytest.fixture
def facilitator(event):
    return a_member(event, "Ірина", Role.FACILITATOR)


def told(member) -> list[str]:
    """The icons of the member's notices."""
    return [notice.icon for notice in notices.waiting(member.id, member.event)]


def test_what_waits_is_shown_by_a_facilitator_and_its_author_told(event, teller, facilitator):
    moderation.look_first(event, True, by=facilitator)
    story = a_story(event, teller)
    assert waiting_count(event.id) == 1

    moderation.show(story, by=facilitator)

    assert (story.state, waiting_count(event.id)) == (State.SHOWN, 0)
    assert story.shown_at
    assert told(teller) == ["story"]
    moderation.look_first(event, False, by=facilitator)
    assert a_story(event, teller).state == State.SHOWN


def test_what_is_hidden_keeps_its_place_when_it_is_shown_again(event, teller, facilitator):
    story = a_story(event, teller)
    moment = story.shown_at
    clock.held += timedelta(minutes=5)

    moderation.hide(story, "Імена дітей", by=facilitator)
    assert (story.state, story.hidden_why, told(teller)) == (
        State.HIDDEN,
        "Імена дітей",
        ["eyeoff"],
    )
    moderation.show(story, by=facilitator)

    assert (story.state, story.hidden_why, story.shown_at) == (State.SHOWN, "", moment)
    assert told(teller) == ["story"]


def test_an_author_does_not_bring_back_what_a_facilitator_hid(event, teller, facilitator):
    story = a_story(event, teller)
    moderation.hide(story, "Імена дітей", by=facilitator)

    actions.take_down(story, by=teller)
    with pytest.raises(NotFound):
        moderation.show(story, by=facilitator)
    actions.bring_back(story, by=teller)

    assert story.state == State.HIDDEN
    actions.edit(story, Telling("Без імен.", "uk"), by=teller)
    assert story.state != State.SHOWN


def test_a_hidden_story_that_its_author_changes_waits_for_a_facilitator_who_reads_why_it_was_hidden(hall):
    hall.ask("facilitator").put(hall.url("stories/1/hidden"), data={"why": "Імена дітей"})
    before = page(hall, "stories/1", who="convener").text_content()
    hall.ask("convener").put(hall.url("stories/1"), data={"text": "Без імен.", "language": "uk"})

    assert "Once you have changed it, a facilitator looks at it again." in before
    assert (
        "You have changed it; a facilitator looks at it again." in page(hall, "stories", who="convener").text_content()
    )
    (line,) = page(hall, "stories/moderation").xpath("//section[@aria-labelledby='waiting-head']//li")
    assert "Changed since it was hidden" in line.text_content()
    assert "Імена дітей" in line.text_content()
    hall.ask("facilitator").put(hall.url("stories/1/approval"))
    assert state(hall) == State.SHOWN


def test_once_nothing_reported_is_open_facilitators_are_told_no_more(event, teller, facilitator):
    reader, story = a_member(event, "Анна"), a_story(event, teller, "Автобус приїхав.")
    comment = actions.comment(story, "Дурня", by=reader)
    report = moderation.report(story, "Імена", by=reader)
    moderation.report(story, "Лайка", by=teller, comment=comment)

    (notice,) = notices.waiting(facilitator.id, facilitator.event)
    assert "Автобус приїхав" in notice.words
    moderation.settle(report, by=facilitator)
    assert told(facilitator) == ["flag"]
    actions.take_back(comment, by=reader)

    assert told(facilitator) == []
    assert facilitator.notices_at is None


@pytest.mark.parametrize("role", [Role.PARTICIPANT])
def test_participants_moderate_nothing(event, teller, role):
    story, other = a_story(event, teller), a_member(event, "Анна", role)
    report = moderation.report(story, "Імена", by=other)

    for write in (
        lambda: moderation.show(story, by=teller),
        lambda: moderation.hide(story, "так", by=other),
        lambda: moderation.settle(report, by=other),
        lambda: moderation.silence(teller, "так", by=other),
        lambda: moderation.unsilence(teller, by=other),
        lambda: moderation.look_first(event, True, by=other),
    ):
        with pytest.raises(NotAllowed):
            write()


def test_a_report_is_told_to_all_facilitators_and_open_until_one_settles_it(event, teller, facilitator):
    story, reader = a_story(event, teller), a_member(event, "Анна")
    organiser = a_member(event, "Команда", Role.ORGANISER)

    first = moderation.report(story, "Імена", by=reader)
    again = moderation.report(story, "Імена дітей", by=reader)
    comment = actions.comment(story, "Образа", by=teller)
    second = moderation.report(story, "Груба", by=reader, comment=comment)

    assert again.id == first.id
    assert [report.why for report in open_reports(event.id)] == ["Імена дітей", "Груба"]
    for who in (facilitator, organiser):
        assert told(who) == ["flag"]
    assert told(teller) == []
    moderation.settle(first, by=facilitator)
    assert [report.id for report in open_reports(event.id)] == [second.id]
    moderation.report(story, "Знову", by=reader)
    assert len(open_reports(event.id)) == 2


def test_hiding_settles_the_reports_of_a_story_and_a_deleted_comment_takes_its_own_along(event, teller, facilitator):
    story, reader = a_story(event, teller), a_member(event, "Анна")
    comment = actions.comment(story, "Образа", by=teller)
    moderation.report(story, "Імена", by=reader)
    moderation.report(story, "Груба", by=reader, comment=comment)

    moderation.hide(story, "Імена", by=facilitator)
    assert [report.why for report in open_reports(event.id)] == ["Груба"]
    actions.take_back(comment, by=facilitator)

    assert open_reports(event.id) == []


def test_one_judgement_settles_what_several_reported_and_is_no_longer_told(event, teller, facilitator):
    story, organiser = a_story(event, teller), a_member(event, "Команда", Role.ORGANISER)
    comment = actions.comment(story, "Образа", by=teller)
    first = moderation.report(story, "Імена", by=a_member(event, "Анна"))
    moderation.report(story, "Діти", by=a_member(event, "Ігор"))
    about_comment = moderation.report(story, "Груба", by=a_member(event, "Інна"), comment=comment)

    moderation.settle(first, by=facilitator)

    assert [report.why for report in open_reports(event.id)] == ["Груба"]
    assert told(organiser) == ["flag"]
    moderation.settle(about_comment, by=facilitator)
    assert open_reports(event.id) == []
    assert told(organiser) == []
    assert organiser.notices_at is None


@pytest.mark.parametrize("state", [State.WAITING, State.HIDDEN, State.TAKEN])
def test_what_is_not_on_the_wall_cannot_be_reported(event, teller, state):
    story = a_story(event, teller)
    story.state = state

    with pytest.raises(NotFound):
        moderation.report(story, "Імена", by=a_member(event, "Анна"))
    assert db.session.query(Report).count() == 0


def test_who_is_stopped_posts_nothing_until_a_facilitator_lets_them(event, teller, facilitator):
    story, other = a_story(event, teller), a_story(event, facilitator)
    moderation.silence(teller, "Образи", by=facilitator)
    assert [silence.member_id for silence in silences(event.id)] == [teller.id]

    for write in (
        lambda: a_story(event, teller),
        lambda: actions.edit(story, Telling("Інакше.", "uk"), by=teller),
        lambda: actions.comment(other, "Так!", by=teller),
    ):
        with pytest.raises(Silenced):
            write()
    # What takes nobody's time stays possible.
    actions.mark(other, Mark.HEART, by=teller)
    actions.take_down(story, by=teller)
    moderation.unsilence(teller, by=facilitator)

    assert a_story(event, teller).state == State.SHOWN


def test_facilitators_cannot_be_stopped(event, facilitator):
    with pytest.raises(NotAllowed):
        moderation.silence(a_member(event, "Команда", Role.ORGANISER), "так", by=facilitator)


def page(hall, path: str, who: str = "facilitator"):
    answer = hall.ask(who).get(hall.url(path), headers=ENGLISH)
    assert answer.status_code == 200
    return html.fromstring(answer.get_data(as_text=True))


def test_the_page_of_facilitators_has_what_waits_with_all_that_can_be_done(hall):
    hall.ask("facilitator").put(hall.url("stories/check"))
    hall.ask("participant").post(hall.url("stories"), data={"text": "Чекає на вас", "language": "uk"})
    answer = hall.ask("participant").post(hall.url("stories/1/reports"), data={"why": "Імена <дітей>"})
    assert answer.status_code == 303

    text = page(hall, "stories/moderation").text_content()

    for words in ("Чекає на вас", "Імена <дітей>", "Stories are shown after a facilitator has looked at them."):
        assert words in text
    assert hall.ask("facilitator").put(hall.url("stories/2/approval")).status_code == 303
    assert hall.ask("facilitator").put(hall.url("stories/1/hidden"), data={"why": "Імена"}).status_code == 303
    text = page(hall, "stories/moderation").text_content()
    assert "Чекає на вас" not in text
    assert "Show again" in text
    assert "Чекає на вас" in page(hall, "stories", "convener").text_content()


@pytest.mark.parametrize("why", ["", "с" * 201])
def test_hiding_and_reporting_want_a_reason_and_keep_what_was_typed(hall, why):
    hidden = hall.ask("facilitator").put(hall.url("stories/1/hidden"), data={"why": why}, headers=ENGLISH)
    reported = hall.ask("participant").post(hall.url("stories/1/reports"), data={"why": why}, headers=ENGLISH)

    assert (hidden.status_code, reported.status_code) == (422, 422)
    tree = html.fromstring(reported.get_data(as_text=True))
    assert tree.xpath("//input[@name='why']/@value") == [why]
    assert tree.xpath("//*[contains(@class, 'field__err')]")


def test_what_is_hidden_is_gone_from_open_phones_and_pages_at_once(hall):
    since = hall.ask("participant").get(hall.url("live?channel=stories&since=0")).get_json()["to"]
    assert "Автобус" in page(hall, "stories", "participant").text_content()

    hall.ask("facilitator").put(hall.url("stories/1/hidden"), data={"why": "Імена"})

    packet = hall.ask("participant").get(hall.url(f"live?channel=stories&since={since}")).get_json()
    assert packet["patches"] == [["story-1", None]]
    assert "Автобус" not in page(hall, "stories", "participant").text_content()
    assert hall.ask("participant").get(hall.url("stories/1")).status_code == 404
    assert hall.ask("participant").get(hall.url("stories/1/report")).status_code == 404


def test_a_refusal_says_why_somebody_may_not_post_and_keeps_the_story(hall):
    address = hall.url(f"stories/silences/{hall.ids['participant']}")
    assert hall.ask("facilitator").put(address, data={"why": "Образи"}).status_code == 303

    fields = {"text": "Ще одна", "language": "uk"}
    answer = hall.ask("participant").post(hall.url("stories"), data=fields, headers=ENGLISH)

    assert answer.status_code == 409
    tree = html.fromstring(answer.get_data(as_text=True))
    assert tree.xpath("//textarea[@name='text']")[0].text_content().strip() == "Ще одна"
    assert "A facilitator has stopped you from posting here." in tree.text_content()
    assert "Образи" in tree.text_content()


def test_a_comment_of_another_story_is_not_reported(hall):
    hall.ask("participant").post(hall.url("stories"), data={"text": "Друга", "language": "uk"})
    fields = {"why": "Груба", "comment": hall.comment_id}

    assert hall.ask("participant").post(hall.url("stories/2/reports"), data=fields).status_code == 404
    assert hall.ask("participant").post(hall.url("stories/1/reports"), data=fields).status_code == 303


def version(hall, number: int = 1) -> str:
    with hall.app.app_context():
        return story_numbered(hall.id, number).version


def state(hall, number: int = 1) -> State:
    with hall.app.app_context():
        return story_numbered(hall.id, number).state


def test_a_facilitator_shows_only_what_they_have_read(hall):
    hall.ask("facilitator").put(hall.url("stories/check"))
    hall.ask("participant").post(hall.url("stories"), data={"text": "Гарна історія", "language": "uk"})
    (action,) = page(hall, "stories/moderation").xpath("//form[contains(@action, 'stories/2/approval')]/@action")
    clock.held += timedelta(minutes=1)
    hall.ask("participant").put(hall.url("stories/2"), data={"text": "Зла історія", "language": "uk"})

    refused = hall.ask("facilitator").post(action, headers=ENGLISH)

    assert (refused.status_code, state(hall, 2)) == (409, State.WAITING)
    assert "Зла історія" in refused.get_data(as_text=True)
    assert hall.ask("facilitator").put(hall.url(f"stories/2/approval?seen={version(hall, 2)}")).status_code == 303
    assert state(hall, 2) == State.SHOWN


def test_what_has_not_arrived_is_not_shown_unseen(hall):
    hall.ask("facilitator").put(hall.url("stories/check"))
    fields = {"text": "Світлина буде", "language": "uk", "ref": REF, f"kind-{REF}": "photo"}
    hall.ask("participant").post(hall.url("stories"), data=fields)

    answer = hall.ask("facilitator").put(hall.url("stories/2/approval"), headers=ENGLISH)

    assert (answer.status_code, state(hall, 2)) == (409, State.WAITING)
    assert "still on its way" in answer.get_data(as_text=True)


def test_a_file_that_comes_to_a_story_on_the_wall_is_looked_at_where_stories_are(hall):
    fields = {"text": "Світлина буде", "language": "uk", "ref": REF, f"kind-{REF}": "photo"}
    hall.ask("participant").post(hall.url("stories"), data=fields)
    hall.ask("facilitator").put(hall.url("stories/check"))
    assert state(hall, 2) == State.SHOWN

    Phone(hall).send(REF, a_jpeg())

    assert state(hall, 2) == State.WAITING


def test_of_who_was_stopped_from_posting_no_file_is_taken(hall):
    fields = {"text": "Світлина буде", "language": "uk", "ref": REF, f"kind-{REF}": "photo"}
    hall.ask("participant").post(hall.url("stories"), data=fields)
    address = hall.url(f"stories/silences/{hall.ids['participant']}")
    hall.ask("facilitator").put(address, data={"why": "Образи"})

    Phone(hall).send(REF, a_jpeg())

    assert media(hall)[0].state == MediumState.COMING


@pytest.mark.parametrize("form", ["stories/new", "stories/1/edit", "stories/1/media/{film}/subtitles"])
def test_who_was_stopped_from_posting_is_told_before_they_write(hall, form):
    address = hall.url(form.format(film=hall.film()))
    assert "<textarea" in hall.ask("convener").get(address).get_data(as_text=True)
    silence = hall.url(f"stories/silences/{hall.ids['convener']}")
    hall.ask("facilitator").put(silence, data={"why": "Образи"})

    page = hall.ask("convener").get(address, headers={"Accept-Language": "en"}).get_data(as_text=True)

    assert "A facilitator has stopped you from posting here." in page
    assert "Their reason: Образи" in page
    assert "<textarea" not in page


def test_who_is_stopped_while_they_write_loses_no_words(hall):
    silence = hall.url(f"stories/silences/{hall.ids['participant']}")
    hall.ask("facilitator").put(silence, data={"why": "Образи"})

    answer = hall.ask("participant").post(hall.url("stories"), data={"text": "Мої слова", "language": "uk"})

    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert ">Мої слова</textarea>" in page
    assert "Образи" in page


@pytest.mark.parametrize("case", ["stories are looked at", "the author was stopped"])
def test_subtitles_are_a_part_of_the_story_and_do_not_get_past_facilitators(hall, case):
    address = hall.url(f"stories/1/media/{hall.film()}/subtitles")
    if case == "stories are looked at":
        hall.ask("facilitator").put(hall.url("stories/check"))
    else:
        silence = hall.url(f"stories/silences/{hall.ids['convener']}")
        hall.ask("facilitator").put(silence, data={"why": "Образи"})

    answer = hall.ask("convener").put(address, data={"lines": "0:00 Лайка"})

    if case == "stories are looked at":
        assert (answer.status_code, state(hall)) == (303, State.WAITING)
    else:
        assert answer.status_code == 409
        assert "Лайка" not in hall.ask("participant").get(f"{address}.vtt").get_data(as_text=True)


def test_what_a_picture_is_said_to_show_is_looked_at_too(hall):
    hall.film()
    hall.ask("facilitator").put(hall.url("stories/check"))
    with hall.app.app_context():
        (medium,) = media_of([story_numbered(hall.id, 1).id]).popitem()[1]
        ref, text = medium.ref, story_numbered(hall.id, 1).text

    fields = {"text": text, "language": "uk", "ref": ref, f"kind-{ref}": "film", f"alt-{ref}": ""}
    hall.ask("convener").put(hall.url("stories/1"), data=fields)
    assert state(hall) == State.SHOWN
    hall.ask("convener").put(hall.url("stories/1"), data={**fields, f"alt-{ref}": "Лайка"})

    assert state(hall) == State.WAITING


def test_a_story_has_a_hundred_comments_at_most(event, teller):
    story = a_story(event, teller)
    first = actions.comment(story, "Перший", by=teller, key="k" * 16)
    for number in range(99):
        actions.comment(story, f"Так {number}", by=teller)

    with pytest.raises(TooManyComments):
        actions.comment(story, "Ще", by=teller)
    assert actions.comment(story, "Перший", by=teller, key="k" * 16) is first


def test_facilitators_see_the_pictures_that_they_judge(hall):
    hall.film()
    hall.ask("participant").post(hall.url("stories/1/reports"), data={"why": "Непристойне фото"})

    assert page(hall, "stories/moderation").xpath("//li[contains(., 'Непристойне фото')]//video")
