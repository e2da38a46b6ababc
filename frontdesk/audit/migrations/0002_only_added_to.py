"""The database refuses to change the log, and to delete from it what is younger than six years."""

from django.db import migrations

from frontdesk.audit.models import KEPT_DAYS

TABLE = "audit_entry"

SQLITE = [
    f"""CREATE TRIGGER audit_unchanged BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
    f"""CREATE TRIGGER audit_undeleted BEFORE DELETE ON {TABLE} WHEN OLD.at > datetime('now', '-{KEPT_DAYS} days')
        BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION audit_refuse() RETURNS trigger AS $$ BEGIN
          IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '{KEPT_DAYS} days' THEN RETURN OLD; END IF;
          RAISE EXCEPTION 'the audit log is only added to';
        END $$ LANGUAGE plpgsql""",
    f"CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
]


def guard(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER audit_refuse ON {TABLE}")
        schema_editor.execute("DROP FUNCTION audit_refuse()")
    else:
        schema_editor.execute("DROP TRIGGER audit_unchanged")
        schema_editor.execute("DROP TRIGGER audit_undeleted")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
