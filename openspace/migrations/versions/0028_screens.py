"""screens

Revision ID: 0028
Revises: 0027
"""
from alembic import op
import sqlalchemy as sa


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('screen',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('title', sa.String(length=40), nullable=False),
    sa.Column('shows', sa.String(length=20), nullable=False),
    sa.Column('is_blank', sa.Boolean(), nullable=False),
    sa.Column('rings', sa.Boolean(), nullable=False),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('says', sa.String(length=20), nullable=False),
    sa.Column('home', sa.String(length=20), nullable=False),
    sa.Column('has_sound', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_screen_event_id_event'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screen')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_screen_event_id_name')),
    sa.UniqueConstraint('event_id', 'number', name=op.f('uq_screen_event_id_number'))
    )


def downgrade():
    op.drop_table('screen')
