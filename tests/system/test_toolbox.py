"""The tool box in a browser: ticks that a phone keeps, and pages that everybody can use."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.system.conftest import linked, ready


def test_ticks_are_kept_on_the_phone_in_each_language(server, sit_down):
    phone = sit_down("Галина")
    phone.goto(f"{server.event}/toolbox/fishbowl?language=en")
    ready(phone).get_by_label("a timer that everybody sees").check()

    phone.goto(f"{server.event}/toolbox/fishbowl?language=uk")

    expect(ready(phone).get_by_label("таймер, видний усім")).to_be_checked()
    expect(phone.get_by_label("аркуші А5 і маркери")).not_to_be_checked()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["toolbox/", "toolbox/?q=nothing", "toolbox/match-and-sprint"])
def test_axe_finds_nothing(server, sit_down, path, theme):
    phone = sit_down("Галина", color_scheme=theme, viewport={"width": 390, "height": 844})
    phone.goto(f"{server.event}/{path}")
    ready(phone)

    found = Axe().run(phone)

    assert found.violations_count == 0, found.generate_report()


def test_a_guide_runs_on_the_phone_without_a_network_and_after_a_reload(server, sit_down):
    phone = sit_down("Галина", viewport={"width": 390, "height": 844})
    phone.goto(f"{server.event}/toolbox/fishbowl?language=uk")
    ready(phone).get_by_role("button", name="Почати, 60 хв").click()
    phone.context.set_offline(True)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Поставте стільці")
    expect(phone.get_by_text("Далі: Скажіть правила", exact=True)).to_be_visible()
    phone.get_by_role("button", name="Далі").click()
    phone.get_by_role("button", name="+2 хв").click()
    expect(phone.get_by_role("timer")).to_have_text(re.compile("^(7:00|6:5)"))
    phone.get_by_role("button", name="Пауза").click()
    stood = phone.get_by_role("timer").inner_text()
    assert [found["id"] for found in Axe().run(phone).response["violations"]] == []
    phone.context.set_offline(False)
    phone.reload()

    expect(ready(phone).get_by_role("heading", level=1)).to_have_text("Скажіть правила")
    expect(phone.get_by_text("Крок 2 з 5", exact=True)).to_be_visible()
    expect(phone.get_by_role("timer")).to_have_text(stood)
    phone.get_by_role("button", name="Продовжити").click()
    for _ in range(3):
        phone.get_by_role("button", name="Далі").click()
    phone.get_by_role("button", name="Готово").click()
    expect(phone.get_by_role("button", name="Почати, 60 хв")).to_be_visible()


def test_it_says_what_comes_next_before_the_end_and_counts_what_is_over(server, sit_down):
    phone = sit_down("Галина")
    phone.clock.install()
    phone.goto(f"{server.event}/toolbox/fishbowl?language=en&lang=en")
    ready(phone).get_by_role("button", name="Begin, 60 min").click()

    phone.clock.fast_forward("04:10")
    expect(phone.get_by_role("status").filter(has_text="One minute left. Next: Say the rules")).to_have_count(1)
    phone.clock.fast_forward("01:20")

    expect(phone.get_by_role("status").filter(has_text="The time is up. Next: Say the rules")).to_have_count(1)
    expect(phone.get_by_role("timer")).to_have_text(re.compile(r"^\+0:[23]"))


def test_a_guide_in_the_hall_is_steered_from_the_console(server, sign_in, contexts):
    console = sign_in("facilitator")
    console.goto(f"{server.event}/facilitator/toolbox")
    screen = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    screen.goto(server.links["projector"])
    linked(screen)

    linked(console).get_by_role("button", name="Вести в залі: Акваріум").click()

    expect(screen.get_by_text("Акваріум, крок 1 з 5")).to_be_visible(timeout=15000)
    steering = console.get_by_role("region", name="Годинник зали")
    steering.get_by_role("button", name="Далі").click()
    expect(screen.get_by_text("крок 2 з 5")).to_be_visible()
    steering.get_by_role("button", name="Пауза").click()
    expect(screen.get_by_text("хвилин, пауза")).to_be_visible()
    for page in (screen, console):
        assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    steering.get_by_role("button", name="Закінчити в залі").click()
    expect(screen.get_by_text("крок 2 з 5")).to_have_count(0)
    expect(steering).to_be_hidden()


def test_organisers_write_a_guide_with_a_preview_and_axe_finds_nothing(server, sign_in):
    page = sign_in("organiser")
    page.goto(f"{server.event}/settings/toolbox")
    assert [found["id"] for found in Axe().run(ready(page)).response["violations"]] == []
    page.get_by_role("link", name="Світове кафе").click()
    text = ready(page).get_by_label("English")
    written = text.input_value()

    text.fill(written.replace("World café", "City café"))
    page.get_by_role("button", name="Попередній перегляд").click()
    expect(page.get_by_role("heading", name="Попередній перегляд")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="City café")).to_be_visible()
    assert [found["id"] for found in Axe().run(ready(page)).response["violations"]] == []
    page.get_by_label("English").fill("Nothing")
    page.get_by_role("button", name="Зберегти").click()
    expect(page.get_by_text("Памʼятка починається з рядка з трьох дефісів")).to_be_visible()
    expect(page.get_by_label("English")).to_have_value("Nothing")
    page.get_by_label("English").fill(written.replace("World café", "City café"))
    page.get_by_role("button", name="Зберегти").click()

    expect(page).to_have_url(re.compile("/toolbox/svitove-kafe$"))
    page.goto(page.url + "?language=en")
    expect(page.get_by_role("heading", level=1)).to_have_text("City café")


def test_a_guide_that_is_being_written_is_kept_over_a_preview_and_a_dead_network(server, sign_in):
    page = sign_in("organiser")
    page.goto(f"{server.event}/settings/toolbox/new?from=interview-walk")
    text = ready(page).get_by_label("English")
    text.fill(text.input_value().replace("title: ", "title: Evening "))
    page.get_by_role("button", name="Попередній перегляд").click()
    expect(page.get_by_role("heading", name="Попередній перегляд")).to_be_in_viewport()
    page.goto(f"{server.event}/settings/toolbox/new?from=fishbowl")
    expect(ready(page).get_by_label("English")).not_to_have_value(re.compile("title: Evening"))

    page.goto(f"{server.event}/settings/toolbox/new?from=interview-walk")
    expect(ready(page).get_by_label("English")).to_have_value(re.compile("title: Evening"))
    page.context.set_offline(True)
    page.get_by_role("button", name=re.compile("Зберегти")).click()
    expect(page.get_by_text("Збережено на цьому телефоні")).to_be_visible(timeout=10_000)
    page.context.set_offline(False)

    page.wait_for_url(re.compile(r"/toolbox/[a-z-]+$"), timeout=20_000)
    page.goto(f"{server.event}/settings/toolbox/new?from=interview-walk")
    expect(ready(page).get_by_label("English")).not_to_have_value(re.compile("title: Evening"))
