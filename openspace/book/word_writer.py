"""Writes paragraphs, links, fields, tables and pictures into a document of python-docx.

The library's own methods search the whole document for each paragraph, link, list and picture, so elements are put in
place here, and each in the same time however long the document is.
Each element follows ECMA-376 part 1, chapter 17.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any
from unicodedata import bidirectional

from docx.document import Document
from docx.image.image import Image
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.numbering import CT_Num
from docx.oxml.shape import CT_Inline
from docx.oxml.table import CT_Tbl
from docx.parts.image import ImagePart
from docx.shared import Mm

from openspace.book.contents import Picture
from openspace.book.word_styles import CODE_FONT, HEIGHT, WIDTH, region

# The largest picture, in millimetres.
WIDEST, HIGHEST = WIDTH, HEIGHT // 2
# Properties of a run for the styles of `openspace.web.markdown.Run`.
STYLES = {"bold": "w:b", "italic": "w:i", "struck": "w:strike"}


def element(tag: str, *children: Any, **attributes: object) -> Any:
    """Return an element such as `w:bookmarkStart` with its attributes, all of them in Word's namespace."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(children)
    return made


def is_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is one of Arabic, Hebrew or another script like these."""
    strong = (direction for each in text if (direction := bidirectional(each)) in {"L", "R", "AL"})
    return next(strong, "L") != "L"


class Writer:
    """Writes at the end of a document in its language, or into cells of its tables."""

    def __init__(self, document: Document, language: str) -> None:
        self.document, self.language = document, language
        self._end = document.element.body.sectPr
        self._ids = count(1)
        self._styles = {style.name: style.style_id for style in document.styles}
        self._numbering = document.part.numbering_part.element
        self._numbers = count(max(int(number) for number in self._numbering.xpath("w:num/@w:numId")) + 1)
        self._looks: dict[str, int] = {}
        self._relations = count(max(int(name.removeprefix("rId")) for name in document.part.rels) + 1)
        self._addresses: dict[str, str] = {}

    def paragraph(self, style: str = "Normal", *, cell: Any = None, bookmark: str = "") -> Any:
        """Return a new paragraph at the end of the document or the cell. `bookmark` is what links lead to."""
        made = element("w:p")
        if style != "Normal":
            made.style = self._styles[style]
        if bookmark:
            place = next(self._ids)
            made.append(element("w:bookmarkStart", id=place, name=bookmark))
            made.append(element("w:bookmarkEnd", id=place))
        if cell is None:
            self._end.addprevious(made)
        elif len(cell.p_lst) == 1 and not len(cell.p_lst[0]):
            # Each cell has a paragraph from the beginning.
            cell.replace(cell.p_lst[0], made)
        else:
            cell.append(made)
        return made

    def write(
        self,
        paragraph: Any,
        text: str,
        *,
        language: str = "",
        styles: Sequence[str] = (),
        shade: str = "",
        link: str = "",
        to: str = "",
    ) -> None:
        """Add words to a paragraph, which may be a link to an address, or `to` a bookmark."""
        run = self._run(text, language, styles, shade, is_link=bool(link or to))
        if is_right_to_left(text) and not _has_words(paragraph):
            paragraph.get_or_add_pPr().append(element("w:bidi"))
        if to:
            run = element("w:hyperlink", run, anchor=to)
        elif link:
            run = element("w:hyperlink", run)
            run.set(qn("r:id"), self._related_address(link))
        paragraph.append(run)

    def field(self, paragraph: Any, instruction: str) -> None:
        """Add a field, such as `PAGE`."""
        begin, end = self.field_ends(instruction)
        paragraph.extend([*begin, *end])

    def field_ends(self, instruction: str) -> tuple[list[Any], list[Any]]:
        """The runs before and after what a field shows until it is updated."""
        code = element("w:instrText")
        code.text = instruction
        code.set(qn("xml:space"), "preserve")
        begin = [element("w:fldChar", fldCharType="begin"), code, element("w:fldChar", fldCharType="separate")]
        return [element("w:r", each) for each in begin], [element("w:r", element("w:fldChar", fldCharType="end"))]

    def numbered(self, style: str, start: int) -> int:
        """Return the number of a new list that is counted from `start` and looks like the style's."""
        number = next(self._numbers)
        made: Any = CT_Num.new(number, self._look(style))  # type: ignore[no-untyped-call]
        made.add_lvlOverride(ilvl=0).add_startOverride(start)
        self._numbering.append(made)
        return number

    def count(self, paragraph: Any, number: int) -> None:
        """Let a paragraph be the next of a numbered list."""
        properties = paragraph.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = number

    def table(self, rows: int, widths: Sequence[float]) -> list[list[Any]]:
        """Return the cells of a new table by its rows. Its first row is its head, repeated on each page.

        `widths` are parts of the page's width.
        """
        made = CT_Tbl.new_tbl(rows, len(widths), Mm(WIDTH))
        made.tblPr.style = self._styles["Table Grid"]
        for column, width in zip(made.tblGrid.gridCol_lst, widths, strict=True):
            column.w = Mm(WIDTH * width / sum(widths))
        for place, row in enumerate(made.tr_lst):
            properties = row.get_or_add_trPr()
            properties.append(element("w:cantSplit"))
            if place == 0:
                properties.append(element("w:tblHeader"))
            for cell, column in zip(row.tc_lst, made.tblGrid.gridCol_lst, strict=True):
                cell.width = column.w or Mm(0)
        if self._end.getprevious() is not None and self._end.getprevious().tag == qn("w:tbl"):
            # Word would make one of two tables.
            self.paragraph("Details")
        self._end.addprevious(made)
        return [row.tc_lst for row in made.tr_lst]

    def shade(self, cell: Any, colour: str) -> None:
        """Fill a cell with a colour such as F2A48F."""
        cell.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=colour))

    def picture(self, paragraph: Any, picture: Picture, photo: bytes, unnamed: str) -> None:
        """Add a picture that is moved and deleted like a letter. `unnamed` is said of one without a description."""
        image, number = Image.from_blob(photo), next(self._ids)
        part = ImagePart.from_image(image, PackURI(f"/word/media/image{number}.jpg"))
        scale = min(WIDEST / image.px_width, HIGHEST / image.px_height)
        size = (Mm(image.px_width * scale), Mm(image.px_height * scale))
        name = self._related(part, RELATIONSHIP_TYPE.IMAGE)
        inline = CT_Inline.new_pic_inline(number, name, f"image{number}.jpg", *size)
        inline.docPr.set("descr", picture.alt or unnamed)
        paragraph.append(element("w:r", element("w:drawing", inline)))

    def _related_address(self, address: str) -> str:
        """The name by which the document calls an address, the same for each link to it."""
        if address not in self._addresses:
            self._addresses[address] = self._related(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return self._addresses[address]

    def _related(self, target: Part | str, kind: str, *, is_external: bool = False) -> str:
        name = f"rId{next(self._relations)}"
        self.document.part.rels.add_relationship(kind, target, name, is_external=is_external)
        return name

    def _look(self, style: str) -> int:
        """The number of the definition of how lists of the style look."""
        if style not in self._looks:
            own = self.document.styles[style].element.pPr.numPr.numId.val
            self._looks[style] = self._numbering.num_having_numId(own).abstractNumId.val
        return self._looks[style]

    def _run(self, text: str, language: str, styles: Sequence[str], shade: str, *, is_link: bool = False) -> Any:
        run = element("w:r")
        run.text = text
        # In the order of the schema.
        found = [element("w:rStyle", val=self._styles["Hyperlink"])] if is_link else []
        if "code" in styles:
            found.append(element("w:rFonts", ascii=CODE_FONT, hAnsi=CODE_FONT, cs=CODE_FONT))
        found += [element(STYLES[style]) for style in STYLES if style in styles]
        if shade:
            found.append(element("w:shd", val="clear", color="auto", fill=shade))
        found += _spoken(text, language if language != self.language else "")
        if found:
            run.get_or_add_rPr().extend(found)
        return run


def _has_words(paragraph: Any) -> bool:
    """Whether anything is written in the paragraph yet; it begins with its properties and bookmark."""
    # `len` of an element would count all that is in it.
    last = next(paragraph.iterchildren(reversed=True), None)
    return last is not None and last.tag in {qn("w:r"), qn("w:hyperlink")}


def _spoken(text: str, language: str) -> list[Any]:
    """What says that words run from right to left, and in which language they are."""
    if is_right_to_left(text):
        return [element("w:rtl"), element("w:lang", bidi=region(language or "ar"))]
    return [element("w:lang", val=region(language))] if language else []
