"""Whatever people call themselves and their topics: it is words in each file, and never anything else."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from io import BytesIO

import docx
import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from openspace.book.contents import Book, Heap, Place
from openspace.book.ebook import epub
from openspace.book.page import html
from openspace.book.parts import printable
from openspace.book.plain import markdown
from openspace.book.word import docx as word
from openspace.web.markdown import blocks_of
from tests.book.books import book, photo, picture, promise, session, step, tale
from tests.book.reading import WORD, flat, page, tags_of, trees_in, words_of

pytestmark = pytest.mark.usefixtures("in_request")

HOSTILE = [
    "</w:t></w:r><w:r><w:t>",
    "]]><x/>",
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "&lt;b&gt; &#0; &copy; &",
    "nul \x00 bell \x07 escape \x1b",
    "not \ufffe a \uffff character",
    "\u202egnp.exe",
    "👩‍👩‍👧‍👦 🇺🇦",
    "مشروع المدينة",
    "ö" * 120,
    "# heading",
    "- list",
    "1. list",
    "1) list",
    "| a | b |",
    "===",
    "---",
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "<https://evil.example>",
    "https://evil.example/a_b_c",
    "www.evil.example",
    "evil.example",
    "me@evil.example",
    "//localhost/x",
    "http://localhost/x",
    "a * b * c _d_ __e__ `f` ~~g~~",
    "\\",
    "{{ 7 * 7 }} {% raw %}",
    "=HYPERLINK(0)",
    "```",
    "    code",
    "[^1] [ ] :::",
    "!",
]
# What depends on letters, directions and length of words, not on what the template has.
FREE = {f"{WORD}{name}" for name in ("br", "tab", "rtl", "bidi", "lang", "rPr", "pPr")}
BENIGN = "Слово"

shown = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
)
words = st.one_of(st.sampled_from(HOSTILE), shown.filter(lambda text: flat(printable(text)).strip()))
thorough = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def book_of(text: str) -> Book:
    """A book in which this text stands wherever people's words stand."""
    place = Place(1, text, 1, "4 червня", "10:00–11:00")
    given = {"title": text, "by": text, "people": text, "writers": text, "about": [text], "places": [place, place]}
    given |= {"said": [], "advice": [], "steps": [step(1, text)], "pictures": [picture("one", text)]}
    told = tale(text, photos=("two",))
    sessions = [session(1, **given), session(2, **given | {"steps": [], "pictures": []})]
    promised = promise(text, text, who=text, state=text, why=text)
    others = {"people": [(text, text)], "communities": [(text, [1])], "promises": [promised]}
    others |= {"heaps": [Heap(text, "uk", 1, 0, True)]}
    return book(sessions, tales=[told], title=text, **others)


def notes_of(text: str) -> Book:
    given = {"said": blocks_of(text), "advice": blocks_of("- " + text), "pictures": [], "steps": []}
    return book([session(1, **given)], tales=[], people=[], communities=[])


PHOTOS = {name: photo(8, 8) for name in ("one", "two")}


def made(make: Callable[..., bytes], text: str) -> bytes:
    return make(book_of(text), PHOTOS, text)


@cache
def benign(make: Callable[..., bytes]) -> bytes:
    return made(make, BENIGN)


def every_example(test):
    for text in HOSTILE:
        test = example(text)(test)
    return test


@every_example
@given(words)
@thorough
def test_page_holds_words_alone(text):
    tree = page(made(html, text))

    assert tags_of(tree) == tags_of(page(benign(html)))
    assert words_of(tree).count(flat(printable(text))) >= 8
    assert_harmless(tree.iter())


def assert_harmless(nodes: Iterable) -> None:
    """No script, and nothing that is fetched."""
    for node in nodes:
        assert node.tag not in {"script", "iframe", "object", "embed", "link", "base", "form"}
        assert [name for name in node.attrib if name.startswith("on")] == []
        assert node.get("src", "data:").startswith("data:image/jpeg") if node.tag == "img" else "src" not in node.attrib
        assert node.get("href", "#").startswith(
            ("#", "https://openspace.example/", "https:", "http:", "mailto:", "tel:")
        )


@every_example
@given(words)
@thorough
def test_word_file_holds_words_alone(text):
    content = made(word, text)
    found, usual = trees_in(content), trees_in(benign(word))

    assert found.keys() == usual.keys()
    for name, tree in found.items():
        assert own(tree) == own(usual[name]), name
    assert words_of(found["word/document.xml"]).count(flat(printable(text))) >= 8
    opened = docx.Document(BytesIO(content))
    assert flat(printable(text)) in {flat(each.text) for each in opened.paragraphs}


def own(tree) -> list[str]:
    return [tag for tag in tags_of(tree) if tag not in FREE]


@every_example
@given(words)
@thorough
def test_ebook_holds_words_alone(text):
    found, usual = trees_in(made(epub, text)), trees_in(benign(epub))

    assert found.keys() == usual.keys()
    for name, tree in found.items():
        assert tags_of(tree) == tags_of(usual[name]), name
    assert "".join(map(words_of, found.values())).count(flat(printable(text))) >= 8


@every_example
@given(words)
@thorough
def test_markdown_holds_words_alone(text):
    found, usual = (blocks_of(content.decode()) for content in (made(markdown, text), benign(markdown)))

    assert skeleton(found) == skeleton(usual)
    assert links(found) == links(usual)
    assert flat("".join(texts(found))).count(flat(printable(text))) >= 8


@every_example
@given(st.text("*_`[]()<>!#|-\\~ \n\t1.a:/@&>+=", max_size=60) | words)
@thorough
def test_notes_become_what_they_are_in_every_file(text):
    given = notes_of(text)
    expected = flat("".join(texts(printable(given.sessions[0].said))))

    trees = [page(html(given, {}, "")), trees_in(word(given, {}, ""))["word/document.xml"]]
    trees.append(
        trees_in(epub(given, {}, ""))["EPUB/day-1.xhtml" if given.sessions[0].is_written else "EPUB/unwritten.xhtml"]
    )
    for tree in trees:
        assert expected in words_of(tree)
    assert_harmless(trees[0].iter())
    found = blocks_of(markdown(given, {}, "").decode())
    assert expected in flat("".join(texts(found)))
    assert links(found) <= {"https://openspace.example/innovatsii/topics/1", given.link} | links(
        printable(given.sessions[0].said + given.sessions[0].advice)
    )


def skeleton(blocks: list) -> list:
    """The kinds of blocks, and what is in them but words."""
    return [
        (
            block["kind"],
            [skeleton(item) for item in block.get("items", [])],
            [len(row) for row in block.get("rows", [])],
        )
        for block in blocks
    ]


def runs(given: object) -> Iterator[dict]:
    match given:
        case {"text": str(), "styles": _}:
            yield given
        case {"kind": "code", "text": text}:
            yield {"text": text}
        case dict():
            for each in given.values():
                yield from runs(each)
        case list():
            for each in given:
                yield from runs(each)


def texts(blocks: list) -> list[str]:
    return [run["text"] for run in runs(blocks)]


def links(blocks: list) -> set[str]:
    return {run["link"] for run in runs(blocks) if "link" in run}
