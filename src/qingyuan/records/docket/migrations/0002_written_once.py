"""The database itself refuses to change what was signed.

SQLite has no row-level right to forbid DELETE without also breaking test fixtures that empty tables, so there only UPDATE is
refused; PostgreSQL refuses both (TRUNCATE by a superuser stays possible and is the database's own business).
"""

from django.db import migrations

TABLES = {
    "docket_document": ["docket_id", "ordinal", "kind", "title", "agency_id", "number", "facts", "paper", "content_digest", "digest", "sm3", "docx_digest", "issued_on", "issued_at", "issued_by_id"],
    "docket_evidenceitem": ["docket_id", "ordinal", "kind", "name", "source", "media_type", "size", "digest", "sm3", "taken_at", "taken_by_id", "origin_statement"],
    "docket_custodyentry": ["item_id", "action", "by_id", "holder", "at", "why", "chain"],
    "docket_servicerecord": ["document_id", "way", "receiver", "place", "served_on", "refusal", "made_at", "made_by_id"],
    "docket_extract": ["docket_id", "item_id", "row_count", "digest", "proof", "findings", "as_of"],
}
SAYS = "written once: an issued document, an item of evidence or a link of custody is never changed"


def forward(apps, schema_editor):
    for table, columns in TABLES.items():
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_once BEFORE UPDATE OF {', '.join(columns)} ON {table} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
            )
        elif schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE OR REPLACE FUNCTION {table}_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            changed = " OR ".join(f"NEW.{c}::text IS DISTINCT FROM OLD.{c}::text" for c in columns)
            schema_editor.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {table}_once()")
            schema_editor.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_once()")


def backward(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_once")
        elif schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update ON {table}")
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_once()")


class Migration(migrations.Migration):
    dependencies = [("docket", "0001_initial")]
    operations = [migrations.RunPython(forward, backward)]
