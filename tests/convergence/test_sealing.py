import pytest

from openspace.convergence.sealing import Choice, Seal, Unreadable, new_salt


@pytest.fixture
def seal(in_request) -> Seal:
    return Seal(new_salt(), 3)


def test_all_seals_of_a_round_are_equally_long_and_none_like_another(seal):
    choices = [Choice(0, (0, 0, 0)), Choice(2**63, (5, 999, 0)), Choice(0, (0, 0, 0))]

    sealed = [seal.close(each, of="member 1") for each in choices]

    assert len({len(each) for each in sealed}) == 1
    assert len(set(sealed)) == 3
    assert [seal.open(each, of="member 1") for each in sealed] == choices


def test_a_seal_opens_for_nobody_else_nor_changed_nor_in_another_round(seal):
    sealed = seal.close(Choice(1, (1, 2, 3)), of="member 1")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])

    for other, whose, what in (
        (seal, "member 2", sealed),
        (seal, "member 1", changed),
        (Seal(new_salt(), 3), "member 1", sealed),
    ):
        with pytest.raises(Unreadable):
            other.open(what, of=whose)


def test_another_secret_key_opens_nothing(any_app, monkeypatch):
    salt = new_salt()
    with any_app.test_request_context():
        sealed = Seal(salt, 1).close(Choice(1, (1,)), of="member 1")
        monkeypatch.setitem(any_app.config, "SECRET_KEY", "another one")

        with pytest.raises(Unreadable):
            Seal(salt, 1).open(sealed, of="member 1")
