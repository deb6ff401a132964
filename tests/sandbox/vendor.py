"""The vendor's API descriptions, which the sandbox store's answers are held against."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
import yaml
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.sandbox_store import SandboxStore
from tests.vendor_specs import DESCRIPTIONS

_REFERENCE = DESCRIPTIONS / "reference"
FILES = {
    "v2": "orders.v2.oas2.yml",
    "v3": "orders.v3.yml",
    "store": "store_information.v2.yml",
    "products": "catalog/products_catalog.v3.yml",
    "variants": "catalog/product-variants_catalog.v3.yml",
    "customers": "customers.v3.yml",
    "hooks": "webhooks.v3.yml",
}


def are_here() -> bool:
    """Without them only the tests against them are left out. Raises FileNotFoundError in CI."""
    if _REFERENCE.is_dir():
        return True
    if os.environ.get("CI") == "true":
        raise FileNotFoundError(f"The vendor's descriptions are not at {DESCRIPTIONS}.")
    return False


def description(name: str, server: str) -> OpenAPI:
    """The description, with the sandbox as its server and the exceptions below."""
    document = read(_REFERENCE / FILES[name])
    document["servers"] = [{"url": server}]
    _allow_nothing_at_all(document)
    if name == "v2":
        _allow_what_real_stores_do(document)
    if name in ("products", "variants", "customers"):
        _allow_nulls_of_which_only_words_tell(document)
    if name == "hooks":
        _allow_no_hooks(document)
    return OpenAPI.from_dict(document)


def read(path: Path) -> Any:
    """A description as it was published; every key is a text."""
    return _text_keys(yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def events() -> dict[str, Any]:
    """The published schemas of the bodies of webhooks, by scope."""
    found: dict[str, Any] = {}
    for path in sorted((DESCRIPTIONS / "webhook-callbacks").glob("store_*.yml")):
        found |= read(path)["properties"]
    return found


def example_event(scope: str) -> Any:
    """The published example of a body."""
    name = scope.replace("/", "_")
    return json.loads((DESCRIPTIONS / "webhook-callbacks" / "data" / f"{name}.json").read_text())


def scopes() -> set[str]:
    """Every scope that the description of webhooks names."""
    schemas = read(_REFERENCE / FILES["hooks"])["components"]["schemas"].values()
    return {title for schema in schemas if (title := schema.get("title", "")).startswith("store/")}


def _text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _text_keys(inner) for key, inner in value.items()}
    return [_text_keys(inner) for inner in value] if isinstance(value, list) else value


def _allow_nothing_at_all(document: Any) -> None:
    """1. Empty lists, and pages past the last one, are a 204 without a body everywhere."""
    for path in document["paths"].values():
        if "get" in path:
            path["get"]["responses"]["204"] = {"description": "Nothing"}


def _allow_what_real_stores_do(document: Any) -> None:
    """The other exceptions, each a known gap of the description and not of the store."""
    schemas = document["components"]["schemas"]
    for properties in _properties(schemas["order_Resp"], schemas["order_Shared"], schemas["order_RespOnly"]):
        # 2. Strings that are null in real orders.
        for name in {"customer_message", "cart_id", "external_order_id", "external_source"} & properties.keys():
            properties[name]["nullable"] = True
        # 3. A link fits both alternatives, since no field of either is required.
        for name in {"consignments", "fees"} & properties.keys():
            properties[name]["anyOf"] = properties[name].pop("oneOf")
    # 4. An event without a date is written as an empty string.
    schemas["orderProducts"]["properties"]["event_date"].pop("format", None)


def _allow_nulls_of_which_only_words_tell(value: Any) -> None:
    """5. The catalog's descriptions write ``x-nullable`` too, or say in words alone that a field is null for some."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _allow_nulls_of_which_only_words_tell(inner)
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        said = str(value.get("description", ""))
        if value.get("x-nullable") or "value is `null` for" in said:
            value["nullable"] = True


def _allow_no_hooks(document: Any) -> None:
    """6. A store without hooks has an empty list of them."""
    described = document["components"]["responses"]["webhooks_Resp"]["content"]["application/json"]["schema"]
    described["properties"]["data"].pop("minItems")


def _properties(*schemas: Any) -> list[Any]:
    parts = [part for schema in schemas for part in (schema, *schema.get("allOf", []))]
    return [part["properties"] for part in parts if "properties" in part]


class Answered:
    """An answer as openapi-core wants to see it."""

    def __init__(self, answer: urllib3.BaseHTTPResponse) -> None:
        self.status_code, self.data = answer.status, answer.data or None
        self.content_type = answer.headers.get("Content-Type", "")
        self.headers = answer.headers


class Asked:
    """A request as openapi-core wants to see it."""

    def __init__(self, method: str, url: str) -> None:
        parts = urlsplit(url)
        self.host_url, self.path = f"{parts.scheme}://{parts.netloc}", parts.path
        self.method, self.body, self.content_type = method.lower(), None, "application/json"
        query = ImmutableMultiDict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        self.parameters = RequestParameters(query=query, header=Headers({"Accept": "application/json"}), cookie={})


def _why(trouble: BaseException) -> str:
    """The innermost reason, without the whole answer in it."""
    while trouble.__cause__ is not None:
        trouble = trouble.__cause__
    errors = getattr(trouble, "schema_errors", None) or [trouble]
    return "; ".join(str(getattr(error, "message", error))[-300:] for error in list(errors)[:3])


class Judge:
    """Holds answers against the descriptions."""

    def __init__(self, store: SandboxStore) -> None:
        self.store = store
        v2 = ("v2", "store")
        paths = {name: "/v2" if name in v2 else "/v3" for name in FILES}
        self.descriptions = {name: description(name, store.api_path + path) for name, path in paths.items()}

    def get(self, path: str, name: str = "v2") -> Any:
        """Asks, and raises openapi-core's error when the answer is not as described."""
        return self.hold(name, "GET", path, self.store.api("GET", path))

    def hold(self, name: str, method: str, path: str, answer: urllib3.BaseHTTPResponse) -> Any:
        asked = Asked(method, self.store.api_path + path)
        try:
            self.descriptions[name].validate_response(asked, Answered(answer))  # type: ignore[arg-type]
        except OpenAPIError as trouble:
            raise AssertionError(f"{method} {path}: {_why(trouble)}") from None
        return answer.json() if answer.data else None
