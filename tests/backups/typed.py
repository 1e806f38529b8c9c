"""A command in a process of its own, which may write so many bytes into a file: `Forked("tests.backups.typed", …)`."""

import json
import os
import resource
import sys
import tempfile
from pathlib import Path

from openspace import cli, create_app

# Loads before the forks what each of them would.
with tempfile.TemporaryDirectory() as folder:
    create_app({"DATA": Path(folder)})


def main(told: str) -> None:
    """Run the command that is told as JSON: its words, its variables, and the limit."""
    asked = json.loads(told)
    os.environ.update(asked["environment"])
    resource.setrlimit(resource.RLIMIT_FSIZE, (asked["most"], resource.RLIM_INFINITY))
    sys.argv = ["openspace", *asked["words"]]
    cli.main()
