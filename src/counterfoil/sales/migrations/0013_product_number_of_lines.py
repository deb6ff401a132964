"""Our part number of an order line where a store calls the product otherwise, kept by the database (docs/products.md)."""

from django.db import migrations, models

# `FOR KEY SHARE` waits for a product that is being renamed, and a renaming for the lines that are being written: so no
# line keeps a number that its product has no more.
NUMBERS = """
    CREATE FUNCTION sales_number_line() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.product_number := coalesce(
            (SELECT nullif(product.part_number, NEW.part_number) FROM sales_product AS product
             WHERE product.id = NEW.product_id FOR KEY SHARE), '');
        RETURN NEW;
    END $$;
    CREATE TRIGGER number_before_write BEFORE INSERT OR UPDATE OF product_id, part_number, product_number
        ON sales_orderline FOR EACH ROW EXECUTE FUNCTION sales_number_line();

    CREATE FUNCTION sales_number_lines_of_product() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE sales_orderline SET product_number = '' WHERE product_id = NEW.id;  -- the trigger above writes it
        RETURN NULL;
    END $$;
    CREATE TRIGGER number_lines_after_update AFTER UPDATE OF part_number ON sales_product FOR EACH ROW
        WHEN (OLD.part_number IS DISTINCT FROM NEW.part_number) EXECUTE FUNCTION sales_number_lines_of_product();

    UPDATE sales_orderline AS line SET product_number = product.part_number FROM sales_product AS product
    WHERE product.id = line.product_id AND product.part_number <> line.part_number;
"""
UNDONE = "DROP FUNCTION sales_number_line, sales_number_lines_of_product CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("sales", "0012_basis_of_prices")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="product_number",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="The product's part number where it is another one; kept by the database.",
            ),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="part_number",
            field=models.TextField(blank=True, default="", help_text="As it was ordered: a store's own SKU."),
        ),
        migrations.RunSQL(NUMBERS, UNDONE),
    ]
