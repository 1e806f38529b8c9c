"""A server with one film at a private address, for clients that take it slowly.

    python -m tests.serving.film 8000       the embedded server; gunicorn serves `tests.serving.film:app`

`/film` is the address, as text. The environment sets `WAITING` (JSON, for `serving.waiting`) and what the app reads.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402  # gevent patches first
import os  # noqa: E402
import sys  # noqa: E402
from io import BytesIO  # noqa: E402

from sqlalchemy import text  # noqa: E402

from openspace import create_app  # noqa: E402
from openspace.extensions import db  # noqa: E402
from openspace.serving import server, waiting  # noqa: E402
from openspace.store import media, private_files  # noqa: E402

SIZE = 12 * 2**20
OWNER = ("film", 1)

for name, value in json.loads(os.environ["WAITING"]).items():
    setattr(waiting, name, value)
app = create_app()
with app.app_context():
    stored = media.store().put(BytesIO(bytes(range(256)) * (SIZE // 256)))


@app.get("/film")
def address() -> str:
    return "/film/" + private_files.sign(stored.digest, "video/mp4", of=OWNER)


@app.get("/film/<signed>")
def film(signed: str):
    # The question whether the visitor may see it.
    db.session.execute(text("SELECT count(*) FROM event"))
    return private_files.answer(private_files.verify(signed, of=OWNER), name="Фільм")


if __name__ == "__main__":
    server.serve(app, "127.0.0.1", int(sys.argv[1]))
