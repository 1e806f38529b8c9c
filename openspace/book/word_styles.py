"""How the Word file looks: all of it by styles with Word's own names, so that whoever edits it can change them."""

import re
from functools import cache
from pathlib import Path
from typing import cast

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
FONT, CODE_FONT = "Calibri", "Consolas"
INK, SOFT, BLUE = RGBColor(0x1B, 0x23, 0x20), RGBColor(0x46, 0x50, 0x4B), RGBColor(0x27, 0x45, 0xB5)
# The region is what Word chooses dictionaries by.
REGIONS = {"uk": "uk-UA", "en": "en-GB", "de": "de-DE", "ru": "ru-RU"}
# In millimetres: between the margins of a sheet of A4.
WIDTH, HEIGHT = 166, 252
# Each with its size in points, the space before and after it, and whether it is bold. Word's own come first.
LOOKS = {
    "Title": (40, 0, 12, True),
    "Subtitle": (16, 0, 6, False),
    "Heading 1": (26, 0, 8, True),
    "Heading 2": (18, 30, 4, True),
    "Heading 3": (12, 12, 3, True),
    "Heading 4": (10.5, 10, 3, True),
    "TOC Heading": (26, 0, 8, True),
    "Caption": (9, 3, 12, False),
    "Picture": (10.5, 6, 0, False),
    "Quote": (10.5, 0, 6, False),
    "Lead": (13, 0, 8, False),
    "Details": (9, 3, 3, False),
    "Cell": (8, 0, 2, False),
    "Rule": (4, 0, 8, False),
    "Code": (9, 0, 6, False),
    "toc 1": (11, 6, 0, True),
    "toc 2": (10.5, 0, 0, False),
}
SOFTER = ("Subtitle", "Caption", "Lead", "Details")


def set_up(document: Document, language: str) -> None:
    """Give an empty document its paper, its language, and the styles in `LOOKS`."""
    _set_paper(document)
    _set_defaults(document, language)
    for name, (size, before, after, bold) in LOOKS.items():
        style = _style(document, name)
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.cs_bold, style.font.cs_italic = bold, False
        style.element.rPr.sz.addnext(_size_of_other_scripts(size))
        style.font.color.rgb = SOFT if name in SOFTER else INK
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    _refine(document)


def region(language: str) -> str:
    """The language as Word names it, such as uk-UA."""
    return REGIONS.get(language, language)


@cache
def tapes() -> dict[int, str]:
    """The colour of each tint as Word wants it, such as F2A48F."""
    return {int(tint): colour.upper() for tint, colour in re.findall(r"--tape-(\d+): #(\w{6})", TOKENS.read_text())}


def _set_paper(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
    section.top_margin, section.bottom_margin = Mm(20), Mm(297 - 20 - HEIGHT)
    section.different_first_page_header_footer = True


def _set_defaults(document: Document, language: str) -> None:
    """The font, and the language for all that is in no other."""
    defaults = document.styles.element.find(qn("w:docDefaults")).find(f".//{qn('w:rPr')}")
    fonts, lang = defaults.find(qn("w:rFonts")), defaults.find(qn("w:lang"))
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)
    lang.set(qn("w:val"), region(language))
    normal = document.styles["Normal"]
    normal.font.size, normal.font.color.rgb = Pt(10.5), INK
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.15


def _style(document: Document, name: str) -> ParagraphStyle:
    """The style with this name, which may be new, without what Word's template says of its letters."""
    if name not in document.styles:
        builtin = name.startswith("toc")
        style = cast(ParagraphStyle, document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=builtin))
        style.base_style, style.quick_style = document.styles["Normal"], True
        return style
    style = cast(ParagraphStyle, document.styles[name])
    for rest in style.element.findall(qn("w:rPr")):
        style.element.remove(rest)
    return style


def _size_of_other_scripts(size: float) -> BaseOxmlElement:
    """The size of scripts such as Arabic, which Word keeps apart."""
    made = OxmlElement("w:szCs")
    made.set(qn("w:val"), str(int(2 * size)))
    return made


def _refine(document: Document) -> None:
    styles = document.styles
    styles["Heading 1"].paragraph_format.page_break_before = True
    for name in ("Title", "Heading 1", "Heading 2"):
        styles[name].paragraph_format.line_spacing = 1
    for border in styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    # Words below a picture stay with it.
    styles["Picture"].paragraph_format.keep_with_next = True
    styles["Quote"].paragraph_format.left_indent = Mm(6)
    styles["Code"].font.name = CODE_FONT
    styles["Cell"].paragraph_format.line_spacing = 1
    for depth in (1, 2):
        entry = styles[f"toc {depth}"].paragraph_format
        entry.left_indent = Mm(6 * (depth - 1))
        entry.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    footer = styles["Footer"].paragraph_format
    for stop in [*footer.tab_stops]:
        footer.tab_stops._pPr.tabs.remove(stop._element)
    footer.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    _add_line(styles["Rule"])
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
    link.font.color.rgb, link.font.underline = BLUE, True


def _add_line(style: ParagraphStyle) -> None:
    """A rule is an empty paragraph with a line below."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "4", "space": "1", "color": "6F7A74"}.items():
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    style.element.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")
