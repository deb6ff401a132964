from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0028_scanned_items")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="upc",
            field=models.TextField(
                blank=True, db_default="", default="", help_text="The number on its barcode: UPC, EAN or GTIN."
            ),
        ),
    ]
