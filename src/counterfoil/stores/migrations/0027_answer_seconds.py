"""How long a store may take to answer is an integration option."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0026_reused_numbers")]

    operations = [
        migrations.AddField(
            "webintegration",
            "answer_seconds",
            models.PositiveSmallIntegerField(
                db_default=5,
                default=5,
                help_text="How long the store may take to answer, before it counts as too slow.",
            ),
        ),
    ]
