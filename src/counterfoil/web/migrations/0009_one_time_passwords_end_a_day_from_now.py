"""One-time passwords that were made before they ended by themselves work for a day from now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("web", "0008_one_time_passwords_end")]

    operations = [
        migrations.RunSQL(
            "UPDATE web_person SET one_time_password_until = now() + interval '24 hours' WHERE must_change_password",
            migrations.RunSQL.noop,
        )
    ]
