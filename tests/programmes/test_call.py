"""The call: written, previewed, published, read by everybody, changed and taken back; and what never comes through."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from openspace import clock
from openspace.programmes import actions
from tests.programmes.conftest import TEXT, local

HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)>"
FRAME = {
    "closes_on": "2026-12-31",
    "closes_at": "23:59",
    "zone": "Europe/Berlin",
    "places": "2",
    "languages": ["uk", "de"],
    "email": "lab@example.org",
    "kept_until": "2028-12-31",
}


def tree(text: str):
    return html.fromstring(text)


def title(page) -> str:
    return page.xpath("string(//h1)").strip().replace("\N{SOFT HYPHEN}", "")


def test_a_programme_begins_with_four_questions_in_all_its_languages(lab):
    questions = lab.call().questions

    assert [each["name"] for each in questions] == ["q1", "q2", "q3", "q4"]
    assert questions[2]["words"] == {
        "uk": "Чому ви хочете взяти участь?",
        "de": "Warum möchten Sie teilnehmen?",
    }


def test_only_organisers_see_a_call_before_it_is_published(lab):
    lab.write()

    assert lab.ask("stranger").get(lab.url("call")).status_code == 404
    assert lab.ask("lead of another").get(lab.url("call")).status_code == 404
    assert "заклик не опубліковано" in lab.page("lead", "call", lang="uk")


def test_a_call_without_words_is_not_published(lab):
    assert lab.send("lead", "call/publication").status_code == 422
    lab.write("de")
    # The main language is another one.
    assert lab.send("lead", "call/publication").status_code == 422
    lab.write("uk", declaration=" ")
    assert lab.send("lead", "call/publication").status_code == 422
    lab.write("uk")

    assert lab.send("lead", "call/publication").status_code == 303
    assert lab.call().published_at


def test_a_call_is_not_published_after_its_deadline(lab):
    lab.write()
    clock.held = lab.call().closes_at

    assert lab.send("lead", "call/publication").status_code == 422


def test_everybody_reads_it_in_their_language_if_it_is_written_in_that(lab):
    lab.publish()
    lab.closes(local(2026, 12, 31, 23, 59))

    page = tree(lab.page("stranger", "call", lang="de"))
    assert (page.xpath("string(//main/@lang)"), title(page)) == ("uk", "Прискорювач міст-побратимів")
    assert "31 грудня, 23:59" in page.xpath("string(//main)")
    lab.write("de", title="Städte im Aufbruch")
    page = tree(lab.page("stranger", "call", lang="de"))
    assert (page.xpath("string(//main/@lang)"), title(page)) == ("de", "Städte im Aufbruch")
    assert page.xpath("//link[@rel='alternate']/@hreflang") == ["uk", "de"]
    assert page.xpath("string(//meta[@property='og:title']/@content)") == "Städte im Aufbruch"


def test_who_is_no_organiser_is_led_from_the_programme_to_its_call(lab):
    lab.publish()

    for who in ("stranger", "lead of another", "organiser"):
        answer = lab.ask(who).get(lab.url())
        assert (answer.status_code, answer.location) == (303, f"/programmes/{lab.slug}/call")


def test_after_the_deadline_it_stays_and_says_so(lab):
    lab.publish()
    lab.closes(local(2026, 12, 31, 23, 59))
    clock.held = datetime(2026, 12, 31, 22, 58, 59, tzinfo=UTC)
    assert "Заявки закрито" not in lab.page("stranger", "call", lang="uk")

    clock.held = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)

    page = lab.page("stranger", "call", lang="uk")
    assert "Заявки закрито" in page
    assert TEXT["lead"] in page


def test_changes_after_publication_are_told_and_those_before_are_not(lab):
    lab.write()
    lab.closes(local(2026, 12, 1, 12))
    lab.do(actions.publish)
    assert "Що змінилося" not in lab.page("stranger", "call", lang="uk")

    lab.closes(local(2026, 12, 15, 12))
    lab.write(lead="Три пари міст.")

    told = [
        " ".join(item.text_content().split())
        for item in tree(lab.page("stranger", "call", lang="uk")).xpath("//section[contains(@class, 'changes')]//li")
    ]
    assert [words.split(": ", 1)[1] for words in told] == ["текст", "останній день подання (раніше: 1 грудня, 12:00)"]


def test_saving_without_a_change_tells_nothing(lab):
    lab.publish()
    lab.write()
    assert lab.send("lead", "call/frame", **lab.frame(places="3")).status_code == 303
    before = len(lab.call().changes)

    assert lab.send("lead", "call/frame", **lab.frame()).status_code == 303

    assert (before, len(lab.call().changes)) == (1, 1)


def test_of_two_who_change_the_frame_the_second_sees_what_the_first_did(lab):
    lab.publish()
    shown = lab.frame(places="3")
    lab.closes(local(2027, 1, 15, 12))

    answer = lab.send("lead", "call/frame", **shown)

    assert (answer.status_code, lab.call().closes_at) == (409, local(2027, 1, 15, 12))
    assert "15 січня" in answer.get_data(as_text=True)


def test_what_people_have_agreed_to_is_not_kept_for_longer(lab):
    lab.publish()
    kept = lab.call().kept_until

    later = lab.send("lead", "call/frame", **lab.frame(kept_until=(kept + timedelta(days=1)).isoformat()))
    earlier = lab.send("lead", "call/frame", **lab.frame(kept_until=(kept - timedelta(days=1)).isoformat()))

    assert (later.status_code, earlier.status_code) == (422, 303)


def test_a_published_call_keeps_a_language_in_which_it_is_written(lab):
    lab.publish()
    seen = tree(lab.page("lead", "call/texts/uk")).xpath("string(//input[@name='seen']/@value)")

    assert lab.send("lead", "call/texts/uk", **{**TEXT, "lead": "", "seen": seen}).status_code == 422
    assert lab.send("lead", "call/frame", **lab.frame(languages=["de"])).status_code == 422
    assert lab.ask("stranger").get(lab.url("call")).status_code == 200
    lab.write("de")
    assert lab.send("lead", "call/frame", **lab.frame(languages=["de"])).status_code == 303
    assert lab.ask("stranger").get(lab.url("call")).status_code == 200


def test_languages_keep_their_order_when_others_are_added(lab):
    assert lab.send("lead", "call/frame", **lab.frame(languages=["en", "de", "uk"])).status_code == 303
    assert lab.send("lead", "call/frame", **lab.frame(languages=["en", "de"])).status_code == 303
    assert lab.send("lead", "call/frame", **lab.frame(languages=["en", "de", "uk"])).status_code == 303

    # Ukrainian was taken away, and comes back as the last one.
    assert lab.call().office.languages == ["de", "en", "uk"]


def test_words_of_a_language_that_is_taken_away_are_kept(lab):
    lab.send("lead", "call/frame", **lab.frame(languages=["uk"]))
    asked = rows("Хто ви?", "Навіщо?", name=["q1", "q3"])
    assert lab.send("lead", "call/questions", **asked, seen=seen(lab)).status_code == 303

    assert lab.call().questions[1]["words"] == {"uk": "Навіщо?", "de": "Warum möchten Sie teilnehmen?"}


def test_a_call_that_was_taken_back_after_its_deadline_can_be_published_again_and_its_changes_are_told(lab):
    lab.publish()
    clock.held = lab.call().closes_at
    lab.do(actions.withdraw)
    lab.write(lead="Інакше.")

    assert lab.send("lead", "call/publication").status_code == 303

    assert "Що змінилося" in lab.page("stranger", "call", lang="uk")


def test_of_two_who_write_at_once_the_second_sees_both_texts(lab):
    lab.write()
    seen = tree(lab.page("lead", "call/texts/uk")).xpath("string(//input[@name='seen']/@value)")
    lab.write(lead="Слова першої людини.")

    answer = lab.send("lead", "call/texts/uk", **{**TEXT, "lead": "Слова другої людини.", "seen": seen})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Слова першої людини." in page
    assert "Слова другої людини." in page
    assert lab.call().texts["uk"]["lead"] == "Слова першої людини."
    again = tree(page).xpath("string(//input[@name='seen']/@value)")
    answer = lab.send("lead", "call/texts/uk", **{**TEXT, "lead": "Разом.", "seen": again})
    assert (answer.status_code, lab.call().texts["uk"]["lead"]) == (303, "Разом.")


def test_a_text_that_is_too_long_is_refused_and_kept(lab):
    long = "ю" * 601

    answer = lab.send("lead", "call/texts/uk", **{**TEXT, "lead": long, "seen": ""})

    assert answer.status_code == 422
    assert long in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"closes_on": "31.12.2026"},
        {"closes_at": "25:00"},
        {"zone": "Mars/Olympus"},
        {"places": "0"},
        {"places": "двоє"},
        {"languages": []},
        {"languages": ["xx"]},
        {"email": "lab at example"},
        # Deleted before it is handed in, or at once.
        {"kept_until": "2026-12-30"},
        {"kept_until": "2026-06-04", "closes_on": "2026-06-01"},
    ],
)
def test_a_frame_that_cannot_be_is_refused_and_kept(lab, wrong):
    answer = lab.send("lead", "call/frame", **{**FRAME, "email": "typed@example.org", **wrong})

    assert answer.status_code == 422
    assert "email" in wrong or "typed@example.org" in answer.get_data(as_text=True)


def rows(*asked: str, **more: list[str]) -> dict[str, list[str]]:
    count = len(asked)
    empty = [""] * count
    return {
        "name": empty,
        "words_uk": list(asked),
        "hint_uk": empty,
        "words_de": empty,
        "hint_de": empty,
        "longest": ["500"] * count,
        **more,
    }


def seen(lab) -> str:
    return tree(lab.page("lead", "call/questions")).xpath("string(//input[@name='seen']/@value)")


def test_questions_keep_their_names_when_others_come_and_go(lab):
    asked = rows("Хто ви?", "", "Навіщо?", name=["q1", "q2", "q3"])

    assert lab.send("lead", "call/questions", **asked, seen=seen(lab)).status_code == 303
    asked = rows("Хто ви?", "Ще?", "Навіщо?", name=["q1", "", "q3"])
    assert lab.send("lead", "call/questions", **asked, seen=seen(lab)).status_code == 303

    # What answers there are to one that is gone are never those to another one.
    assert [(each["name"], each["words"]["uk"]) for each in lab.call().questions] == [
        ("q1", "Хто ви?"),
        ("q5", "Ще?"),
        ("q3", "Навіщо?"),
    ]


def test_a_question_that_people_have_read_stays(lab):
    lab.publish()
    asked = rows("Хто ви?", "Навіщо?", name=["q1", "q3"])
    assert lab.send("lead", "call/questions", **asked, seen=seen(lab)).status_code == 422
    asked = rows("Хто ви?", "Що?", "Навіщо?", "Ще?", "Нове?", name=["q1", "q2", "q3", "q4", ""])

    assert lab.send("lead", "call/questions", **asked, seen=seen(lab)).status_code == 303
    assert [each["name"] for each in lab.call().questions] == ["q1", "q2", "q3", "q4", "q5"]


@pytest.mark.parametrize(
    "wrong",
    [
        rows(""),
        rows("", words_de=["Nur deutsch?"]),
        rows("ю" * 301),
        rows("Хто ви?", hint_uk=["ю" * 501]),
        rows("Хто ви?", longest=["49"]),
        rows("Хто ви?", longest=["багато"]),
        rows(*["Хто ви?"] * 13),
        rows("Хто ви?", name=["q77"]),
        rows("Хто ви?", "Хто?", name=["q1", "q1"]),
    ],
)
def test_questions_that_cannot_be_are_refused_and_kept(lab, wrong):
    before = lab.call().questions

    answer = lab.send("lead", "call/questions", **wrong, seen=seen(lab))

    assert answer.status_code == 422
    assert lab.call().questions == before
    typed = wrong["words_uk"][0] or wrong["words_de"][0]
    assert typed in answer.get_data(as_text=True)


def test_nothing_that_is_written_runs_in_the_page(lab):
    lab.write(
        **dict.fromkeys(TEXT, HOSTILE), note=f"{HOSTILE} [y](javascript:alert(3)) ![x](https://else.example/x.png)"
    )
    lab.do(actions.publish)

    page = tree(lab.page("stranger", "call", lang="uk"))

    assert page.xpath("//main//script | //main//img | //@onerror | //a[starts-with(@href, 'javascript')]") == []
    assert HOSTILE in title(page)


def test_taken_back_it_is_for_organisers_alone(lab):
    lab.publish()

    assert lab.send("lead", "call/publication", "DELETE").status_code == 303

    assert lab.ask("stranger").get(lab.url("call")).status_code == 404


def test_days_hours_and_minutes_are_counted_down(lab):
    lab.publish()
    closes = lab.call().closes_at
    told = []
    for until in (timedelta(days=23, hours=8), timedelta(hours=5, minutes=2), timedelta(minutes=7)):
        clock.held = closes - until
        circle = tree(lab.page("stranger", "call", lang="uk")).xpath("//*[@class='twins__in']/span[1]")[0]
        told.append(" ".join(circle.text_content().split()))

    assert told == ["23дні на заявку", "5годин на заявку", "7хвилин на заявку"]
