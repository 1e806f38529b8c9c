"""For a WSGI server of your own, such as the gunicorn behind `openspace run --workers N`."""

from gevent import monkey

monkey.patch_all()

from openspace import create_app, tasks  # noqa: E402  # gevent patches first

app = create_app()
tasks.start(app)
