"""`counterfoil export`: the file, standard output, what is new, and what is told to scripts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil.accounts.models import AuditEntry
from counterfoil.sales.csv.text import read_csv
from counterfoil.sales.models import Export, SalesOrder
from tests.platform.commands import run
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db


def import_ids(content: str) -> set[str]:
    """Of the rows of a file."""
    header, *rows = read_csv(content)
    return {row[header.index("import_id")] for row in rows}


def test_it_writes_a_file_and_tells_scripts_what_is_in_it(tmp_path: Path) -> None:
    """UTF-8 with its mark; the audit log knows of it; nothing else is left in the folder."""
    an_order(a_store(), 1)
    path = tmp_path / "orders.csv"
    ended = run("export", "--output", str(path), "--json")
    assert ended.code == 0
    told: dict[str, Any] = {"orders": 1, "rows": 2, "store": None, "since": None, "new_only": False}
    assert ended.json == told | {"file": str(path), "export": Export.objects.get().pk}
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert import_ids(path.read_text("utf-8-sig")) == {"WEB-1"}
    assert [each.name for each in tmp_path.iterdir()] == ["orders.csv"]
    assert AuditEntry.objects.filter(what="Exported 1 sales order.").exists()


def test_it_writes_to_standard_output_what_was_asked_for() -> None:
    """One store's orders, from one day on."""
    shop = a_store("WEB-")
    an_order(shop, 1)
    an_order(a_store("OFF-"), 2)
    old = an_order(shop, 3)
    SalesOrder.objects.filter(pk=old.pk).update(order_date=old.order_date - timedelta(days=30))
    ended = run("export", "--store", "WEB-", "--since", "2026-11-01", "--output", "-")
    assert import_ids(ended.said) == {"WEB-1"}
    assert Export.objects.get().which == "Store: WEB-; From: 2026-11-01 (UTC)"


def test_new_only_gives_each_order_once_and_nothing_new_is_no_trouble(tmp_path: Path) -> None:
    """A nightly run with nothing to do writes the header alone, and ends with 0."""
    store = a_store()
    an_order(store, 1)
    assert import_ids(run("export", "--new-only", "--output", "-").said) == {"WEB-1"}
    an_order(store, 2)
    assert import_ids(run("export", "--new-only", "--output", "-").said) == {"WEB-2"}
    ended = run("export", "--new-only", "--output", str(tmp_path / "none.csv"), "--json")
    assert (ended.code, ended.json["orders"], ended.json["export"]) == (0, 0, None)
    assert len(read_csv((tmp_path / "none.csv").read_text("utf-8-sig"))) == 1


def test_a_file_that_cannot_be_written_marks_nothing(tmp_path: Path) -> None:
    """The sentence says why."""
    an_order(a_store())
    ended = run("export", "--output", str(tmp_path / "missing" / "orders.csv"))
    assert ended.code == 2
    assert "can’t be written" in ended.complained
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--output", "-", "--json"), "--json describes a file"),
        (("--output", "-", "--store", "NONE-"), "There’s no web integration NONE-"),
    ],
)
def test_wrong_usage_is_told_and_ends_with_2_before_anything_is_written(words: tuple[str, ...], said: str) -> None:
    an_order(a_store())
    ended = run("export", *words)
    assert ended.code == 2
    assert said in ended.complained
    assert not Export.objects.exists()


def test_another_export_of_new_orders_is_in_the_way() -> None:
    """It ends with 1: try again in a moment."""
    an_order(a_store())
    Export.objects.create(by="Grace", new_only=True)
    ended = run("export", "--new-only", "--output", "-")
    assert ended.code == 1
    assert "Grace is exporting the new orders right now." in ended.complained
