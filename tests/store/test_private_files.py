"""Private addresses of files, and the answers to them: ranges, caches, headers; from a disk and from S3."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from werkzeug.test import TestResponse, run_wsgi_app

from openspace import clock
from openspace.store import private_files
from openspace.store.files import BLOCK, Missing
from openspace.store.private_files import PERIOD, sign, verify
from openspace.web.errors import NotFound

DIGEST = "0123456789abcdef" * 4
OWNER = (1, "story", 7)
CONTENT = bytes(range(256)) * (BLOCK // 64) + b"the end"
SIZE = len(CONTENT)
# The beginning of a period.
NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon():
    clock.held = NOON
    yield
    clock.held = None


@pytest.fixture
def ask(any_app, store, monkeypatch):
    """Asks for the file as a browser does; returns the answer."""
    monkeypatch.setitem(any_app.extensions, "media", store)
    with any_app.app_context():
        digest = store.put(BytesIO(CONTENT)).digest

    def send(method: str = "GET", name: str = "", mimetype: str = "video/mp4", **headers: str) -> TestResponse:
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        with any_app.test_request_context(method=method, headers=sent) as context:
            signed = verify(sign(digest, mimetype, of=OWNER), of=OWNER)
            answered = private_files.answer(signed, name=name)
            environ = context.request.environ
        # The bytes go out when the request has ended.
        return TestResponse(*run_wsgi_app(answered, environ, buffered=True), context.request)

    send.digest = digest
    return send


def test_an_address_says_which_file_it_is(in_request):
    signed = verify(sign(DIGEST, "image/avif", of=OWNER), of=OWNER)

    assert (signed.digest, signed.word) == (DIGEST, "avif")
    assert len(sign(DIGEST, "image/avif", of=OWNER)) < 80


@pytest.mark.parametrize("of", [(2, "story", 7), (1, "story", 8), (1, "story"), ()])
def test_an_address_is_good_for_its_owner_alone(in_request, of):
    with pytest.raises(NotFound):
        verify(sign(DIGEST, "image/avif", of=OWNER), of=of)


def test_an_address_that_was_changed_anywhere_is_refused(in_request):
    address = sign(DIGEST, "video/mp4", of=OWNER)
    for place, sign_there in enumerate(address):
        for other in {"A", "4", ".", "ї"} - {sign_there}:
            with pytest.raises(NotFound):
                verify(address[:place] + other + address[place + 1 :], of=OWNER)


@pytest.mark.parametrize("address", ["", ".", "...", "a.b.c.d", "\0", "ї"])
def test_nonsense_is_no_address(in_request, address):
    with pytest.raises(NotFound):
        verify(address, of=OWNER)


def test_an_address_with_another_secret_is_refused(any_app, in_request, monkeypatch):
    address = sign(DIGEST, "video/mp4", of=OWNER)
    monkeypatch.setitem(any_app.config, "SECRET_KEY", "another")

    with pytest.raises(NotFound):
        verify(address, of=OWNER)


def test_a_type_that_is_not_served_gets_no_address(in_request):
    for mimetype in ("text/html", "image/svg+xml", "application/pdf", ""):
        with pytest.raises(LookupError):
            sign(DIGEST, mimetype, of=OWNER)


def test_an_address_is_the_same_for_half_a_day_and_good_for_that_time_and_half_a_day_more(in_request):
    address = sign(DIGEST, "video/mp4", of=OWNER)

    clock.held = NOON + timedelta(seconds=PERIOD - 1)
    assert sign(DIGEST, "video/mp4", of=OWNER) == address
    clock.held = NOON + timedelta(seconds=PERIOD)
    assert sign(DIGEST, "video/mp4", of=OWNER) != address
    clock.held = NOON + timedelta(seconds=2 * PERIOD - 1)
    verify(address, of=OWNER)
    clock.held = NOON + timedelta(seconds=2 * PERIOD)
    with pytest.raises(NotFound):
        verify(address, of=OWNER)


def test_the_answer_is_the_file_and_says_all_that_a_browser_must_know(ask):
    answer = ask()

    assert (answer.status_code, answer.data) == (200, CONTENT)
    assert {name: answer.headers[name] for name in dict(answer.headers) if name != "Date"} == {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, immutable, max-age=86400",
        "Content-Disposition": 'inline; filename="file.mp4"',
        "Content-Length": str(SIZE),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Type": "video/mp4",
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": f'"{ask.digest}"',
        "X-Content-Type-Options": "nosniff",
    }


def test_the_answer_may_be_kept_until_the_address_ends(ask):
    clock.held = NOON + timedelta(seconds=PERIOD - 100)

    assert "max-age=43300" in ask().headers["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-1", 0, 2),
        ("bytes=0-", 0, SIZE),
        ("bytes=100-99999", 100, 100_000),
        (f"bytes={BLOCK - 1}-{BLOCK}", BLOCK - 1, BLOCK + 1),
        ("bytes=-7", SIZE - 7, SIZE),
        (f"bytes=-{SIZE}", 0, SIZE),
        (f"bytes={SIZE - 1}-{SIZE + 100}", SIZE - 1, SIZE),
    ],
)
def test_a_range_is_answered_with_that_part(ask, asked, start, end):
    answer = ask(Range=asked)

    assert (answer.status_code, answer.data) == (206, CONTENT[start:end])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["Content-Length"] == str(end - start)


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", f"bytes=-{SIZE + 1}", "bytes=5-1", "bytes=x", "lines=0-1,4-5", "bytes", ""]
)
def test_several_ranges_more_than_there_is_and_nonsense_are_answered_with_the_whole(ask, asked):
    answer = ask(Range=asked)

    assert (answer.status_code, answer.data) == (200, CONTENT)
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 10}-{SIZE + 20}"])
def test_a_range_behind_the_end_is_refused_with_the_size(ask, asked):
    answer = ask(Range=asked)

    assert (answer.status_code, answer.data) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_range_is_for_the_file_that_the_browser_has_a_part_of(ask):
    assert ask(Range="bytes=0-1", If_Range=f'"{ask.digest}"').status_code == 206
    assert ask(Range="bytes=0-1", If_Range='"another"').data == CONTENT


def test_who_has_the_file_is_told_so(ask):
    answer = ask(If_None_Match=f'"{ask.digest}"')

    assert (answer.status_code, answer.data) == (304, b"")
    assert "private" in answer.headers["Cache-Control"]
    assert ask(If_None_Match='"another"').status_code == 200


def test_head_is_answered_without_the_file(ask):
    answer = ask("HEAD")

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(SIZE)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("Our film", 'filename="Our film.mp4"'),
        ('a"; x=y\r\nSet-Cookie: z', 'filename="a x y Set-Cookie z.mp4"'),
        ("../../etc/passwd", 'filename="etc passwd.mp4"'),
        ("Їжак", "filename=\"file.mp4\"; filename*=UTF-8''%D0%87%D0%B6%D0%B0%D0%BA.mp4"),
        ("x" * 500, f'filename="{"x" * 80}.mp4"'),
        ("…", 'filename="file.mp4"'),
    ],
)
def test_a_name_is_safe(ask, name, parameters):
    assert ask(name=name).headers["Content-Disposition"] == f"inline; {parameters}"


def test_a_file_that_is_gone_is_missing(any_app, store, monkeypatch):
    monkeypatch.setitem(any_app.extensions, "media", store)
    with any_app.test_request_context():
        signed = verify(sign(DIGEST, "video/mp4", of=OWNER), of=OWNER)
        with pytest.raises(Missing):
            private_files.answer(signed)
