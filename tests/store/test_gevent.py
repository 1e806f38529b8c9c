"""On gevent, as in a server, others are answered while a store waits; in a process that gevent has patched."""

import json
import os
import subprocess
import sys

import pytest

# Puts a file that takes long to read, counts what else happens meanwhile, and puts a file that is read from the store.
# Last it counts its threads.
CODE = """
from gevent import monkey
monkey.patch_all()
import json
import os
from io import BytesIO
import gevent
from openspace import create_app
from openspace.store import media

sleep_of_the_thread = monkey.get_original("time", "sleep")
ticks = 0

class Slow(BytesIO):
    def read(self, size=-1):
        sleep_of_the_thread(0.2)
        return super().read(size)

class Pieces(BytesIO):
    def read(self, size=-1):
        self.write(media.store().read_piece("7/0"))
        self.seek(0)
        self.read = super().read
        return self.read(size)

def tick():
    global ticks
    while True:
        gevent.sleep(0.01)
        ticks += 1

with create_app().app_context():
    store = media.store()
    store.put_piece("7/0", b"of pieces")
    gevent.spawn(tick)
    slow = store.put(Slow(b"slow"))
    waited = ticks
    joined = store.put(Pieces())
    read = b"".join(store.read(joined.digest, 0, joined.size)).decode()
    threads = len(os.listdir("/proc/self/task"))
    # A thread for the disk, and for a bucket one more now and then: none for each thing that is asked.
    print(json.dumps([slow.size, waited > 10, read, threads <= 3]))
"""


@pytest.mark.parametrize("kind", ["disk", "s3"])
def test_others_go_on_while_a_store_waits(kind, tmp_path, request):
    variables = request.getfixturevalue("s3_server") if kind == "s3" else {}
    media = f"s3://media/{os.urandom(8).hex()}" if kind == "s3" else ""

    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={"OPENSPACE_DATA": str(tmp_path), "OPENSPACE_MEDIA": media, **variables},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (json.loads(done.stdout or "[]"), done.stderr) == ([4, True, "of pieces", True], "")
