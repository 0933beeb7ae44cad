"""The index behind the search for cases: FTS5 on SQLite, GIN on PostgreSQL."""

from django.db import migrations

SQL = {
    "sqlite": (
        ["CREATE VIRTUAL TABLE cases_fulltext USING fts5(grams, detail='none')"],
        ["DROP TABLE cases_fulltext"],
    ),
    "postgresql": (
        ["CREATE INDEX cases_fulltext ON cases_casetext USING gin (to_tsvector('simple', grams))"],
        ["DROP INDEX cases_fulltext"],
    ),
}


def make(apps, schema_editor):
    for statement in SQL.get(schema_editor.connection.vendor, ([], []))[0]:
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    for statement in SQL.get(schema_editor.connection.vendor, ([], []))[1]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]
