"""Passwords of words that everyone around knows, and passwords that may stay."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from counterfoil.accounts.password_words import KnownWordsValidator
from tests.web.factories.orders import a_store

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "password",
    [
        "counterfoil2026",
        "Counterfoil!!!1",
        "BigCommerce-Shop",
        "administrator1!",
        "orders.example.com",
        "The-Web-Shop-2026",
        "xy_manager_viewer",
        "Summer2026!!",
        "Winter2025!!x",
        "December-2026!",
    ],
)
def test_a_password_of_known_words_is_refused(password: str, settings: Any) -> None:
    """The product, roles, the host, a store, with a year or some signs more."""
    settings.ALLOWED_HOSTS = ["orders.example.com"]
    a_store(description="Web shop")
    with pytest.raises(ValidationError) as refused:
        KnownWordsValidator().validate(password)
    assert "password_of_known_words" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize(
    "password",
    [
        "seven purple tin kettles",
        "counterfoil kettles swim",
        "пять синих чайников",
        "  spaces at both ends  ",
        "x" * 20 + "-order-" + "Vq9" * 30,
        "🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊",
    ],
)
def test_any_other_password_may_be_chosen(password: str) -> None:
    """Of any signs, and much longer than 64."""
    KnownWordsValidator().validate(password)
