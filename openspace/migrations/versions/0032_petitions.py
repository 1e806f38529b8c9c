"""petitions

Revision ID: 0032
Revises: 0031
"""
from alembic import op
import sqlalchemy as sa


revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('petition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('move', 'swap', 'repeat', 'space', 'time', 'projector', 'other', name='kind', native_enum=False, length=12), nullable=False),
    sa.Column('leaves', sa.String(length=20), nullable=False),
    sa.Column('takes', sa.String(length=20), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.String(length=200), nullable=False),
    sa.Column('asker_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('open', 'granted', 'declined', name='state', native_enum=False, length=12), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('answer', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['asker_id'], ['member.id'], name=op.f('fk_petition_asker_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['member.id'], name=op.f('fk_petition_decided_by_id_member'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_petition_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other_id'], ['topic.id'], name=op.f('fk_petition_other_id_topic'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_petition_topic_id_topic'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_petition')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('petition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_petition_asker_id'), ['asker_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_petition_decided_by_id'), ['decided_by_id'], unique=False)
        batch_op.create_index('ix_petition_content', ['topic_id', 'kind', 'leaves', 'takes', 'words'], unique=True, sqlite_where=sa.text("state = 'open' AND other_id IS NULL"), postgresql_where=sa.text("state = 'open' AND other_id IS NULL"))
        batch_op.create_index('ix_petition_swap', ['topic_id', 'other_id', 'leaves', 'takes'], unique=True, sqlite_where=sa.text("state = 'open' AND other_id IS NOT NULL"), postgresql_where=sa.text("state = 'open' AND other_id IS NOT NULL"))
        batch_op.create_index('ix_petition_event_id_state', ['event_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_petition_other_id'), ['other_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_petition_topic_id'), ['topic_id'], unique=False)

    op.create_table('petition_backing',
    sa.Column('petition_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_petition_backing_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['petition_id'], ['petition.id'], name=op.f('fk_petition_backing_petition_id_petition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('petition_id', 'member_id', name=op.f('pk_petition_backing'))
    )
    with op.batch_alter_table('petition_backing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_petition_backing_member_id'), ['member_id'], unique=False)

    op.create_table('petition_notice',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('petition_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_petition_notice_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['petition_id'], ['petition.id'], name=op.f('fk_petition_notice_petition_id_petition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', 'petition_id', name=op.f('pk_petition_notice'))
    )
    with op.batch_alter_table('petition_notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_petition_notice_petition_id'), ['petition_id'], unique=False)


def downgrade():
    op.drop_table('petition_notice')
    op.drop_table('petition_backing')
    op.drop_table('petition')
