"""Pictures that bomb, sent to a real server: whoever taps meanwhile is answered, and the server does not grow."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.live.conftest import ME, Serving
from tests.media import bombs
from tests.serving.lines import MULTIPART, tap

PROMPT = 2.0


@pytest.fixture
def server(start) -> Serving:
    return start()


def sent(server: Serving, picture: bytes) -> tuple[int, str]:
    """Status and words of the answer to a picture for one's card."""
    head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="me.jpg"\r\n\r\n'
    url = f"http://127.0.0.1:{server.port}/{server.event}/contacts/mine/photo"
    request = Request(url, head + picture + b"\r\n--x--\r\n", method="PUT")
    for name, value in {"Content-Type": MULTIPART, "Accept": "application/json", "Accept-Language": "en"}.items():
        request.add_header(name, value)
    request.add_header("Cookie", server.cookies[ME])
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status, ""
    except HTTPError as refusal:
        return refusal.code, json.loads(refusal.read())["says"]


def test_while_pictures_bomb_a_tap_is_answered_and_the_server_stays_small(server):
    url, before = f"http://127.0.0.1:{server.port}/{server.event}", server.memory()
    makers = (bombs.extended_webp_of_huge_size, bombs.TOO_LARGE["progressive jpeg"], bombs.jpeg_of_many_scans)
    pictures = [make() for make in makers]

    with ThreadPoolExecutor(6) as senders:
        answers = [senders.submit(sent, server, picture) for picture in pictures * 2]
        taps = []
        while not taps or not all(answer.done() for answer in answers):
            taps.append(tap(url, server.cookies["Ірина"], timeout=PROMPT))

    assert {answer.result() for answer in answers} == {
        (422, "This picture is too large: at most 25 megapixels, please."),
        (422, "This picture cannot be read. A photo as JPEG, PNG, WebP or HEIC, please."),
    }
    assert server.memory() - before < 30


def test_an_honest_photo_is_taken_by_a_real_server(server):
    assert sent(server, bombs.heic()) == (200, "")
