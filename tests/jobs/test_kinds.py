"""Every process knows every kind of job that a feature declares."""

import re
import subprocess
import sys
from pathlib import Path

DECLARED = re.compile(r'^@job\(\s*"([^"]+)"', re.M)
# In a process of its own: other tests import what the app might have forgotten.
ASKED = "import openspace; openspace.create_app(); from openspace.jobs import kinds; print(*kinds._kinds, sep='\\n')"


def test_the_app_knows_all_kinds_that_are_declared(any_app, tmp_path):
    declared = {name for path in Path(any_app.root_path).rglob("*.py") for name in DECLARED.findall(path.read_text())}

    known = subprocess.run(
        [sys.executable, "-c", ASKED], env={"OPENSPACE_DATA": str(tmp_path)}, capture_output=True, text=True, check=True
    )

    assert {"stories.photo", "uploads.clear"} <= declared
    assert declared <= set(known.stdout.split())
