"""The tool box in a browser: ticks that a phone keeps, and pages that everybody can use."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.system.conftest import ready


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
