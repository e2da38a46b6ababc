"""On SQLite, `INSERT OR REPLACE` deletes a row without asking the guard against deleting: it is refused where there is such a row."""

from django.db import migrations

GUARD = """CREATE TRIGGER audit_unreplaced BEFORE INSERT ON audit_entry
    WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(GUARD)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER audit_unreplaced")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_only_added_to")]
    operations = [migrations.RunPython(guard, unguard)]
