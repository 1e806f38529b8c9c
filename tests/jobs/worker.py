"""A worker that knows the kinds of the tests too.

python -m tests.jobs.worker         as a server starts it: settings on standard input
python -m tests.jobs.worker JSON    on its own, as `openspace worker`, with these settings
"""

import json
import logging
import sys
from pathlib import Path

import tests.jobs.kinds  # noqa: F401  # declares them
from openspace import create_app
from openspace.jobs import worker
from openspace.serving.worker import main as work_for_server


def main(told: str) -> None:
    """Work on its own with these settings."""
    logging.basicConfig(level=logging.WARNING)
    settings = json.loads(told)
    at_once, worker.GRACE = settings.pop("at_once", 1), settings.pop("grace", worker.GRACE)
    worker.Worker(create_app({**settings, "DATA": Path(settings["DATA"])}), at_once=at_once).run()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        work_for_server()
    else:
        main(sys.argv[1])
