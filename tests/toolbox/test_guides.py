"""The form of all guides that the product ships, and their pages on paper."""

import re
from io import BytesIO
from itertools import product
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from openspace.config import LANGUAGES
from openspace.toolbox import paper, shipped
from openspace.toolbox.finding import entry_named
from openspace.toolbox.reading import FACTS
from openspace.web.markdown import html_of

EVERY = list(product(shipped.names(), LANGUAGES))
# Letters that a language does not have.
FOREIGN = {
    "uk": "[ыэъёЫЭЪЁ]",
    "ru": "[іїєґІЇЄҐ]",
    "en": "[А-яІіЇїЄєҐґ]",
    "de": "[А-яІіЇїЄєҐґ]",
}


def test_there_are_twelve_guides_in_four_languages():
    assert len(EVERY) == 48
    assert {
        *("open-space", "marketplace", "opening", "evening-news", "convergence", "match-and-sprint"),
        *("sprint-and-succeed", "world-cafe", "fishbowl", "city-potential", "interview-walk", "drum-circle"),
    } == set(shipped.names())


@pytest.mark.parametrize("name", shipped.names())
def test_a_guide_is_the_same_in_all_languages(name):
    guides = shipped.guides(name).values()

    assert len({tuple(step.minutes for step in guide.steps) for guide in guides}) == 1
    assert len({(guide.minutes, guide.people, guide.facilitators, guide.level, guide.kind) for guide in guides}) == 1
    # Ticks are kept by place.
    assert len({len(guide.material) for guide in guides}) == 1
    assert len({guide.title for guide in guides} | {guide.lead for guide in guides}) > len(LANGUAGES)


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_text_is_plain_markdown_in_its_language(name, language):
    text = shipped.text(name, language)

    assert re.findall(FOREIGN[language], text) == []
    assert re.findall(r"^(\w+):", text.split("---")[1], re.MULTILINE) == list(FACTS)
    assert re.findall(r"[<>`|\[\]]|^#{4,}|^# ", text, re.MULTILINE) == []
    tags = set(re.findall(r"<(\w+)", html_of(text.split("---", 2)[2])))
    assert tags <= {"p", "strong", "em", "ul", "ol", "li", "h4", "h5"}


@pytest.mark.parametrize("name", shipped.names())
def test_a_plan_is_drawn_by_classes_alone(name):
    drawn = ElementTree.fromstring(shipped.plan(name))

    assert drawn.get("viewBox") == "0 0 200 124"
    assert {each.tag.rpartition("}")[2] for each in drawn.iter()} <= {"svg", "g", "rect", "circle", "path"}
    colours = {"fill", "stroke", "style", "onload"}
    assert [each for each in drawn.iter() if colours & set(each.keys())] == []


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_guide_has_two_pages_on_paper(name, language, apps):
    with apps("sqlite").test_request_context():
        made = PdfReader(BytesIO(paper.made(entry_named(0, name), language)))

    assert len(made.pages) == 2
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in made.pages} == {(595, 842)}
    words = " ".join("".join(page.extract_text() for page in made.pages).split())
    guide = shipped.guides(name)[language]
    assert guide.title in words
    assert [step.title for step in guide.steps if step.title.split()[0] not in words] == []
