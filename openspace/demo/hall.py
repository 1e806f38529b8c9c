"""What goes on in the hall as the demo begins: somebody reads a topic out, others wait, and two requests are open."""

from openspace.access.models import Member
from openspace.board.cells import whole_board
from openspace.board.models import Topic
from openspace.clock import now
from openspace.events.models import Event
from openspace.petitions import actions as petitions
from openspace.petitions.rules import Kind
from openspace.pitching import actions as pitching


def read_out(topics: list[Topic], people: list[Member], *, by: Member) -> None:
    """Let the first of these topics be read out; the conveners of the others wait, and after them these people."""
    pitching.read_out(topics[0], by=by)
    for topic in topics[1:]:
        pitching.queue_up(topic.convener, topic=topic, by=topic.convener)
    for person in people:
        pitching.queue_up(person, by=person)


def ask(event: Event, topics: list[Topic], people: list[Member]) -> None:
    """Let one of these people, backed by the others, ask for a topic once more, and a convener for a projector."""
    coming = [topic for topic in topics if topic.placements and topic.placements[0].slot.starts_at > now()]
    popular, other = coming[0], coming[-1]
    later = (row for row in whole_board(event) if row.slot.starts_at >= popular.placements[0].slot.ends_at)
    free = next(cell for row in later for cell in row.cells if not cell.placement)
    petition = petitions.ask(popular, kind=Kind.REPEAT, takes=free.key, by=people[0])
    for person in people[1:]:
        petitions.back(petition, by=person)
    petitions.ask(other, kind=Kind.PROJECTOR, words="Покажу фотографії нашого двору.", by=other.convener)
