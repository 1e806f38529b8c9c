"""The pages of the news: what stands on them, and what does not."""

import pytest
from lxml import html

from openspace.access.models import Member
from openspace.board.models import topic_numbered
from openspace.events.models import Event
from openspace.extensions import db
from openspace.notes import actions as notes
from openspace.store import sqlite

HOSTILE = "<script>alert(1)</script> **Двері** [тут](javascript:alert(2)) شكرا 🎉 " * 2
TITLE = "Ду" * 57 + "🎉<b>"


def write(hall, text: str = HOSTILE, title: str = "") -> None:
    """Let topic 1, which hangs on the board, hand in its notes."""
    with hall.app.test_request_context(), sqlite.writing():
        topic = topic_numbered(hall.id, 1)
        topic.title = title or topic.title
        notes.save(topic, key="p1", text=text, version="v1", by=topic.convener)
        db.session.commit()


def page(hall, path: str = "news", who: str = "participant"):
    return html.fromstring(hall.ask(who).get(hall.url(path)).get_data(as_text=True))


def words(element) -> str:
    return " ".join(element.text_content().replace("\xad", "").split())


@pytest.mark.parametrize("path", ["news", "projector/{key}/news"])
def test_hostile_notes_and_titles_are_plain_words(hall, path):
    write(hall, title=TITLE)

    (report,) = page(hall, path.format(key=hall.projector)).xpath("//article")

    assert report.xpath(".//script | .//blockquote//a | .//h2//b") == []
    assert TITLE in words(report)
    said = words(report.xpath(".//blockquote")[0])
    assert said.startswith("<script>alert(1)</script> Двері")
    assert ("شكرا 🎉" in said, "**" in said) == (True, False)


def test_topics_are_missing_and_no_names(hall):
    name = hall.ask("participant").get(hall.url("topics/1")).get_data(as_text=True)
    assert "Оксана Дячук" in name

    found = page(hall)

    assert len(found.xpath("//ul[@class='news__missing']/li")) == 1
    assert "Оксана Дячук" not in words(found.xpath("//main")[0])
    assert found.xpath("//article") == []


@pytest.mark.parametrize("path", ["news", "projector/{key}/news"])
def test_a_photo_alone_is_told_and_its_file_opens_where_it_is_shown(hall, path):
    photo_id, path = hall.note_photo(), path.format(key=hall.projector)
    hall.ask("participant").put(hall.url(f"topics/1/notes/photos/{photo_id}"), data={"caption": "Список"})
    who = "participant" if path == "news" else "stranger"

    (image,) = page(hall, path, who).xpath("//article//img")

    assert image.get("alt") == "Список"
    source = f"/{hall.slug}/{path.removesuffix('news')}{image.get('src')}"
    assert image.get("srcset") == f"{image.get('src')} 480w"
    assert hall.ask(who).get(source).status_code == 200
    hall.ask("participant").delete(hall.url(f"topics/1/notes/photos/{photo_id}"))
    assert hall.ask(who).get(source).status_code == 404
    assert page(hall, path, who).xpath("//article") == []


def test_a_photo_in_patches_does_not_hold_the_key_of_the_screen(hall):
    hall.note_photo()

    packet = hall.ask("participant").get(hall.url("live?channel=news&since=0")).get_data(as_text=True)

    assert "news/photos/" in packet
    assert hall.projector not in packet


def test_of_a_withdrawn_topic_no_photo_is_shown_in_the_news(hall):
    photo_id = hall.note_photo()
    address = hall.url(f"news/photos/{photo_id}/{hall.note_photo_address(photo_id, 'news')}")
    assert hall.ask("participant").get(address).status_code == 200
    hall.ask("convener").put(hall.url("topics/1/withdrawal"))

    assert [hall.ask(who).get(address).status_code for who in ("participant", "convener")] == [404, 404]


def test_what_is_written_is_missing_no_more(hall):
    write(hall)

    found = page(hall)

    assert found.xpath("//ul[@class='news__missing']/li") == []
    assert "Оксана Дячук" in words(found.xpath("//article")[0])


@pytest.mark.parametrize("path", ["news?day=2026-06-03", "news?day=2026-06-05", "news?day=nonsense"])
def test_other_days_have_their_own(hall, path):
    write(hall)

    assert len(page(hall, path).xpath("//article")) == (1 if path.endswith("nonsense") else 0)


def test_an_event_without_times_has_an_empty_page(hall):
    with hall.app.test_request_context(), sqlite.writing():
        from openspace.organising import actions as events

        event = db.session.get_one(Event, hall.id)
        for day in event.days:
            events.set_slots(event, day, [])
        db.session.commit()

    for path in ("news", f"projector/{hall.projector}/news"):
        assert hall.ask("participant").get(hall.url(path)).status_code == 200
    assert page(hall).xpath("//*[@class='wallmini']/*") == []


def test_the_navigation_has_the_news_in_the_evening_for_members(hall):
    def ways(who: str) -> list[str]:
        return [str(way) for way in page(hall, "", who).xpath("//nav/a/@href") if str(way).endswith("/news")]

    assert ways("participant") == []
    hall.open_to_the_public()
    with hall.app.test_request_context(), sqlite.writing():
        db.session.get_one(Event, hall.id).phase = "news"
        db.session.commit()

    assert ways("participant") == [f"/{hall.slug}/news"]
    assert ways("stranger") == []


@pytest.mark.parametrize(("who", "steers"), [("participant", 0), ("facilitator", 1)])
def test_facilitators_alone_are_offered_the_round(hall, who, steers):
    assert len(page(hall, who=who).xpath("//*[@id='news-steering']//button")) == steers


def test_the_round_is_led_from_the_page(hall):
    facilitator = hall.ask("facilitator")
    address = hall.url("facilitator/news/round")
    assert facilitator.put(f"{address}?day=2026-06-04", data={"topic": 1}).status_code == 303
    screen = page(hall, f"projector/{hall.projector}/news")
    assert "Ще не записано" in words(screen.xpath("//*[@id='news-spotlight']")[0])

    assert facilitator.put(f"{address}?day=2026-06-04", data={"topic": 2}).status_code == 409
    assert facilitator.put(f"{address}?day=2026-06-04", data={"topic": 99}).status_code == 404

    assert facilitator.delete(address).status_code == 303
    assert words(page(hall, f"projector/{hall.projector}/news").xpath("//*[@id='news-spotlight']")[0]) == ""


def test_who_has_left_is_named_no_more(hall):
    from openspace.access import actions as access

    write(hall)
    with hall.app.test_request_context(), sqlite.writing():
        access.leave(db.session.get_one(Member, hall.ids["convener"]))
        db.session.commit()

    assert "Оксана Дячук" not in words(page(hall).xpath("//main")[0])
