"""Third-party files: each is named with its version and licence, and is what was published."""

import hashlib
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "static" / "vendor"
ROW = re.compile(r"^\| `([\w.]+)` \| ([\w.-]+) \| ([\d.]+) \| [\w.-]+ \(`([\w.]+)`\) \|", re.M)
ROWS = {
    file: (name, version, licence) for file, name, version, licence in ROW.findall((FOLDER / "README.md").read_text())
}
# SHA-256 of what npm has as this version, without the comment on the source map and without an end of line. After an
# upgrade: `npm pack` the new version, and compare before you write its hash down here.
PUBLISHED = {
    ("idiomorph", "0.8.0"): "4cbd535caf7663a51eda9bce6595371c384fc430d54b8d414e29a61167f19f96",
    ("socket.io-client", "4.8.4"): "fea34daa6a78c00086194b52c5bc277dc76aaaa4ea74ff971a467e7933a87f79",
    ("tus-js-client", "4.3.1"): "75b0a61607229a434fd1aa242db57191782ff58527fbbaf13f0d9d97851c0b44",
}


def test_every_script_has_a_row_and_a_licence():
    assert {path.name for path in FOLDER.glob("*.js")} == set(ROWS)
    assert {path.name for path in FOLDER.glob("*.LICENSE")} == {licence for _, _, licence in ROWS.values()}


@pytest.mark.parametrize("file", ROWS)
def test_a_script_is_what_was_published(file):
    name, version, _ = ROWS[file]

    assert hashlib.sha256((FOLDER / file).read_bytes().rstrip()).hexdigest() == PUBLISHED[name, version]
