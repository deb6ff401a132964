from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("stores", "0031_worked_at")]

    operations = [
        # The table keeps its name: triggers and plain SQL know it by that.
        migrations.AlterModelTable(name="ordernews", table="stores_ordernews"),
        migrations.RenameModel(old_name="OrderNews", new_name="WebhookEvent"),
    ]
