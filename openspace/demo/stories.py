"""The storytelling wall of the demo: twelve stories, with photos, films, marks and comments."""

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

from openspace import clock
from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.events.models import Event
from openspace.jobs import queue
from openspace.stories import actions as stories, media_actions, subtitles
from openspace.stories.media_actions import Chosen
from openspace.stories.media_models import media_of
from openspace.stories.models import Story
from openspace.stories.rules import Mark, MediumKind

HERE = Path(__file__).parent
COMMENTS = ["Ми теж так спробуємо.", "А хто це оплатив?", "Приїжджайте до нас і розкажіть.", "Дякую, саме це й болить."]


def ref_of(name: str) -> str:
    """What the tellers call the photo or film of this name, while it is on its way."""
    return f"drawn-for-the-demo-{name}"


def put(
    event: Event, people: list[Member], topics: list[Topic], chance: random.Random, *, is_illustrated: bool
) -> None:
    """Tell a story every seven minutes, the latest five minutes ago; the earlier ones have more marks.

    If they are illustrated, a job draws their photos and films.
    """
    sheets = json.loads((HERE / "stories.json").read_text())
    tellers = chance.sample(people[1:], len(sheets))
    moment = now()
    for place, (sheet, teller) in enumerate(zip(sheets, tellers, strict=True)):
        with clock.frozen_at(moment - timedelta(minutes=7 * place)):
            about = topics[place] if place % 4 == 3 else None
            # Both films may be published, so that organisers have a series to make.
            in_book, on_web = chance.random() < 0.7, chance.random() < 0.4 or "film" in sheet
            telling = stories.Telling(
                text=sheet["text"],
                language=sheet["language"],
                topic=about,
                in_book=in_book,
                on_web=on_web,
                media=_chosen(sheet) if is_illustrated else (),
            )
            story = stories.tell(event, telling, by=teller)
            _subtitle(story, sheet)
            _say(story, people, chance)
    if is_illustrated:
        queue.enqueue("demo.draw", {}, event_id=event.id)


def _chosen(sheet: dict[str, Any]) -> list[Chosen]:
    """The photos or the film of a story, which are still on their way."""
    of_kind = [(MediumKind.PHOTO, each) for each in sheet.get("photos", ())]
    of_kind += [(MediumKind.FILM, sheet["film"])] if "film" in sheet else []
    return [Chosen(ref_of(each["draws"]), kind, each["alt"]) for kind, each in of_kind]


def _subtitle(story: Story, sheet: dict[str, Any]) -> None:
    assert story.author
    for medium in media_of([story.id])[story.id]:
        if medium.kind == MediumKind.FILM:
            media_actions.set_subtitles(medium, subtitles.read(sheet["film"]["subtitles"]), by=story.author)


def _say(story: Story, people: list[Member], chance: random.Random) -> None:
    """Let some of the people mark the story, and a few comment on it."""
    for kind, most in ((Mark.HEART, 40), (Mark.TRY, 24)):
        for person in chance.sample(people, chance.randrange(most)):
            stories.mark(story, kind, by=person)
    for words in chance.sample(COMMENTS, chance.randrange(len(COMMENTS))):
        stories.comment(story, words, by=chance.choice(people))
