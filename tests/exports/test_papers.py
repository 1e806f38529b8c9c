"""What is printed, read by an independent reader of PDF and by a reader of QR codes."""

import re
from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from lxml import html
from pypdf import PdfReader
from sqlalchemy import select

from openspace import clock
from openspace.access.codes import event_long_code
from openspace.board import actions as board
from openspace.board.models import BOARD, topic_numbered
from openspace.events.models import Event, Space
from openspace.exports import jobs, posters, powercut, typesetting
from openspace.exports.models import PowercutSheet
from openspace.extensions import db
from openspace.jobs.models import Job, State
from openspace.live import log
from openspace.media import process
from openspace.store import sqlite, transactions
from tests.conftest import MOMENT
from tests.factories import DAY, Hall, a_member, a_topic, an_event, cell, open_slots

TITLE = "Ґендерно-чутливі питання"
HOSTILE = ["#let ] $ \\ *a* {{ 7*7 }}", "щ" * 120, "🚀 مرحبا שלום 中文", "\u202eabc\u0301 <b>&amp;</b>"]


def ask(hall: Hall, rest: str, who: str = "organiser", **more):
    return hall.ask(who).get(hall.url(f"exports/{rest}"), **more)


def pages(content: bytes) -> list[str]:
    """The text of each page, without what differs by where lines end."""
    return [plain(page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def plain(text: str) -> str:
    return re.sub("[\\s\u00ad-]", "", text)


def codes(content: bytes) -> list[list[str]]:
    """The QR codes of each page."""
    found = (page.render(scale=2).to_pil() for page in pypdfium2.PdfDocument(content))
    return [[code.text for code in zxingcpp.read_barcodes(picture)] for picture in found]


def change(hall: Hall, act) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        act(db.session.get_one(Event, hall.id))
        db.session.commit()


def hang_hostile(event: Event) -> None:
    for number, title in enumerate(HOSTILE):
        topic = a_topic(event, by := a_member(event, "#panic() \\ 🐝"), title)
        if number < 2:
            board.place(topic, slot=open_slots(event)[3], space=event.spaces[number], by=by)


def sheets(hall: Hall) -> list[PowercutSheet]:
    with hall.app.app_context():
        return list(
            db.session.scalars(select(PowercutSheet).filter_by(event_id=hall.id).order_by(PowercutSheet.made_on))
        )


def look(hall: Hall) -> list[Job]:
    """Look once which boards have changed, and return the jobs that wait."""
    with hall.app.app_context():
        with transactions.writing():
            jobs.enqueue_due()
        return list(db.session.scalars(select(Job).where(Job.event_id == hall.id, Job.state == State.WAITING)))


class Attempt:
    """An attempt at a job, as its function sees it."""

    finishing = staticmethod(transactions.writing)


def make(hall: Hall) -> None:
    """Do what waits, in this process."""
    for waiting in look(hall):
        with hall.app.app_context():
            jobs.make_powercut(Attempt(), **waiting.arguments)
            with transactions.writing():
                db.session.get_one(Job, waiting.id).state = State.DONE


def fail(monkeypatch) -> None:
    """Let the child be killed, however little it does."""
    monkeypatch.setattr(process, "COMMAND", ["-c", "import os; os.abort()"])


def test_posters_are_one_to_join_and_two_for_each_space(hall):
    answer = ask(hall, "posters.pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    found = pages(answer.data)
    assert len(found) == 1 + 2 * 3
    assert plain("Сідайте в коло") in found[0]
    assert [plain("Велика зала") in page for page in found] == [False, True, False, False, True, False, False]
    assert plain(f"14:00–15:00 {TITLE} Оксана Дячук") in found[4]
    assert plain("Четвер, 4 червня") in found[4]
    assert plain("12:30–14:00 Lunch") in found[6]


def test_codes_on_posters_lead_to_the_entrance_and_to_the_spaces(hall):
    found = codes(ask(hall, "posters.pdf").data)

    with hall.app.test_request_context():
        code = event_long_code(db.session.get_one(Event, hall.id))
    spaces = [[f"http://localhost/{hall.slug}/spaces/{space}"] for space in hall.spaces]
    assert found == [[f"http://localhost/{hall.slug}/join/{code}"], *spaces, *spaces]


def test_plans_of_doors_are_of_the_day_that_is_asked_for(hall):
    found = pages(ask(hall, "posters.pdf?day=2026-06-05").data)

    assert plain("Пʼятниця, 5 червня") in found[4].replace("’", "ʼ")
    assert plain(TITLE) not in "".join(found)


def test_a_poster_of_a_closed_entrance_has_no_code(hall):
    change(hall, lambda event: setattr(event, "is_join_open", False))

    assert codes(ask(hall, "posters.pdf").data)[0] == []


def test_the_sheet_has_the_whole_board_on_one_page(hall):
    change(hall, hang_hostile)

    (page,) = pages(ask(hall, "powercut.pdf", "facilitator").data)

    for words in ("Четвер, 4 червня", TITLE, "Вода в селі", "1 Велика зала", "10:00", "12:30–14:00 Lunch"):
        assert plain(words) in page
    assert plain(HOSTILE[0]) in page
    assert HOSTILE[1] in page
    assert "🚀" in page
    assert "▯▯" in page
    assert "#panic()\\🐝" in page


def test_the_sheet_says_as_of_when_it_is_and_leads_to_the_board(hall):
    content = ask(hall, "powercut.pdf").data

    with hall.app.app_context():
        revision = log.revision(hall.id, BOARD)
    assert plain(f"Дошка станом на 4 червня, 11:54, зміна {revision}") in pages(content)[0]
    assert codes(content) == [[f"http://localhost/{hall.slug}/"]]


@pytest.mark.parametrize("language", ["uk", "de", "en", "ru"])
def test_papers_are_in_the_first_language_of_the_event_whoever_asks(hall, language):
    change(hall, lambda event: setattr(event, "language_codes", language))
    words = {"uk": "На базарі", "de": "Auf dem Markt", "en": "On the market", "ru": "На базаре"}[language]

    content = ask(hall, "powercut.pdf", headers={"Accept-Language": "de"}).data

    assert plain(words) in pages(content)[0]
    assert PdfReader(BytesIO(content)).trailer["/Root"]["/Lang"] == language


def test_three_hundred_topics_and_twelve_spaces_are_two_pages_in_letters_of_six_points_or_more(inside):
    # All slots are still to come.
    clock.held = MOMENT - timedelta(hours=6)
    event = an_event()
    db.session.add_all(Space(event=event, number=number, name=f"Зала {number}", chairs=20) for number in range(4, 13))
    db.session.commit()
    topics = [a_topic(event, a_member(event), f"Тема {number}: громада, вода і школа") for number in range(300)]
    cells = [(slot, space) for slot in open_slots(event) for space in event.spaces]
    for topic, (slot, space) in zip(topics, cells, strict=False):
        board.place(topic, slot=slot, space=space, by=topic.convener)
    db.session.commit()

    content = powercut.made(event, DAY, "")[1]

    sizes = set()
    for page in PdfReader(BytesIO(content)).pages:
        page.extract_text(visitor_text=lambda text, cm, tm, font, size: sizes.add(round(size * abs(tm[3] * cm[3]), 1)))
    assert len(pages(content)) == 2
    assert min(sizes) >= 6
    assert all(plain(f"Тема {number}:") in "".join(pages(content)) for number in range(300))


def test_an_event_without_topics_spaces_or_slots_has_papers(inside):
    event = an_event()
    for row in (*event.slots, *event.spaces):
        db.session.delete(row)
    db.session.commit()
    db.session.expire_all()

    with inside.test_request_context():
        sheet, hung = powercut.made(event, DAY, "")[1], posters.posters(event, DAY)

    assert plain("Цього дня немає сесій.") in pages(sheet)[0]
    assert len(pages(hung)) == 1


def test_spaces_of_one_letter_and_of_sixty_have_signs_and_plans(inside):
    event = an_event()
    for space, name in zip(event.spaces, ("Я", "щ" * 60, "Ґ"), strict=True):
        space.name = name
    db.session.commit()

    found = pages(posters.posters(event, DAY))

    assert len(found) == 7
    assert "щ" * 60 in found[2]
    assert "щ" * 60 in found[5]


def test_the_sheet_is_made_after_a_change_once_and_given_at_once(hall, monkeypatch):
    make(hall)
    assert look(hall) == []
    change(hall, lambda event: board.withdraw(topic_numbered(event.id, 2), by=event_member(event)))
    assert len(look(hall)) == 1
    assert len(look(hall)) == 1
    before = ask(hall, "powercut.pdf").data

    make(hall)
    fail(monkeypatch)

    # From what is kept: nothing can be typeset now.
    after = ask(hall, "powercut.pdf").data
    assert plain("Вода в селі") in pages(before)[0]
    assert plain("Вода в селі") not in pages(after)[0]


def event_member(event: Event):
    return topic_numbered(event.id, 2).convener


def test_marks_make_no_new_sheet(hall):
    make(hall)

    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})

    assert look(hall) == []


def test_events_that_are_far_away_have_no_sheet(hall):
    clock.held = MOMENT - timedelta(days=30)
    assert look(hall) == []
    clock.held = MOMENT + timedelta(days=30)
    assert look(hall) == []


def test_yesterdays_last_sheet_is_kept_and_todays_made_in_the_morning(hall):
    assert ask(hall, "powercut.pdf?state=yesterday").status_code == 404
    make(hall)
    clock.held = MOMENT + timedelta(hours=20)
    make(hall)

    change(hall, lambda event: board.withdraw(topic_numbered(event.id, 2), by=event_member(event)))
    make(hall)

    yesterday = pages(ask(hall, "powercut.pdf?state=yesterday").data)[0]
    assert [(str(sheet.made_on), str(sheet.day)) for sheet in sheets(hall)] == [
        ("2026-06-04", "2026-06-04"),
        ("2026-06-05", "2026-06-05"),
    ]
    assert plain("Четвер, 4 червня") in yesterday
    assert plain("Вода в селі") in yesterday


def test_sheets_older_than_yesterdays_are_deleted(hall):
    for days in range(3):
        clock.held = MOMENT + timedelta(days=days - 1)
        make(hall)

    assert [str(sheet.made_on) for sheet in sheets(hall)] == ["2026-06-04", "2026-06-05"]


def test_the_board_of_another_day_is_made_when_asked_for(hall):
    make(hall)

    assert plain("Пʼятниця, 5 червня") in pages(ask(hall, "powercut.pdf?day=2026-06-05").data)[0].replace("’", "ʼ")


@pytest.mark.parametrize("rest", ["posters.pdf", "powercut.pdf"])
def test_a_failure_is_told_in_the_language_of_who_asks(hall, monkeypatch, rest):
    fail(monkeypatch)

    answer = ask(hall, rest, headers={"Accept-Language": "de"})

    assert answer.status_code == 503
    assert "Die Seiten konnten diesmal nicht erstellt werden" in answer.text


def test_a_failed_job_leaves_the_old_sheet_and_is_not_tried_at_once(hall, monkeypatch):
    make(hall)
    (kept,) = sheets(hall)
    change(hall, lambda event: board.withdraw(topic_numbered(event.id, 2), by=event_member(event)))
    (waiting,) = look(hall)
    fail(monkeypatch)

    with hall.app.app_context():
        with pytest.raises(typesetting.NotTypeset):
            jobs.make_powercut(Attempt(), **waiting.arguments)
        with transactions.writing():
            failed = db.session.get_one(Job, waiting.id)
            failed.state, failed.ended_at = State.FAILED, clock.now()

    assert [sheet.content for sheet in sheets(hall)] == [kept.content]
    assert look(hall) == []
    assert ask(hall, "powercut.pdf").data == kept.content
    clock.held = MOMENT + timedelta(minutes=11)
    assert len(look(hall)) == 1


def test_a_sheet_is_sent_once(hall):
    make(hall)
    first = ask(hall, "powercut.pdf")

    again = ask(hall, "powercut.pdf", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert "private" in first.headers["Cache-Control"]
    assert first.headers["Content-Disposition"] == f'inline; filename="{hall.slug}-powercut-2026-06-04.pdf"'


def test_a_sheet_without_a_known_address_has_no_code(hall):
    make(hall)

    assert codes(sheets(hall)[0].content) == [[]]


def test_a_title_that_breaks_everywhere_stays_in_its_cell(inside):
    event = an_event()
    topic = a_topic(event, by := a_member(event), HOSTILE[1])
    board.place(topic, **cell(event), by=by)
    db.session.commit()

    content = powercut.made(event, DAY, "")[1]

    assert HOSTILE[1] in pages(content)[0]


def test_the_list_of_sessions_on_paper_has_what_was_chosen(hall):
    whole = "".join(pages(ask(hall, "sessions.pdf").data))
    short = "".join(pages(ask(hall, "sessions.pdf?include=").data))

    assert plain("Четвер, 4 червня") in whole
    for words in (TITLE, "14:00–15:00", "Велика зала"):
        assert plain(words) in whole
        assert plain(words) in short
    for words in ("Оксана Дячук", "На базарі", "Вода в селі", "Українська"):
        assert plain(words) in whole
        assert plain(words) not in short


def test_titles_on_paper_lead_to_their_pages(hall):
    reader = PdfReader(BytesIO(ask(hall, "sessions.pdf").data))

    links = {each["/A"]["/URI"] for page in reader.pages for each in page.get("/Annots", [])}
    assert links == {f"http://localhost/{hall.slug}/topics/{number}" for number in (1, 2)}


def test_the_matrix_of_sessions_has_a_page_for_each_day_and_one_for_the_market(hall):
    def hang_tomorrow(event: Event) -> None:
        topic = a_topic(event, by := a_member(event), "Завтра")
        board.place(topic, slot=event.slots[-1], space=event.spaces[1], by=by)

    change(hall, hang_tomorrow)

    today, tomorrow, market = pages(ask(hall, "sessions.pdf?as=matrix").data)

    assert today.startswith(plain("Четвер, 4 червня 1 Велика зала"))
    assert plain(TITLE) in today
    assert plain("Lunch") in today
    assert tomorrow.replace("’", "ʼ").startswith(plain("Пʼятниця, 5 червня 1 Велика зала"))
    assert plain("Завтра") in tomorrow
    assert market.startswith(plain("На базарі Вода в селі"))
    (only,) = pages(ask(hall, "sessions.pdf?as=matrix&day=2026-06-05&space=2&include=").data)
    assert plain("2 Бібліотека") in only
    assert plain("Велика зала") not in only


@pytest.mark.parametrize("kind", ["list", "matrix"])
def test_sessions_on_paper_are_printed_whatever_they_are_called(hall, kind):
    change(hall, hang_hostile)

    text = "".join(pages(ask(hall, f"sessions.pdf?as={kind}").data))

    assert plain(HOSTILE[0]) in text
    assert HOSTILE[1] in text
    assert "#panic()\\🐝" in text


@pytest.mark.parametrize("kind", ["list", "matrix"])
def test_a_choice_that_takes_nothing_says_so_on_paper(hall, kind):
    (page,) = pages(
        ask(hall, f"sessions.pdf?as={kind}&day=2026-06-03&include=", headers={"Accept-Language": "en"}).data
    )

    assert plain("No topic hangs on these days in these places.") in page


def test_sessions_that_cannot_be_typeset_bring_the_choice_back_with_the_reason(hall, monkeypatch):
    fail(monkeypatch)

    answer = ask(hall, "sessions.pdf?day=2026-06-04", headers={"Accept-Language": "en"})

    assert answer.status_code == 503
    assert "The pages could not be made this time." in answer.text
    assert 'value="2026-06-04"' in answer.text


@pytest.mark.parametrize(
    ("chosen", "path"), [("pdf", "sessions.pdf"), ("matrix", "sessions.pdf"), ("csv", "sessions.csv")]
)
def test_the_page_leads_to_the_chosen_paper(hall, chosen, path):
    page = html.fromstring(ask(hall, f"?format={chosen}").text)

    (button,) = page.xpath("//button[contains(@class, 'btn--main')][@formaction]")
    assert button.get("formaction").endswith(path)
    assert (button.get("name"), button.get("value")) == (("as", "matrix") if chosen == "matrix" else (None, None))


def test_a_butterfly_place_has_a_sign_with_its_code_and_no_plan(hall):
    change(hall, lambda event: setattr(event.spaces[2], "is_butterfly", True))

    content = ask(hall, "posters.pdf").data

    signs = [text for text in pages(content) if "Тераса" in text]
    assert ["Місцедляметеликів" in text for text in signs] == [True]
    assert sum(any(code.endswith(f"/spaces/{hall.spaces[2]}") for code in page) for page in codes(content)) == 1


def test_the_power_cut_sheet_has_no_column_for_a_butterfly_place(hall):
    change(hall, lambda event: setattr(event.spaces[2], "is_butterfly", True))

    with hall.app.test_request_context():
        _, content = powercut.made(db.session.get_one(Event, hall.id), DAY, "")

    text = "".join(pages(content))
    assert ("Бібліотека" in text, "Тераса" in text) == (True, False)
