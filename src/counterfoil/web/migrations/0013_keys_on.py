from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web", "0012_api_tokens")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="keys_on",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Whether single keys do something on the pages (WCAG 2.1.4).",
            ),
        ),
    ]
