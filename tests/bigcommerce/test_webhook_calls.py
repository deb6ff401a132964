"""Hooks are made, listed, corrected and taken away at a real sandbox store."""

import pytest

from counterfoil.bigcommerce import NeedsPerson, TryAgain
from counterfoil.bigcommerce.client import StoreApi
from counterfoil.bigcommerce.webhooks import SCOPES
from tests.bigcommerce.faults import answer, faulty_store, says
from tests.bigcommerce.test_client_calls import client_of
from tests.sandbox_store import SandboxStore

HERE = "https://orders.example.com/hooks/abc/"
SECRET = {"X-Counterfoil": "a secret of its own"}


def at(store: SandboxStore) -> StoreApi:
    """A client of the sandbox store."""
    return StoreApi(store.api_path, store.token, allowed_origins=[store.origin])


def test_a_hook_is_made_found_corrected_and_taken_away(store: SandboxStore) -> None:
    """With its header; one that was switched off is active again; what is gone may be taken away again."""
    client = at(store)
    assert client.hooks() == []
    made = client.create_hook(SCOPES[0], HERE, SECRET)
    assert client.hooks() == [made]
    assert (made.scope, made.destination, made.is_active, made.headers) == (SCOPES[0], HERE, True, SECRET)
    moved = client.change_hook(made.id, SCOPES[1], HERE, {"X-Counterfoil": "another"})
    assert client.hooks() == [moved]
    assert (moved.id, moved.scope, moved.headers) == (made.id, SCOPES[1], {"X-Counterfoil": "another"})
    client.delete_hook(made.id)
    client.delete_hook(made.id)
    assert client.hooks() == []


def test_a_second_hook_for_the_same_is_refused(store: SandboxStore) -> None:
    """One for each scope and destination; the store's own words are kept."""
    client = at(store)
    client.create_hook(SCOPES[0], HERE, SECRET)
    with pytest.raises(NeedsPerson):
        client.create_hook(SCOPES[0], HERE, SECRET)


@pytest.mark.parametrize("body", [b"[]", b'{"data": 7}', b'{"data": [{"id": "x"}]}'])
def test_an_answer_about_hooks_that_is_none_is_tried_again(body: bytes) -> None:
    """Nothing is taken for "no hooks" that does not say so."""
    with faulty_store(says(answer(body=body))) as store, pytest.raises(TryAgain):
        client_of(store).hooks()
