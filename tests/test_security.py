"""What protects people whatever the page: headers, tokens, limits, escaping."""

import os
import re
import time
from pathlib import Path

import pytest

from openspace import clock, create_app
from openspace.access.actions import issue_link
from openspace.access.models import Role
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import database, sqlite
from openspace.web.http import HEADERS
from tests.conftest import MOMENT
from tests.factories import Hall

TEMPLATES = Path(__file__).parent.parent / "templates"


def test_every_answer_carries_the_headers(hall):
    for path in (hall.url(), "/", "/no-such", hall.url("live?channel=board")):
        answer = hall.ask("participant").get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_no_template_has_inline_script_handler_or_style_declaration():
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text()
        if file == TEMPLATES / "book" / "page.html":
            # The book as one file is opened from a disk, where it can ask for no stylesheet.
            text = re.sub(r"<style>\s*{{ style }}\s*</style>", "", text)
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text), file
        assert not re.search(r"\son\w+=", text), file
        assert not re.search(r"<style", text), file
        for style in re.findall(r'style="([^"]*)"', text):
            assert all(
                part.strip().startswith("--") for part in style.split(";") if part.strip() and "{%" not in part
            ), (file, style)


def test_writes_need_the_token(tmp_path):
    app = create_app({"DATA": tmp_path, "TESTING": True})
    with app.app_context():
        database.upgrade()

    answer = app.test_client().post("/", data={"code": "x"}, headers={"Accept-Language": "en"})

    assert answer.status_code == 400
    assert "Reload it and try again" in answer.get_data(as_text=True)


@pytest.mark.parametrize("field", ["title", "text"])
def test_what_people_write_is_escaped(hall, field):
    nasty = "<script>alert(1)</script> & co"
    fields = {"title": "Тема", "language": "uk", field: nasty}
    hall.ask("participant").post(hall.url("topics"), data=fields)

    pages = [hall.ask("convener").get(hall.url(path)).get_data(as_text=True) for path in ("market", "topics/3")]
    live = hall.ask("convener").get(hall.url("live?channel=board&since=0")).get_json()

    assert "<script>alert" not in "".join(pages) + str(live)
    assert "&lt;script&gt;" in pages[1]


def test_a_body_too_large_is_refused_in_words(hall):
    answer = hall.ask("participant").post(hall.url("topics"), data={"title": "x" * 300_000})

    assert answer.status_code == 413
    assert "<h1>" in answer.get_data(as_text=True)


def test_static_files_are_addressed_by_content_and_kept_for_a_year(an_app):
    version = an_app.config["STATIC_VERSION"]
    answer = an_app.test_client().get(f"/static/{version}/css/base.css", headers={"Accept-Encoding": "br, gzip"})

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("path", ["../setup.cfg", "..%2f..%2fetc/passwd", "css/../../README.md"])
def test_static_files_end_at_their_folder(an_app, path):
    assert an_app.test_client().get(f"/static/x/{path}").status_code == 404


def test_the_secret_key_is_made_once_and_is_private(tmp_path):
    one, two = create_app({"DATA": tmp_path}), create_app({"DATA": tmp_path})

    assert one.config["SECRET_KEY"] == two.config["SECRET_KEY"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def over_https(tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "held", MOMENT)
    monkeypatch.setenv("OPENSPACE_BASE_URL", "https://openspace.example.org")
    app = create_app({"DATA": tmp_path, "TESTING": True, "WTF_CSRF_ENABLED": False})
    with app.app_context():
        database.upgrade()
    return Hall(app)


def test_over_https_the_cookie_belongs_to_this_host_alone(over_https):
    answer = over_https.ask("stranger").post(
        f"https://openspace.example.org/{over_https.slug}/join/{over_https.code}", data={"name": "Нова"}
    )

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-openspace=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_without_https_the_cookie_has_its_plain_name(hall):
    answer = hall.ask("stranger").post(hall.url(f"join/{hall.code}"), data={"name": "Нова"})

    assert answer.headers["Set-Cookie"].startswith("openspace=")
    assert "Strict-Transport-Security" not in answer.headers


PERSONAL = [
    *("me", "me/day", "me/everything.json", "me/notices", "me/leaving", "contacts/mine", "contacts/exchanged"),
    *("contacts/code", "settings", "settings/security", "exports/people", "live?channel=people", "poster"),
]


def test_no_browser_keeps_what_is_ones_own(hall):
    paths = [path for path in PERSONAL if hall.ask("organiser").get(hall.url(path)).status_code == 200]
    person, card = f"exports/people/{hall.ids['convener']}", f"contacts/{hall.ids['convener']}"
    kept = {}
    for path in (*paths, person, f"{person}.json", card):
        answer = hall.ask("organiser").get(hall.url(path))
        kept[path] = answer.headers["Cache-Control"]
    for path in ("topics", "contacts", card, "topics/1", ""):
        answer = hall.ask("organiser").get(hall.url(path), headers={"Accept": "application/json"})
        kept[f"{path} as JSON"] = answer.headers["Cache-Control"]

    assert len(paths) >= 9
    assert {path: words for path, words in kept.items() if "no-store" not in words} == {}


def ask_at(hall, host: str, path: str, *, who: str, method: str = "GET", data: dict | None = None, **more) -> str:
    """What the server answers to a request that says it is for this host; the cookie is that of the person."""
    cookie = "" if who == "stranger" else f"openspace={hall.ask(who).get_cookie('openspace').value}"
    headers = {"Host": host, "Cookie": cookie, "Accept-Language": "en", **more}
    browser = hall.app.test_client(use_cookies=False)
    return browser.open(path, method=method, data=data, headers=headers).get_data(as_text=True)


def address_of(hall, host: str) -> str:
    page = ask_at(hall, host, hall.url("settings"), who="organiser")
    return re.search(r'<b class="address">([^<]+)', page)[1]


def test_codes_lead_where_the_organiser_is_and_not_where_a_request_says(hall):
    assert address_of(hall, "evil.example") == "http://evil.example"

    ask_at(hall, "192.168.1.5:8000", hall.url("settings/address"), who="organiser", method="PUT")
    assert address_of(hall, "evil.example") == "http://192.168.1.5:8000"
    poster = ask_at(hall, "evil.example", hall.url("poster"), who="participant")
    assert "192.168.1.5:8000" in poster
    assert "evil" not in poster
    topics = ask_at(hall, "evil.example", hall.url("topics"), who="participant", accept="application/json")
    assert "http://192.168.1.5:8000/" in topics
    assert "evil" not in topics

    # What only this machine knows would lead no phone here.
    ask_at(hall, "127.0.0.1:8000", hall.url("settings/address"), who="organiser", method="PUT")
    assert address_of(hall, "evil.example") == "http://192.168.1.5:8000"


def test_the_first_organiser_pins_the_address(hall):
    with hall.app.test_request_context(), sqlite.writing():
        token = issue_link(event=db.session.get_one(Event, hall.id), role=Role.ORGANISER)
        db.session.commit()

    ask_at(hall, "hall.example", f"/link/{token}", who="stranger", method="POST", data={"name": "Перша"})

    assert address_of(hall, "evil.example") == "http://hall.example"


def test_what_lies_in_the_data_folder_is_private_also_if_it_was_not(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    for name in ("secret_key", "openspace.sqlite", "openspace.before-upgrade.sqlite"):
        (folder / name).touch(mode=0o644)
        (folder / name).chmod(0o644)
    (folder / "secret_key").write_text("a secret of before")

    app = create_app({"DATA": folder})
    with app.app_context():
        database.upgrade()
        db.session.execute(db.text("SELECT 1"))
        modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}

    assert folder.stat().st_mode & 0o777 == 0o700
    assert modes == dict.fromkeys(modes, 0o600)
    assert {"secret_key", "openspace.sqlite", "openspace.sqlite-wal"} <= set(modes)


def test_a_folder_that_others_use_too_stays_as_it_is(tmp_path):
    (tmp_path / "somebody-elses.txt").touch()
    tmp_path.chmod(0o755)

    create_app({"DATA": tmp_path})

    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_the_copy_before_an_upgrade_goes_after_a_while(tmp_path):
    app = create_app({"DATA": tmp_path})
    copy = tmp_path / "openspace.before-upgrade.sqlite"
    copy.touch()
    with app.app_context():
        database.forget_copies()
        assert copy.exists()

        os.utime(copy, (0, time.time() - database.COPY_KEPT - 60))
        database.forget_copies()
        assert not copy.exists()


def test_no_word_of_who_has_left_stays_in_the_files(tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "held", MOMENT)
    app = create_app({"DATA": tmp_path, "TESTING": True, "WTF_CSRF_ENABLED": False})
    with app.app_context():
        database.upgrade()
    hall, name = Hall(app), "Zyxwvut Kröplin"
    hall.ask("participant").put(hall.url("me"), data={"name": name, "community": name})
    for accept in ("text/html", "application/json"):
        headers = {"Accept": accept, "Idempotency-Key": f"a key of its own, {accept}"}
        hall.ask("participant").post(hall.url("topics"), data={"title": "Тема", "language": "uk"}, headers=headers)
    # A reading connection that stays open holds an old state of the database.
    assert any(name.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    hall.ask("participant").delete(hall.url("me"))
    with app.app_context():
        db.session.remove()
        assert sqlite.empty_log(db.engine)

    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and name.encode() in path.read_bytes()] == []
