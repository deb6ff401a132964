"""Clients that others wrote read and update the sandbox store as if it were the real one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from bigc.api_client import BigCommerceV2APIClient, BigCommerceV3APIClient
from bigcommerce.api import BigcommerceApi
from bigcommerce.exception import ClientRequestException
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.sandbox_store import SandboxStore


def certificate(directory: Path) -> tuple[Path, Path]:
    """A self-made certificate for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    cert_path, key_path = directory / "cert.pem", directory / "key.pem"
    cert_path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key_path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return cert_path, key_path


@pytest.fixture
def over_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxStore]:
    cert, key = certificate(tmp_path)
    with SandboxStore("--tls-cert", str(cert), "--tls-key", str(key), orders=3, trust=cert) as store:
        monkeypatch.setenv("BC_API_ENDPOINT", store.origin.removeprefix("https://"))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(cert))
        yield store


@pytest.fixture
def official(over_https: SandboxStore) -> BigcommerceApi:
    return BigcommerceApi(client_id="client", store_hash="sandbox", access_token=over_https.token)


def test_the_official_client_reads_orders_and_what_hangs_on_them(
    official: BigcommerceApi, over_https: SandboxStore
) -> None:
    """Links are followed to their lists; an empty list is nothing."""
    order_id = over_https.place(kind="kit")[0]
    order = official.Orders.get(order_id)
    assert len(official.Orders.all()) == 4
    assert order.products()[0].sku.startswith("KIT-")
    assert order.shipping_addresses()[0].order_id == order_id
    assert official.Time.all()
    assert "id" not in official.OrderShipments.all(order_id)


def test_the_official_client_updates_and_ships(official: BigcommerceApi, over_https: SandboxStore) -> None:
    """PUT of a status, POST of a shipment."""
    stored = over_https.order(over_https.place(kind="guest")[0])
    assert official.Orders.get(stored["id"]).update(status_id=9).status_id == 9
    items = [{"order_product_id": line["id"], "quantity": line["quantity"]} for line in stored["lines"]]
    address = stored["addresses"][0]["id"]
    shipment = official.OrderShipments.create(stored["id"], order_address_id=address, items=items, tracking_number="T")
    assert shipment.tracking_number == "T"
    assert over_https.status(stored["id"]) == 2


def test_the_official_client_learns_that_an_order_is_not_there(official: BigcommerceApi) -> None:
    """404 becomes its own exception."""
    with pytest.raises(ClientRequestException):
        official.Orders.get(9)


def _at(store: SandboxStore, version: str) -> BigCommerceV2APIClient | BigCommerceV3APIClient:
    base = BigCommerceV2APIClient if version == "v2" else BigCommerceV3APIClient

    class Here(base):  # type: ignore[misc, valid-type]
        def _prepare_url(self, path: str) -> str:
            return f"{store.api_path}/{version}/{path.lstrip('/')}"

    return Here("sandbox", store.token)


def test_bigc_pages_through_all_orders_to_the_204_behind_the_last_page(store: SandboxStore) -> None:
    store.reset(orders=300)
    client = _at(store, "v2")
    assert len(list(client.get_many("/orders"))) == 300


def test_bigc_updates_and_ships(store: SandboxStore) -> None:
    """PUT of a status, POST of a shipment, and reading them back."""
    stored = store.order(store.place(kind="guest")[0])
    client = _at(store, "v2")
    path = f"/orders/{stored['id']}"
    assert client.put(path, data={"status_id": 9})["status_id"] == 9
    items = [{"order_product_id": line["id"], "quantity": line["quantity"]} for line in stored["lines"]]
    body = {"order_address_id": stored["addresses"][0]["id"], "items": items, "tracking_number": "T"}
    assert client.post(f"{path}/shipments", data=body)["tracking_number"] == "T"
    assert [parcel["tracking_number"] for parcel in client.get_many(f"{path}/shipments")] == ["T"]


def test_bigc_reads_transactions(store: SandboxStore) -> None:
    """V3, in its envelope."""
    order_id = store.place(kind="guest")[0]
    found = _at(store, "v3").get(f"/orders/{order_id}/transactions")
    assert [one["order_id"] for one in found] == [str(order_id)]


def test_bigc_pages_through_catalog_and_customers(store: SandboxStore) -> None:
    """V3's envelope leads it from page to page."""
    store.reset(orders=60, products=400)
    client = _at(store, "v3")
    variants = list(client.get_many("/catalog/variants"))
    assert len(variants) == len({variant["id"] for variant in variants}) > 800
    ordered = {store.order(order["id"])["header"]["customer_id"] for order in store.orders()} - {0}
    assert {customer["id"] for customer in client.get_many("/customers")} == ordered


def test_bigc_makes_and_deletes_hooks(store: SandboxStore) -> None:
    """POST, GET, PUT and DELETE."""
    client = _at(store, "v3")
    hook = client.post("/hooks", data={"scope": "store/order/*", "destination": "https://app.example.com/"})
    assert client.put(f"/hooks/{hook['id']}", data={"is_active": False})["is_active"] is False
    assert [one["id"] for one in client.get_many("/hooks")] == [hook["id"]]
    client.delete(f"/hooks/{hook['id']}")
    assert list(client.get_many("/hooks")) == []
