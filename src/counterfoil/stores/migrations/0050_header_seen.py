"""What an edit in the store would change, as it was shown last, and whether a person is asked about an edit."""

from django.db import migrations, models

MARK = "UPDATE stores_weborder SET edit_pending = true WHERE reason_code = 'edited_in_store'"


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0049_shipments_seen"),
    ]

    operations = [
        migrations.AddField(
            model_name="weborder",
            name="header_seen",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Digest of what an edit would change, as it was shown last.",
            ),
        ),
        migrations.AddField(
            model_name="weborder",
            name="edit_pending",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="An edit in the store that a person is to decide on, or could not have imported.",
            ),
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
