"""Reads made files as other programs do."""

import re
from io import BytesIO
from zipfile import ZipFile

from lxml import etree, html

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def files_in(archive: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def trees_in(archive: bytes) -> dict[str, etree._Element]:
    """What each XML file in an archive holds; fails for one that is no XML."""
    suffixes = (".xml", ".rels", ".xhtml", ".opf")
    return {name: etree.fromstring(content) for name, content in files_in(archive).items() if name.endswith(suffixes)}


def page(content: bytes) -> html.HtmlElement:
    return html.document_fromstring(content.decode(), parser=html.HTMLParser(huge_tree=True))


def tags_of(tree: etree._Element) -> list[str]:
    return [each.tag for each in tree.iter() if isinstance(each.tag, str)]


def words_of(tree: etree._Element) -> str:
    """The text that a person reads, with single blanks."""
    texts = (text for each in tree.iter() if each.tag not in {"style", f"{WORD}instrText"} for text in _texts(each))
    return flat(" ".join(texts))


def _texts(node: etree._Element) -> list[str]:
    return [node.text or "" if isinstance(node.tag, str) else "", node.tail or ""]


def flat(text: str) -> str:
    """Text without blanks, soft hyphens and line breaks, of which each format makes its own."""
    return re.sub(r"[\s\u00ad]+", "", text)
