"""How far the notes of one session are written down, measured when somebody asks."""

from functools import cached_property

from openspace.board.models import Topic
from openspace.notes.models import length_of, topic_ids
from openspace.notes.photo_models import extras
from openspace.notes.rules import progress


class Progress:
    """How far a topic's notes are written down; those of a merged topic are the joint one's.

    `characters` are those of its paragraphs, for whoever has measured them.
    """

    def __init__(self, topic: Topic, characters: int | None = None) -> None:
        self._topic, self._characters = topic.joint or topic, characters

    @cached_property
    def is_written(self) -> bool:
        """Whether it is enough for the book."""
        characters = length_of(self._topic).texts if self._characters is None else self._characters
        return progress(characters, 0) == "full" or bool(sum(extras(topic_ids(self._topic)).values()))
