import shutil
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from itertools import count
from types import FrameType
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

from openspace.book import word
from openspace.book.word_styles import set_up
from openspace.book.word_writer import Writer
from openspace.web.markdown import blocks_of
from tests.book.books import book, photos_of, session
from tests.book.reading import files_in, flat, trees_in, words_of

pytestmark = pytest.mark.usefixtures("in_request")

# The order in the schema (ECMA-376 part 1, 17.3.1.26 and 17.3.2.28).
OF_PARAGRAPHS = (
    "pStyle keepNext keepLines pageBreakBefore numPr pBdr shd tabs bidi spacing ind contextualSpacing jc outlineLvl"
)
OF_RUNS = "rStyle rFonts b bCs i iCs strike color spacing kern sz szCs u shd rtl lang"
AS_OF = "Станом на 4 червня, 18:00"


def made(given) -> bytes:
    return word.docx(given, photos_of(given), AS_OF)


def opened(given):
    return docx.Document(BytesIO(made(given)))


def texts(document, style: str) -> list[str]:
    return [each.text for each in document.paragraphs if each.style.name == style]


def test_parts_of_the_book_have_words_own_styles():
    document = opened(book())

    assert texts(document, "Title") == ["Інновації громад"]
    chapters = texts(document, "Heading 1")
    assert len(chapters) == 10
    assert chapters[1] == "Четвер, 4 червня"
    assert texts(document, "Heading 2")[0] == "Тема 1: безбарʼєрність входів"
    assert book().labels["said"] in texts(document, "Heading 3")
    assert "Заголовок у нотатках" in texts(document, "Heading 4")
    assert texts(document, "List Bullet 2") == ["вкладене"]
    assert "перше" in texts(document, "List Number")
    assert texts(document, "Quote") == ["Хтось сказав: двері"]
    assert texts(document, "Code") == ["код"]
    assert texts(document, "Caption")[-1] == "Коло стільців"
    assert {table.style.name for table in document.tables} == {"Table Grid"}
    assert document.styles["Heading 1"].paragraph_format.page_break_before


def test_table_of_contents_is_a_field_of_links_that_asks_nobody_to_update_it():
    document = opened(book())

    [field] = [each.text for each in document.element.body.iter(qn("w:instrText")) if "TOC" in each.text]
    assert field.split() == ["TOC", r"\o", '"1-2"', r"\h", r"\z", r"\u"]
    assert document.settings.element.find(qn("w:updateFields")) is None
    assert not [each for each in document.element.body.iter(qn("w:fldChar")) if each.get(qn("w:dirty"))]
    assert texts(document, "toc 1") == texts(document, "Heading 1")
    assert texts(document, "toc 2") == texts(document, "Heading 2")
    places = {each.get(qn("w:name")) for each in document.element.iter(qn("w:bookmarkStart"))}
    leads = {each.get(qn("w:anchor")) for each in document.element.iter(qn("w:hyperlink"))} - {None}
    assert len(leads) > 10
    assert leads <= places


def test_pages_are_numbered_but_the_cover():
    section = opened(book()).sections[0]

    assert section.different_first_page_header_footer
    assert [each.text for each in section.footer._element.iter(qn("w:instrText"))] == ["PAGE"]
    # One tab, and one place where it leads: at the end of the line, however long the words before it are.
    [stop] = section.footer.paragraphs[0].style.paragraph_format.tab_stops
    assert section.footer.paragraphs[0].text.count("\t") == 1
    assert stop.position.mm == pytest.approx(166, abs=0.1)


def test_file_and_words_in_other_languages_name_them():
    document = opened(book())

    assert document.core_properties.title == "Інновації громад"
    assert document.core_properties.language == "uk-UA"
    assert document.core_properties.author == ""
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert defaults.get(qn("w:val")) == "uk-UA"
    spoken = {run.text: run._r.find(f".//{qn('w:lang')}") for each in document.paragraphs for run in each.runs}
    assert spoken["Doors for everybody"].get(qn("w:val")) == "en-GB"
    assert spoken["Wir reden anders."].get(qn("w:val")) == "de-DE"
    assert spoken["Тема 1: безбарʼєрність входів"] is None


def test_right_to_left_words_run_that_way():
    [title] = [
        each
        for each in opened(book([session(1, title="مشروع", language="ar")])).paragraphs
        if each.style.name == "Heading 2"
    ]

    assert title._p.pPr.find(qn("w:bidi")) is not None
    assert title.runs[0]._r.rPr.find(qn("w:rtl")) is not None


def test_pictures_have_descriptions_and_fit_the_page():
    document = opened(book())

    assert [each._inline.docPr.get("descr") for each in document.inline_shapes] == [
        "Список із 12 пунктів",
        "Список із 12 пунктів",
        "Коло стільців",
    ]
    assert len({each._inline.docPr.id for each in document.inline_shapes}) == 3
    assert max(each.width.mm for each in document.inline_shapes) < 167
    assert max(each.height.mm for each in document.inline_shapes) < 127


def test_each_numbered_list_counts_from_its_own_beginning():
    document = opened(book([session(1, notes="3. three\n4. four\n\nwords\n\n1. one\n\n   more")]))

    counted = [each._p.pPr.numPr.numId.val for each in document.paragraphs if each.text in {"three", "four", "one"}]
    starts = {
        each.numId: each.find(f".//{qn('w:startOverride')}").get(qn("w:val"))
        for each in document.part.numbering_part.element.num_lst
        if each.numId in counted
    }
    assert [starts[number] for number in counted] == ["3", "3", "1"]
    assert counted[0] == counted[1] != counted[2]
    assert texts(document, "List Continue") == ["more"]


def test_agenda_of_many_spaces_is_several_tables():
    from dataclasses import replace

    from tests.book.books import day

    given = book([session(1)])
    given = replace(given, days=[day(given.sessions, spaces=13)])
    first, second, third = opened(given).tables[:3]

    assert [len(table.columns) for table in (first, second, third)] == [5, 5, 6]
    assert [cell.text for cell in third.rows[0].cells][-1] == "13 Зала 13"
    assert first.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_wide_table_of_notes_is_lines():
    wide = "| " + " | ".join("abcdefghij") + " |\n" + "|-" * 10 + "|\n| 1 |"
    document = opened(book([session(1, notes=wide)], tales=[]))

    assert "a · b · c · d · e · f · g · h · i · j" in texts(document, "Normal")


def test_link_of_notes_is_a_link():
    document = opened(book([session(1, notes="[there](https://example.org/?a=1&b=2) and [not](http://[::1)")]))

    targets = {each.target_ref for each in document.part.rels.values() if each.is_external}
    assert targets == {
        "https://example.org/?a=1&b=2",
        "https://openspace.example/innovatsii/topics/1",
        "https://openspace.example/innovatsii/",
    }


def _write_links(writer: Writer, many: int) -> None:
    paragraph = writer.paragraph()
    for number in range(many):
        writer.write(paragraph, "there", link=f"https://example.org/{number}")


def _write_from_right_to_left(writer: Writer, many: int) -> None:
    paragraph = writer.paragraph()
    for _ in range(many):
        writer.write(paragraph, "مشروع", language="ar")


def _write_lists(writer: Writer, many: int) -> None:
    for _ in range(many):
        writer.count(writer.paragraph("List Number"), writer.numbered("List Number", 1))


def work_of(write: Callable[[Writer, int], None], many: int) -> tuple[int, int]:
    """How often any function is called while so many are written, and how many elements are searched for others."""
    document = docx.Document()
    set_up(document, "uk")
    writer, calls, searched = Writer(document, "uk"), count(), count()

    def note(frame: FrameType, event: str, function: Any) -> None:
        if event.endswith("call"):
            next(calls)
        if event == "call" and frame.f_code.co_name == "xpath":
            for _ in frame.f_locals["self"]:
                next(searched)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        write(writer, many)
    finally:
        sys.setprofile(before)
    return next(calls), next(searched)


@pytest.mark.parametrize("write", [_write_links, _write_from_right_to_left, _write_lists])
def test_twice_as_much_is_no_more_than_twice_the_work(write):
    calls, searched = work_of(write, 100)
    more_calls, more_searched = work_of(write, 200)

    assert calls > 1000
    assert more_calls < 2.1 * calls
    assert more_searched <= 2.1 * searched


def test_address_that_is_linked_twice_is_written_once():
    document = opened(book([session(1, notes="[a](https://example.org/x) [b](https://example.org/x)")], tales=[]))

    linked = [each.target_ref for each in document.part.rels.values() if each.is_external]
    assert linked.count("https://example.org/x") == 1


def test_properties_stand_in_the_order_that_word_wants():
    trees = trees_in(made(book()))

    for sequence, tag in ((OF_PARAGRAPHS, "w:pPr"), (OF_RUNS, "w:rPr")):
        found = [each for tree in trees.values() for each in tree.iter(qn(tag))]
        assert len(found) > 20
        order = {qn(f"w:{name}"): place for place, name in enumerate(sequence.split())}
        for each in found:
            places = [order[child.tag] for child in each if child.tag in order]
            assert places == sorted(places)


def test_same_book_makes_the_same_bytes_without_a_date():
    given = book()

    assert made(given) == made(given)
    core = files_in(made(given))["docProps/core.xml"].decode()
    assert "dcterms:" not in core.split(">", 2)[2]
    assert "docProps/thumbnail.jpeg" not in files_in(made(given))


def test_book_without_sessions_says_so():
    assert "There were no sessions." in texts(opened(book([], language="en")), "Normal")


def test_pages_of_the_app_load_nothing_of_it():
    code = "import sys, openspace; openspace.create_app(); import openspace.book.word; print('docx' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_office_opens_it_and_shows_all_words(tmp_path):
    office = shutil.which("soffice")
    if not office:
        pytest.skip("no LibreOffice on this machine; python-docx opens it")
    given = book([session(1), session(2, notes="", photos=0), session(3, said=blocks_of("- a\n  1. b\n\n     > c"))])
    (tmp_path / "book.docx").write_bytes(made(given))

    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "book.docx")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if "could not be loaded" in done.stderr:
        pytest.skip("LibreOffice has no Writer on this machine; python-docx opens it")

    pages = PdfReader(tmp_path / "book.pdf").pages
    shown = flat("".join(page.extract_text() for page in pages))
    for words in ("Інновації громад", "Оксана Дячук, Озерянська громада", "Доводчик", "Коло стільців", AS_OF):
        assert flat(words) in shown
    assert len(pages) > 7
    # Each page names all pictures of the file, and those of one size are the same noise.
    assert {image.image.size for page in pages for image in page.images} == {(600, 800), (800, 600)}
    assert flat(words_of(trees_in(made(given))["word/document.xml"])[-40:]) in shown
