"""Refusals of uploads, with the statuses that the tus protocol asks for."""

from flask_babel import lazy_gettext as _l

from openspace.web.errors import Problem, TooLong, TooMany


class Misunderstood(Problem):
    """The headers of a request make no sense: a mistake of a script, which a person can only load anew."""

    status = 400
    words = _l("This page and the server do not understand each other. Please reload the page; nothing is lost.")


class OtherVersion(Misunderstood):
    """The client speaks another version of the protocol, or does not say which."""

    status = 412


class OtherType(Misunderstood):
    """The body is not what the protocol sends."""

    status = 415


class WrongOffset(Problem):
    """The piece begins elsewhere than where the upload stands. Fact: `offset`, where it stands."""

    status = 409
    words = _l("Another part of this file was expected. It can be continued from where it stands.")


class WrongChecksum(Problem):
    """The piece is not what the client sent. The status is the protocol's own."""

    status = 460
    words = _l("A part of this file was damaged on its way. Please try again; what had arrived before is kept.")


class Expired(Problem):
    status = 410
    words = _l("Nothing more came of this file for too long, so it was deleted. Please choose it again.")


class Unfinished(Problem):
    status = 409
    words = _l("This file has not arrived completely yet.")


class AlreadyTaken(Problem):
    status = 409
    words = _l("This file is in use already. Please choose it again if you need it twice.")


class TooMuch(TooLong):
    words = _l("More arrived than this file was said to hold. Please choose it again.")


class TooLarge(TooLong):
    """The file is larger than any may be. Facts: `size` and `most`, in bytes."""

    def __init__(self, size: int, *, most: int) -> None:
        words = _l(
            "This file is too large: at most %(most)d MB can be sent. Choose a shorter film or a smaller copy.",
            most=most // 2**20,
        )
        super().__init__(words, size=size, most=most)


class TooManyOpen(TooMany):
    words = _l("Too many of your files are on their way. Wait until they have arrived, or cancel some.")


class TooManyPieces(TooMany):
    words = _l("This file comes in too many small parts. Please choose it again.")


class EventFull(Problem):
    """The event's room for files is used up. Fact: `left`, in bytes."""

    status = 507

    def __init__(self, left: int) -> None:
        words = _l(
            "This event has only %(left)d MB left for pictures and films."
            " Choose a smaller file, or tell the organisers.",
            left=left // 2**20,
        )
        super().__init__(words, left=left)
