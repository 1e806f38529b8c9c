"""A page as a browser holds it: what was loaded, what was put into it since, and whether that equals a fresh one."""

import html
import json
import re
from collections.abc import Iterable
from functools import lru_cache

from lxml import html as lxml_html

from tests.live.page import Page as Patched

ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
LIVE = re.compile(r'<div\s+hidden\s+data-module="live"([^>]*)>')
MINE = re.compile(r'<script type="application/json" id="mine">(.*?)</script>', re.S)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
STATIC = re.compile(r'(?:href|src)="(/static/[^"#]+)')
PICTURE = re.compile(r'<img [^>]*src="(/[^"]+)"[^>]*>')
MODULE = re.compile(r'data-module="([\w-]+)"')
SHEET = re.compile(r'<(?:article|a) class="(sheet|place)\b[^"]*" id="((?:cell|market)-[\d-]+)"([^>]*)>')
TOPIC = re.compile(r'data-topic="(\d+)"')
MEMBER = re.compile(r'class="toasts"[^>]*data-member="([^"]*-(\d+))"')

Patch = tuple[str, str | None]


@lru_cache(4096)
def sheets_in(text: str) -> dict[str, int]:
    """By element, the number of the topic that hangs there; 0 for a free place."""
    found = {}
    for what, ident, rest in SHEET.findall(text):
        topic = TOPIC.search(rest)
        found[ident] = int(topic[1]) if what == "sheet" and topic else 0
    return found


class Page:
    """One loaded page. `taken` keeps the patches of its channels as they came, to be put in when it is compared."""

    def __init__(self, address: str, status: int, text: str) -> None:
        self.address, self.status, self.text = address, status, text
        self.taken: list[tuple[str, list[Patch]]] = []
        self.is_unchanged = self.reloads = False
        live = LIVE.search(text)
        self.live = (
            {name.removeprefix("data-"): html.unescape(each) for name, each in ATTRIBUTE.findall(live[1])}
            if live
            else {}
        )
        # The revision of each channel, as the page stands now. Announcements come to every page unasked.
        self.revisions: dict[str, int] = json.loads(self.live.get("channels", "{}"))
        if self.live and "key" not in self.live:
            self.revisions["announcements"] = int(self.live.get("announced", 0))
        mine = MINE.search(text)
        self.mine = {"member": False, "topics": [], "marks": {}, **(json.loads(mine[1]) if mine else {})}
        token, member = TOKEN.search(text), MEMBER.search(text)
        self.token = html.unescape(token[1]) if token else ""
        self.member, self.member_id = (member[1], int(member[2])) if member else ("", 0)
        self.has_market = 'id="market"' in text
        self.sheets = sheets_in(text)

    @property
    def kind(self) -> str:
        """`board`, `console`, `topic`, `projector`, `stories` and so on: by its channels, and what it shows."""
        if "console" in self.revisions:
            return "console"
        first = next(iter(self.revisions), "")
        if first == "board":
            return "projector" if "key" in self.live else "board"
        return "topic" if first.startswith("topic-") else first

    @property
    def assets(self) -> set[str]:
        """Static files that a browser loads for it, without those that scripts import."""
        return set(STATIC.findall(self.text))

    @property
    def pictures(self) -> list[str]:
        return [found[1] for found in PICTURE.finditer(self.text) if 'loading="lazy"' not in found[0]]

    @property
    def modules(self) -> set[str]:
        return set(MODULE.findall(self.text))

    def take(self, channel: str, patches: list[Patch]) -> None:
        """Keep patches, and note what they mean for what hangs where, without drawing them."""
        self.taken.append((channel, patches))
        for ident, text in patches:
            if ident.startswith("day-") and f'id="{ident}"' in self.text:
                self.sheets.update(sheets_in(text or ""))
            elif text is None:
                self.sheets.pop(ident, None)
            elif ident in self.sheets or (self.has_market and ident.startswith("market-")):
                self.sheets.update(sheets_in(text))

    def form(self, action: str):
        """The form whose action matches, as lxml has it."""
        for form in lxml_html.document_fromstring(self.text).forms:
            if re.search(action, form.get("action") or ""):
                return form
        raise LookupError(f"no form for {action} on {self.address} ({self.status})")


def fields_of(form, **values: str | list[str]) -> list[tuple[str, str]]:
    """What a browser would send, with these fields filled in otherwise."""
    fields = [(name, value) for name, value in form.form_values() if name not in values]
    for name, value in values.items():
        fields += [(name, each) for each in (value if isinstance(value, list) else [value])]
    return fields


# State and comparison.

ROOT_CLASSES = {"slotbar", "board"}
ROOTS = re.compile(
    r"(market-count|market|topic|steps|hands|hidden|waiting|stories|petitions|pitch-\w+|announcement-\d+)$"
)
ROWS = re.compile(r"--rows:[^;]*;?")
# The end of a private address is another one after half a day.
PRIVATE = re.compile(r'(/files/)[^\s",]+')
BLANK = re.compile(r"\s+")


def shape(tree) -> dict[str, str]:
    """Each live element by its id as one line of text, with the ids of those within it in its place.

    Left out is what clock.js rewrites as time goes by: a slot's phase, its note and ring, the marked chip, the rows of
    the grid, and on a topic's page whether it is now or over; and what a request would change, which depends on chairs,
    while the console is not told of taps.
    """
    found: dict[str, str] = {}
    for element in tree.iter():
        if isinstance(element.tag, str) and _is_root(element):
            ident = element.get("id") or element.get("class")
            if ident not in found:
                _shape(element, ident, found)
    return found


def _is_root(element) -> bool:
    return bool(ROOTS.match(element.get("id") or "") or ROOT_CLASSES & _classes(element))


def _classes(element) -> set[str]:
    return set((element.get("class") or "").split()) if element is not None else set()


def _shape(element, ident: str, found: dict[str, str]) -> None:
    # So that it is there before what is in it.
    found[ident] = ""
    found[ident] = "".join(_parts(element, found))


def _parts(element, found: dict[str, str]) -> Iterable[str]:
    is_note = "slot__note" in _classes(element)
    names = _attributes(element)
    yield f"<{element.tag}" + "".join(f' {name}="{names[name]}"' for name in sorted(names)) + ">"
    if not is_note:
        yield _text(element.text)
    for child in element:
        if isinstance(child.tag, str) and not _is_left_out(child):
            if ident := child.get("id"):
                _shape(child, ident, found)
                yield f"<#{ident}>"
            else:
                yield from _parts(child, found)
        if not is_note:
            yield _text(child.tail)
    yield f"</{element.tag}>"


def _attributes(element) -> dict[str, str]:
    classes, names = _classes(element), dict(element.attrib)
    if "slot" in classes:
        names.pop("data-when", None)
    if "chip" in classes:
        names.pop("aria-current", None)
        names.pop("data-now", None)
    if "board" in classes:
        names["style"] = ROWS.sub("", names.get("style", ""))
    return {name: PRIVATE.sub(r"\1", _text(value)) for name, value in names.items()}


def _is_left_out(element) -> bool:
    classes, around = _classes(element), _classes(element.getparent())
    return (
        "effect" in classes or ("ring" in classes and "slot__head" in around) or ("tag" in classes and "when" in around)
    )


def _text(text: str | None) -> str:
    return BLANK.sub(" ", text or "").strip()


def differences(page: Page, fresh: str) -> list[dict[str, str]]:
    """What is otherwise on the page than on the fresh one, element by element."""
    patched = Patched(page.text, is_whole=True)
    patched.apply(patch for _, patches in page.taken for patch in patches)
    here, there = patched.tree, lxml_html.document_fromstring(fresh)
    _shorten(here, there)
    mine, wanted = shape(here), shape(there)
    return [
        {"id": ident, "here": mine.get(ident, "(is not there)"), "fresh": wanted.get(ident, "(is not there)")}
        for ident in dict.fromkeys([*wanted, *mine])
        if mine.get(ident) != wanted.get(ident)
    ]


def _shorten(*trees) -> None:
    """A wall that was open when stories came shows more of them than one that is opened now."""
    walls = [list(tree.get_element_by_id("stories", [])) for tree in trees]
    for wall in walls:
        for story in wall[min(map(len, walls)) :]:
            story.drop_tree()
