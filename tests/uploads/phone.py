"""What a phone sends whole, and the jobs that prepare it, done in this process."""

from base64 import b64encode
from collections.abc import Callable
from io import BytesIO

from PIL import Image

from openspace.extensions import db
from openspace.jobs import queue
from openspace.jobs.run import Run
from tests.factories import Hall
from tests.uploads.tus import MIMETYPE


def a_jpeg(width: int = 640, height: int = 480, **more) -> bytes:
    stream = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(stream, "JPEG", **more)
    return stream.getvalue()


def send(hall: Hall, who: str, ref: str, content: bytes) -> str:
    """Send a whole file that the phone calls `ref`; returns the id of its upload."""
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)), "Content-Type": MIMETYPE}
    headers["Upload-Metadata"] = f"ref {b64encode(ref.encode()).decode()}"
    answer = hall.ask(who).post(hall.url("uploads"), data=content, headers=headers)
    assert answer.status_code == 201
    return answer.location.rpartition("/")[2]


def work(hall: Hall, by_kind: dict[str, Callable[..., None]]) -> None:
    """Do all jobs of these kinds that wait; others count as done."""
    with hall.app.app_context():
        while claimed := queue.claim():
            run = Run(claimed, lambda **told: None)
            if claimed.kind in by_kind:
                by_kind[claimed.kind](run, **claimed.arguments)
            if not run.is_finished:
                with run.finishing():
                    pass
            db.session.remove()
