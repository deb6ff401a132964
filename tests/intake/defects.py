"""A defect of the program, for tests: the database does not take what it is told to keep."""

from django.db import connection


def plant(table: str, condition: str) -> None:
    """From now on the table takes no row that does not fulfil this."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT planted CHECK ({condition}) NOT VALID")


def refuse_to_keep(order_id: int) -> None:
    """The database takes no sales order of this number: a defect, as far as the import can tell."""
    plant("sales_salesorder", f"web_order_number <> '{order_id}'")


def keep_again() -> None:
    """The defect is repaired."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else what this transaction wrote is still to be checked
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ALTER TABLE sales_salesorder DROP CONSTRAINT planted")
