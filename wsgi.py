"""For a WSGI server of your own: `gunicorn -k gevent -w 1 wsgi:app`."""

from gevent import monkey

monkey.patch_all()

from openspace import create_app  # noqa: E402  # gevent patches first
from openspace.live.hub import hub  # noqa: E402

app = create_app()
hub.start(app)
