"""Second factors are sealed; sessions lie under a hash of their key.

Every session ends: whoever has read the table before knows the keys in it, and sealing them would keep them good.
"""

from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kieng.workspace.web_secret import fingerprint


def seal(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    from kieng.web.accounts import sealing

    _change(apps, editor, sealing.seal)
    seals = apps.get_model("accounts", "Seal").objects.using(editor.connection.alias)
    seals.create(pk=1, fingerprint=fingerprint(settings.SECRET_KEY))


def unseal(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Back. Raises Unreadable without the secret."""
    from kieng.web.accounts import sealing

    _change(apps, editor, lambda text: sealing.unseal(text) if sealing.is_sealed(text) else text)


def _change(apps: StateApps, editor: BaseDatabaseSchemaEditor, change: Any) -> None:
    from kieng.web.accounts.second_factors import each_secret

    authenticators = apps.get_model("mfa", "Authenticator").objects.using(editor.connection.alias)
    for one in authenticators.exclude(type="webauthn"):
        authenticators.filter(pk=one.pk).update(data=each_secret(one.data, change))


def end_sessions(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    Session.objects.using(editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_posts_and_sessions"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("fingerprint", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="UsedCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("of", models.CharField(max_length=64)),
                ("step", models.BigIntegerField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="usedcode",
            constraint=models.UniqueConstraint(fields=("of", "step"), name="a_code_is_used_once"),
        ),
        migrations.RunPython(seal, unseal),
        migrations.RunPython(end_sessions, end_sessions),
    ]
