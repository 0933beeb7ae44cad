"""The first migration of a room, made at once.

Django applies operations one by one and computes every related model again after each: with two hundred models that all
point to the officer, a new installation would spend most of a minute on it.  Here the state after all operations is
computed first, and each table is then created in its final shape.  Only for a first migration: nothing is there yet
that a later operation of the same migration could change.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

SHAPES = (migrations.AddField, migrations.AddIndex, migrations.AddConstraint, migrations.AlterUniqueTogether)


class FirstTables(migrations.Migration):
    """A migration of CreateModel and of what completes the models it creates."""

    initial = True

    def apply(self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False) -> ProjectState:
        """Create every table of this migration in its final shape; returns the state after it."""
        created = [operation for operation in self.operations if isinstance(operation, migrations.CreateModel)]
        names = {operation.name_lower for operation in created}
        for operation in self.operations:
            if operation not in created and not (isinstance(operation, SHAPES) and operation.model_name_lower in names):
                raise TypeError(f"{self}: {operation} does not belong in a first migration")
        project_state.__dict__.pop("apps", None)  # computed again once, below
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for operation in created:
            model = project_state.apps.get_model(self.app_label, operation.name)
            if operation.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)
        return project_state
