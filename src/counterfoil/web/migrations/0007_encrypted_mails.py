"""The texts of mails are encrypted like all that may let someone in."""

from typing import Any

from django.db import migrations

from counterfoil.stores.db.encryption import Secret, SecretField, no_secret


def encrypt(apps: Any, _schema_editor: Any) -> None:
    for mail in apps.get_model("web", "Mail").objects.exclude(text="").iterator():
        mail.sealed = Secret.of(mail.text)
        mail.save(update_fields=["sealed"])


def decrypt(apps: Any, _schema_editor: Any) -> None:
    for mail in apps.get_model("web", "Mail").objects.exclude(sealed=no_secret()).iterator():
        mail.text = mail.sealed.reveal()
        mail.save(update_fields=["text"])


class Migration(migrations.Migration):
    dependencies = [("web", "0006_mails_about_differences")]

    operations = [
        migrations.AddField("mail", "sealed", SecretField(default=no_secret)),
        migrations.RunPython(encrypt, decrypt),
        migrations.RemoveField("mail", "text"),
        migrations.RenameField("mail", "sealed", "text"),
    ]
