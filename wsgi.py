"""For a WSGI server of your own, such as the gunicorn behind `openspace run --workers N`."""

from gevent import monkey

monkey.patch_all()

from openspace import create_app  # noqa: E402  # gevent patches first
from openspace.serving import background  # noqa: E402

app = create_app()
background.start(app)
