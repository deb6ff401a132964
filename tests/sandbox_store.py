"""A sandbox store for tests: its own process on a free port, steered over HTTP."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

_READY = "sandbox store ready at "
_STOP_SECONDS = 5


class SandboxStore:
    """The running store. ``api_path`` and ``token`` are what a web integration needs to connect to it."""

    token = "sandbox-token"

    def __init__(
        self,
        *options: str,
        orders: int = 0,
        seed: int = 1,
        examples: Path | None = None,
        trust: Path | None = None,
    ) -> None:
        given = ["--orders", str(orders), "--seed", str(seed), *options]
        given += ["--examples", str(examples)] if examples else []
        command = [sys.executable, "-m", "bigcommerce_sandbox", "--port", "0", "--with-parent", *given]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.api_path = self._wait_until_ready()
        self.origin = self.api_path.partition("/stores/")[0]
        self._http = urllib3.PoolManager(ca_certs=str(trust) if trust else None, retries=False)

    def _wait_until_ready(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line.startswith(_READY):
            raise RuntimeError(f"The sandbox store did not start: {line or 'see its error output above'}")
        return line.removeprefix(_READY)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the control; raises AssertionError with the store's sentence when it is refused."""
        sent = {} if body is None else {"json": body}
        answer = self._http.request(method, f"{self.origin}/sandbox{path}", **sent)
        assert answer.status == 200, f"{method} {path}: {answer.status} {answer.data.decode()}"
        return answer.json()

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> urllib3.BaseHTTPResponse:
        """A call of the API as an app makes it; ``path`` begins with /v2 or /v3."""
        sent = {"X-Auth-Token": self.token, "Accept": "application/json", **headers}
        encoded = None if body is None else json.dumps(body).encode()
        if encoded is not None:
            sent.setdefault("Content-Type", "application/json")
        return self._http.request(method, f"{self.api_path}{path}", body=encoded, headers=sent)

    def place(
        self,
        count: int = 1,
        kind: str | None = None,
        seed: int | None = None,
        *,
        manner: dict[str, Any] | None = None,
        **fields: Any,
    ) -> list[int]:
        """Places orders, now; ``fields`` are then set on each. Returns their numbers.

        ``manner``: the settings ``pricing``, ``order_mix``, ``odd_forms`` and ``tenders``, for these orders alone.
        """
        body = {"count": count, "kind": kind, "seed": seed, "fields": fields, **(manner or {})}
        return list(self.control("POST", "/orders", body)["ids"])

    def place_raw(self, order: dict[str, Any] | bytes, order_id: int = 0) -> int:
        """An order that is served byte for byte."""
        path = f"{self.origin}/sandbox/orders/raw?id={order_id}"
        if isinstance(order, bytes):
            headers = {"Content-Type": "application/octet-stream"}
            return int(self._http.request("POST", path, body=order, headers=headers).json()["id"])
        return int(self.control("POST", f"/orders/raw?id={order_id}", {"order": order})["id"])

    def order(self, order_id: int) -> dict[str, Any]:
        """The order as stored: ``header``, ``lines``, ``addresses``, ``shipments``, ``history`` …"""
        return dict(self.control("GET", f"/orders/{order_id}"))

    def orders(self, status_id: int | None = None) -> list[dict[str, Any]]:
        """All orders, newest first, a few fields of each."""
        wanted, found, page = "" if status_id is None else status_id, [], 1
        while True:
            answer = self.control("GET", f"/orders?status_id={wanted}&page={page}")
            found += answer["orders"]
            if page >= answer["pages"]:
                return found
            page += 1

    def status(self, order_id: int) -> int:
        return int(self.order(order_id)["header"]["status_id"])

    def set(self, **settings: Any) -> None:
        self.control("PUT", "/settings", settings)

    def edit(self, order_id: int, **changes: Any) -> None:
        """As a person does in the control panel: header fields, ``lines``, ``addresses``, ``discounts``, ``fees``.

        All amounts follow (see ``bigcommerce_sandbox.orders.edits.by_person``), unless ``raw=True``.
        """
        self.control("PATCH", f"/orders/{order_id}", changes)

    def delete(self, order_id: int) -> None:
        """For good."""
        self.control("DELETE", f"/orders/{order_id}")

    def ship(self, order_id: int, **shipment: Any) -> list[dict[str, Any]]:
        """By another app; without items, all that is open."""
        return list(self.control("POST", f"/orders/{order_id}/shipments", shipment)["shipments"])

    def refund(self, order_id: int, *items: dict[str, Any]) -> dict[str, Any]:
        """By a person; without items, everything."""
        return dict(self.control("POST", f"/orders/{order_id}/refunds", {"items": list(items)}))

    def fault(self, method: str = "*", path: str = "", **what: Any) -> int:
        """Sets a fault (see ``bigcommerce_sandbox.faults.Fault``); returns its number."""
        return int(self.control("POST", "/faults", {"method": method, "path": path, **what})["id"])

    def faults(self) -> list[dict[str, Any]]:
        return list(self.control("GET", "/faults")["faults"])

    def clear_faults(self) -> None:
        self.control("DELETE", "/faults")

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        return list(self.control("GET", f"/calls?since={since}")["calls"])

    def clear_calls(self) -> None:
        self.control("DELETE", "/calls")

    def spend_quota(self, requests: int) -> None:
        """Requests by other apps."""
        self.control("POST", "/quota", {"spend": requests})

    def reset(self, orders: int = 0, seed: int = 1, products: int = 0, **settings: Any) -> None:
        """Like new; ``products`` are stocked next to those that orders draw from (10,000 have 20,000 variants).

        The settings hold from the first order on, such as ``pricing="exclusive"``.
        """
        body = {"orders": orders, "seed": seed, "products": products, "settings": settings}
        self.control("POST", "/reset", body)

    def add_product(self, **fields: Any) -> dict[str, Any]:
        """``name``, ``sku``, ``type``, ``price`` …, and ``skus`` for several variants; the product as served."""
        return dict(self.control("POST", "/products", fields))

    def edit_product(self, product_id: int, **fields: Any) -> dict[str, Any]:
        """As a person does in the control panel."""
        return dict(self.control("PATCH", f"/products/{product_id}", fields))

    def customer(self, customer_id: int) -> dict[str, Any]:
        """Who has ordered under this number; with ``addresses``."""
        return dict(self.control("GET", f"/customers/{customer_id}"))

    def edit_customer(self, customer_id: int, **fields: Any) -> dict[str, Any]:
        """As a person does in the control panel."""
        return dict(self.control("PATCH", f"/customers/{customer_id}", fields))

    def hook(self, scope: str, destination: str, **more: Any) -> dict[str, Any]:
        """A webhook as an app makes it; http destinations are taken from then on."""
        self.set(allow_http_hooks=True)
        answer = self.api("POST", "/v3/hooks", {"scope": scope, "destination": destination, **more})
        assert answer.status == 200, answer.data.decode()
        return dict(answer.json()["data"])

    def deliveries(self, since: int = 0) -> list[dict[str, Any]]:
        """What was sent to hooks or waits for it, oldest first: ``scope``, ``kind``, ``state``, ``attempts`` …"""
        return list(self.control("GET", f"/deliveries?since={since}")["deliveries"])

    def until_delivered(self, seconds: float = 10) -> None:
        """Waits until no delivery is on its way or waits for a retry."""
        deadline = time.monotonic() + seconds
        while self.control("GET", "/hooks")["waiting"]:
            assert time.monotonic() < deadline, self.deliveries()[-5:]
            time.sleep(0.01)

    def hook_fault(self, kind: str, scope: str = "", **what: Any) -> int:
        """duplicate, disorder, loss, forged or stale (see ``bigcommerce_sandbox.webhooks.faults.HookFault``)."""
        return int(self.control("POST", "/hook-faults", {"kind": kind, "scope": scope, **what})["id"])

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def paths(calls: Sequence[dict[str, Any]]) -> list[str]:
    """``GET /v2/orders`` … of each call, for tests that count."""
    return [f"{call['method']} {call['path']}" for call in calls]
