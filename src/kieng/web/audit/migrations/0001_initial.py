"""The trail's table, and triggers that let it only grow, by one event after the other."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# REPLACE removes a row on SQLite without asking the trigger on DELETE: the one on INSERT refuses it.
SQLITE = [
    f"""CREATE TRIGGER audit_event_no_{verb} BEFORE {verb} ON audit_event
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END"""
    for verb in ("update", "delete")
] + [
    """CREATE TRIGGER audit_event_next BEFORE INSERT ON audit_event
    WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit_event)
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END"""
]
POSTGRES = [
    """CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit trail is only added to'; END $$""",
    """CREATE FUNCTION audit_event_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.number IS DISTINCT FROM (SELECT coalesce(max(number), 0) + 1 FROM audit_event) THEN
        RAISE EXCEPTION 'the audit trail is only added to';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()""",
    """CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()""",
    """CREATE TRIGGER audit_event_next BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_follow()""",
]


def guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    # Django rebuilds a table on SQLite to alter it: a later migration that does must call this again.
    for statement in POSTGRES if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=27)),
                ("kind", models.CharField(db_index=True, max_length=60)),
                ("about", models.CharField(blank=True, db_index=True, max_length=80)),
                ("agency", models.CharField(blank=True, db_index=True, max_length=200)),
                ("why", models.CharField(blank=True, max_length=500)),
                ("told", models.TextField(default="{}")),
                ("before", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "audit_event"},
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
        migrations.AlterModelOptions(name="event", options={"managed": False}),
    ]
