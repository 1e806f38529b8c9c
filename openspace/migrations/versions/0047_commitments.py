"""Commitments, and what members say to them

Revision ID: 0047
Revises: 0046
"""
from alembic import op
import sqlalchemy as sa


revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('commitment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('what', sa.String(length=300), nullable=False),
    sa.Column('first_step', sa.String(length=300), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('proposed', 'accepted', 'doing', 'done', 'let-go', name='state', native_enum=False, length=10), nullable=False),
    sa.Column('why', sa.String(length=300), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('topic_id', sa.Integer(), nullable=True),
    sa.Column('step_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_commitment_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_commitment_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner_id'], ['member.id'], name=op.f('fk_commitment_owner_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['step_id'], ['note_step.id'], name=op.f('fk_commitment_step_id_note_step'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_commitment_topic_id_topic'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment')),
    sa.UniqueConstraint('event_id', 'key', name=op.f('uq_commitment_event_id_key')),
    sa.UniqueConstraint('step_id', name=op.f('uq_commitment_step_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('commitment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_commitment_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_commitment_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_commitment_topic_id'), ['topic_id'], unique=False)

    op.create_table('pledge',
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('word', sa.Enum('asked', 'yes', 'no', 'silent', name='word', native_enum=False, length=10), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_news', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_pledge_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_pledge_commitment_id_commitment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_pledge_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('commitment_id', 'member_id', name=op.f('pk_pledge'))
    )
    with op.batch_alter_table('pledge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pledge_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pledge_member_id'), ['member_id'], unique=False)


def downgrade():
    op.drop_table('pledge')
    op.drop_table('commitment')
