"""What may not be saved, and the sentence that says why."""

from typing import Any

import pytest

from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.validation import validate
from tests.stores.factories import saved, unsaved, web_order

pytestmark = pytest.mark.django_db


def test_fitting_settings_have_no_problem() -> None:
    """And the API path is kept without a version, with the store's hash next to it."""
    integration = unsaved(api_path="https://api.bigcommerce.com/stores/abc/v3/")
    assert validate(integration, {1: 2}) == {}
    assert (integration.api_path, integration.store_hash) == ("https://api.bigcommerce.com/stores/abc", "abc")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"code": ""}, "code", "Enter an import source code."),
        ({"description": ""}, "description", "Enter a store description."),
        ({"api_path": ""}, "api_path", "Enter the API path."),
        ({"access_token": Secret(b"")}, "access_token", "Enter the access token"),
        ({"code": "WEB1"}, "code", "must end in a letter or symbol"),
        ({"code": "W B-"}, "code", "letters, digits and"),
        ({"code": "W" * 21}, "code", "20 characters at most"),
        ({"api_path": "shop"}, "api_path", "isn’t the API path of a BigCommerce store"),
        ({"api_path": "https://evil.org/stores/abc"}, "api_path", "may not send requests to https://evil.org"),
        ({"new_statuses": []}, "new_statuses", "at least one"),
        ({"new_statuses": [15]}, "new_statuses", "0 to 14"),
        ({"downloaded_status": 99}, "downloaded_status", "0 to 14"),
        ({"downloaded_status": 11}, "downloaded_status", "imported again and again"),
        ({"error_status": 11}, "error_status", "imported again and again"),
        ({"downloaded_status": 4}, "downloaded_status", "refunds no money"),
        ({"downloaded_status": 5}, "downloaded_status", "can’t be undone"),
        ({"error_status": 0}, "error_status", "hidden in BigCommerce"),
        ({"error_status": 9}, "error_status", "so people can see which orders failed"),
        ({"poll_seconds": 9}, "poll_seconds", "every 10 seconds at most"),
        ({"poll_seconds": 10**12}, "poll_seconds", "once a day at least"),
        ({"answer_seconds": 1}, "answer_seconds", "2 to 120 seconds"),
        ({"answer_seconds": 121}, "answer_seconds", "2 to 120 seconds"),
        ({"accept_cents": -1}, "accept_cents", "0 to 1000 cents"),
        ({"accept_cents": 70_000}, "accept_cents", "0 to 1000 cents"),
    ],
)
def test_each_problem_is_named_at_its_field(changes: dict[str, Any], field: str, sentence: str) -> None:
    """Exactly this one, and in words."""
    found = validate(unsaved(**changes))
    assert list(found) == [field]
    assert sentence in found[field]


@pytest.mark.parametrize(("status_id", "sentence"), [(11, "imported again and again"), (99, "0 to 14")])
def test_a_mapping_never_leads_back_to_a_new_status(status_id: int, sentence: str) -> None:
    """It would loop."""
    assert sentence in validate(unsaved(), {1: status_id})["mapping"]


def test_a_code_and_a_store_belong_to_one_web_integration() -> None:
    """The other one is named."""
    saved()
    found = validate(unsaved())
    assert "Another web integration has the code WEB-" in found["code"]
    assert "belongs to the web integration WEB-" in found["api_path"]


def test_code_and_store_are_fixed_from_the_first_order_on() -> None:
    """Before it, both may still change."""
    integration = saved()
    integration.code, integration.api_path = "SHOP-", "https://api.bigcommerce.com/stores/other"
    assert validate(integration) == {}
    web_order(integration)
    found = validate(integration)
    assert "The code has to stay WEB-" in found["code"]
    assert "The store can’t be changed" in found["api_path"]
