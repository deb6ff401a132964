"""The API path of a store: where our requests may go, and nowhere else."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from counterfoil.bigcommerce.errors import StoreTrouble

_NO_API_PATH = "This isn’t the API path of a BigCommerce store."
_AS_SHOWN = "Copy the API path as BigCommerce shows it: https://api.bigcommerce.com/stores/ and the store's hash."


def check_api_path(api_path: str, allowed_origins: Collection[str]) -> str:
    """The API path without a trailing /v2 or /v3; raises StoreTrouble when it may not be used (api_path, origin)."""
    try:
        parts = urlsplit(api_path.strip())
    except ValueError:
        raise StoreTrouble("api_path", _NO_API_PATH, _AS_SHOWN) from None
    found = re.fullmatch(r"(/stores/[A-Za-z0-9_-]+)(/v[23])?/*", parts.path)
    if not found or parts.scheme not in ("http", "https") or parts.query or parts.fragment or "@" in parts.netloc:
        raise StoreTrouble("api_path", _NO_API_PATH, _AS_SHOWN)
    origin = f"{parts.scheme}://{parts.netloc.lower()}"
    if origin not in {allowed.strip().rstrip("/").lower() for allowed in allowed_origins}:
        raise StoreTrouble(
            "origin",
            f"Counterfoil may not send requests to {origin}.",
            f"{_AS_SHOWN} To allow other origins, set COUNTERFOIL_API_ORIGINS.",
        )
    return origin + found[1]


def store_hash(api_path: str) -> str:
    """The store's hash, the last part of a checked API path."""
    return api_path.rsplit("/", 1)[-1]
