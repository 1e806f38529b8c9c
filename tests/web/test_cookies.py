"""What is answered to a form without its session, by where it comes from."""

import pytest

from openspace.web.cookies import SHOWN_AGAIN

OURS = {"Origin": "http://localhost"}


@pytest.fixture
def client(hall, app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return app.test_client()


def test_another_sites_form_sets_no_cookie(hall, client):
    join = hall.url(f"join/{hall.code}")

    for headers in ({"Origin": "https://evil.example"}, {}, {**OURS, "Sec-Fetch-Site": "cross-site"}):
        answer = client.post(join, data={"name": "Олена"}, headers=headers)
        assert answer.status_code == 400
        assert "Set-Cookie" not in answer.headers
        assert "Олена" not in answer.get_data(as_text=True)


def test_our_own_form_comes_back_once_and_then_the_cookies_are_off(hall, client):
    join = hall.url(f"join/{hall.code}")

    first = client.post(join, data={"name": "Олена"}, headers=OURS)
    client.delete_cookie("openspace")
    second = client.post(join, data={"name": "Олена", SHOWN_AGAIN: "y"}, headers=OURS)

    assert first.status_code == second.status_code == 400
    assert f'name="{SHOWN_AGAIN}"' in first.get_data(as_text=True)
    assert 'value="Олена"' in second.get_data(as_text=True)
    assert f'{join}"' in second.get_data(as_text=True)


def test_a_script_is_told_which_of_its_refusals_may_pass(hall, client):
    answer = client.put(hall.url("topics/1/interest"), headers={**OURS, "Accept": "application/json"})

    assert (answer.status_code, answer.json["problem"]) == (400, "FormExpired")


def test_a_page_of_one_member_does_not_write_for_another(hall):
    ask = hall.ask("participant")
    other = f"{hall.slug}-999999"

    answer = ask.post(
        hall.url("topics"), data={"title": "Чужа"}, headers={"X-Member": other, "Accept": "application/json"}
    )

    assert (answer.status_code, answer.json["problem"]) == (409, "OtherMember")
