"""A catalog is loaded sync by sync, from where the last one stopped, next to everything else."""

import pytest

from counterfoil.bigcommerce import StoreTrouble, TryAgain
from counterfoil.intake.catalog import load as catalog
from counterfoil.intake.catalog.load import ask_for_catalog, go_on_loading
from counterfoil.sales.models import Product, SalesOrder
from counterfoil.stores.models import CatalogLoad, StoreState
from counterfoil.stores.sync.session import open_session
from tests.factories import connect, fresh, run_sync
from tests.sandbox_store import SandboxStore, paths

pytestmark = pytest.mark.django_db
CATALOG = "GET /v3/catalog/products"


def test_a_catalog_that_was_asked_for_is_loaded_in_the_next_sync(store: SandboxStore) -> None:
    """Once; the next sync asks the store for none of it."""
    store.reset(products=300)
    integration = connect(store, paused=True)
    assert ask_for_catalog(integration, by="Ada")
    assert not ask_for_catalog(integration, by="Bob")
    run_sync(integration)
    load = CatalogLoad.objects.get()
    assert (load.asked_by, load.is_under_way, load.trouble) == ("Ada", False, "")
    assert load.products == load.of > 300
    assert Product.objects.count() == load.added
    store.clear_calls()
    run_sync(integration)
    assert CATALOG not in paths(store.calls())


def test_a_sync_that_is_cut_off_is_gone_on_with_and_no_page_is_read_twice(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store fails at the third page; the next sync begins there."""
    store.reset(products=100)
    monkeypatch.setattr(catalog, "PAGE", 40)
    integration = connect(store)
    ask_for_catalog(integration, by="Ada")
    store.clear_calls()
    store.fault("GET", "/v3/catalog/products", status=503, skip=2)
    with open_session(fresh(integration), seconds=60, quota_wait=5) as there, pytest.raises(TryAgain):
        go_on_loading(there)
    load = CatalogLoad.objects.get()
    assert (load.is_under_way, load.products) == (True, 80)
    store.clear_faults()
    run_sync(integration)
    load.refresh_from_db()
    assert (load.is_under_way, load.products) == (False, load.of)
    assert Product.objects.count() == load.added
    read = [call["query"] for call in store.calls() if call["path"] == "/v3/catalog/products" and call["status"] == 200]
    assert len(read) == len(set(read)) >= 3


def test_a_store_that_does_not_let_us_read_products_is_still_read_for_orders(store: SandboxStore) -> None:
    """The loading ends with the permission that is missing; the store does not wait for it."""
    integration = connect(store)
    store.fault("GET", "/v3/catalog/products", status=403)
    ask_for_catalog(integration, by="Ada")
    store.place(1, kind="registered")
    run_sync(integration)
    load = CatalogLoad.objects.get()
    assert not load.is_under_way
    assert "permission" in load.trouble
    assert load.next_step
    assert SalesOrder.objects.count() == 1
    assert not StoreState.objects.get().waiting


def test_trouble_with_the_store_itself_ends_the_sync_and_not_the_loading(store: SandboxStore) -> None:
    """Once the access token works again it goes on."""
    integration = connect(store)
    ask_for_catalog(integration, by="Ada")
    store.fault("GET", "/v3/catalog/products", status=401)
    with open_session(fresh(integration), seconds=60) as there, pytest.raises(StoreTrouble):
        go_on_loading(there)
    assert (CatalogLoad.objects.get().is_under_way, CatalogLoad.objects.get().trouble) == (True, "")
    with open_session(fresh(integration), seconds=0) as there:
        go_on_loading(there)
    assert CatalogLoad.objects.get().is_under_way
    store.clear_faults()
    run_sync(integration)
    assert not CatalogLoad.objects.get().is_under_way
