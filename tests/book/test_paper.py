"""The book as PDF, read by independent readers."""

import re
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings, strategies as st
from PIL import Image
from pypdf import PdfReader

from openspace.book import contents, paper
from openspace.book.contents import Book, Column, Day, Heap, InCell, InRow, Picture, Place, Promise, Session, Step, Tale
from openspace.book.reading import read
from openspace.events.models import Event
from openspace.extensions import db
from openspace.web.markdown import blocks_of

HOSTILE = [
    "#let ] $ \\ *a* {{ 7*7 }}",
    "щ" * 120,
    "🚀 مرحبا שלום 中文",
    "\u202eabc\u0301 <b>&amp;</b>",
    "#panic()",
    "\x00\x07",
]
# What means something to Typst or to Markdown.
SIGNS = ["#let", "$x$", "\\", "]", "[", "*", "_", "`", "<lab>", "@ref", "//", "/*", "#", "\n\n", "- ", "1. ", "> "]
TABLE = "| a | b |\n|--|--|\n"


def plain(text: str) -> str:
    """The text without what differs by where lines end."""
    return re.sub("[\\s\u00ad-]", "", text)


def pages(content: bytes) -> list[str]:
    return [plain(page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def a_photo(colour: str = "teal") -> bytes:
    stream = BytesIO()
    Image.new("RGB", (80, 60), colour).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture
def empty(hall) -> Book:
    """The book of the hall, of whose labels the others are made."""
    with hall.app.test_request_context():
        return read(db.session.get_one(Event, hall.id), "uk")


def a_book(empty: Book, *, words: str = "Двері тугі", notes: str = "", sessions: int = 2, photo: bool = True) -> Book:
    """A book in which each thing that somebody may write is these words."""
    place = Place(1, words, 1, "4 червня", "11:30–12:30")

    def session(number: int) -> Session:
        return Session(
            number=number,
            title=words,
            language="uk",
            by=words,
            link=f"https://os.example/e/topics/{number}",
            places=[place] * number,
            about=[words],
            said=blocks_of(notes or words),
            advice=blocks_of(notes or words),
            steps=[Step(words, words, "1 липня", "2026-07-01", number)],
            pictures=[Picture(f"topic-{number}-1", words, 80, 60, "d" * 64)] if photo else [],
            count=5,
            share=5,
            people=words,
            writers=words,
            is_cut=True,
        )

    made = [session(number) for number in range(1, sessions + 1)]
    cells = [InCell("taken", 1, each.number, each.title, "uk", words, False, 5, 5) for each in made] + [
        InCell("free", 2)
    ]
    columns = [Column(number, words, number % 14 + 1) for number in range(1, len(cells) + 1)]
    rows = [InRow("11:30", "11:30–12:30", "", cells), InRow("12:30", "12:30–13:00", words, [])]
    return contents.Book(
        language="uk",
        title=words,
        place=words,
        facts=words,
        labels=empty.labels,
        days=[Day(words, words, columns, rows, [each.number for each in made])],
        sessions=made,
        steps=[step for each in made for step in each.steps],
        heaps=[Heap(words, "uk", 12, 4, True)],
        promises=[Promise(1, words, words, words, "1 липня", words, words)],
        tales=[Tale(1, words, [words], "uk", words, words, [Picture("story-1-1", "", 80, 60, "e" * 64)])],
        people=[(words, words)],
        communities=[(words, [each.number for each in made])],
        link="https://os.example/e/",
    )


PHOTOS = {"topic-1-1": a_photo(), "story-1-1": a_photo("red")}


def test_the_book_has_all_its_parts(hall, inside, empty):
    found = pages(paper.a4(a_book(empty), PHOTOS, "Станом на 4 червня, 18:00."))
    whole = "".join(found)

    assert plain("Книга розмов") in found[0]
    for heading in (
        "Зміст",
        "Про що говорили",
        "Що радимо",
        "Наступні кроки",
        "Усі наступні кроки",
        "Крапки",
        "Домовленості",
        "Історії",
        "Люди",
    ):
        assert plain(heading) in whole
    assert plain("Станом на 4 червня, 18:00.") in found[-1]


def test_it_is_for_archives_and_for_readers_that_speak(hall, inside, empty):
    reader = PdfReader(BytesIO(paper.a4(a_book(empty), PHOTOS, "")))
    catalogue = reader.trailer["/Root"]

    about = catalogue["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in about
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in about
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"] == "uk"
    assert reader.metadata.title == "Двері тугі"
    assert [each.title for each in reader.outline if not isinstance(each, list)]


def test_all_its_fonts_are_within_it(hall, inside, empty):
    reader = PdfReader(BytesIO(paper.a4(a_book(empty, words="Слово 🚀 مرحبا"), PHOTOS, "")))
    fonts = {}
    for page in reader.pages:
        for name, font in page["/Resources"].get("/Font", {}).items():
            fonts[name] = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()

    assert fonts
    assert all("/FontFile2" in each or "/FontFile3" in each for each in fonts.values())


def test_each_photo_is_there_with_words_for_those_who_do_not_see_it(hall, inside, empty):
    content = paper.a4(a_book(empty), PHOTOS, "")
    reader = PdfReader(BytesIO(content))

    assert sum(len(page.images) for page in reader.pages) == 2
    texts = str([figure.get("/Alt") for figure in _figures(reader)])
    assert "Двері тугі" in texts
    assert "Фото без опису" in texts


def _figures(reader: PdfReader):
    def below(node):
        node = node.get_object()
        if isinstance(node, dict) and node.get("/S") == "/Figure":
            yield node
        kids = node.get("/K", []) if isinstance(node, dict) else []
        for kid in kids if isinstance(kids, list) else [kids]:
            if not isinstance(kid.get_object(), int):
                yield from below(kid)

    return list(below(reader.trailer["/Root"]["/StructTreeRoot"]))


def test_a_photo_whose_file_is_lost_is_left_out(hall, inside, empty):
    reader = PdfReader(BytesIO(paper.a4(a_book(empty), {}, "")))

    assert sum(len(page.images) for page in reader.pages) == 0


def a_screenshot() -> bytes:
    """A picture that is six times as high as wide, red at its top and blue at its bottom."""
    made, stream = Image.new("RGB", (100, 600), "white"), BytesIO()
    made.paste("red", (0, 0, 100, 20))
    made.paste("blue", (0, 580, 100, 600))
    made.save(stream, "JPEG", quality=95)
    return stream.getvalue()


def ends_of_screenshots(content: bytes) -> list[tuple[bool, bool]]:
    """Of each page with an end of a screenshot whether its top and its bottom are seen."""
    found = []
    for page in pypdfium2.PdfDocument(content):
        shown = page.render().to_pil().convert("RGB").get_flattened_data()
        found.append((any(map(_is_red, shown)), any(map(_is_blue, shown))))
    return [ends for ends in found if any(ends)]


def _is_red(dot: tuple[int, int, int]) -> bool:
    return dot[0] > 230 and dot[1] < 40 and dot[2] < 40


def _is_blue(dot: tuple[int, int, int]) -> bool:
    return dot[2] > 230 and dot[1] < 40 and dot[0] < 40


@pytest.mark.parametrize("size", ["a4", "a5"])
def test_picture_that_is_much_higher_than_wide_is_seen_to_its_end(hall, inside, empty, size):
    alt = "Що написали у спільному чаті. " * 10
    book = a_book(empty, sessions=1)
    pictures = [Picture(name, alt, 100, 600, "d" * 64) for name in ("topic-1-1", "story-1-1", "story-1-2", "story-1-3")]
    story = replace(book.tales[0], text=["Довга історія, і до неї три знімки екрана."], pictures=pictures[1:])
    book = replace(book, sessions=[replace(book.sessions[0], pictures=pictures[:1])], tales=[story])

    content = getattr(paper, size)(book, dict.fromkeys([each.name for each in pictures], a_screenshot()), "")

    assert ends_of_screenshots(content) == [(True, True)] * 3
    assert "".join(pages(content)).count(plain(alt)) == 4


@pytest.mark.parametrize("size", ["a4", "a5"])
def test_short_story_of_many_lines_is_printed_to_its_end(hall, inside, empty, size):
    lines = [str(number) for number in range(10, 55)]
    tales = [Tale(1, "", told, "uk", "Надія", "", []) for told in (["\n".join(lines)], lines)]

    found = pypdfium2.PdfDocument(getattr(paper, size)(replace(a_book(empty), tales=tales), {}, ""))

    # Only what lies within the page, above its number.
    seen = "".join(plain(page.get_textpage().get_text_bounded(bottom=42)) for page in found)
    assert seen.count("".join(lines)) == 2
    assert seen.count("Надія") == 2


def test_codes_lead_to_the_pages_of_the_sessions(hall, inside, empty):
    found = pypdfium2.PdfDocument(paper.a4(a_book(empty), PHOTOS, ""))
    codes = {code.text for page in found for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil())}

    assert codes == {"https://os.example/e/topics/1", "https://os.example/e/topics/2"}


def test_where_the_app_has_no_address_no_code_is_printed(hall, inside, empty):
    book = a_book(empty, sessions=1)
    bare = contents.Book(**{**vars(book), "link": "", "sessions": [Session(**{**vars(book.sessions[0]), "link": ""})]})
    found = pypdfium2.PdfDocument(paper.a4(bare, PHOTOS, ""))

    assert [code for page in found for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil())] == []


@pytest.mark.parametrize("sessions", [1, 2, 3, 4])
def test_a_booklet_fills_its_sheets(hall, inside, empty, sessions):
    reader = PdfReader(BytesIO(paper.a5(a_book(empty, sessions=sessions), PHOTOS, "")))

    assert len(reader.pages) % 4 == 0
    width, height = (float(side) / 72 * 25.4 for side in reader.pages[1].mediabox[2:])
    assert (round(width), round(height)) == (148, 210)


def test_pages_in_the_index_are_those_of_the_sessions(hall, inside, empty):
    found = pages(paper.a4(a_book(empty, photo=False), {}, ""))
    begins = [number for number, page in enumerate(found, 1) if plain("Про що говорили") in page]
    index = next(page for page in found if plain("За громадами") in page and plain("Хто яку тему приніс") in page)

    assert len(begins) == 2
    assert all(str(number) in index for number in begins)


def test_a_book_of_nothing_has_a_cover(hall, inside, empty):
    bare = contents.Book(
        **{
            **vars(empty),
            "days": [],
            "sessions": [],
            "steps": [],
            "heaps": [],
            "promises": [],
            "tales": [],
            "people": [],
            "communities": [],
        }
    )

    assert len(pages(paper.a4(bare, {}, ""))) >= 3


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("size", ["a4", "a5"])
def test_whatever_is_written_is_printed_and_nothing_of_it_runs(hall, inside, empty, size, words):
    found = "".join(pages(getattr(paper, size)(a_book(empty, words=words), PHOTOS, words)))

    assert all(piece in found for piece in ("{{7*7}}", "#panic()", "&amp;") if piece in plain(words))


@given(
    words=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    notes=st.lists(
        st.sampled_from([*SIGNS, TABLE]) | st.text(max_size=8).filter(lambda text: text.isprintable()), max_size=30
    ),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_words_break_the_page(hall, inside, empty, words, notes):
    assert paper.a5(a_book(empty, words=words, notes="".join(notes), sessions=1), PHOTOS, words)


def test_a_table_pasted_from_a_spreadsheet_and_a_wide_one_fit(hall, inside, empty):
    table = "| Що | Хто |\n|---|---|\n| двері | рада |\n"
    wide = "|" + " x |" * 40 + "\n|" + "---|" * 40 + "\n|" + " y |" * 40 + "\n"
    found = "".join(pages(paper.a4(a_book(empty, notes=f"{table}\n{wide}"), PHOTOS, "")))

    assert "Хтодверірада" in found
    assert "x·x·x" in found


def test_a_long_note_flows_over_pages_and_its_steps_stay_together(hall, inside, empty):
    found = pages(paper.a4(a_book(empty, notes="\n\n".join(["Слово за словом. " * 30] * 100), sessions=1), PHOTOS, ""))

    assert len([page for page in found if plain("Слово за словом") in page]) > 8
