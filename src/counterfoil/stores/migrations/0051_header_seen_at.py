"""When what an edit would change was seen last: some answers tell the status alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0050_header_seen"),
    ]

    operations = [
        migrations.AddField(
            model_name="weborder",
            name="header_seen_at",
            field=models.DateTimeField(
                blank=True, help_text="When that was asked for; empty: when the status was.", null=True
            ),
        ),
    ]
