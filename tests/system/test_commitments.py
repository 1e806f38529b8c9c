"""Commitments by real browsers: a promise comes to the wall and the hall; weeks later a link asks what came of it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from openspace import clock, create_app
from openspace.commitments import follow_up_actions
from openspace.commitments.follow_up_models import FollowUp
from openspace.commitments.follow_up_rules import due_at
from openspace.commitments.models import Commitment
from openspace.extensions import db
from openspace.store import transactions
from tests.system.conftest import linked, serving_demo

PHONE, SCREEN = {"width": 390, "height": 844}, {"width": 1920, "height": 1080}
WHAT = "Спільний навіс над зупинкою"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own: its event ends here."""
    with serving_demo(tmp_path_factory) as served:
        yield served


def violations(page: Page) -> list[str]:
    return [each["id"] for each in Axe().run(page).response["violations"]]


def promise(page: Page, event: str, what: str) -> None:
    page.goto(f"{event}/commitments/new")
    page.get_by_label("Що з цього має вийти?").fill(what)
    page.get_by_label("Перший крок").fill("Поміряти зупинку")
    page.get_by_role("button", name="Повісити на стіну").click()
    expect(page.get_by_role("heading", name=what)).to_be_visible()


def test_a_promise_comes_to_the_wall_and_to_the_hall_without_loading_anew(server, sit_down, contexts):
    phone, other = (sit_down(name, viewport=PHONE) for name in ("Навісна Надія", "Читач Чеслав"))
    screen = contexts(viewport=SCREEN).new_page()
    screen.goto(f"{server.links['projector']}/commitments")
    other.goto(f"{server.event}/commitments")
    linked(other)
    linked(screen)

    promise(phone, server.event, WHAT)

    for page in (other, screen):
        taken = page.get_by_role("region", name="Узялися")
        expect(taken.get_by_role("article").filter(has_text=WHAT)).to_have_count(1)
    phone.get_by_role("button", name="Зроблено").click()
    for page in (other, screen):
        done = page.get_by_role("region", name="Готово")
        expect(done.get_by_role("article").filter(has_text=WHAT)).to_have_count(1)
        assert violations(page) == []
    other.get_by_role("button", name="Мої").click()
    expect(other.get_by_role("article")).to_have_count(0)


def test_a_commitment_that_is_hidden_leaves_an_open_page(server, sit_down):
    what = f"{WHAT}, третій"
    owner, other = (sit_down(name, viewport=PHONE) for name in ("Навісний Назар", "Читачка Чеслава"))
    promise(owner, server.event, what)
    other.goto(owner.url)
    expect(other.get_by_role("heading", name=what)).to_be_visible()

    hidden(server, what)
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(other.get_by_text(what)).to_have_count(0)


def hidden(server, what: str) -> None:
    """Hide a commitment, as a facilitator does."""
    app = create_app({"DATA": server.data})
    with app.app_context(), transactions.writing():
        db.session.query(Commitment).filter_by(what=what).one().hidden_at = clock.now()


def test_a_link_asks_what_came_of_it_and_is_answered_by_keys_alone(server, sit_down, contexts):
    phone = sit_down("Зупинкова Зоя", viewport=PHONE)
    promise(phone, server.event, f"{WHAT}, другий")
    page = contexts(viewport=PHONE).new_page()
    page.goto(f"{server.event}/outcomes/{weeks_later(server, f'{WHAT}, другий')}")
    expect(page.get_by_role("heading", name=f"{WHAT}, другий")).to_be_visible()
    assert "Зупинкова" not in page.content()
    assert violations(page) == []

    page.get_by_role("radio", name="Зроблено").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Рухається")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Стовпи вже стоять.")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_contain_text("Дякуємо")
    phone.goto(f"{server.event}/commitments")
    expect(phone.get_by_role("article").filter(has_text="Стовпи вже стоять.")).to_have_count(1)


def weeks_later(server, what: str) -> str:
    """Ask what came of this commitment, as the periodic task does; returns the token of the link."""
    app = create_app({"DATA": server.data})
    with app.test_request_context(), transactions.writing():
        commitment = db.session.query(Commitment).filter_by(what=what).one()
        event = commitment.event
        with clock.frozen_at(due_at(event.ends_on, event.zone, 2)):
            follow_up_actions.open_due()
        return db.session.query(FollowUp).filter_by(commitment_id=commitment.id).one().token
