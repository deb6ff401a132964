"""What the benchmarks share: a filled store, a clean database, tables."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import bigcommerce.api
import requests
from django.conf import settings
from django.db import connection
from rich.console import Console
from rich.table import Table
from tests.fast_truncate import deletes
from tests.sandbox_store import SandboxStore

from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.integrations.validation import validate
from counterfoil.stores.models import UnknownProduct, WebIntegration, WebOrder

KEPT = {"django_migrations", "django_content_type", "auth_permission", "sales_orderstatus", "stores_carrier"}
MANY = 1000
console = Console()


@contextmanager
def filled_store(orders: int, kind: str | None = None) -> Iterator[SandboxStore]:
    """A sandbox store with so many waiting orders, of all kinds or of one, and a large quota."""
    with SandboxStore() as store:
        settings.API_ORIGINS = ["https://api.bigcommerce.com", store.origin]
        store.reset(orders=0)
        store.set(plan="enterprise")
        with console.status(f"Placing {orders} orders in the sandbox store …"):
            store.place(orders, kind=kind)
            for order in store.orders():
                if order["status_id"] != 11:
                    store.edit(order["id"], status_id=11)
        yield store


def connect(store: SandboxStore) -> WebIntegration:
    """The web integration of the store."""
    integration = WebIntegration(
        code="WEB-", description="Shop", api_path=store.api_path, unknown_product=UnknownProduct.CREATE
    )
    integration.access_token = Secret.of(store.token)
    found = validate(integration)
    if found:
        raise SystemExit(str(found))
    save_integration(integration, by="bench", access_token=store.token)
    return WebIntegration.objects.select_related("state").get(pk=integration.pk)


@contextmanager
def official_client(store: SandboxStore) -> Iterator[Any]:
    """BigCommerce's own client. It speaks HTTPS only: its requests are sent to the sandbox store's plain HTTP port."""
    send = requests.Session.request

    def plain(session: requests.Session, method: str, url: str, **more: Any) -> requests.Response:
        return send(session, method, url.replace("https://", "http://", 1), **more)

    with (
        patch.object(requests.Session, "request", plain),
        patch.dict("os.environ", {"BC_API_ENDPOINT": store.origin.removeprefix("http://")}),
    ):
        yield bigcommerce.api.BigcommerceApi(
            client_id="any", store_hash=store.api_path.rsplit("/", 1)[-1], access_token=store.token
        )


def empty_database() -> None:
    """Empties every table that an import fills."""
    tables = [name for name in connection.introspection.table_names() if name not in KEPT]
    statements = [f"TRUNCATE {', '.join(tables)} CASCADE"]
    if WebOrder.objects.count() < MANY:
        statements = deletes(tables)
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """One benchmark's figures."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for index, name in enumerate(columns):
        table.add_column(name, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)
