"""Light Markdown as data: the same words as in HTML, and no address that leads into a script."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from openspace.web.markdown import Block, blocks_of, html_of, text_of

WRITTEN = """# Двері

Було **дуже *добре* ~~ні~~** `код`
і [далі](https://a.example/?q=1) і https://b.example

3. перше
   - друге
     > третє
4. четверте

| Що | Хто |
|---|---|
| А **б** | |

```
код <b>
```

---
"""


def words_of(value: Any) -> str:
    """All words in the data, without blanks."""
    if isinstance(value, dict):
        return "".join(
            words_of(each) for name, each in value.items() if name in {"text", "runs", "blocks", "items", "rows"}
        )
    return "".join(map(words_of, value)) if isinstance(value, list) else "".join(value.split())


def links_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [value["link"]] if "link" in value else [found for each in value.values() for found in links_of(each)]
    return [found for each in value for found in links_of(each)] if isinstance(value, list) else []


def test_each_kind_of_block_is_data():
    heading, paragraph, listed, table, code, rule = blocks_of(WRITTEN)

    assert heading == {"kind": "heading", "runs": [{"text": "Двері", "styles": []}]}
    assert paragraph["runs"][:4] == [
        {"text": "Було ", "styles": []},
        {"text": "дуже ", "styles": ["bold"]},
        {"text": "добре", "styles": ["bold", "italic"]},
        {"text": " ", "styles": ["bold"]},
    ]
    assert {"text": "код", "styles": ["code"]} in paragraph["runs"]
    assert {"text": "\n", "styles": []} in paragraph["runs"]
    assert links_of(paragraph) == ["https://a.example/?q=1", "https://b.example"]
    assert listed["start"] == 3
    first, fourth = listed["items"]
    assert [block["kind"] for block in first] == ["paragraph", "list"]
    assert [block["kind"] for block in first[1]["items"][0]] == ["paragraph", "quote"]
    assert words_of(fourth) == "четверте"
    assert [[words_of(cell) for cell in row] for row in table["rows"]] == [["Що", "Хто"], ["Аб", ""]]
    assert code == {"kind": "code", "text": "код <b>"}
    assert rule == {"kind": "rule"}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x"])
def test_an_address_that_is_no_page_is_only_words(address):
    blocks = blocks_of(f"[слово]({address}) <{address}>")

    assert links_of(blocks) == []
    assert "слово" in words_of(blocks)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_whatever_is_typed_is_data_with_the_words_of_the_page(typed):
    blocks: list[Block] = blocks_of(typed)

    assert "".join(text_of(typed).split()) in words_of(blocks)
    assert all(link.startswith(("http://", "https://", "mailto:", "tel:")) for link in links_of(blocks))


def test_deep_nesting_ends_as_it_does_on_the_page():
    deep = "> " * 500 + "глибоко\n\n" + "- " * 500 + "ще"

    assert words_of(blocks_of(deep)) == text_of(deep).replace(" ", "")


@pytest.mark.parametrize("head", [2, 128, 512])
def test_a_table_grows_no_faster_than_what_was_typed(head):
    row = "|".join("a" * head)
    bomb = f"{row}\n{'|'.join(['---'] * head)}\n" + "a\n" * 5000

    assert sum(len(block["rows"]) * head for block in blocks_of(bomb) if block["kind"] == "table") < 3 * len(bomb)
    assert html_of(bomb).count("<td") < 3 * len(bomb)


def test_a_table_with_some_empty_cells_is_one():
    (table,) = blocks_of("| Що | Хто | Коли |\n|---|---|---|\n| двері |\n| дзвінок | рада |\n")

    assert [len(row) for row in table["rows"]] == [3, 3, 3]


def test_an_address_without_end_is_only_words():
    assert links_of(blocks_of(f"[слово](https://a.example/{'x' * 9000})")) == []
