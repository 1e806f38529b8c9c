import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from openspace.book import page
from tests.book import reading
from tests.book.books import book, photos_of, session

pytestmark = pytest.mark.usefixtures("in_request")

TEMPLATES = Path(__file__).parents[2] / "templates" / "book"
AS_OF = "Станом на 4 червня, 18:00"


def made(given, photos=None):
    return reading.page(page.html(given, photos_of(given) if photos is None else photos, AS_OF))


def test_page_holds_every_chapter_in_order_and_leads_to_it():
    tree = made(book())

    chapters = [each.text_content() for each in tree.xpath("//main/section/h2")]
    entries = [each.text_content() for each in tree.xpath("//nav/ol/li/a")]
    assert chapters == entries
    assert len(chapters) == 10
    assert chapters[1] == "Четвер, 4 червня"
    assert AS_OF in tree.xpath("//footer")[0].text_content()


def test_links_lead_to_places_on_the_page_each_of_which_is_there_once():
    tree = made(book())

    places = tree.xpath("//@id")
    assert len(set(places)) == len(places)
    leads = {each.removeprefix("#") for each in tree.xpath("//@href") if each.startswith("#")}
    assert {"topic-1", "topic-2", "topic-3", "topic-4", "steps", "contents"} <= leads
    assert leads <= set(places)
    named = {name for each in tree.xpath("//@aria-labelledby") for name in each.split()}
    assert named <= set(places)


def test_headings_skip_no_level():
    tree = made(book())

    levels = [int(each.tag[1]) for each in tree.iter() if re.fullmatch("h[1-6]", str(each.tag))]
    assert levels.count(1) == 1
    assert max(levels) == 5
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_words_in_another_language_say_so():
    tree = made(book())

    assert tree.get("lang") == "uk"
    doors = tree.xpath("//*[text()='Doors for everybody']")
    assert len(doors) > 3
    assert {each.xpath("string(ancestor-or-self::*[@lang][1]/@lang)") for each in doors} == {"en"}
    assert tree.xpath("//p[text()='Wir reden anders.']/..")[0].get("lang") == "de"
    assert tree.xpath("//h3[@id='topic-1-title']")[0].get("lang") is None


def test_agenda_is_a_table_with_heads():
    tree = made(book())

    [table] = tree.xpath("//table[@class='agenda']")
    assert [" ".join(each.text_content().split()) for each in table.xpath(".//thead//th[@scope='col']")] == [
        "1 Зала 1",
        "2 Зала 2",
        "3 Зала 3",
    ]
    assert [each.text_content() for each in table.xpath(".//th[@scope='row']")] == ["12:30", "10:00"]
    assert {len(each) for each in table.xpath(".//tr[not(td[@colspan])]")} == {4}


def test_table_of_notes_is_a_named_group_with_heads():
    notes = "| Що | Скільки |\n|--|--|\n| Двері | 900 |\n\n| | |\n|--|--|\n| лише | рядок |\n\n| | |\n|--|--|\n| | |"
    tree = made(book([session(1, notes=notes)]))

    groups = tree.xpath("//div[@class='written']//div[@class='wide']")
    assert [(each.get("role"), each.get("tabindex"), each.get("aria-label")) for each in groups] == [
        ("group", "0", "Що, Скільки"),
        ("group", "0", "лише, рядок"),
    ]
    assert {each.get("scope") for each in tree.xpath("//div[@class='written']//th")} == {"col"}
    # What has no words has no name, and need not be scrolled.
    assert len(tree.xpath("//div[@class='written']//table")) == 3


def test_photos_are_in_the_page_with_what_they_show_and_missing_ones_are_not():
    given = book()
    photos = photos_of(given)
    shown = made(given, photos).xpath("//figure/img")

    assert [each.get("alt") for each in shown] == ["Список із 12 пунктів", "Список із 12 пунктів", "Коло стільців"]
    assert {each.get("src")[:23] for each in shown} == {"data:image/jpeg;base64,"}
    del photos["story-1-1"]
    assert len(made(given, photos).xpath("//img")) == 2


def test_picture_without_description_says_that():
    given = book([session(1)])
    [only] = given.sessions[0].pictures
    given = replace(given, sessions=[replace(given.sessions[0], pictures=[replace(only, alt="")])])

    assert made(given).xpath("//article[@id='topic-1']//img/@alt") == [given.labels["photo"]]
    assert made(given).xpath("//article[@id='topic-1']//figcaption") == []


def test_codes_lead_to_the_pages_of_sessions_and_only_where_there_is_an_address():
    assert len(made(book()).xpath("//a[@href]/svg")) == 2
    nowhere = book([session(1, link="")])
    assert made(nowhere).xpath("//a/svg") == []


def test_policy_of_the_page_allows_nothing_from_elsewhere():
    [policy] = made(book()).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")

    assert policy.split("; ")[:3] == ["default-src 'none'", "img-src data:", "style-src 'unsafe-inline'"]
    style = made(book()).xpath("//style")[0].text_content()
    assert "@import" not in style
    assert re.findall(r"url\(\"(?!data:)", style) == []


def test_book_without_sessions_says_so():
    tree = made(book([], tales=[], people=[], communities=[], promises=[], heaps=[]))

    assert [each.get("id") for each in tree.xpath("//main/section")] == ["how"]
    assert "There were no sessions." in page.html(book([], language="en"), {}, AS_OF).decode()


def test_same_book_makes_the_same_bytes():
    given = book()
    photos = photos_of(given)

    assert page.html(given, photos, AS_OF) == page.html(given, photos, AS_OF)


@pytest.mark.parametrize("sheet", ["page.css", "epub/book.css"])
def test_every_class_of_the_stylesheets_is_in_some_markup(sheet):
    drawn = [*TEMPLATES.rglob("*html"), TEMPLATES.parent / "macros" / "icons.html"]
    drawn += [Path(page.__file__).with_name(name) for name in ("parts.py", "markup.py", "contents.py")]
    markup = " ".join(path.read_text() for path in drawn)
    named = set(re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", (TEMPLATES / sheet).read_text().replace(".css", "")))

    assert len(named) > 10
    assert named - set(re.findall(r"[\w-]+", markup)) == set()
