"""Alembic's doorway: it runs within the app, on the app's own engine."""

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db


def check_references(connection, *, is_on):
    """Whether SQLite looks after foreign keys. It can be told outside a transaction only, hence the driver's own."""
    if connection.dialect.name == "sqlite":
        connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys = {'ON' if is_on else 'OFF'}")


with database.engine.connect() as connection:
    # A table is changed there by making it anew: dropping the old one would delete all rows that refer to it.
    check_references(connection, is_on=False)
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        **{k: v for k, v in current_app.extensions["migrate"].configure_args.items() if k != "render_as_batch"},
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    check_references(connection, is_on=True)
