"""`store set --map` changes what it names, and says so."""

import pytest

from counterfoil.stores.integrations.mapping_changes import mapping_of
from counterfoil.stores.models import LogEntry, StoreHooks, WebhookEvent
from tests.platform.commands import run
from tests.web.factories.orders import a_store

pytestmark = pytest.mark.django_db


def mapped() -> dict[str, int]:
    """As `store show` tells it."""
    return dict(run("store", "show", "WEB-", "--json").json["map"])


def set_to(*words: str) -> str:
    ended = run("store", "set", "WEB-", *words)
    assert ended.code == 0, ended
    return ended.said


def test_one_row_is_changed_and_the_others_stay() -> None:
    """What changed is said, and logged."""
    a_store()
    set_to("--map", "Shipped=2", "--map", "Released=8")
    said = set_to("--map", "Cancelled=5")
    assert mapped() == {"Shipped": 2, "Released": 8, "Cancelled": 5}
    assert "Order status mapping: Cancelled: not assigned → Cancelled (5)." in said
    assert "changed the order status mapping: Cancelled: not assigned → Cancelled (5)." in _log()
    assert "Shipped: Shipped (2) → Completed (10)" in set_to("--map", "shipped = 10")
    assert mapped() == {"Shipped": 10, "Released": 8, "Cancelled": 5}


def test_one_row_is_taken_away() -> None:
    """`--map "Cancelled="`; taken away again it is as it was."""
    a_store()
    set_to("--map", "Shipped=2", "--map", "Cancelled=5")
    assert "Cancelled: Cancelled (5) → not assigned." in set_to("--map", "Cancelled=")
    assert mapped() == {"Shipped": 2}
    assert "Order status mapping: as it was." in set_to("--map", "Cancelled=")


def test_the_whole_mapping_is_replaced_where_that_is_said() -> None:
    """`--map-only`; with nothing next to it nothing is assigned."""
    a_store()
    set_to("--map", "Shipped=2", "--map", "Cancelled=5")
    said = set_to("--map-only", "--map", "Released=8")
    assert mapped() == {"Released": 8}
    assert all(part in said for part in ("Shipped (2) → not assigned", "Cancelled (5) → not assigned", "Released: not"))
    set_to("--map-only")
    assert mapped() == {}


@pytest.mark.parametrize("number", ["15", "²", "٣", "-1", "two", "9" * 5_000])
def test_what_is_no_number_of_a_status_is_refused_in_words(number: str) -> None:
    """Though Python takes some of these for digits."""
    a_store()
    ended = run("store", "set", "WEB-", "--map", f"Shipped={number}")
    assert (ended.code, mapped()) == (2, {})
    assert "BigCommerce statuses have the numbers 0 to 14" in ended.complained


def test_a_status_without_an_equals_sign_is_told_how_it_is_written() -> None:
    """Not that there is no status of no name."""
    a_store()
    ended = run("store", "set", "WEB-", "--map", "Shipped")
    assert ended.code == 2
    assert '--map Shipped: name the BigCommerce status, as in --map "Shipped=2".' in ended.complained


def test_other_settings_leave_the_mapping_alone() -> None:
    """It is not even spoken of."""
    integration = a_store()
    set_to("--map", "Shipped=2")
    assert "Order status mapping" not in set_to("--poll-seconds", "30")
    assert set(mapping_of(integration).values()) == {2}


def test_webhooks_are_switched_off_and_on_by_a_flag() -> None:
    """That is what takes them away."""
    a_store()
    set_to("--no-webhooks")
    assert not StoreHooks.objects.get().wanted
    assert run("store", "show", "WEB-", "--json").json["webhooks"]["sentence"].startswith("Webhooks are switched off")
    set_to("--webhooks")
    assert StoreHooks.objects.get().wanted
    assert not WebhookEvent.objects.exists()


def _log() -> str:
    return "\n".join(LogEntry.objects.values_list("text", flat=True))
