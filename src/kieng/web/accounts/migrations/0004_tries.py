"""Where wrong passwords and codes are counted: what the cache counted before is forgotten."""

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def forget_cached(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.alias == DEFAULT_DB_ALIAS:
        cache.clear()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sealed")]

    operations = [
        migrations.CreateModel(
            name="Tries",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("account", models.CharField(db_index=True, max_length=64)),
                ("count", models.FloatField(default=0)),
                ("last", models.FloatField(default=0)),
                ("until", models.FloatField(default=0)),
                ("empty", models.FloatField(db_index=True)),
            ],
        ),
        migrations.RunPython(forget_cached, migrations.RunPython.noop),
    ]
