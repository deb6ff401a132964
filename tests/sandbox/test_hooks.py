"""Webhooks of the sandbox store as apps make, read, change and delete them."""

import pytest

from tests.sandbox_store import SandboxStore

ORDERS = {"scope": "store/order/*", "destination": "https://app.example.com/hooks"}


def _create(store: SandboxStore, **changes: object) -> int:
    return store.api("POST", "/v3/hooks", ORDERS | changes).status


def test_a_hook_is_made_read_changed_and_deleted(store: SandboxStore) -> None:
    """Without any scope of the account; deleting answers with the hook as it was."""
    store.set(scopes=[])
    made = store.api("POST", "/v3/hooks", ORDERS | {"headers": {"X-Secret": "s"}}).json()["data"]
    assert made["scope"] == "store/order/*"
    assert (made["is_active"], made["headers"]) == (True, {"X-Secret": "s"})
    assert (made["client_id"], made["store_hash"]) == ("sandbox-client", "sandbox")
    path = f"/v3/hooks/{made['id']}"
    assert store.api("GET", path).json()["data"] == made
    changed = store.api("PUT", path, {"is_active": False, "headers": None}).json()["data"]
    assert (changed["is_active"], changed["headers"], changed["scope"]) == (False, None, "store/order/*")
    assert store.api("DELETE", path).json()["data"] == changed
    assert store.api("GET", path).status == 404
    assert store.api("GET", "/v3/hooks").json()["data"] == []


def test_a_hook_that_is_not_there_is_not_found(store: SandboxStore) -> None:
    """In V3's form, with its number."""
    for method, body in (("GET", None), ("PUT", {"is_active": True}), ("DELETE", None)):
        answer = store.api(method, "/v3/hooks/77", body)
        assert (answer.status, answer.json()["title"]) == (404, "Webhook with id [77] not found")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"destination": "http://app.example.com/hooks"}, "destination"),
        ({"destination": "https://app.example.com:8443/hooks"}, "destination"),
        ({"destination": "https://user:pass@app.example.com/"}, "destination"),
        ({"destination": "https://app.example.com:port/"}, "destination"),
        ({"destination": "ftp://app.example.com/"}, "destination"),
        ({"destination": "app.example.com"}, "destination"),
        ({"destination": 7}, "destination"),
        ({"scope": "store/order/moved"}, "scope"),
        ({"scope": "order/*"}, "scope"),
        ({"scope": None}, "scope"),
        ({"is_active": "yes"}, "is_active"),
        ({"headers": ["a"]}, "headers"),
        ({"headers": {"X-A": "line\r\nbreak"}}, "headers"),
        ({"headers": {"Content-Length": "0"}}, "headers"),
    ],
)
def test_what_cannot_be_a_hook_is_refused_by_name(store: SandboxStore, wrong: dict, named: str) -> None:
    """422 when it is made and when it is changed, and nothing has changed then."""
    answer = store.api("POST", "/v3/hooks", ORDERS | wrong)
    assert (answer.status, list(answer.json()["errors"])) == (422, [named])
    made = store.api("POST", "/v3/hooks", ORDERS).json()["data"]
    assert store.api("PUT", f"/v3/hooks/{made['id']}", wrong).status == 422
    assert store.api("GET", f"/v3/hooks/{made['id']}").json()["data"] == made


def test_scope_and_destination_are_needed(store: SandboxStore) -> None:
    """Each missing one is named; a change needs one field at least."""
    answer = store.api("POST", "/v3/hooks", {})
    assert answer.json()["errors"] == {"scope": "error.path.missing.", "destination": "error.path.missing."}
    hook_id = store.api("POST", "/v3/hooks", ORDERS).json()["data"]["id"]
    assert store.api("PUT", f"/v3/hooks/{hook_id}", {}).status == 422


def test_http_and_other_ports_are_for_tests_only(store: SandboxStore) -> None:
    """Where the sandbox store was told to allow them; port 443 may always be named."""
    assert _create(store, destination="https://app.example.com:443/a") == 200
    store.set(allow_http_hooks=True)
    assert _create(store, destination="http://127.0.0.1:9/a") == 200
    assert _create(store, destination="https://127.0.0.1:9443/a") == 200
    with SandboxStore("--allow-http-hooks") as other:
        other.reset()
        assert _create(other, destination="http://127.0.0.1:9/a") == 200


def test_a_scope_has_ten_hooks_at_most(store: SandboxStore) -> None:
    """Another scope has its own ten; changing a hook's scope does not get round it."""
    for place in range(10):
        assert _create(store, destination=f"https://app.example.com/{place}") == 200
    assert _create(store, destination="https://app.example.com/10") == 422
    other = store.api("POST", "/v3/hooks", ORDERS | {"scope": "store/shipment/*"}).json()["data"]
    assert store.api("PUT", f"/v3/hooks/{other['id']}", {"scope": "store/order/*"}).status == 422


def test_one_hook_of_a_scope_goes_to_one_destination(store: SandboxStore) -> None:
    """Another destination, or another scope, makes another hook."""
    assert _create(store) == 200
    assert _create(store) == 422
    assert _create(store, scope="store/order/created") == 200
    other = store.api("POST", "/v3/hooks", ORDERS | {"destination": "https://b.example.com/"}).json()["data"]
    assert store.api("PUT", f"/v3/hooks/{other['id']}", ORDERS).status == 422
    assert store.api("PUT", f"/v3/hooks/{other['id']}", {"destination": other["destination"]}).status == 200


def test_hooks_are_found_by_scope_destination_and_activity_and_by_page(store: SandboxStore) -> None:
    for place in range(3):
        _create(store, destination=f"https://app.example.com/{place}", is_active=place != 1)
    _create(store, scope="store/shipment/created")

    def found(query: str) -> list[int]:
        return [hook["id"] for hook in store.api("GET", f"/v3/hooks?{query}").json()["data"]]

    assert found("is_active=false") == [2]
    assert found("scope=store/shipment/created") == [4]
    assert found("destination=https://app.example.com/2") == [3]
    assert found("limit=2&page=2") == [3, 4]


def test_the_account_s_mail_addresses_are_kept(store: SandboxStore) -> None:
    """The admin's view lists them next to all hooks with their status."""
    _create(store, is_active=False)
    assert store.api("PUT", "/v3/hooks/admin", {"emails": ["ops@example.com"]}).status == 204
    assert store.api("PUT", "/v3/hooks/admin", {"emails": "ops"}).status == 422
    shown = store.api("GET", "/v3/hooks/admin").json()["data"]
    assert shown["emails"] == ["ops@example.com"]
    assert [hook["status"] for hook in shown["hooks_list"]] == ["inactive"]
    assert shown["blocked_domains"] == []
