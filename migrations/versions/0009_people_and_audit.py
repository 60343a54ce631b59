"""People who sign in, whose rows are whose, and an audit trail whose changes are seen.

Revision: 0009
Revises: 0008
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
START = "0" * 64
AT_ONCE = 1000

audit = sa.table(
    "audit",
    sa.column("audit_id", sa.BigInteger()),
    sa.column("at", MOMENT),
    sa.column("actor", sa.Text()),
    sa.column("action", sa.Text()),
    sa.column("subject", sa.Text()),
    sa.column("detail", sa.JSON()),
    sa.column("kind", sa.Text()),
    sa.column("advertiser_id", sa.Text()),
    sa.column("previous", sa.Text()),
    sa.column("sha256", sa.Text()),
)
head = sa.table(
    "audit_head",
    sa.column("chain", sa.Text()),
    sa.column("number", sa.BigInteger()),
    sa.column("sha256", sa.Text()),
    sa.column("rows", sa.BigInteger()),
)

SQLITE_GUARDS = (
    "CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    "CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
)
POSTGRES_GUARDS = (
    "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
    "CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    "CREATE TRIGGER audit_refuses_delete BEFORE DELETE OR TRUNCATE ON audit"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
)


def upgrade() -> None:
    _make_people()
    for table in ("experiments", "jobs", "audit"):
        op.add_column(table, sa.Column("advertiser_id", sa.Text(), nullable=True))
    for table in ("creatives", "kept_forecasts", "drafts", "experiments", "jobs", "audit"):
        op.create_index(op.f(f"ix_{table}_advertiser_id"), table, ["advertiser_id"])
    _say_whose()
    # What a row that is already there gets until it is chained; a new row always tells its own.
    op.add_column("audit", sa.Column("kind", sa.Text(), nullable=False, server_default="person"))
    op.add_column("audit", sa.Column("previous", sa.Text(), nullable=False, server_default=""))
    op.add_column("audit", sa.Column("sha256", sa.Text(), nullable=False, server_default=""))
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"])
    op.create_table(
        "audit_head",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_head")),
    )
    _chain_what_is_there()
    for statement in SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRES_GUARDS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_refuses_update" + _on_audit())
    op.execute("DROP TRIGGER audit_refuses_delete" + _on_audit())
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_append_only()")
        # The version before lets the database number the rows.
        op.execute(
            "SELECT setval(pg_get_serial_sequence('audit', 'audit_id'),"
            " coalesce((SELECT max(audit_id) FROM audit), 0) + 1, false)"
        )
    op.drop_table("audit_head")
    op.drop_index(op.f("ix_audit_subject"), "audit")
    for table in ("creatives", "kept_forecasts", "drafts", "experiments", "jobs", "audit"):
        op.drop_index(op.f(f"ix_{table}_advertiser_id"), table)
    for column in ("sha256", "previous", "kind"):
        op.drop_column("audit", column)
    for table in ("experiments", "jobs", "audit"):
        op.drop_column(table, "advertiser_id")
    for table in ("password_tries", "user_keys", "user_sessions", "user_advertisers", "users"):
        op.drop_table(table)


def _make_people() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("password_changed", MOMENT, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("disabled", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
    )
    op.create_table(
        "user_advertisers",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("advertiser_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_user_advertisers_user_id_users")),
        sa.ForeignKeyConstraint(
            ["advertiser_id"],
            ["advertisers.advertiser_id"],
            name=op.f("fk_user_advertisers_advertiser_id_advertisers"),
        ),
        sa.PrimaryKeyConstraint("user_id", "advertiser_id", name=op.f("pk_user_advertisers")),
    )
    op.create_table(
        "user_sessions",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("seen", MOMENT, nullable=False),
        sa.Column("expires", MOMENT, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("ended", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_user_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_user_sessions")),
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"])
    op.create_index(op.f("ix_user_sessions_expires"), "user_sessions", ["expires"])
    op.create_table(
        "user_keys",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("advertisers", sa.JSON(), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("expires", MOMENT, nullable=False),
        sa.Column("revoked", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_user_keys_user_id_users")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_user_keys")),
    )
    op.create_index(op.f("ix_user_keys_sha256"), "user_keys", ["sha256"], unique=True)
    op.create_index(op.f("ix_user_keys_user_id"), "user_keys", ["user_id"])
    op.create_table(
        "password_tries",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(53), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_password_tries")),
    )
    op.create_index(op.f("ix_password_tries_at"), "password_tries", ["at"])


def _say_whose() -> None:
    """Experiments belong to the advertiser of all their campaigns, where it is one; jobs and entries follow."""
    bind = op.get_bind()
    campaigns_of = bind.execute(sa.text("SELECT campaign_id, advertiser_id FROM campaigns"))
    owner = {row.campaign_id: row.advertiser_id for row in campaigns_of}
    told = sa.table("experiments", sa.column("experiment_id", sa.Text()), sa.column("setup", sa.JSON()))
    whose = sa.text("UPDATE experiments SET advertiser_id = :owner WHERE experiment_id = :name")
    for name, setup in bind.execute(sa.select(told.c.experiment_id, told.c.setup)).all():
        campaigns = (setup.get("experiment") or {}).get("campaign_ids") or []
        owners = {owner.get(campaign) for campaign in campaigns}
        if len(owners) == 1 and (found := owners.pop()) is not None:
            bind.execute(whose, {"owner": found, "name": name})
    for statement in (
        "UPDATE jobs SET advertiser_id = (SELECT e.advertiser_id FROM experiments e"
        " WHERE e.experiment_id = jobs.subject) WHERE kind = 'analyze-experiment'",
        "UPDATE jobs SET advertiser_id = subject WHERE kind IN ('forecast-what-if', 'draft-creatives') AND subject <> ''",
        "UPDATE audit SET advertiser_id = (SELECT e.advertiser_id FROM experiments e"
        " WHERE e.experiment_id = audit.subject) WHERE action LIKE 'experiment %'",
        "UPDATE audit SET advertiser_id = (SELECT f.advertiser_id FROM kept_forecasts f"
        " WHERE f.forecast_id = audit.subject AND f.advertiser_id <> '') WHERE action LIKE 'forecast %'",
        "UPDATE audit SET advertiser_id = (SELECT d.advertiser_id FROM drafts d"
        " WHERE d.draft_id = audit.subject) WHERE action LIKE 'draft %'",
        "UPDATE audit SET advertiser_id = (SELECT j.advertiser_id FROM jobs j"
        " WHERE j.job_id = CAST(substr(audit.subject, 5) AS BIGINT))"
        " WHERE action LIKE 'job %' AND subject LIKE 'job %'",
    ):
        op.execute(statement)


def _chain_what_is_there() -> None:
    """``adplat.domain.audit`` tells the rule; it stands here once more as it was when this was written."""
    bind = op.get_bind()
    number, previous, count = 0, START, 0
    for rows in _batches(bind):
        chained = []
        for row in rows:
            kind = _kind_of(row.actor)
            digest = _hash_of(row, kind, previous)
            chained.append({"number": row.audit_id, "was": previous, "is": digest, "of": kind})
            number, previous, count = row.audit_id, digest, count + 1
        bind.execute(
            sa.text("UPDATE audit SET kind = :of, previous = :was, sha256 = :is WHERE audit_id = :number"), chained
        )
    bind.execute(sa.insert(head).values(chain="audit", number=number, sha256=previous, rows=count))


def _batches(bind: sa.Connection) -> Iterator[Sequence[Any]]:
    wanted = sa.select(audit).order_by(audit.c.audit_id).limit(AT_ONCE)
    rows = bind.execute(wanted).all()
    while rows:
        yield rows
        rows = bind.execute(wanted.where(audit.c.audit_id > rows[-1].audit_id)).all()


def _kind_of(actor: str) -> str:
    first = actor.partition(" ")[0]
    if first in {"job", "bandit"}:
        return first
    return "service" if first in {"worker", "service", "system"} else "person"


def _hash_of(row: Any, kind: str, previous: str) -> str:
    at = row.at if row.at.tzinfo is not None else row.at.replace(tzinfo=UTC)
    told = {
        "form": 1,
        "number": row.audit_id,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": kind,
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "advertiser_id": row.advertiser_id,
        "reason": str(row.detail.get("reason", "")),
        "detail": row.detail,
        "previous": previous,
    }
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _on_audit() -> str:
    return " ON audit" if op.get_bind().dialect.name == "postgresql" else ""
