"""The storytelling wall of the demo: twelve stories, with photos, films, marks and comments."""

import json
import random
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from openspace import clock
from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.events.models import Event
from openspace.media import process
from openspace.stories import actions as stories, media_actions, subtitles
from openspace.stories.media_actions import Chosen, ref_of
from openspace.stories.media_models import media_of
from openspace.stories.models import Story
from openspace.stories.rules import Mark, MediumKind
from openspace.uploads import form_files
from openspace.uploads.form_files import Stored

HERE = Path(__file__).parent
COMMENTS = ["Ми теж так спробуємо.", "А хто це оплатив?", "Приїжджайте до нас і розкажіть.", "Дякую, саме це й болить."]


def send() -> dict[str, Stored]:
    """Draw the photos and films of the stories, and let the store have them; returns them by their names.

    It is slow, so it comes before the transaction that builds the demo.
    """
    # Here, because it needs Pillow, which no server loads unless it makes the demo.
    from openspace.demo import pictures

    photos = {name: form_files.store(BytesIO(pictures.photo(name))) for name in pictures.PHOTOS}
    return photos | {name: _film(name) for name in pictures.FILMS}


def _film(name: str) -> Stored:
    from openspace.demo import pictures

    with TemporaryFile() as target:
        process.run("flipbook.film", *pictures.film(name), target, rate=pictures.RATE, memory=1024, written=20)
        target.seek(0)
        return form_files.store(target)


def put(
    event: Event, people: list[Member], topics: list[Topic], sent: Mapping[str, Stored], chance: random.Random
) -> None:
    """Tell a story every seven minutes, the latest five minutes ago; the earlier ones have more marks.

    Photos and films are those that were `sent`; what was not, is left out.
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
                media=_chosen(sheet, sent, event, teller),
            )
            story = stories.tell(event, telling, by=teller)
            _subtitle(story, sheet)
            _say(story, people, chance)


def _chosen(sheet: dict[str, Any], sent: Mapping[str, Stored], event: Event, teller: Member) -> list[Chosen]:
    """The photos or the film of a story; their uploads are finished."""
    of_kind = [(MediumKind.PHOTO, each) for each in sheet.get("photos", ())]
    of_kind += [(MediumKind.FILM, sheet["film"])] if "film" in sheet else []
    return [
        Chosen(ref_of(form_files.keep(sent[each["draws"]], event, by=teller)), kind, each["alt"])
        for kind, each in of_kind
        if each["draws"] in sent
    ]


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
