"""What the image installs: locked, with a hash for each file, and enough for what the app asks for."""

import configparser
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parent.parent
LOCK = (TOP / "requirements.lock").read_text()
PINNED = {
    canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)", LOCK, re.M)
}


def asked_for() -> list[Requirement]:
    settings = configparser.ConfigParser()
    settings.read(TOP / "setup.cfg")
    lines = settings["options"]["install_requires"].splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("requirement", asked_for(), ids=str)
def test_what_is_asked_for_is_locked(requirement):
    assert requirement.specifier.contains(PINNED[canonicalize_name(requirement.name)]), "run `make lock`"


def test_every_locked_version_has_hashes_and_no_host():
    entries = re.split(r"\n(?=[a-z])", LOCK.strip())

    assert [entry.split()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []
    assert not re.search(r"https?:|--index-url|--find-links|file:", LOCK)


def test_the_image_installs_from_the_lock_alone():
    installs = re.findall(r"pip install (.*)", (TOP / "Dockerfile").read_text())

    assert "--require-hashes -r requirements.lock" in installs[0]
    assert all("--no-deps --no-build-isolation" in line for line in installs[1:])
