"""What people wrote, given as data (`openspace.web.markdown.blocks_of`), as paragraphs of a Word file."""

from collections.abc import Iterable
from typing import Any

from openspace.book.word_writer import Writer
from openspace.web.markdown import Block, Run

# Word has styles for three levels of lists, and the most columns of a table that can be read on a sheet.
DEEPEST, MOST_COLUMNS = 3, 8


def write_notes(writer: Writer, blocks: Iterable[Block], language: str) -> None:
    """Write the blocks at the end of the document. Headings among them are of the fourth level."""
    _Notes(writer, language).blocks(blocks, "Normal", 0)


class _Notes:
    def __init__(self, writer: Writer, language: str) -> None:
        self.writer, self.language = writer, language

    def blocks(self, blocks: Iterable[Block], style: str, depth: int) -> None:
        """Write blocks, their paragraphs in the style; `depth` is how many lists they are in."""
        for block in blocks:
            self._block(block, style, depth)

    def _block(self, block: Block, style: str, depth: int) -> None:
        match block["kind"]:
            case "paragraph":
                self._runs(self.writer.paragraph(style), block["runs"])
            case "heading":
                self._runs(self.writer.paragraph("Heading 4"), block["runs"])
            case "quote":
                self.blocks(block["blocks"], "Quote", depth)
            case "list":
                self._list(block, depth + 1)
            case "table":
                self._table(block["rows"])
            case "code":
                self.writer.write(self.writer.paragraph("Code"), block["text"])
            case "rule":
                self.writer.paragraph("Rule")

    def _list(self, block: Block, depth: int) -> None:
        level = "" if depth == 1 else f" {min(depth, DEEPEST)}"
        style = f"List Number{level}" if "start" in block else f"List Bullet{level}"
        number = self.writer.numbered(style, block["start"]) if "start" in block else 0
        for item in block["items"]:
            entry = self.writer.paragraph(style)
            if number:
                self.writer.count(entry, number)
            if item and item[0]["kind"] == "paragraph":
                self._runs(entry, item[0]["runs"])
                item = item[1:]  # noqa: PLW2901  # the rest
            self.blocks(item, f"List Continue{level}", depth)

    def _table(self, rows: list[list[list[Run]]]) -> None:
        if len(rows[0]) > MOST_COLUMNS:
            for row in rows:
                self._row_in_line(row)
            return
        for place, cells in enumerate(self.writer.table(len(rows), [1.0] * len(rows[0]))):
            for cell, runs in zip(cells, rows[place], strict=True):
                self._runs(self.writer.paragraph("Normal", cell=cell), runs, ["bold"] if place == 0 else [])

    def _row_in_line(self, row: list[list[Run]]) -> None:
        paragraph = self.writer.paragraph()
        for place, runs in enumerate(row):
            if place:
                self.writer.write(paragraph, " · ")
            self._runs(paragraph, runs)

    def _runs(self, paragraph: Any, runs: Iterable[Run], styles: Iterable[str] = ()) -> None:
        for run in runs:
            given = [*run["styles"], *styles] if run["text"] != "\n" else []
            self.writer.write(paragraph, run["text"], language=self.language, styles=given, link=run.get("link", ""))
