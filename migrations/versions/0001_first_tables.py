"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _refuse_changes_of_releases() -> None:
    """A release that is out in the world must never change or vanish; the database itself sees to that."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER releases_never_{verb.lower()} BEFORE {verb} ON releases "
                "BEGIN SELECT RAISE(ABORT, 'releases are append-only'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION releases_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'releases are append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER releases_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON releases "
            "FOR EACH STATEMENT EXECUTE FUNCTION releases_are_append_only()"
        )


def upgrade() -> None:

    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_accounts_fs_uniquifier")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("day_starts_at", sa.Time(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column(
            "format",
            sa.Enum("online", "onsite", "hybrid", name="format", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_events_ends_after_start")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("slug", name=op.f("uq_events_slug")),
    )
    op.create_table(
        "event_organisers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "host",
                "planning",
                "co_host",
                "support",
                "sponsor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_organisers_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_organisers")),
        sa.UniqueConstraint("event_id", "position", name=op.f("uq_event_organisers_event_id_position")),
    )
    op.create_table(
        "intakes",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_intakes_capacity_not_negative")),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_intakes_closes_after_opening")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_intakes_event_id_events")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_intakes")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_organisations_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_organisations_event_id_key")),
    )
    op.create_table(
        "outbox_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("recipient_email", sa.String(length=320), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("bulk", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "queued",
                "sending",
                "sent",
                "failed",
                "unknown",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim", sa.String(length=40), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'sending') = (claim IS NOT NULL)", name=op.f("ck_outbox_mails_sending_has_claim")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outbox_mails_sent_has_time")),
        sa.CheckConstraint("(claim IS NULL) = (claimed_at IS NULL)", name=op.f("ck_outbox_mails_claim_has_time")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_mails_attempts_not_negative")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_outbox_mails_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mails")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_mails_dedupe_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_mails_message_id")),
    )
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_mails_due",
            ["next_attempt_at"],
            unique=False,
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
        )
        batch_op.create_index("ix_outbox_mails_event_id_id", ["event_id", "id"], unique=False)
        batch_op.create_index("ix_outbox_mails_event_id_state_id", ["event_id", "state", "id"], unique=False)

    op.create_table(
        "persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("affiliation", sa.Text(), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_persons_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_persons_event_id_key")),
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "cancelled", name="state", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reading", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column(
            "affiliation_kind",
            sa.Enum(
                "company",
                "local_government",
                "national_government",
                "university",
                "international_organisation",
                "npo",
                "finance",
                "media",
                "other",
                name="affiliation_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("submission_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_registrations_cancelled_has_time")
        ),
        sa.CheckConstraint(
            "length(country) = 2 AND country = upper(country)", name=op.f("ck_registrations_country_code")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_registrations_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("event_id", "submission_key", name=op.f("uq_registrations_event_id_submission_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_registrations_reference")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_registrations_event_id_state_country",
            ["event_id", "state", "country", "affiliation_kind"],
            unique=False,
        )
        batch_op.create_index(
            "uq_registrations_active_email",
            ["event_id", "email_key"],
            unique=True,
            postgresql_where=sa.text("state = 'active'"),
            sqlite_where=sa.text("state = 'active'"),
        )

    op.create_table(
        "releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_releases_number_positive")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_releases_event_id_events")),
        sa.ForeignKeyConstraint(["released_by"], ["accounts.id"], name=op.f("fk_releases_released_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_releases_event_id_number")),
    )
    op.create_table(
        "role_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "organiser",
                "reporter",
                "moderator",
                "speaker",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_role_grants_account_id_accounts")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_role_grants_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
    )
    op.create_table(
        "tracks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_tracks_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracks")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_tracks_event_id_key")),
    )
    op.create_table(
        "venues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "onsite", "webinar", "metaverse", name="kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_venues_capacity_positive")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_venues_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venues")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_venues_event_id_key")),
    )
    op.create_table(
        "consent_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "privacy_notice",
                "future_events",
                "share_with_partners",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text_version", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_consent_records_registration_id_registrations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_records")),
    )
    with op.batch_alter_table("consent_records", schema=None) as batch_op:
        batch_op.create_index("ix_consent_records_registration_id", ["registration_id"], unique=False)

    op.create_table(
        "private_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("manage", "calendar", name="purpose", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_private_links_registration_id_registrations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_links")),
        sa.UniqueConstraint("nonce", name=op.f("uq_private_links_nonce")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_private_links_token_hash")),
    )
    with op.batch_alter_table("private_links", schema=None) as batch_op:
        batch_op.create_index("ix_private_links_registration_id", ["registration_id"], unique=False)

    op.create_table(
        "programme_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("uid", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reception",
                "business_matching",
                "opening",
                "session",
                "keynote",
                "workshop",
                "closing",
                "break",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_programme_sessions_capacity_not_negative")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_programme_sessions_ends_after_start")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_programme_sessions_event_id_events")),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisations.id"], name=op.f("fk_programme_sessions_organiser_id_organisations")
        ),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name=op.f("fk_programme_sessions_track_id_tracks")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_programme_sessions_venue_id_venues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_sessions")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_programme_sessions_event_id_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_programme_sessions_uid")),
    )
    with op.batch_alter_table("programme_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_programme_sessions_event_id_starts_at", ["event_id", "starts_at"], unique=False)

    op.create_table(
        "attendances",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_attendances_seconds_not_negative")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_attendances_registration_id_registrations")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_attendances_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("registration_id", "session_id", name=op.f("pk_attendances")),
    )
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.create_index("ix_attendances_session_id_seconds", ["session_id", "seconds"], unique=False)

    op.create_table(
        "presences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "check_in",
                "join_link",
                "report",
                "by_hand",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("left_at >= joined_at", name=op.f("ck_presences_left_after_joining")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_presences_registration_id_registrations")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_presences_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presences")),
        sa.UniqueConstraint(
            "session_id",
            "registration_id",
            "source",
            "joined_at",
            name=op.f("uq_presences_session_id_registration_id_source_joined_at"),
        ),
    )
    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.create_index("ix_presences_registration_id", ["registration_id"], unique=False)

    op.create_table(
        "role_assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "moderator",
                "keynote",
                "panelist",
                "speaker",
                "reactor",
                "opening_remarks",
                "closing_remarks",
                "interpreter",
                "mc",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_role_assignments_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_role_assignments_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignments")),
        sa.UniqueConstraint(
            "session_id", "person_id", "role", name=op.f("uq_role_assignments_session_id_person_id_role")
        ),
        sa.UniqueConstraint("session_id", "position", name=op.f("uq_role_assignments_session_id_position")),
    )
    with op.batch_alter_table("role_assignments", schema=None) as batch_op:
        batch_op.create_index("ix_role_assignments_person_id", ["person_id"], unique=False)

    op.create_table(
        "session_choices",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_session_choices_registration_id_registrations")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_session_choices_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("registration_id", "session_id", name=op.f("pk_session_choices")),
    )
    with op.batch_alter_table("session_choices", schema=None) as batch_op:
        batch_op.create_index("ix_session_choices_session_id", ["session_id"], unique=False)
    op.create_index("uq_role_grants_on_event", "role_grants", ["account_id", "event_id", "role"], unique=True)
    op.create_index(
        "uq_role_grants_everywhere",
        "role_grants",
        ["account_id", "role"],
        unique=True,
        postgresql_where=sa.text("event_id IS NULL"),
        sqlite_where=sa.text("event_id IS NULL"),
    )
    _refuse_changes_of_releases()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER releases_append_only ON releases")
        op.execute("DROP FUNCTION releases_are_append_only")
    op.drop_table("session_choices")
    op.drop_table("role_assignments")
    op.drop_table("presences")
    op.drop_table("attendances")
    op.drop_table("programme_sessions")
    op.drop_table("private_links")
    op.drop_table("consent_records")
    op.drop_table("venues")
    op.drop_table("tracks")
    op.drop_table("role_grants")
    op.drop_table("releases")
    op.drop_table("registrations")
    op.drop_table("persons")
    op.drop_table("outbox_mails")
    op.drop_table("organisations")
    op.drop_table("intakes")
    op.drop_table("event_organisers")
    op.drop_table("events")
    op.drop_table("accounts")
