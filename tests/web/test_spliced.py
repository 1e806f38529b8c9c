"""Pages that are the same for everybody but for their end."""

import gzip

import brotli
import pytest


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
@pytest.mark.parametrize("path", ["", "market", "live?channel=board&since=0&language=uk"])
def test_the_page_is_the_same_however_it_is_sent(hall, encoding, path):
    client = hall.ask("participant")

    plain = client.get(hall.url(path)).data
    answer = client.get(hall.url(path), headers={"Accept-Encoding": encoding})

    assert answer.headers.get("Content-Encoding", "identity") == encoding
    sent = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}[encoding](answer.data)
    # The token and the clock come last, and differ.
    assert sent.partition(b'<form id="act"')[0] == plain.partition(b'<form id="act"')[0]
    assert len(plain) > 400


@pytest.mark.parametrize("path", ["", "market", "live?channel=board&since=0"])
def test_who_has_the_page_is_not_sent_it_again(hall, path):
    client = hall.ask("participant")
    etag = client.get(hall.url(path)).headers["ETag"]

    again = client.get(hall.url(path), headers={"If-None-Match": etag})

    assert (again.status_code, again.data) == (304, b"")


def test_a_change_a_mark_of_ones_own_or_another_person_is_another_page(hall):
    first, second = hall.ask("participant"), hall.ask("convener")
    before = {client: client.get(hall.url()).headers["ETag"] for client in (first, second)}
    assert before[first] != before[second]

    first.put(hall.url("topics/1/interest"), data={"kind": "go"})

    for client, etag in before.items():
        assert client.get(hall.url(), headers={"If-None-Match": etag}).status_code == 200
    assert '"1": "go"' in first.get(hall.url()).get_data(as_text=True)
    assert '"1": "go"' not in second.get(hall.url()).get_data(as_text=True)


def test_only_the_organisers_page_leads_to_the_settings(hall):
    settings = f'href="{hall.url("settings")}'

    pages = {who: hall.ask(who).get(hall.url()).get_data(as_text=True) for who in ("organiser", "participant")}

    assert settings in pages["organiser"]
    assert settings not in pages["participant"]


def test_nobody_is_named_on_the_shared_part_of_somebody_elses_page(hall):
    mine = hall.ask("participant").get(hall.url()).get_data(as_text=True)
    other = hall.ask("facilitator").get(hall.url()).get_data(as_text=True)

    assert 'data-initials="ОТ"' in mine
    assert "Ірина" not in mine
    assert 'data-initials="ОТ"' not in other
