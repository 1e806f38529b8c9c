"""The command `openspace` with its subcommands run, worker, demo, event, link, db, backup, restore and bench.

Modules are imported inside the commands, because `run` must let gevent patch the standard library first.
"""

import os
import sys
from pathlib import Path
from typing import Any

import click


def main() -> None:
    """The entry point of the `openspace` command."""
    if "run" in sys.argv[1:]:
        from gevent import monkey

        monkey.patch_all()
    commands()


@click.group(context_settings={"show_default": True})
@click.option("--data", type=click.Path(path_type=Path), help="Data folder (OPENSPACE_DATA).", default=None)
@click.version_option(package_name="openspace")
def commands(data: Path | None) -> None:
    """Open Space, the companion web app for open-space conferences."""
    if data:
        os.environ["OPENSPACE_DATA"] = str(data)


def _app(**config: Any) -> Any:
    from openspace import create_app

    try:
        return create_app(config or None)
    except OSError as error:
        raise click.ClickException(f"The data folder cannot be used: {error}") from None
    except ValueError as error:
        # Of a setting that says what cannot be.
        raise click.ClickException(str(error)) from None


def _ready() -> Any:
    """A context manager for commands: upgrades the database; within it there is a request context, and writes work."""
    from contextlib import contextmanager

    from openspace.store import database, transactions

    app = _app()

    @contextmanager
    def context() -> Any:
        # A request context, because the commands print addresses, which Flask builds only there.
        base_url = app.config["BASE_URL"] or "http://127.0.0.1:8000"
        with app.test_request_context(base_url=base_url, headers={"Accept-Language": "en"}):
            database.upgrade()
            with transactions.writing():
                yield app

    return context()


@commands.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder (OPENSPACE_DATA).")
@click.option("--base-url", default="", help="How people reach it from outside (OPENSPACE_BASE_URL).")
@click.option("--workers", default=1, type=click.IntRange(1, 64), help="How many processes; several need PostgreSQL.")
def run(host: str, port: int, data: Path | None, base_url: str, workers: int) -> None:
    """Start the server, and bring its database up to date."""
    from openspace.serving import server

    if data:
        os.environ["OPENSPACE_DATA"] = str(data)
    if base_url:
        os.environ["OPENSPACE_BASE_URL"] = base_url
    app = _app()
    if workers == 1:
        server.serve(app, host, port)
        return
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        raise click.ClickException("Several workers need PostgreSQL: set DATABASE_URL, or leave --workers out.")
    from openspace.serving import workers as several

    server.prepare(app, host, port)
    several.serve(host, port, workers)


@commands.command()
@click.option("--at-once", default=1, type=click.IntRange(1, 64), help="How many jobs run at the same time.")
@click.option("--until-done", is_flag=True, help="Go when there is nothing to do.")
def worker(at_once: int, *, until_done: bool) -> None:
    """Work on jobs, until told to stop: on a machine of their own, or where OPENSPACE_JOBS is `elsewhere`."""
    import logging

    from openspace.jobs.worker import NEVER, SOON, Worker
    from openspace.store import database

    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    app = _app()
    with app.app_context():
        database.upgrade()
    Worker(app, at_once=at_once, idle=SOON if until_done else NEVER).run()


@commands.command()
@click.option("--zone", default="Europe/Kyiv", callback=lambda *asked: _zone(asked[-1]))
def demo(zone: str) -> None:
    """Create the demo event and print its sign-in links.

    Its photos and films are drawn and prepared by jobs, once the server runs.
    """
    with _ready():
        from openspace import demo as demo_event
        from openspace.access import actions as access
        from openspace.access.models import Role
        from openspace.extensions import base_url

        built = demo_event.build(zone=zone)
        slug = built.event.slug
        for name, member in (("organiser", built.organiser), ("facilitator", built.facilitator)):
            token = access.issue_link(event=built.event, role=Role(member.role), member=member)
            click.echo(f"{name}: {base_url()}/link/{token}")
        lead = built.lead
        token = access.issue_link(event=lead.event, role=Role(lead.role), member=lead)
        click.echo(f"programme: {base_url()}/link/{token}")
        click.echo(f"participant: {base_url()}/{slug}/me/{built.participant.key}")
        click.echo(f"projector: {base_url()}/{slug}/projector/{built.event.projector_key}")


def _zone(name: str) -> str:
    from zoneinfo import available_timezones

    if name not in available_timezones():
        raise click.BadParameter(name)
    return name


@commands.group()
def event() -> None:
    """Create and list events."""


@event.command("create")
@click.argument("name")
@click.option("--city", default="")
@click.option("--from", "starts_on", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--to", "ends_on", type=click.DateTime(["%Y-%m-%d"]), help="The same day if left out.")
@click.option("--zone", default="Europe/Kyiv", callback=lambda *asked: _zone(asked[-1]))
@click.option("--languages", default="uk,en", help="Codes, the main one first.")
@click.option("--space", "spaces", multiple=True, metavar="NAME:CHAIRS", help="May be given several times.")
def create_event(
    name: str, city: str, starts_on: Any, ends_on: Any, zone: str, languages: str, spaces: tuple[str, ...]
) -> None:
    """Create an event and print a link for its organiser."""
    with _ready():
        from openspace.config import LANGUAGES
        from openspace.organising import actions, event_actions
        from openspace.text import one_line
        from openspace.web.errors import Problem

        name, city = one_line(name), one_line(city)
        codes = list(dict.fromkeys(code.strip() for code in languages.split(",") if code.strip()))
        if not 2 <= len(name) <= 120:
            raise click.BadParameter("2 to 120 characters", param_hint="NAME")
        if not codes or set(codes) - set(LANGUAGES):
            raise click.BadParameter(languages, param_hint="--languages")
        try:
            made = event_actions.create(
                name=name,
                city=city,
                starts_on=starts_on.date(),
                ends_on=(ends_on or starts_on).date(),
                zone=zone,
                languages=codes,
            )
            actions.set_spaces(made, [_space(text) for text in spaces or ("Main hall:40",)])
        except Problem as problem:
            raise click.ClickException(str(problem)) from None
        click.echo(f"{made.slug}\t{made.name}\tjoin code {made.join_code}")
        _print_link(made, "organiser")


def _space(text: str) -> Any:
    from openspace.organising.actions import SpaceSheet
    from openspace.text import one_line

    name, _, chairs = one_line(text).rpartition(":")
    if not 1 <= len(name) <= 60 or not chairs.isdigit() or not 1 <= int(chairs) <= 2000:
        raise click.BadParameter(
            f"{text}: a name of up to 60 characters, a colon, 1 to 2000 chairs", param_hint="--space"
        )
    return SpaceSheet(None, name, int(chairs))


@event.command("list")
def list_events() -> None:
    """List the events: address, name, dates, join code."""
    with _ready():
        from sqlalchemy import select

        from openspace.events.models import Event
        from openspace.extensions import db

        events = select(Event).where(~Event.is_office).order_by(Event.starts_on)
        for found in db.session.scalars(events):
            click.echo(f"{found.slug}\t{found.name}\t{found.starts_on}–{found.ends_on}\t{found.join_code}")


@commands.command()
@click.argument("event_slug", metavar="EVENT")
@click.option("--role", type=click.Choice(["participant", "facilitator", "organiser"]), required=True)
def link(event_slug: str, role: str) -> None:
    """Print a one-time sign-in link for a new member of EVENT."""
    with _ready():
        from sqlalchemy import select

        from openspace.events.models import Event
        from openspace.extensions import db

        found = db.session.scalar(select(Event).where(Event.slug == event_slug))
        if found is None:
            raise click.ClickException(f"There is no event {event_slug}. See: openspace event list")
        _print_link(found, role)


def _print_link(event: Any, role: str) -> None:
    from openspace.access import actions as access
    from openspace.access.models import Role
    from openspace.extensions import base_url

    token = access.issue_link(event=event, role=Role(role))
    click.echo(f"{role}: {base_url()}/link/{token}")


@commands.group("db")
def database_commands() -> None:
    """Look after the database."""


@database_commands.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to date."""
    from openspace.store import database

    app = _app()
    with app.app_context():
        database.upgrade()
        click.echo(f"current: {app.extensions['sqlalchemy'].engine.url.render_as_string()}")


@database_commands.command("check")
def check() -> None:
    """Compare the rows with the files that they name. The status is 1 if files are missing."""
    from openspace.store import database, media

    app = _app()
    with app.app_context():
        database.upgrade()
        count = media.count()
    click.echo(f"Files: {count.files}")
    click.echo(f"Files that no row names: {count.without_row} (removed by a server within an hour)")
    click.echo(f"Files that rows name and that are missing: {count.missing}")
    if count.missing:
        raise click.ClickException("Files are missing: copy them from a backup of the media folder or bucket.")


@commands.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--portable", is_flag=True, help="Of PostgreSQL: write a file that SQLite can take too.")
def backup(file: Path, *, portable: bool) -> None:
    """Write a backup of everything to FILE, while the server runs: database, pictures and films, secret key.

    FILE has everybody's data, and only this account may read it. It is written whole or not at all.
    """
    from openspace.backups import actions

    with _refusing(), _app().app_context():
        made = actions.make(file.absolute(), is_portable=portable)
    click.echo(f"{file}: {made.size / 2**20:.1f} MiB of version {made.version}, tables {made.schema}")
    click.echo(f"Rows: {sum(made.rows.values())} in {len(made.rows)} tables")
    click.echo(f"Files: {len(made.media)}")
    if made.missing:
        click.echo(f"Files that rows name and that are missing: {len(made.missing)}", err=True)
    if not made.has_key:
        click.echo("The secret key is not in it, because it is in SECRET_KEY: keep it elsewhere.", err=True)


@commands.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Also where there are events; a backup of them is made first.")
def restore(file: Path, *, replace: bool) -> None:
    """Bring back everything that is in the backup FILE. The server must be stopped.

    FILE is checked first: a damaged one changes nothing. One of an older version is brought up to date. Restore only
    what you have made yourself: a backup can say everything of an installation, and so do everything there.
    """
    from openspace.backups import restoring

    with _refusing(), _app().app_context():
        done = restoring.restore(file, replace=replace)
    click.echo(f"Restored: made at {done.manifest.made_at} by version {done.manifest.version}")
    for name, count in done.rows.items():
        if count:
            click.echo(f"{name}: {count}")
    click.echo(f"Files: {done.files}")
    if done.manifest.missing:
        click.echo(f"Files that were missing when the backup was made: {len(done.manifest.missing)}", err=True)
    if done.before:
        click.echo(f"What was there before: {done.before} (deleted after 14 days)")
    if not done.has_key:
        click.echo("SECRET_KEY is not the one of the backup: everybody has to sign in anew.", err=True)


def _refusing() -> Any:
    """A context manager that turns a refusal into a message and the status 1."""
    from contextlib import contextmanager

    from openspace.backups.archive import Unusable

    @contextmanager
    def context() -> Any:
        try:
            yield
        except Unusable as error:
            raise click.ClickException(str(error)) from None

    return context()


@commands.command()
@click.option("--compare", is_flag=True, help="Also measure Node's socket.io and a bare server, as ratios.")
def bench(compare: bool) -> None:
    """Measure fan-out, pages and bursts on throw-away data; needs Linux and a C compiler."""
    from openspace import bench as measure
    from openspace.bench import pages

    try:
        for line in measure.run(compare=compare):
            click.echo(line)
    except measure.Missing as missing:
        raise click.ClickException(f"This needs {missing}.") from None
    click.echo()
    for line in pages.board_page(300):
        click.echo(line)
