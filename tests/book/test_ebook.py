import shutil
import subprocess
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_STORED, ZipFile

import pytest

from openspace.book import ebook
from tests.book.books import book, photos_of, session
from tests.book.reading import files_in, trees_in

pytestmark = pytest.mark.usefixtures("in_request")

AS_OF = "Станом на 4 червня, 18:00"
NAMES = {
    "x": "http://www.w3.org/1999/xhtml",
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def made(given) -> bytes:
    return ebook.epub(given, photos_of(given), AS_OF)


def test_first_entry_says_what_it_is_uncompressed():
    with ZipFile(BytesIO(made(book()))) as archive:
        first = archive.infolist()[0]

        assert (first.filename, first.compress_type, first.extra) == ("mimetype", ZIP_STORED, b"")
        assert archive.read(first) == b"application/epub+zip"


def test_package_lists_every_file_and_reads_the_chapters_in_order():
    files, trees = files_in(made(book())), trees_in(made(book()))
    package = trees["EPUB/content.opf"]

    items = {each.get("id"): each.get("href") for each in package.iterfind(".//opf:item", NAMES)}
    listed = {f"EPUB/{name}" for name in items.values()}
    assert listed == set(files) - {"mimetype", "META-INF/container.xml", "EPUB/content.opf"}
    spine = [items[each.get("idref")] for each in package.iterfind(".//opf:itemref", NAMES)]
    assert spine[:4] == ["cover.xhtml", "nav.xhtml", "how.xhtml", "day-1.xhtml"]
    assert len(spine) == 12
    assert package.findtext(".//dc:language", None, NAMES) == "uk"
    assert package.findtext(".//dc:title", None, NAMES).startswith("Інновації громад. ")
    assert package.findtext(".//opf:meta[@property='dcterms:modified']", None, NAMES) == "2000-01-01T00:00:00Z"


def test_identifier_is_another_one_for_other_contents():
    one, same, other = (
        trees_in(made(given))["EPUB/content.opf"].findtext(".//dc:identifier", None, NAMES)
        for given in (book(), book(), book([session(1)]))
    )

    assert one == same != other


def test_links_and_pictures_lead_to_what_is_in_the_book():
    trees = {name: tree for name, tree in trees_in(made(book())).items() if name.endswith(".xhtml")}
    places = {f"{PurePosixPath(name).name}#{each}" for name, tree in trees.items() for each in tree.xpath("//@id")}
    files = {name.removeprefix("EPUB/") for name in files_in(made(book()))}
    leads = {str(each) for tree in trees.values() for each in tree.xpath("//@href | //@src") if "://" not in each}

    assert {"day-1.xhtml#topic-1", "unwritten.xhtml#topic-3", "nowhere.xhtml#topic-4", "images/1.jpg"} <= leads
    assert leads <= places | files
    alts = [each for tree in trees.values() for each in tree.xpath("//x:img/@alt", namespaces=NAMES)]
    assert alts == ["Список із 12 пунктів", "Список із 12 пунктів", "Коло стільців"]


def test_agenda_needs_no_wide_page():
    chapter = trees_in(made(book()))["EPUB/day-1.xhtml"]

    assert chapter.xpath("//x:table[@class='agenda']", namespaces=NAMES) == []
    slots = chapter.xpath("//x:ul[@class='slot']/x:li/x:b/x:a/text()", namespaces=NAMES)
    assert len(slots) == 3
    assert chapter.xpath("//x:h3[1]/text()", namespaces=NAMES)[0] == "12:30–14:00 Обід"


def test_same_book_makes_the_same_bytes():
    given = book()

    assert made(given) == made(given)


def test_it_is_what_the_standard_says(tmp_path):
    java, checker = shutil.which("java"), shutil.which("epubcheck")
    if not java or not checker:
        pytest.skip("no EPUBCheck on this machine")
    notes = "| a | b |\n|--|--|\n| 1 | 2 |\n\n" + "|" + " x |" * 40 + "\n|" + "---|" * 40
    (tmp_path / "book.epub").write_bytes(made(book([session(1, notes=notes), session(2)])))

    command = [java, "-jar", checker, "--failonwarnings", str(tmp_path / "book.epub")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_book_without_sessions_says_so():
    given = book([], language="en", tales=[], people=[], communities=[])

    assert b"There were no sessions." in files_in(made(given))["EPUB/cover.xhtml"]
