"""Whatever bytes come in an address, a query or a form, the answer is never a mistake of ours."""

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import quote

import pytest
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import BuildError

from tests.access.test_matrix import address, fields, routes

ODD = [
    "\0",
    "%00",
    "a\0b",
    "x" * 300,
    "x" * 5000,
    "../../etc/passwd",
    "\ud800",
    "\uffff",
    "'; DROP TABLE event; --",
    " ",
]
ODD += [
    "99999999999999999999",
    "-1",
    "0",
    "NaN",
    "١",
    "\r\nSet-Cookie: a=b",
    "%",
    "{{ 7 * 7 }}",
    "\u202e",
    "e\u0301",
    "",
]


def spelled(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


class NotingArgs(ImmutableMultiDict):
    """A query that notes which names a view reads of it."""

    read: ClassVar[set[str]] = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.read.add(name)
        return super().__contains__(name)

    def getlist(self, name, *more):
        self.read.add(name)
        return super().getlist(name, *more)


@pytest.fixture
def asked(hall, monkeypatch):
    """Asks for an address; returns the status and the names that were read of the query."""
    monkeypatch.setitem(hall.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(hall.app.request_class, "parameter_storage_class", NotingArgs)

    def ask(client, path: str) -> tuple[int, set[str]]:
        NotingArgs.read.clear()
        return client.get(path).status_code, set(NotingArgs.read)

    return ask


def odd_paths(hall) -> list[tuple[str, list[str]]]:
    """Each readable address, and the same with each of its arguments replaced by each odd text."""
    found = []
    for name, rule in routes(hall.app).items():
        if not name.startswith("GET"):
            continue
        try:
            plain = address(hall, rule)
        except BuildError:
            continue
        parts, there = rule.rule.split("/"), plain.partition("?")[0].split("/")
        places = [at for at, part in enumerate(parts) if "<" in part]
        odd = ["/".join([*there[:at], spelled(text), *there[at + 1 : len(parts)]]) for at in places for text in ODD]
        found.append((plain, odd))
    return found


def with_odd_queries(asked, client, plain: str, names: set[str]) -> Iterator[tuple[str, int]]:
    """The statuses of an address with an odd text under each name that it reads, also of those it reads only then."""
    _, to_ask = asked(client, plain)
    to_ask, known = to_ask | {"other"}, set()
    while to_ask:
        name = to_ask.pop()
        known.add(name)
        for text in ODD[:4]:
            path = f"{plain}{'&' if '?' in plain else '?'}{name}={spelled(text)}"
            status, read = asked(client, path)
            to_ask |= read - known
            yield path, status
    names.update(known)


@pytest.mark.parametrize(
    ("who", "reads"),
    [("stranger", {"since", "key"}), ("organiser", {"q", "day", "cell"})],
    ids=["stranger", "organiser"],
)
def test_no_odd_address_is_a_mistake_of_ours(hall, asked, who, reads):
    client, broken, names = hall.ask(who), {}, set()
    for plain, odd in odd_paths(hall):
        answers = [(path, asked(client, path)[0]) for path in odd]
        answers += with_odd_queries(asked, client, plain, names)
        broken |= {path: status for path, status in answers if status >= 500}

    assert broken == {}
    assert reads <= names


@pytest.mark.parametrize("text", [text for text in ODD[:9] if text != "\ud800"])
def test_no_odd_form_is_a_mistake_of_ours(hall, monkeypatch, text):
    monkeypatch.setitem(hall.app.config, "PROPAGATE_EXCEPTIONS", False)
    broken = {}
    for name, rule in routes(hall.app).items():
        method = name.split()[0]
        if method == "GET":
            continue
        hall.restore()
        given = dict.fromkeys(fields(hall, name), text) | {"title": text, "email": text, "password": text, "q": text}
        given |= {"name": text, "code": text, "shown": text, "note": text, "web": text, "phone": text}
        answer = hall.ask("organiser").open(address(hall, rule), method=method, data=given)
        if answer.status_code >= 500:
            broken[name] = answer.status_code

    assert broken == {}


@pytest.mark.parametrize("path", ["%00", "a%00b", "x" * 300, "x/" * 3000, "css", "css/", "", "%ED%A0%80", "C:%5Cx"])
def test_no_odd_static_file_is_a_mistake_of_ours(any_app, monkeypatch, path):
    monkeypatch.setitem(any_app.config, "PROPAGATE_EXCEPTIONS", False)

    assert any_app.test_client().get(f"/static/x/{path}").status_code == 404


# Host, Referer and Origin, all of which whoever sends a request can choose.
ODD_ADDRESSES = ["http://[::1/", "http://[", "//", "x", "javascript:alert(1)", "http://localhost//evil.example/"]
ODD_HOSTS = ["..", "[::1", "a b", "x:99999", "", '"><script>', "a" * 300]


@pytest.mark.parametrize("csrf", [False, True])
@pytest.mark.parametrize("who", ["stranger", "participant"])
@pytest.mark.parametrize("odd", ODD_ADDRESSES)
def test_no_odd_origin_is_a_mistake_of_ours(hall, monkeypatch, odd, who, csrf):
    monkeypatch.setitem(hall.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(hall.app.config, "WTF_CSRF_ENABLED", csrf)
    client, headers = hall.ask(who), {"Referer": odd, "Origin": odd}

    answers = [
        client.post(hall.url("topics"), data={"title": "Одна", "language": "uk"}, headers=headers),
        client.delete(hall.url("me/notices"), data={"shown": "2026-06-04T12:00:00+00:00"}, headers=headers),
        client.post(hall.url("sign-in"), data={"email": "a@b.example", "password": "x"}, headers=headers),
    ]

    assert all(answer.status_code < 500 for answer in answers)
    assert not any("evil" in answer.headers.get("Location", "") for answer in answers)


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_no_odd_host_is_a_mistake_of_ours(hall, monkeypatch, host):
    monkeypatch.setitem(hall.app.config, "PROPAGATE_EXCEPTIONS", False)

    answer = hall.ask("participant").get(hall.url(), environ_overrides={"HTTP_HOST": host})

    assert answer.status_code < 500
    assert "<script>alert" not in answer.get_data(as_text=True)
