"""What everybody may read of commitments, as those who promised them let it stand there."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member
from openspace.clock import now
from openspace.commitments.follow_up_models import FollowUp, latest_answers
from openspace.commitments.models import Commitment, commitments_of
from openspace.commitments.photo_models import AnswerPhoto, photos_of
from openspace.commitments.rules import State, Word
from openspace.live import log
from openspace.uploads.rules import MediumState
from openspace.web.errors import NotAllowed

# The parts of the page, and the columns of the wall whose commitments stand in each.
PARTS = {"done": ("done",), "under-way": ("waiting", "taken"), "over": ("over",)}


class Shared(NamedTuple):
    """A commitment on the public page: the names that may stand there, and what its owner last said came of it."""

    commitment: Commitment
    names: list[str]
    told: FollowUp | None
    photo: AnswerPhoto | None

    @property
    def words(self) -> str:
        """The sentence of the owner's last answer; of what was let go, why it was."""
        said = self.told.words if self.told else ""
        return (self.commitment.why or said) if self.commitment.state == State.LET_GO else said


def shared(event_id: int) -> dict[str, list[Shared]]:
    """Return what stands on the public page, by its parts."""
    told, photos = latest_answers(event_id), photos_of(event_id)
    found = [_shared(each, told.get(each.id), photos) for each in commitments_of(event_id) if each.is_shared]
    return {part: [each for each in found if each.commitment.column in columns] for part, columns in PARTS.items()}


def _shared(commitment: Commitment, told: FollowUp | None, photos: Mapping[int, AnswerPhoto]) -> Shared:
    # An answer of somebody who owned it before is not the owner's to publish.
    theirs = told if told and told.member_id == commitment.owner_id else None
    photo = photos.get(theirs.id) if theirs else None
    is_there = photo is not None and photo.state == MediumState.READY
    return Shared(commitment, _names(commitment), theirs, photo if is_there else None)


def _names(commitment: Commitment) -> list[str]:
    """The names of those who agreed to stand there; the owner's only with what they have seen themselves."""
    hidden = commitment.owner_id if is_unseen(commitment) else None
    return [each.name for each in commitment.named if each.id != hidden]


def is_unseen(commitment: Commitment) -> bool:
    """Whether a link let it stand there after its owner had agreed to their name: links are forwarded."""
    own = commitment.pledge_of(commitment.owner_id) if commitment.owner_id else None
    return bool(own and own.shared_at and own.named_at and own.named_at < own.shared_at)


def photo_shared(follow_up: FollowUp) -> AnswerPhoto | None:
    """Return the photo of an answer, if it stands on the public page now."""
    commitment = follow_up.commitment
    told = latest_answers(follow_up.event_id).get(commitment.id)
    if told is not follow_up or not commitment.is_shared:
        return None
    return _shared(commitment, told, photos_of(follow_up.event_id)).photo


def share(commitment: Commitment, *, is_shared: bool, is_named: bool, by: Member) -> None:
    """Let a commitment that one owns stand on the public page, and one's name with it; or take that back, at once.

    Of somebody who helps only the name counts. Refuses with `NotAllowed` those who have not said yes.
    """
    log.claim(commitment.event_id)
    pledge = commitment.pledge_of(by.id)
    if pledge is None or pledge.word != Word.YES:
        raise NotAllowed(_l("Only those who promised it can do this."))
    moment = now()
    if commitment.owner_id == by.id:
        pledge.shared_at = moment if is_shared else None
    pledge.named_at = moment if is_named else None


def may_share(follow_up: FollowUp) -> bool:
    """Whether who is asked by this link still owns the commitment, and so may let it stand on the public page."""
    return follow_up.member_id is not None and _owner(follow_up.commitment) == follow_up.member_id


def share_answer(follow_up: FollowUp, *, is_shared: bool) -> None:
    """Let the commitment of an answer stand on the public page, or take that back.

    Whoever has the link may do this, and links are forwarded: the owner's name comes to it once they save it signed in.
    """
    if not may_share(follow_up):
        return
    log.claim(follow_up.event_id)
    pledge = follow_up.commitment.pledge_of(follow_up.member_id or 0)
    if pledge:
        # Later than the name, whatever a clock says: see `is_unseen`.
        latest = max(now(), pledge.named_at + timedelta(microseconds=1)) if pledge.named_at else now()
        pledge.shared_at = latest if is_shared else None


def _owner(commitment: Commitment) -> int | None:
    return commitment.owner_id if commitment.is_owned else None
