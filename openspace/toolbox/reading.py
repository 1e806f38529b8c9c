"""Reads a guide from its text: facts between two lines of hyphens, then Markdown. Each mistake has its own sentence."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext as _l

from openspace.toolbox.guide import Guide, Kind, Level, Section, Step
from openspace.web.errors import Problem

FENCE = "---"
# The facts, in the order in which the shipped guides have them.
FACTS = ("title", "summary", "minutes", "people", "facilitators", "level", "kind", "material")
# Characters of a title and of any other fact, and what is the most of steps, of minutes, and of things to prepare.
LONGEST_TITLE, LONGEST_FACT, MOST_STEPS, MOST_MINUTES, MOST_MATERIAL = 80, 200, 40, 6000, 30
# Numbers as they are written: 12, or from 12 to 40 with any dash.
_SPAN = re.compile(r"(\d{1,4})(?:\s*[-–—]\s*(\d{1,4}))?")
_STEP = re.compile(r"(\d{1,4})\s*[·•|:.–-]\s*(\S.*)")


class WrongGuide(Problem):
    """The text is no guide. The words say what is wrong, and in which line if it is in one."""

    status = 422
    words = _l("This is not a guide yet.")


def read(text: str) -> Guide:
    """Return the guide that is written in the text. Refuses with `WrongGuide`."""
    lines = text.replace("\r\n", "\n").strip().split("\n")
    fences = [place for place, line in enumerate(lines) if line.strip() == FENCE]
    if len(fences) < 2 or fences[0] != 0:
        raise WrongGuide(_l("A guide begins with a line of three hyphens, ---, then its facts, then --- again."))
    facts = _facts(lines[1 : fences[1]])
    body = "\n".join(lines[fences[1] + 1 :])
    lead, *sections = _split(body, "## ")
    if len(sections) != 3:
        raise WrongGuide(
            gettext(
                "After the introduction a guide has three headings with ##: the steps, what goes wrong, and what comes "
                "afterwards. Here there are %(count)s.",
                count=len(sections),
            )
        )
    if not lead.text:
        raise WrongGuide(_l("The introduction is missing: a few sentences before the first heading with ##."))
    steps, wrong, after = sections
    guide = Guide(**facts, lead=lead.text, heading=steps.title, steps=_steps(steps), wrong=wrong, after=after)
    _check_minutes(guide)
    return guide


def _facts(lines: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, line in enumerate(lines, start=2):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if line.lstrip().startswith("- ") and "material" in found:
            found["material"].append(line.lstrip()[2:].strip())
        elif not colon or name not in FACTS:
            raise WrongGuide(
                gettext(
                    "Line %(number)s: “%(line)s” is none of the facts of a guide. These are %(names)s.",
                    number=number,
                    line=line.strip()[:60],
                    names=", ".join(FACTS),
                )
            )
        elif name in found:
            raise WrongGuide(gettext("Line %(number)s: “%(name)s” stands there twice.", number=number, name=name))
        else:
            found[name] = [value] if name == "material" and value else [] if name == "material" else value
    return _checked(found)


def _checked(found: dict[str, Any]) -> dict[str, Any]:
    for name in FACTS:
        if not found.get(name):
            raise WrongGuide(gettext("The fact “%(name)s” is missing.", name=name))
    _check_lengths(found)
    minutes = found["minutes"]
    if not minutes.isascii() or not minutes.isdigit() or not 0 < int(minutes) <= MOST_MINUTES:
        raise WrongGuide(
            gettext(
                "“minutes” is a whole number from 1 to %(most)s, not “%(value)s”.", most=MOST_MINUTES, value=minutes
            )
        )
    return {
        **found,
        "minutes": int(minutes),
        "people": _span("people", found["people"]),
        "facilitators": _span("facilitators", found["facilitators"]),
        "level": Level(_one_of("level", found["level"], list(Level))),
        "kind": Kind(_one_of("kind", found["kind"], list(Kind))),
        "material": tuple(found["material"]),
    }


def _check_lengths(found: dict[str, Any]) -> None:
    for name, value in found.items():
        most = LONGEST_TITLE if name == "title" else LONGEST_FACT
        if any(len(each) > most for each in (value if name == "material" else [value])):
            raise WrongGuide(gettext("“%(name)s” has at most %(most)s characters.", name=name, most=most))
    if len(found["material"]) > MOST_MATERIAL:
        raise WrongGuide(gettext("There are at most %(most)s things to prepare.", most=MOST_MATERIAL))


def _span(name: str, value: str) -> str:
    numbers = _SPAN.fullmatch(value)
    first, last = (int(each) for each in numbers.groups(default=numbers[1])) if numbers else (0, 0)
    if not 0 < first <= last:
        raise WrongGuide(
            gettext(
                "“%(name)s” is a number or two with a dash, such as 12–40, not “%(value)s”.", name=name, value=value
            )
        )
    return str(first) if first == last else f"{first}–{last}"


def _one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        names = ", ".join(allowed)
        raise WrongGuide(
            gettext("“%(name)s” is one of these: %(names)s, not “%(value)s”.", name=name, names=names, value=value)
        )
    return value


def _split(text: str, mark: str) -> list[Section]:
    """What stands before the first heading with this mark, without a title, and each heading with what follows."""
    before, *parts = re.split(rf"^{re.escape(mark)}", text, flags=re.MULTILINE)
    headed = (part.partition("\n") for part in parts)
    return [Section("", before.strip()), *(Section(title.strip(), rest.strip()) for title, _, rest in headed)]


def _steps(section: Section) -> tuple[Step, ...]:
    before, *parts = _split(section.text, "### ")
    if before.text or not parts or len(parts) > MOST_STEPS:
        raise WrongGuide(
            gettext(
                "Below “%(title)s” stand 1 to %(most)s steps, each with a heading such as ### 10 · Begin, and nothing "
                "before the first.",
                title=section.title,
                most=MOST_STEPS,
            )
        )
    return tuple(_step(part) for part in parts)


def _step(part: Section) -> Step:
    said = _STEP.fullmatch(part.title)
    if not said or not int(said[1]):
        raise WrongGuide(
            gettext(
                "The heading “%(title)s” is not that of a step: first its minutes, then a dot, then what it is called, "
                "such as ### 10 · Begin.",
                title=part.title,
            )
        )
    if len(said[2]) > LONGEST_TITLE:
        raise WrongGuide(gettext("“%(name)s” has at most %(most)s characters.", name=said[2], most=LONGEST_TITLE))
    return Step(int(said[1]), said[2], part.text)


def _check_minutes(guide: Guide) -> None:
    together = sum(step.minutes for step in guide.steps)
    if together != guide.minutes:
        raise WrongGuide(
            gettext(
                "The steps take %(together)s minutes together, but “minutes” says %(minutes)s.",
                together=together,
                minutes=guide.minutes,
            )
        )
