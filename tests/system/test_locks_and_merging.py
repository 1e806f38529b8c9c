"""Two phones whose topics become one by consent; a phone that sees a time being locked."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import linked
from tests.system.pages import places, said
from tests.system.test_told import propose


def test_two_topics_become_one_by_consent_and_two_again(server, sit_down):
    asker, other = sit_down("Оксана Дощова"), sit_down("Богдан Криничний")
    first, second = propose(asker, server.event, "Дощова вода"), propose(other, server.event, "Криниці в селі")
    other.goto(f"{server.event}/topics/{second}")
    linked(other)
    asker.goto(f"{server.event}/topics/{first}")
    linked(asker).get_by_label("Ще дії").click()
    asker.get_by_role("link", name="Обʼєднати з іншою темою").click()
    asker.get_by_label("З якою темою обʼєднати?").select_option(label="Криниці в селі · Богдан Криничний")
    asker.get_by_role("button", name="Запитати про згоду").click()
    linked(asker)

    # The phone that shows its topic is asked at once.
    expect(said(other)).to_contain_text("Оксана Дощова пропонує обʼєднати вашу тему «Криниці в селі»")
    said(other).get_by_role("button", name="Так, обʼєднати").click()

    expect(other).to_have_url(re.compile(rf"/topics/{first}$"))
    for page in (asker, other):
        expect(page.get_by_role("main")).to_contain_text("Обʼєднано з «Криниці в селі», Богдан Криничний")
    other.goto(f"{server.event}/topics/{second}")
    expect(other).to_have_url(re.compile(rf"/topics/{first}$"))
    linked(asker).get_by_role("button", name="Відокремити «Криниці в селі»").click()
    expect(asker).to_have_url(re.compile(rf"/topics/{second}$"))
    expect(other.get_by_role("main")).not_to_contain_text("Обʼєднано з")


@pytest.fixture
def lock(server, sign_in):
    """A function by which a facilitator locks a slot; it is open again after the test."""
    facilitator = sign_in("facilitator")
    facilitator.goto(f"{server.event}/facilitator")
    token = facilitator.locator("input[name=csrf_token]").first.get_attribute("value")
    locked = set()

    def set_lock(slot: str, how: str) -> None:
        locked.add(slot)
        answer = facilitator.request.post(
            f"{server.event}/facilitator/slots/{slot}/lock?method=PUT",
            form={"csrf_token": token, "lock": how},
            headers={"Referer": facilitator.url},
        )
        assert answer.ok, answer.text()

    yield set_lock
    for slot in locked:
        set_lock(slot, "open")


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)])
def test_a_phone_sees_at_once_that_a_time_is_locked(server, sit_down, lock, size):
    page: Page = sit_down("Замкнена Зоя", viewport={"width": size[0], "height": size[1]})
    page.goto(f"{server.event}/?day={date.fromisoformat(server.day) + timedelta(days=2)}")
    linked(page)
    slot, before = places(page).last.get_attribute("id").split("-")[1], places(page).count()

    lock(slot, "facilitators")

    expect(page.get_by_text("Теми тут вішають лише фасилітатори")).to_be_attached()
    assert places(page).count() < before
    lock(slot, "open")
    expect(places(page)).to_have_count(before)
