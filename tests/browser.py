"""Finds or installs a headless Chromium for the tests: the system's, else Playwright's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def installed() -> str | None:
    """Return the path of an installed Chromium, or None."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    """Install Chromium with apt if this is root, else as Playwright's download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "chromium-headless-shell"], check=False, stdout=subprocess.DEVNULL
        )
    if not installed():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium-headless-shell"], check=True)


if __name__ == "__main__":
    if not installed():
        install()
    print(f"browser: {installed()}")
