"""A parcel is found by the beginning and by the end of its tracking number, each along an index that is in order.

The index of words was of no use for it: whoever asks for some parcels, the newest first, had the planner walk through
all of them and make the words of each anew. CONCURRENTLY: parcels are read and written meanwhile; with a million of
them both take some twenty seconds. An upgrade that was killed in the middle leaves half an index, which goes first.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Func, Q
from django.db.models.functions import Collate, Reverse

# While it builds an index, PostgreSQL looks for functions nowhere but in its own schema: hence the search path.
CODE = """
    CREATE OR REPLACE FUNCTION sales_parcel_code(tracking_number text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500 SET search_path FROM CURRENT AS $$
        SELECT sales_code(tracking_number)
    $$;
"""
NUMBERED = ~Q(tracking_number="")


def code() -> Func:
    """The tracking number without case, accents and punctuation."""
    return Func(F("tracking_number"), function="sales_parcel_code", output_field=models.TextField())


def words() -> Func:
    """What parcels were found by until now."""
    vector = django.contrib.postgres.search.SearchVectorField()
    return Func(F("tracking_number"), function="sales_parcel_words", output_field=vector)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sales", "0022_touch_orders")]

    operations = [
        migrations.RunSQL(CODE, "DROP FUNCTION sales_parcel_code;"),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS parcel_by_code;", migrations.RunSQL.noop),
        AddIndexConcurrently("parcel", models.Index(Collate(code(), "C"), name="parcel_by_code", condition=NUMBERED)),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS parcel_by_end_of_code;", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "parcel",
            models.Index(Collate(Reverse(code()), "C"), name="parcel_by_end_of_code", condition=NUMBERED),
        ),
        RemoveIndexConcurrently("parcel", "parcel_by_words"),
    ]
