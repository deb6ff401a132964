from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0027_answer_seconds")]

    operations = [
        migrations.AddField(
            model_name="storehooks",
            name="signs_since",
            field=models.DateTimeField(
                blank=True,
                help_text="Since when its events are signed: from then on no other is believed.",
                null=True,
            ),
        ),
    ]
