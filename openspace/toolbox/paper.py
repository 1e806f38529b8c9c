"""A guide on paper: A4, typeset with Typst."""

from functools import lru_cache
from typing import Any

from flask_babel import force_locale, gettext

from openspace.exports import typesetting
from openspace.toolbox.finding import Entry
from openspace.toolbox.guide import Guide
from openspace.toolbox.words import LEVELS, facilitators_figure, lasting, people_figure, time_figure
from openspace.web.markdown import blocks_of

# What the classes of a plan look like on paper.
_STYLE = (
    "<style>.ch rect{fill:#1b2320}.ch--you rect{fill:#ffc933;stroke:#1b2320;stroke-width:1.2}"
    ".ch--free rect{fill:none;stroke:#6f7a74;stroke-width:1.4;stroke-dasharray:2.6 2.2}"
    ".tbl{fill:none;stroke:#6f7a74;stroke-width:2}.pap{fill:#fff;stroke:#6f7a74;stroke-width:1.5}"
    ".wl{stroke:#1b2320;stroke-width:3.5;stroke-linecap:round}"
    ".tp{fill:#9cc8ec}.tp2{fill:#f2a48f}.tp3{fill:#a9d08e}"
    ".thread{fill:none;stroke:#1b2320;stroke-width:2;stroke-linecap:round}"
    ".thread--hint{stroke:#6f7a74;stroke-dasharray:1 7}"
    ".knot{fill:#1b2320}.knot--hint{fill:#fff;stroke:#6f7a74;stroke-width:1.5}"
    ".sect{fill:none;stroke:#6f7a74;stroke-width:1.5;stroke-dasharray:3 4}</style>"
)


def made(entry: Entry, language: str) -> bytes:
    """Return the guide in a language as PDF. Refuses with `NotTypeset`."""
    return _typeset(str(entry.plan), entry.guides[language], language)


@lru_cache(maxsize=64)
def _typeset(plan: str, guide: Guide, language: str) -> bytes:
    return typesetting.pdf("guide", _words(guide, language), {"plan.svg": plan.replace(">", f">{_STYLE}", 1)})


def _words(guide: Guide, language: str) -> dict[str, Any]:
    with force_locale(language):
        figures = [time_figure(guide.minutes), people_figure(guide.people), facilitators_figure(guide.facilitators)]
        return {
            "language": language,
            "title": guide.title,
            "lead": blocks_of(guide.lead),
            "figures": [{"number": number, "word": word} for number, word in figures],
            "level": str(LEVELS[guide.level]),
            "prepare": gettext("Prepare"),
            "material": list(guide.material),
            "heading": guide.heading,
            "steps": [
                {"minutes": lasting(step.minutes), "title": step.title, "text": blocks_of(step.text)}
                for step in guide.steps
            ],
            "sections": [
                {"title": section.title, "text": blocks_of(section.text)} for section in (guide.wrong, guide.after)
            ],
        }
