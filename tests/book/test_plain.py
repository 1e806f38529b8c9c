import pytest

from openspace.book.escaping import bold, line, lines, markdown_of
from openspace.book.plain import markdown
from openspace.web.markdown import blocks_of, text_of
from tests.book.books import NOTES, book, photos_of, session

pytestmark = pytest.mark.usefixtures("in_request")

AS_OF = "Станом на 4 червня, 18:00"


def made(given):
    return markdown(given, photos_of(given), AS_OF).decode()


@pytest.mark.parametrize(
    "text",
    [
        NOTES,
        "- one\n\n- two\n\n* other list",
        "1. one\n2. two\n\n1) other",
        "7. seven\n   > quoted\n   >\n   > ```\n   > # code ``` here\n   > ```",
        "**bold *both* bold** and [a *link*](https://example.org/?a=1&copy;=2) <https://example.org/x>",
        "a`|`b\n\n| a | b |\n|---|---|\n| `x\\|y` | \\| **z** |",
        "## A heading \\# with signs \\#\n\n\\# none\n\n***\n\n`` a`b ``",
        "www.example.org, me@example.org and [words](javascript:x).com",
    ],
)
def test_what_was_written_is_read_again_as_it_was(text):
    blocks = blocks_of(text)

    again = blocks_of(markdown_of(blocks, 5))

    assert again == blocks


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("# one", r"\# one"),
        ("1. one", r"1\. one"),
        ("10:30–11:30, 4 червня. Версія 1.5", "10:30–11:30, 4 червня. Версія 1.5"),
        ("see www.example.org", r"see www\.example\.org"),
        ("http://localhost", r"http\:\//localhost"),
        ("<b> & &amp;", r"\<b\> & \&amp;"),
        ("![x](y)", r"\!\[x\](y)"),
        ("two\nlines", "two\\\nlines"),
    ],
)
def test_words_are_escaped_only_where_they_would_say_more(words, written):
    assert lines(words) == written
    assert text_of(written) == " ".join(words.split())


def test_words_within_a_line_have_no_breaks():
    assert line(" a \n b ") == "a b"
    assert (bold("a*"), bold(" ")) == (r"**a\***", "")


def test_style_that_would_be_read_as_signs_is_left_out():
    # A dash before letters opens nothing (CommonMark, left-flanking), so these signs would be words.
    runs = [{"text": text, "styles": styles} for text, styles in (("a", []), ("-b-", ["bold"]), ("c", []))]

    assert markdown_of([{"kind": "paragraph", "runs": runs}], 5) == "a-b-c"


def test_markdown_holds_every_chapter_and_what_photos_show():
    text = made(book())

    headings = [each for each in text.splitlines() if each.startswith("## ")]
    assert len(headings) == 11
    assert "- Список із 12 пунктів" in text
    assert "- Коло стільців" in text
    assert "| 1 вересня | Аудит входу за списком із 12 пунктів | Оксана Дячук | Тема 1: безбарʼєрність входів |" in text
    assert "| 1 вересня | Ярмарок громад | Знайти площу | Оксана Дячук | відпущено: На літо вже три ярмарки. |" in text
    assert "| **Ярмарок громад** | 12 | 4 |" in text
    assert "| 10:00–11:00 | 1 Зала 1 | Тема 1: безбарʼєрність входів |" in text
    assert "<https://openspace.example/innovatsii/topics/1>" in text
    assert AS_OF in text


def test_book_without_sessions_says_so():
    assert "There were no sessions." in made(book([], language="en"))


def test_session_without_notes_is_named():
    text = made(book([session(1, notes="", photos=0)]))

    assert "### Тема 1: безбарʼєрність входів" in text
    assert book().labels["said"] not in text
