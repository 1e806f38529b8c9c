"""Sends mail by SMTP: one message to one address, and says whether it may, will or will not arrive."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from urllib.parse import parse_qs, unquote, urlsplit

# Of each step of a conversation with the mail server.
SECONDS = 20.0
_PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}


class Away(Exception):
    """The mail was not taken: the server is away, or refuses for now. It may be sent again."""


class Bounced(Exception):
    """The server refuses this address, or this mail, for good."""


class Uncertain(Exception):
    """The connection broke after the mail was sent and before the answer: it may or may not arrive."""


@dataclass(frozen=True)
class Relay:
    """The mail server: `smtps` is TLS from the first byte, `smtp` by STARTTLS, `smtp+plain` none, for this machine."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str

    @classmethod
    def of(cls, url: str) -> "Relay":
        """Read `smtps://user:password@host:465/?from=open@example.org`. Raises `ValueError` for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("not an address of a mail server: smtps://user:password@host:465/?from=you@example.org")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        sender = parse_qs(parts.query).get("from", [user if "@" in user else f"openspace@{parts.hostname}"])[0]
        return cls(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme], user, password, sender)


@contextmanager
def connected(relay: Relay) -> Iterator[smtplib.SMTP]:
    """A conversation with the mail server, signed in. Refuses with `Away`."""
    try:
        context = ssl.create_default_context()
        if relay.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(relay.host, relay.port, timeout=SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(relay.host, relay.port, timeout=SECONDS)
        smtp.ehlo_or_helo_if_needed()
        if relay.scheme == "smtp":
            smtp.starttls(context=context)
            smtp.ehlo()
        if relay.user:
            smtp.login(relay.user, relay.password)
    except (OSError, smtplib.SMTPException) as error:
        raise Away(str(error)) from error
    try:
        yield smtp
    finally:
        smtp.close()


def send(relay: Relay, message: EmailMessage, to: str) -> None:
    """Send a message to one address. Returns once the server has taken it.

    Refuses with `Away`, `Bounced` and `Uncertain`.
    """
    with connected(relay) as smtp:
        try:
            _expect(smtp.mail(relay.sender), is_ours=True)
            _expect(smtp.rcpt(to))
        except (OSError, smtplib.SMTPException) as error:
            raise Away(str(error)) from error
        try:
            code, words = smtp.data(message.as_bytes(policy=WIRE.clone(max_line_length=998)))
        except smtplib.SMTPDataError as error:
            # Refused before a byte of it was sent.
            code, words = error.smtp_code, _bytes(error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            raise Uncertain(str(error)) from error
        _expect((code, words))


def _expect(answer: tuple[int, bytes], *, is_ours: bool = False) -> None:
    """Refuse by the server's answer. One that refuses our own address is to be mended here, so the mail waits."""
    code, words = answer
    if 200 <= code < 300:
        return
    said = f"{code} {words.decode('utf-8', 'replace')}"
    raise Bounced(said) if code >= 500 and not is_ours else Away(said)


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()
