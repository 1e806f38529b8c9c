"""The version grows with the changelog."""

import re
from configparser import ConfigParser
from pathlib import Path

TOP = Path(__file__).parents[1]


def test_newest_section_of_the_changelog_is_this_version():
    setup = ConfigParser()
    setup.read(TOP / "setup.cfg")

    newest = re.search(r"^## \[([\d.]+)\] – \d{4}-\d{2}-\d{2}$", (TOP / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert newest
    assert newest[1] == setup["metadata"]["version"]
