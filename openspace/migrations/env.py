"""Alembic's doorway: it runs within the app, on the app's own engine."""

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db

with database.engine.connect() as connection:
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
