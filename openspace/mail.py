"""Sends mail by SMTP: one message to one address, and says whether it may, will or will not arrive."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from urllib.parse import parse_qs, unquote, urlsplit

# Of each step of a conversation with the mail server.
SECONDS = 20.0
_PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
# Words of a refusal that is meant for us, not for who is to get the mail.
_OURS = re.compile("relay|denied|auth|block|listed|spam|polic|not (allowed|permitted)", re.IGNORECASE)


class Away(Exception):
    """The mail was not taken: the server is away, or refuses for now, or refuses us. It may be sent again."""


class Refused(Away):
    """The server refuses this mail for good, without saying that it is the address: the fault may be ours."""


class Bounced(Exception):
    """There is no such address, or no mail can be sent to it."""


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
        """Read `smtps://user:password@host:465/?from=open@example.org`.

        Raises `ValueError` for anything else, without repeating it: it has a password.
        """
        try:
            return cls._of(url)
        except (ValueError, LookupError):
            raise ValueError(
                "not an address of a mail server, such as smtps://user:password@host:465/?from=you@example.org"
                " (smtps, smtp or smtp+plain; signs in a password as in any address: %40 for @, %23 for #)"
            ) from None

    @classmethod
    def _of(cls, url: str) -> "Relay":
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.fragment:
            raise ValueError
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        sender = parse_qs(parts.query).get("from", [user if "@" in user else f"openspace@{parts.hostname}"])[0]
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", sender):
            raise ValueError
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
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise Away(str(error)) from error
    try:
        yield smtp
    finally:
        smtp.close()


def send(relay: Relay, message: EmailMessage, to: str) -> None:
    """Address a message to one person and send it. Returns once the server has taken it.

    Refuses with `Away`, `Refused`, `Bounced` and `Uncertain`.
    """
    with connected(relay) as smtp:
        to = _wire_address(to, takes_any=smtp.has_extn("smtputf8"))
        content = _wire_content(message, to)
        options = () if to.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
        try:
            _expect(smtp.mail(relay.sender, options), is_about_mail=False)
            _expect(smtp.rcpt(to), _refuses_recipient)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise Away(str(error)) from error
        try:
            code, words = smtp.data(content)
        except smtplib.SMTPDataError as error:
            # Refused before a byte of it was sent.
            code, words = error.smtp_code, _bytes(error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            raise Uncertain(str(error)) from error
        _expect((code, words), _names_recipient)


def _wire_address(to: str, *, takes_any: bool) -> str:
    """The address with its domain in ASCII, as the domain name system has it. Refuses with `Bounced`."""
    local, _, domain = to.rpartition("@")
    if not local.isascii() and not takes_any:
        raise Bounced("5.6.7 the mail server takes only ASCII before the @")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise Bounced(f"5.1.2 {error}") from error


def _wire_content(message: EmailMessage, to: str) -> bytes:
    """The message as it is sent, addressed. Refuses with `Bounced` what cannot be written into a header."""
    policy = WIRE.clone(max_line_length=998, utf8=not to.isascii())
    try:
        if not to.isprintable():
            raise ValueError("no address has control characters")
        message["To"] = to
        return message.as_bytes(policy=policy)
    except (ValueError, LookupError, MessageError) as error:
        raise Bounced(f"5.1.3 {error}") from error


def _expect(
    answer: tuple[int, bytes],
    bounces: Callable[[int, str], bool] = lambda code, words: False,
    *,
    is_about_mail: bool = True,
) -> None:
    """Refuse by the server's answer: with `Bounced` only if it speaks of the recipient's address.

    Whatever else it refuses, be it our own address, the sign-in or a relay that is set wrongly, is to be mended here,
    so the mail waits.
    """
    code, said = answer[0], answer[1].decode("utf-8", "replace")
    if 200 <= code < 300:
        return
    refusal = Refused if code >= 500 and is_about_mail else Away
    raise (Bounced if bounces(code, said) else refusal)(f"{code} {said}")


def _names_recipient(code: int, words: str) -> bool:
    """Whether an enhanced code (RFC 3463) says that there is no such address. 5.1.7 and 5.1.8 speak of the sender's."""
    return code in (550, 551, 553) and bool(re.match(r"5\.(1\.(?![78]\b)|2\.1\b)", words))


def _refuses_recipient(code: int, words: str) -> bool:
    """Whether the answer to the address itself says that there is none, be it without an enhanced code."""
    is_plain = code == 550 and not re.match(r"\d\.\d+\.\d+", words)
    return _names_recipient(code, words) or (is_plain and not _OURS.search(words))


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()
