"""The worker that a server starts beside itself when there are jobs: `python -m openspace.serving.worker`.

It reads its settings as a line of JSON from standard input and is woken by each further byte. It goes when the input
ends, which is when the server does, or when it has had nothing to do for a while.
"""

import json
import logging
from pathlib import Path

from openspace import children, create_app
from openspace.jobs.worker import INPUT, Worker


def main() -> None:
    """Work for the server that has started this process."""
    children.close_inherited()
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    with open(INPUT, "rb", buffering=0, closefd=False) as line:
        config = json.loads(line.readline())
    Worker(create_app({**config, "DATA": Path(config["DATA"])}), has_server=True).run()


if __name__ == "__main__":
    main()
