"""How a letter is put together and handed to the mail server, and how that went."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import NamedTuple

from flask import render_template

from openspace import mail
from openspace.clock import now
from openspace.commitments.follow_up_rules import Letters
from openspace.mail import Away, Bounced, Refused, Relay, Uncertain
from openspace.text import one_line

# How long a letter waits that the mail server did not take. One that would wait longer, by a clock that was wrong, is
# due at once.
AGAIN = timedelta(minutes=20)
LONGEST_PAUSE = timedelta(hours=1)


class Ready(NamedTuple):
    """A letter that is to be sent: the id of its row, to which address, and the message."""

    id: int
    to: str
    message: EmailMessage


class Sent(NamedTuple):
    """How sending went: the state, what the mail server said, and whether it can be asked for the next letter."""

    state: Letters
    said: str
    goes_on: bool


def send(relay: Relay, ready: Ready) -> Sent:
    """Send a letter. `REFUSED` is what the server does not take for good, without saying that it is the address."""
    try:
        mail.send(relay, ready.message, ready.to)
    except Refused as refused:
        # The others may be taken.
        return _sent(Letters.REFUSED, refused, goes_on=True)
    except Away as away:
        return _sent(Letters.WAITING, away, goes_on=False)
    except Bounced as bounced:
        return _sent(Letters.BOUNCED, bounced, goes_on=True)
    except Uncertain as broken:
        return _sent(Letters.SENDING, broken, goes_on=False)
    return Sent(Letters.SENT, "", goes_on=True)


def _sent(state: Letters, error: Exception, *, goes_on: bool) -> Sent:
    return Sent(state, one_line(str(error))[:200], goes_on)


def letter(facts: dict[str, str], relay: Relay, *, language: str, name: str) -> EmailMessage:
    """Return a message of text and HTML, drawn in a request, with the way out that `ends` names, if any.

    No line break of a name or a title gets into a header.
    """
    message = EmailMessage()
    message["Subject"] = one_line(facts["subject"])[:150]
    message["From"] = relay.sender
    message["Date"] = format_datetime(now())
    message["Message-ID"] = make_msgid(name, domain=relay.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    if facts["ends"]:
        message["List-Unsubscribe"] = f"<{facts['ends']}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(render_template("commitments/letter.txt", **facts))
    message.add_alternative(render_template("commitments/letter.html", **facts), subtype="html")
    message["Content-Language"] = language
    return message
