"""Offices of programmes, and their calls with what was changed in them

Revision ID: 0058
Revises: 0057
"""
from alembic import op
import sqlalchemy as sa


revision = '0058'
down_revision = '0057'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('event', sa.Column('is_office', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table('call',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('kept_until', sa.Date(), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('questions', sa.JSON(), nullable=False),
    sa.Column('questions_asked', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_since', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('places > 0', name=op.f('ck_call_has_places')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_call_event_id_event'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_call'))
    )
    op.create_table('call_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('what', sa.String(length=60), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['call.event_id'], name=op.f('fk_call_change_event_id_call'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_change'))
    )
    op.create_index(op.f('ix_call_change_event_id'), 'call_change', ['event_id'])


def downgrade():
    op.drop_table('call_change')
    op.drop_table('call')
    op.drop_column('event', 'is_office')
