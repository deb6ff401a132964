"""The lists."""

import django_tables2 as tables
from django.http import HttpRequest

ROWS_PER_PAGE = 50
LAST_PAGE = 10**9
NUMBER = {"th": {"class": "end"}, "td": {"class": "end"}}
WIDE = {"td": {"class": "wide"}}
UNBROKEN = {"td": {"class": "nowrap"}}


class UncountedPaginator(tables.paginators.LazyPaginator):
    """Pages of a list too long to count. The database counts its rows in 64 bits, whatever an address asks for."""

    def validate_number(self, number: object) -> int:
        return min(int(super().validate_number(number)), LAST_PAGE)


def paginated(request: HttpRequest, table: tables.Table, *, lazy: bool = False) -> tables.Table:
    """The table as the address asks for it: sorted, one page; nonsense in the address is passed over."""
    paginate: dict[str, object] = {"per_page": ROWS_PER_PAGE, "silent": True}
    if lazy:
        paginate["paginator_class"] = UncountedPaginator
    tables.RequestConfig(request, paginate=paginate).configure(table)
    return table
