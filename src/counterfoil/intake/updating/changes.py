"""Collects what of a newer version is taken over into a sales order, and what waits for a person to pick."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from counterfoil.sales.models import OrderChange, SalesOrder
from counterfoil.stores.models import Conflict, WebOrder

BY = "BigCommerce"
WHY = "Changed in the store after import"
CHOSEN = "The store's value was chosen"
LINES_AND_MONEY = "lines and amounts"


class ChangeSet:
    """What is taken over of a newer version (of this digest), and what is not. `record` writes it down."""

    def __init__(self, order: SalesOrder, *, by: str = BY, why: str = WHY, digest: str = "") -> None:
        self.order = order
        self.by = by
        self.why = why
        self.digest = digest
        self.changes: list[OrderChange] = []
        self.conflicts: dict[str, Conflict] = {}
        self.resolved: set[str] = set()

    def columns(
        self,
        row: Any,
        before: Mapping[str, object],
        after: Mapping[str, object],
        *,
        skip: Iterable[str] = (),
        called: str = "",
    ) -> set[str]:
        """Sets on `row` each column that differs between the versions, unless a person changed it; says which."""
        written = set()
        for name, new in after.items():
            if name in skip or before.get(name) == new:
                continue
            if getattr(row, name) == new:
                self.agree(called + name)
            elif getattr(row, name) != before.get(name):
                self.conflict(called + name, getattr(row, name), new)
            else:
                self.changed(called + name, getattr(row, name), new)
                setattr(row, name, new)
                written.add(name)
        return written

    def changed(self, field: str, before: object, after: object) -> None:
        """Notes a field that is taken over."""
        self.changes.append(
            OrderChange(
                order=self.order,
                by=self.by,
                field=words(field),
                before=as_text(before),
                after=as_text(after),
                why=self.why,
                digest=self.digest,
            )
        )
        self.agree(field)

    def conflict(self, field: str, ours: object, theirs: object) -> None:
        """Notes a field that is not taken over: a person picks."""
        self.conflicts[words(field)] = Conflict(field=words(field), ours=as_text(ours), theirs=as_text(theirs))

    def agree(self, field: str) -> None:
        """Both sides agree on this field (again): nobody has to pick any more."""
        self.resolved.add(words(field))

    def record(self, web_order: WebOrder) -> None:
        """Writes the history and the open conflicts."""
        OrderChange.objects.bulk_create(self.changes)
        if self.resolved:
            Conflict.objects.filter(web_order=web_order, field__in=self.resolved - self.conflicts.keys()).delete()
        for conflict in self.conflicts.values():
            conflict.web_order = web_order
        Conflict.objects.bulk_create(
            self.conflicts.values(),
            update_conflicts=True,
            unique_fields=["web_order", "field"],
            update_fields=["ours", "theirs"],
        )


def words(field: str) -> str:
    """A column's name as people read it."""
    return field.replace("_", " ")


def as_text(value: object) -> str:
    """A value as a person reads it in the history."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
