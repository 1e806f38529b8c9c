"""While the window is open no way out tells a standing: no page, no patch, no file, no row of the database."""

import gzip
import logging
import re
from io import BytesIO
from zipfile import ZipFile

import brotli
import pytest
from sqlalchemy import text

from openspace.convergence.models import SealedDots
from openspace.extensions import db
from tests.access.test_matrix import ROWS, address, routes
from tests.convergence.rounds import close, later, opened

# What differs between two answers to the same question anyway: tokens and keys of forms, the server's time, and how
# often something was downloaded, which these tests do.
ALWAYS = re.compile(
    r'name="(csrf_token|key)" value="[^"]+"|[0-9a-f]{32}|data-clock="[^"]+"|"times": \d+|<span class="tag">[^<]*</span>'
)
ONE_MORE = {"topic-1": 2}
# It counts requests, and how long they took.
COUNTS_REQUESTS = {"GET health.show"}


def give(hall, dots: dict, who: str = "participant", **more):
    sent = {"round": 1, **dots, **more}
    return hall.ask(who).put(hall.url("dots/choice"), data=sent, headers={"Accept": "application/json"})


def body(answer) -> str:
    found = answer.get_data()
    if answer.headers.get("Content-Encoding") == "br":
        found = brotli.decompress(found)
    if answer.headers.get("Content-Encoding") == "gzip":
        found = gzip.decompress(found)
    if found.startswith(b"PK"):
        with ZipFile(BytesIO(found)) as archive:
            # When it was written stands in its properties.
            found = b"".join(archive.read(name) for name in archive.namelist() if "docProps" not in name)
    if found.startswith(b"%PDF"):
        found = re.sub(rb"/ID *\[.*?\]|<xmp.*?>[^<]*|D:\d+", b"", found)
    return ALWAYS.sub("", found.decode("utf-8", "replace"))


def addresses(hall) -> dict[str, str]:
    """Those of all that can be asked for. Making them makes an announcement, a film and more, so they are made once."""
    asked = {name: rule for name, rule in routes(hall.app).items() if name.startswith("GET ") and name in ROWS}
    return {name: address(hall, rule) for name, rule in asked.items()}


def ways_out(hall, who: str, asked: dict[str, str]) -> dict[str, str]:
    """The answers to all that can be asked, for this person; besides pages also every live channel."""
    found = {}
    for name, path in asked.items():
        if name in COUNTS_REQUESTS:
            continue
        answer = hall.ask(who).get(path)
        found[name] = f"{answer.status_code} {body(answer)}" if answer.status_code < 500 else "broken"
    for channel in ("dots", "board", "news", "topic-1", "notes-1", "console"):
        answer = hall.ask(who).get(hall.url(f"live?channel={channel}&since=0&key={hall.projector}")).get_json()
        # The latest changed comes last.
        found[channel] = str({**answer, "patches": sorted(answer.get("patches", []))})
    return found


def rows(hall) -> dict[str, list]:
    """All rows of all tables; of a seal only how long it is, and of stored answers not their random names."""
    found = {}
    with hall.app.test_request_context():
        for table in db.metadata.sorted_tables:
            read = [dict(row._mapping) for row in db.session.execute(text(f'SELECT * FROM "{table.name}"'))]
            for row in read:
                if "sealed" in row:
                    row["sealed"] = len(row["sealed"])
                if table.name == "answer":
                    row.pop("ident")
            found[table.name] = sorted(map(str, read))
    return found


@pytest.mark.parametrize("who", ["organiser", "facilitator"])
def test_one_dot_more_changes_no_answer_to_anybody_else(hall, who):
    opened(hall)
    give(hall, {"topic-2": 1})
    asked = addresses(hall)
    # Twice, for what is told of downloads begins with the second one.
    ways_out(hall, who, asked)
    ways_out(hall, who, asked)
    before = ways_out(hall, who, asked)

    assert give(hall, {"topic-2": 1, **ONE_MORE}).status_code == 204

    after = ways_out(hall, who, asked)
    assert {name for name in before if before[name] != after[name]} == set()
    # There is something to leak: after the end the same ways tell it.
    later(400)
    close(hall)
    told = ways_out(hall, who, asked)
    assert {"GET dots.show", "GET dots_console.show", "dots"} <= {name for name in told if told[name] != after[name]}
    assert "3 dots" in hall.ask(who).get(hall.url("dots?lang=en")).get_data(as_text=True)


def test_one_giver_more_changes_how_many_there_are_and_nothing_else(hall):
    opened(hall)
    asked = addresses(hall)
    ways_out(hall, "facilitator", asked)
    before = ways_out(hall, "facilitator", asked)

    give(hall, ONE_MORE)

    after = ways_out(hall, "facilitator", asked)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"GET dots.show", "GET dots.screen", "GET dots_console.show", "dots"}
    count = re.compile(r"\d+")
    assert {name: count.sub("", before[name]) for name in changed} == {
        name: count.sub("", after[name]) for name in changed
    }


def test_no_row_tells_a_standing(hall):
    opened(hall)
    give(hall, {"topic-2": 1})
    before = rows(hall)

    for dots in (ONE_MORE, {}, {"topic-1": 5}):
        give(hall, dots)

    after = rows(hall)
    assert len(after["answer"]) == len(before["answer"])
    assert {table for table in before if before[table] != after[table]} == set()
    with hall.app.app_context():
        assert db.session.query(SealedDots).count() == 1


def test_what_a_stored_answer_and_the_log_of_the_server_say_is_the_same(hall, caplog):
    opened(hall)

    def told(dots: dict, key: str) -> tuple[list, list]:
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="openspace"):
            form = {"round": 1, **dots, "key": key}
            sent = {"query_string": {"lang": "en"}, "data": form, "follow_redirects": False}
            assert hall.ask("participant").put(hall.url("dots/choice"), **sent).status_code == 303
            hall.ask("participant").get(hall.url("dots"))
        return [record.getMessage() for record in caplog.records], [
            re.sub(r"'at': '?[^,]+", "", each) for each in rows(hall)["answer"]
        ]

    first = told(ONE_MORE, "a-key-of-a-form-00000001")
    second = told({"topic-2": 1}, "a-key-of-a-form-00000002")

    assert first[0] == second[0]
    assert set(first[1]) == set(second[1])


def test_a_members_own_data_say_that_they_gave_and_not_what(hall):
    opened(hall)
    give(hall, ONE_MORE)

    found = hall.ask("participant").get(hall.url("me/everything.json")).get_json()

    assert [sorted(each) for each in found["dots_given"]] == [["member_id", "round_id"]]


def test_ones_own_dots_are_on_ones_own_page_alone(hall):
    opened(hall)
    give(hall, ONE_MORE)

    def own(who: str) -> dict:
        return hall.ask(who).get(hall.url("live?channel=dots&since=0")).get_json()["mine"]["dots"]

    assert own("participant")["chosen"] == {"1": 2}
    assert [own(who)["chosen"] for who in ("convener", "facilitator", "organiser")] == [{}, {}, {}]
