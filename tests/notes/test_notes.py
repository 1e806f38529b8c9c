"""Writing notes over HTTP: saved once, merged, kept side by side, brought back; and who may."""

import random
import re
from datetime import timedelta

import pytest

from openspace import clock
from openspace.board.models import topic_numbered
from openspace.extensions import db
from openspace.notes.models import Version, VersionState, paragraphs_of
from openspace.store import sqlite
from openspace.text import paragraphs as tidy
from tests.conftest import MOMENT

JSON = {"Accept": "application/json"}


def save(hall, text: str, key: str = "p1", *, who: str = "participant", version: str, bases: str = "", **more):
    """Send a paragraph as a phone does; returns the answer."""
    sent = {"text": text, "version": version, "bases": bases, **more}
    return hall.ask(who).put(hall.url(f"topics/1/notes/paragraphs/{key}"), data=sent, headers=JSON)


def texts(hall) -> list[str]:
    with hall.app.test_request_context():
        return [each.current.text for each in paragraphs_of(topic_numbered(hall.id, 1))]


def rivals(hall) -> list[str]:
    with hall.app.test_request_context():
        return [rival.text for each in paragraphs_of(topic_numbered(hall.id, 1)) for rival in each.rivals]


def test_a_paragraph_is_saved_and_its_answer_names_the_version(hall):
    answer = save(hall, "Двері **важкі**.", version="v1")

    assert answer.status_code == 200
    assert (answer.json["state"], answer.json["sent"], answer.json["version"]) == ("saved", "v1", "v1")
    assert "<strong>важкі</strong>" in answer.json["html"]
    assert texts(hall) == ["Двері **важкі**."]


def test_the_same_version_sent_again_is_saved_once(hall):
    first = save(hall, "Двері.", version="v1")
    again = save(hall, "Двері.", version="v1")

    assert again.json == first.json
    assert texts(hall) == ["Двері."]


def test_what_two_wrote_in_different_sentences_is_merged(hall):
    save(hall, "Двері важкі. Пандуса нема.", version="v1")
    save(hall, "Двері тугі. Пандуса нема.", version="v2", bases="v1")
    answer = save(hall, "Двері важкі. Пандуса нема ніде.", version="v3", bases="v1", who="convener")

    assert answer.json["text"] == "Двері тугі. Пандуса нема ніде."
    assert answer.json["version"] != "v3"
    assert texts(hall) == ["Двері тугі. Пандуса нема ніде."]


def test_who_goes_on_from_what_was_merged_away_changes_only_what_they_changed(hall):
    save(hall, "Двері важкі. Пандуса нема.", version="v1")
    save(hall, "Двері тугі. Пандуса нема.", version="v2", bases="v1")
    save(hall, "Двері важкі. Пандуса нема ніде.", version="v3", bases="v1", who="convener")
    # The answer came while its writer was typing: the next text goes on from what was sent.
    save(hall, "Двері важкі. Пандуса нема ніде. І перил.", version="v4", bases="v3 v1", who="convener")

    assert texts(hall) == ["Двері тугі. Пандуса нема ніде. І перил."]


def test_an_answer_that_was_lost_doubles_nothing(hall):
    save(hall, "Двері.", version="v1")
    # The phone heard no answer, and its writer typed on: it names both what it may have sent and what it knows.
    answer = save(hall, "Двері важкі.", version="v2", bases="v1")
    lost = save(hall, "Двері важкі й тугі.", version="v4", bases="v3 v2 v1")

    assert (answer.json["text"], lost.json["text"]) == ("Двері важкі.", "Двері важкі й тугі.")
    assert texts(hall) == ["Двері важкі й тугі."]


@pytest.mark.parametrize(("mine", "theirs"), [("Тугі.", "Скрипучі."), ("", "Скрипучі."), ("Тугі.", "")])
def test_a_clash_keeps_both_until_somebody_chooses(hall, mine, theirs):
    save(hall, "Важкі.", version="v1")
    save(hall, theirs, version="v2", bases="v1", who="convener")
    answer = save(hall, mine, version="v3", bases="v1")

    assert answer.json["state"] == "clash"
    assert (texts(hall), rivals(hall)) == ([theirs], [mine])
    page = hall.ask("convener").get(hall.url("topics/1/notes")).text
    assert 'role="alert"' in page


@pytest.mark.parametrize(("keeps", "left"), [("v2", ["Скрипучі."]), ("v3", ["Тугі."]), ("all", ["Скрипучі.", "Тугі."])])
def test_choosing_ends_the_clash(hall, keeps, left):
    clash(hall)

    answer = hall.ask("facilitator").put(hall.url(f"topics/1/notes/paragraphs/p1/choice?keeps={keeps}&of=v2 v3"))

    assert answer.status_code == 303
    assert (texts(hall), rivals(hall)) == (left, [])


def clash(hall) -> None:
    save(hall, "Важкі.", version="v1")
    save(hall, "Скрипучі.", version="v2", bases="v1", who="convener")
    save(hall, "Тугі.", version="v3", bases="v1")


def test_choosing_between_versions_that_have_changed_is_refused(hall):
    clash(hall)
    save(hall, "Дуже тугі.", version="v4", bases="v3 v1")

    answer = hall.ask("facilitator").put(hall.url("topics/1/notes/paragraphs/p1/choice?keeps=v3&of=v2 v3"))

    assert answer.status_code == 409
    assert (texts(hall), rivals(hall)) == (["Скрипучі."], ["Дуже тугі."])


def test_a_note_of_fifty_thousand_characters_is_kept_whole(hall):
    words = "\n\n".join(" ".join(f"слово{number}-{line}" for number in range(60)) for line in range(85))
    assert 50_000 < len(words) < 70_000

    assert save(hall, words, version="v1").status_code == 200

    assert texts(hall) == [words]
    assert hall.ask("convener").get(hall.url("topics/1/notes")).status_code == 200


def test_more_than_fits_is_refused_and_shown_again(hall):
    for number in range(2):
        assert save(hall, "ж" * 39_999, f"p{number}", version="v1").status_code == 200

    answer = hall.ask("participant").put(
        hall.url("topics/1/notes/paragraphs/p3"), data={"text": "Останнє слово", "version": "v1"}
    )

    assert answer.status_code == 422
    assert "Останнє слово" in answer.text


def test_a_table_from_word_is_a_table(hall):
    save(hall, "Громада\tЛюдей\r\nОзеряни\t24", version="v1")

    assert "<td>Озеряни</td>" in hall.ask("convener").get(hall.url("topics/1/notes")).text


def test_paragraphs_stand_in_their_order_and_a_new_one_where_it_was_put(hall):
    save(hall, "Перший.", "p1", version="v")
    save(hall, "Третій.", "p3", version="v")
    save(hall, "Другий.", "p2", version="v", after="p1")
    save(hall, "Порада.", "p4", version="v", part="advice")

    assert texts(hall) == ["Перший.", "Другий.", "Третій.", "Порада."]


def test_sixty_paragraphs_in_one_gap_keep_their_order(hall):
    save(hall, "Перший.", "p", version="v")
    save(hall, "Останній.", "q", version="v")
    for number in range(60):
        save(hall, f"{number}", f"p{number}", version="v", after="p")

    assert texts(hall) == ["Перший.", *map(str, reversed(range(60))), "Останній."]


def test_an_earlier_state_comes_back_and_what_is_written_meanwhile_is_merged(hall):
    first = save(hall, "Двері важкі. Пандуса нема.", version="v1")
    save(hall, "Зовсім інше.", version="v2", bases="v1", who="convener")
    save(hall, "Зайве.", "p2", version="v1")

    hall.ask("facilitator").put(hall.url("topics/1/notes/revision"), data={"revision": first.json["revision"]})
    assert texts(hall) == ["Двері важкі. Пандуса нема."]
    answer = save(hall, "Зовсім інше. І ще.", version="v3", bases="v2", who="convener")

    assert answer.json["state"] == "clash"
    assert (texts(hall), rivals(hall)) == (["Двері важкі. Пандуса нема."], ["Зовсім інше. І ще."])


def test_the_history_shows_each_moment_and_how_the_notes_read_then(hall, monkeypatch):
    save(hall, "Двері важкі.", version="v1")
    monkeypatch.setattr(clock, "held", MOMENT + timedelta(minutes=10))
    save(hall, "Двері тугі.", version="v2", bases="v1", who="convener")

    history = hall.ask("participant").get(hall.url("topics/1/notes/history")).text
    moments = re.findall(r"notes/history/(\d+)", history)

    assert len(moments) == 2
    assert "Двері тугі." in hall.ask("participant").get(hall.url(f"topics/1/notes/history/{moments[0]}")).text
    assert "Двері важкі." in hall.ask("participant").get(hall.url(f"topics/1/notes/history/{moments[1]}")).text
    assert hall.ask("participant").get(hall.url("topics/1/notes/history/0")).status_code == 404


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("people", [2, 5])
def test_every_acknowledged_sentence_is_in_the_result_or_in_its_history(hall, seed, people):
    """Some write in one paragraph, with a network in which answers get lost, and each goes on from what they know."""
    chance = random.Random(f"{seed} {people}")
    save(hall, "Початок.", version="v0")
    known = {number: ["v0"] for number in range(people)}
    wrote = dict.fromkeys(range(people), "Початок.")
    sent, names = [], ("participant", "convener", "facilitator", "organiser")
    for turn in range(30):
        number = chance.randrange(people)
        sentence = f"Речення {turn} від {number}."
        kept = [each for each in wrote[number].split(" | ") if chance.random() < 0.8]
        wrote[number] = " | ".join([*kept, sentence]) if chance.random() < 0.9 else sentence
        version = f"t{turn}"
        answer = save(
            hall, wrote[number], version=version, bases=" ".join(known[number]), who=names[number % len(names)]
        )
        assert answer.status_code == 200
        sent.append(sentence)
        if chance.random() < 0.6:
            stands = answer.json["state"] == "saved"
            known[number] = [answer.json["version"] if stands else version]
            wrote[number] = answer.json["text"] if stands else wrote[number]
        else:
            known[number] = [version, *known[number]]

    with hall.app.test_request_context():
        written = [version.text for version in db.session.query(Version).all()]
        current = db.session.query(Version).filter_by(state=VersionState.CURRENT).all()
    assert all(any(sentence in text for text in written) for sentence in sent)
    # Nobody's text is doubled: there is one text, and no sentence stands in it twice.
    assert len(current) == 1
    assert all(current[0].text.count(sentence) <= 1 for sentence in sent)


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![](http://evil/x.png)"])
def test_words_of_notes_are_shown_as_words(hall, hostile):
    save(hall, f"Двері {hostile}", version="v1")

    page = hall.ask("convener").get(hall.url("topics/1/notes")).text

    assert "<script>alert(1)" not in page
    assert 'href="javascript:' not in page
    assert '<img src="http' not in page


def test_who_writes_where_is_shown_until_they_leave(hall):
    save(hall, "Двері.", version="v1")
    hand = hall.url("topics/1/notes/paragraphs/p1/hand")
    assert hall.ask("convener").put(hand, headers=JSON).status_code == 200
    assert "Оксана Дячук" in hall.ask("participant").get(hall.url("topics/1/notes")).text

    hall.ask("participant").delete(hand, headers=JSON)
    assert "data-hand" in hall.ask("participant").get(hall.url("topics/1/notes")).text
    hall.ask("convener").delete(hand, headers=JSON)
    assert "data-hand" not in hall.ask("participant").get(hall.url("topics/1/notes")).text


def test_a_name_that_is_no_key_is_refused(hall):
    assert save(hall, "Двері.", "p 1", version="v1").status_code == 404
    assert save(hall, "Двері.", version="v 1").status_code == 422
    assert save(hall, "Двері.", version="v1", part="other").status_code == 422


def test_what_is_typed_is_tidied_as_everywhere(hall):
    save(hall, "Двері\u200b \r\n важкі.\r\n\r\n", version="v1")

    assert texts(hall) == [tidy("Двері \n важкі.")]


def test_of_a_merged_topic_the_notes_stand_with_the_joint_ones(hall):
    save(hall, "Двері.", version="v1")
    hall.merge_topics()

    with hall.app.test_request_context(), sqlite.writing():
        joint = topic_numbered(hall.id, 1).joint or topic_numbered(hall.id, 1)
        shown = [each.current.text for each in paragraphs_of(joint)]
        number = joint.number

    assert shown == ["Двері."]
    assert "Двері." in hall.ask("participant").get(hall.url(f"topics/{number}/notes")).text


def test_words_that_were_not_kept_are_in_the_history(hall):
    clash(hall)
    hall.ask("facilitator").put(hall.url("topics/1/notes/paragraphs/p1/choice?keeps=v2&of=v2 v3"))
    assert texts(hall) == ["Скрипучі."]

    history = hall.ask("participant").get(hall.url("topics/1/notes/history")).text
    then = [
        hall.ask("participant").get(hall.url(f"topics/1/notes/history/{revision}")).text
        for revision in re.findall(r"notes/history/(\d+)", history)
    ]

    assert any("Тугі." in page for page in then)


def test_more_than_ten_versions_of_one_paragraph_are_refused(hall):
    save(hall, "Важкі.", version="v0")
    save(hall, "Скрипучі.", version="w", bases="v0", who="convener")
    answers = [save(hall, f"Тугі {number}.", version=f"v{number}", bases="v0") for number in range(1, 13)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [409] * 2
    assert len(rivals(hall)) == 10


def test_notes_that_are_too_long_already_may_be_shortened(hall, monkeypatch):
    save(hall, "Довгі нотатки.", version="v1")
    monkeypatch.setattr("openspace.notes.actions.LONGEST_NOTES", 5)

    assert save(hall, "Довгі нотатки, ще довші.", version="v2", bases="v1").status_code == 422
    assert save(hall, "Коротші.", version="v3", bases="v1").status_code == 200


@pytest.mark.parametrize("who", [" ", "9" * 5000, "x", "-1", "999999"])
def test_an_odd_person_for_a_step_or_the_notes_is_no_error_of_ours(hall, who):
    step = hall.ask("convener").post(hall.url("topics/1/notes/steps"), data={"what": "Аудит", "who": who})
    name = hall.ask("convener").put(hall.url("topics/1/notes/writer"), data={"who": who})

    assert step.status_code in {303, 422}
    assert name.status_code in {404, 422}
