"""Phones that know a later revision than the restored board has load it anew, however much has happened since."""

import pytest

from openspace.backups import actions, restoring


@pytest.fixture
def lives(house, tmp_path):
    """Lets so many topics be proposed after a backup, and then brings the house back to that."""
    with house.app.app_context():
        actions.make(tmp_path / "backup.zip")

    def come_back(topics):
        propose(house, topics)
        with house.app.app_context():
            restoring.restore(tmp_path / "backup.zip", replace=True)

    return come_back


def propose(house, topics):
    for number in range(topics):
        done = house.ask("convener").post(house.url("topics"), data={"title": f"Тема {number}", "language": "uk"})
        assert done.status_code == 303


def revision(house):
    return house.ask("convener").get(house.url(""), headers={"Accept": "application/json"}).json["revision"]


def packet(house, since):
    return house.ask("convener").get(house.url(f"live?channel=board&since={since}")).json


def test_a_phone_that_is_ahead_loads_anew_even_when_the_board_has_passed_it(house, lives):
    backed_up = revision(house)
    lives(5)
    ahead = backed_up + 5

    for more in (0, 10):
        propose(house, more)
        assert packet(house, ahead).get("reload"), "it has seen five topics that are no more"
        assert packet(house, backed_up).get("reload"), "and this one may have missed that there was a restore"


def test_a_phone_that_has_loaded_anew_is_brought_up_to_date_by_patches(house, lives):
    lives(5)
    loaded = revision(house)

    propose(house, 2)

    answer = packet(house, loaded)
    assert (answer["from"], answer["to"]) == (loaded, loaded + 2)
    assert answer["patches"]


def test_revisions_of_two_restores_never_meet(house, lives):
    lives(1)
    first = revision(house)
    lives(30)

    assert revision(house) > first + 30
    assert packet(house, first + 30).get("reload")


def test_a_channel_in_which_nothing_had_happened_is_beyond_what_phones_know_too(house, lives):
    lives(0)

    with house.app.app_context():
        from openspace.access.doors import DOOR
        from openspace.live import log
        from openspace.live.fragments import kinds

        revisions = {log.revision(house.id, name) for name in [*kinds(), DOOR]}
    assert revisions == {revision(house)}
