"""What protects people whatever the page: headers, tokens, limits, escaping."""

import re
from pathlib import Path

import pytest

from openspace import create_app, database
from openspace.http import HEADERS

TEMPLATES = Path(__file__).parent.parent / "templates"


def test_every_answer_carries_the_headers(hall):
    for path in (hall.url(), "/", "/no-such", hall.url("live?channel=board")):
        answer = hall.ask("participant").get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_no_template_has_inline_script_handler_or_style_declaration():
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text()
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
