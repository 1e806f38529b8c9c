"""The organisers' guide: its languages say alike, its pictures are there, and it names things as the pages do."""

import re
from pathlib import Path

import pytest

from openspace.config import LANGUAGES
from openspace.web.i18n import TRANSLATIONS
from tools.draw_guide import PICTURES

DOCS = Path(__file__).parents[2] / "docs"


def guide(language: str) -> str:
    return (DOCS / ("organising.md" if language == "en" else f"organising.{language}.md")).read_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_shows_each_picture_that_is_drawn_for_its_language(language):
    shown = re.findall(r"!\[.+?\]\((\S+)\)", guide(language))

    assert sorted(shown) == sorted(f"organising/{language}/{picture.name}.webp" for picture in PICTURES)
    assert all((DOCS / path).exists() for path in shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_says_as_much_in_each_language(language):
    def shape(text: str) -> list[str]:
        return re.findall(r"^(?:#+|\d+\.) |!\[", text, re.MULTILINE)

    assert shape(guide(language)) == shape(guide("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_guide_sets_in_italics_is_written_so_on_a_page(language):
    catalogue = (TRANSLATIONS / ("uk" if language == "en" else language) / "LC_MESSAGES" / "messages.po").read_text()
    words = set(re.findall(rf'^{"msgid" if language == "en" else "msgstr"} "(.+)"$', catalogue, re.MULTILINE))

    named = {name.replace("\n", " ") for name in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", guide(language))}

    assert len(named) >= 10
    assert named <= words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_the_guide_in_the_readers_language(hall, language):
    organiser = hall.ask("organiser")

    page = organiser.get(f"/{hall.slug}/settings/guide?lang={language}").text
    shown = re.findall(r'src="(\S+?\.webp)"', page)

    assert guide(language).partition("\n")[0].removeprefix("# ") in page
    assert len(shown) == len(PICTURES)
    for path in shown:
        answer = organiser.get(f"/{hall.slug}/settings/{path}")
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")


@pytest.mark.parametrize("path", ["uk/..%2F..%2Forganising", "uk/nothing", "fr/setup"])
def test_no_picture_is_found_beside_the_guides_own(hall, path):
    assert hall.ask("organiser").get(f"/{hall.slug}/settings/organising/{path}.webp").status_code == 404
