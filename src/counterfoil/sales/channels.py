"""The storefront channels that sales orders came from."""

from django.db import connection

FIRST = 1  # a store's own storefront

# From one channel to the next along the index: however many orders there are, one look each.
_OTHERS = """
    WITH RECURSIVE known AS (
        SELECT min(channel) AS channel FROM sales_salesorder WHERE channel > 1
        UNION ALL
        SELECT (SELECT min(channel) FROM sales_salesorder WHERE channel > 1 AND channel > known.channel)
        FROM known WHERE known.channel IS NOT NULL
    )
    SELECT channel FROM known WHERE channel IS NOT NULL
"""


def known_channels() -> list[int]:
    """Their numbers; none where all orders came from the first one. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        others = [channel for (channel,) in cursor.fetchall()]
    return [FIRST, *others] if others else []
