"""How far apart screens ring the bowl, heard in their browsers.

    python -m tests.load.bowl
    python -m tests.load.bowl --screens 6 --rings 5

Starts the server on the demo event, and screens whose clocks are wrong by seconds, minutes and hours. Each ring is that
of a slot that ends 10 minutes later. Prints when each screen began to sound, and the spread.
"""

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import installed
from tests.system.bowl import end_in, first_sounds, put_up
from tests.system.conftest import FLAGS, command, free_port, start

WRONG = (0, 37, -3600, 0.8, -240, 86_400)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--screens", type=int, default=4)
    options.add_argument("--rings", type=int, default=5)
    asked = options.parse_args()
    data, port = Path(tempfile.mkdtemp()), free_port()
    lines = command("demo", data=data, OPENSPACE_BASE_URL=f"http://127.0.0.1:{port}").splitlines()
    address = dict(line.split(": ", 1) for line in lines)["projector"]
    process = start(data, port)
    try:
        with sync_playwright() as playwright:
            browsers = [
                playwright.chromium.launch(executable_path=installed(), args=FLAGS) for _ in range(asked.screens)
            ]
            pages = [
                put_up(each.new_context(), address, wrong=WRONG[n % len(WRONG)]) for n, each in enumerate(browsers)
            ]
            spreads = []
            for _ in range(asked.rings):
                rings_at = end_in(data, timedelta(minutes=10, seconds=14)) - timedelta(minutes=10)
                sounds = first_sounds(pages, rings_at)
                spreads.append(max(sounds) - min(sounds))
                print(" ".join(f"{1000 * sound:+.0f}" for sound in sounds), f"ms: spread {1000 * spreads[-1]:.0f} ms")
            print(f"largest spread of {asked.rings} rings on {asked.screens} screens: {1000 * max(spreads):.0f} ms")
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    main()
