"""the day to whose programme a slot belongs, also when it begins after midnight

Existing slots get the date on which they begin.

Revision ID: 0010
Revises: 0009

"""
from datetime import timezone
from zoneinfo import ZoneInfo

from alembic import op
import sqlalchemy as sa


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.add_column(sa.Column('day', sa.Date(), nullable=True))
    slot = sa.table(
        'slot',
        sa.column('id', sa.Integer),
        sa.column('event_id', sa.Integer),
        sa.column('starts_at', sa.DateTime(timezone=True)),
        sa.column('day', sa.Date),
    )
    event = sa.table('event', sa.column('id', sa.Integer), sa.column('zone', sa.String))
    connection = op.get_bind()
    found = sa.select(slot.c.id, slot.c.starts_at, event.c.zone).join(event, event.c.id == slot.c.event_id)
    for ident, starts_at, zone in connection.execute(found).all():
        moment = starts_at.replace(tzinfo=timezone.utc) if starts_at.tzinfo is None else starts_at
        day = moment.astimezone(ZoneInfo(zone)).date()
        connection.execute(slot.update().where(slot.c.id == ident).values(day=day))
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.alter_column('day', existing_type=sa.Date(), nullable=False)
        batch_op.drop_index('ix_slot_event_id_starts_at')
        batch_op.create_index('ix_slot_event_id_ends_at', ['event_id', 'ends_at', 'day'], unique=False)


def downgrade():
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.drop_index('ix_slot_event_id_ends_at')
        batch_op.create_index('ix_slot_event_id_starts_at', ['event_id', 'starts_at'], unique=False)
        batch_op.drop_column('day')
