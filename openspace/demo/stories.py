"""The storytelling wall of the demo: twelve stories, with photos, films, marks and comments."""

import json
import random
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from openspace import clock
from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.demo import pictures
from openspace.events.models import Event
from openspace.media import process
from openspace.store import media
from openspace.stories import actions as stories, media_actions, subtitles
from openspace.stories.media_actions import Chosen
from openspace.stories.media_models import media_of
from openspace.stories.models import Story
from openspace.stories.rules import Mark, MediumKind
from openspace.uploads import actions as uploads
from openspace.uploads.models import UploadPiece

HERE = Path(__file__).parent
COMMENTS = ["Ми теж так спробуємо.", "А хто це оплатив?", "Приїжджайте до нас і розкажіть.", "Дякую, саме це й болить."]


class Sent(NamedTuple):
    """A file that the store has as the one piece of an upload, which has no row yet."""

    upload_id: str
    key: str
    size: int


def send() -> dict[str, Sent]:
    """Draw the photos and films of the stories, and let the store have them; returns them by their names.

    It is slow, so it comes before the transaction that builds the demo.
    """
    made = {name: pictures.photo(name) for name in pictures.PHOTOS} | {name: _film(name) for name in pictures.FILMS}
    return {name: _sent(content) for name, content in made.items()}


def _film(name: str) -> bytes:
    with TemporaryFile() as target:
        process.run("flipbook.film", *pictures.film(name), target, rate=pictures.RATE, memory=1024, written=20)
        target.seek(0)
        return target.read()


def _sent(content: bytes) -> Sent:
    upload_id = uploads.new_id()
    key = f"{upload_id}/0"
    media.store().put_piece(key, content)
    return Sent(upload_id, key, len(content))


def put(
    event: Event, people: list[Member], topics: list[Topic], sent: Mapping[str, Sent], chance: random.Random
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
            in_book, on_web = chance.random() < 0.7, chance.random() < 0.4
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


def _chosen(sheet: dict[str, Any], sent: Mapping[str, Sent], event: Event, teller: Member) -> list[Chosen]:
    """The photos or the film of a story; their uploads are finished."""
    of_kind = [(MediumKind.PHOTO, each) for each in sheet.get("photos", ())]
    of_kind += [(MediumKind.FILM, sheet["film"])] if "film" in sheet else []
    return [
        Chosen(_upload(sent[each["draws"]], event, teller), kind, each["alt"])
        for kind, each in of_kind
        if each["draws"] in sent
    ]


def _upload(file: Sent, event: Event, teller: Member) -> str:
    """Let a file have arrived; returns the name by which the phone knows it."""
    ref = uploads.new_id()
    metadata = f"ref {b64encode(ref.encode()).decode()}"
    upload = uploads.begin(file.upload_id, event, length=file.size, metadata_header=metadata, by=teller)
    uploads.append(upload, UploadPiece(upload_id=upload.id, start=0, size=file.size, key=file.key))
    return ref


def _subtitle(story: Story, sheet: dict[str, Any]) -> None:
    for medium in media_of([story.id])[story.id]:
        if medium.kind == MediumKind.FILM:
            media_actions.set_subtitles(medium, subtitles.read(sheet["film"]["subtitles"]))


def _say(story: Story, people: list[Member], chance: random.Random) -> None:
    """Let some of the people mark the story, and a few comment on it."""
    for kind, most in ((Mark.HEART, 40), (Mark.TRY, 24)):
        for person in chance.sample(people, chance.randrange(most)):
            stories.mark(story, kind, by=person)
    for words in chance.sample(COMMENTS, chance.randrange(len(COMMENTS))):
        stories.comment(story, words, by=chance.choice(people))
