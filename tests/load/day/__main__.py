"""Rehearse a whole day of an event against the product, on this machine alone.

    python -m tests.load.day [--people 200] [--pace 1] [--seed 1] [--json figures.json]

Exit: 0, all invariants hold; 1, one does not; 2, the rehearsal itself has failed, and its figures are worth nothing.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from tests.load.day import report
from tests.load.day.corruption import KINDS
from tests.load.day.rehearsal import Rehearsal
from tests.load.day.server import serving


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pace", type=float, default=1.0, help="how long the day is; 0.5 is half as long")
    parser.add_argument("--patience", type=float, default=1.0, help="how much longer phones wait, on a busy machine")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--corrupt", choices=KINDS, default="", help="spoil one thing on purpose: it must then fail")
    return parser.parse_args()


def main() -> int:
    """Print the tables; returns the exit code."""
    given = options()
    with tempfile.TemporaryDirectory(prefix="openspace-day-") as data:
        with serving(Path(data)) as server:
            rehearsal = Rehearsal(server, given)
            figures = asyncio.run(rehearsal.run())
        hall = rehearsal.hall
        if complaints := server.complaints():
            hall.problem("server's log", f"it says {len(complaints)} lines", last=complaints[-25:])
    figures |= {"problems": hall.problems, "bugs": hall.bugs}
    print(report.as_tables(figures))
    if given.json:
        given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1))
    return 2 if hall.bugs else int(bool(hall.problems))


if __name__ == "__main__":
    sys.exit(main())
