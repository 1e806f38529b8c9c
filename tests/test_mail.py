"""How the mail server is named, and how mail is sent with TLS, against a real server."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from openspace import cli, mail
from openspace.mail import Away, Relay

# The server that has TLS from the first byte does not know that it has.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

ADDRESSES = {
    "smtps://user:p%40ss@mail.example": Relay("smtps", "mail.example", 465, "user", "p@ss", "openspace@mail.example"),
    "smtp://me@org.example:secret@mail.example:2525/": Relay(
        "smtp", "mail.example", 2525, "me@org.example", "secret", "me@org.example"
    ),
    "smtp+plain://localhost/?from=open@space.example": Relay(
        "smtp+plain", "localhost", 25, "", "", "open@space.example"
    ),
}
BROKEN = [
    "mail.example:465",
    "https://mail.example",
    "smtps://",
    "smtps://user:sec#ret@mail.example",
    "smtps://user:secret@mail.example:lots",
    "smtps://user:sec/ret@mail.example",
    "smtps://user:secret@mail.example/?from=nobody",
    "smtps://user:secret@mail.example/?from=open@space.example%0d%0aBcc:all@space.example",
    "smtps://user:secret@[mail.example",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_says_where_and_how_mail_is_sent(address):
    assert Relay.of(address) == ADDRESSES[address]


@pytest.mark.parametrize("address", BROKEN)
def test_what_names_no_mail_server_is_refused_at_the_start_without_its_password(address, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENSPACE_SMTP_URL", address)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    said = CliRunner().invoke(cli.commands, ["--data", str(tmp_path), "db", "check"])

    assert said.exit_code == 1
    assert said.output.startswith("Error: OPENSPACE_SMTP_URL is not an address of a mail server")
    assert "sec" not in said.output


# TLS, and signing in


class Post:
    """What a mail server was told: whether the sender had signed in, over which TLS, and the subjects of mails."""

    def __init__(self) -> None:
        self.came: list[tuple[bool, str | None, str]] = []

    async def handle_DATA(self, server, session, envelope):  # named by aiosmtpd
        encrypted = server.transport.get_extra_info("ssl_object")
        subject = envelope.content.decode().partition("Subject: ")[2].split("\r\n", 1)[0]
        self.came.append((session.authenticated, encrypted and encrypted.version(), subject))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def certificate(folder: Path, name: str) -> Path:
    """A file with a key, and a certificate for a server of this name, signed by itself."""
    key, moment = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def signs_in(server, session, envelope, mechanism, given):
    return AuthResult(success=(given.login, given.password) == (b"user", b"p@ss"), handled=False)


@pytest.fixture
def serve(tmp_path, monkeypatch) -> Iterator[Callable[..., tuple[Post, int]]]:
    """Starts a mail server with a certificate that this process trusts; returns what comes to it, and its port."""
    running: list[Controller] = []
    trusted = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    def start(way: str, *, path: Path = trusted) -> tuple[Post, int]:
        post, context = Post(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        at: dict[str, Any] = {"hostname": "localhost", "port": free_port()}
        controller = Controller(post, **at, ssl_context=context if way == "smtps" else None)
        starts = {"tls_context": context, "require_starttls": True} if way == "smtp" else {}
        signing = {"authenticator": signs_in, "auth_required": way != "plain", "auth_require_tls": way == "smtp"}
        controller.factory = lambda: SMTP(post, **starts, **signing)
        running.append(controller)
        controller.start()
        return post, at["port"]

    yield start
    for each in running:
        each.stop()


def send(way: str, port: int, host: str = "localhost", password: str = "p%40ss") -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "open@space.example", "Well"
    message.set_content("Well?")
    relay = Relay.of(f"{way}://user:{password}@{host}:{port}/?from=open@space.example")
    mail.send(relay, message, "olena@mail.example")


@pytest.mark.parametrize("way", ["smtps", "smtp"])
def test_mail_goes_by_tls_signed_in(serve, way):
    post, port = serve(way)

    send(way, port)

    ((is_signed_in, version, subject),) = post.came
    assert (is_signed_in, version, subject) == (True, "TLSv1.3", "Well")


@pytest.mark.parametrize("way", ["smtps", "smtp"])
def test_a_certificate_that_nobody_vouches_for_gets_no_mail(serve, way, tmp_path_factory, monkeypatch):
    post, port = serve(way, path=certificate(tmp_path_factory.mktemp("unknown"), "localhost"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path_factory.mktemp("known"), "localhost")))

    with pytest.raises(Away, match="certificate"):
        send(way, port)

    assert post.came == []


@pytest.mark.parametrize("way", ["smtps", "smtp"])
def test_a_certificate_of_another_name_gets_no_mail(serve, way, tmp_path, monkeypatch):
    path = certificate(tmp_path, "other.example")
    post, port = serve(way, path=path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))

    with pytest.raises(Away, match="ostname"):
        send(way, port)

    assert post.came == []


def test_where_tls_cannot_begin_no_password_is_sent(serve):
    post, port = serve("plain")

    with pytest.raises(Away, match="STARTTLS"):
        send("smtp", port)

    assert post.came == []


@pytest.mark.parametrize("way", ["smtps", "smtp"])
def test_a_wrong_password_lets_mail_wait(serve, way):
    post, port = serve(way)

    with pytest.raises(Away, match="535"):
        send(way, port, password="wrong")

    assert post.came == []
