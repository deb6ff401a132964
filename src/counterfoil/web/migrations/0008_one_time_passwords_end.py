from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0007_encrypted_mails"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="one_time_password_until",
            field=models.DateTimeField(
                editable=False, help_text="Until when the one-time password logs in.", null=True
            ),
        ),
    ]
