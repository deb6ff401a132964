from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sales", "0018_former_tracking_numbers")]

    operations = [
        # The table keeps its name: triggers and plain SQL know it by that.
        migrations.AlterModelTable(name="orderwords", table="sales_orderwords"),
        migrations.RenameModel(old_name="OrderWords", new_name="OrderSearchIndex"),
    ]
