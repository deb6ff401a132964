"""A person chooses the paper to print on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web", "0010_audit_entries_stay")]

    operations = [
        migrations.AddField(
            "person",
            "paper",
            models.CharField(
                blank=True,
                choices=[("a4", "A4"), ("letter", "Letter"), ("4x6", "4 × 6 in")],
                db_default="",
                default="",
                help_text="What is printed on; empty: as the store's country does.",
                max_length=10,
            ),
        ),
    ]
