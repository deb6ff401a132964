"""What to know before the statuses of a web integration are saved: allowed, but with consequences outside Counterfoil.

What is not allowed at all stands in `validation` and `option_checks`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderStatus
from counterfoil.stores.models import WebIntegration

READ_BY_APPS = (
    "Some shipping and fraud apps use Manual Verification Required themselves: they may hold such an "
    "order, or change its status."
)
_FINAL = {
    StatusId.REFUNDED: "It can’t be undone, BigCommerce may e-mail the shopper, and no money is refunded: refund the "
    "payment in the store.",
    StatusId.CANCELLED: "It can’t be undone from here, BigCommerce may e-mail the shopper, and no money is refunded.",
    StatusId.PARTIALLY_REFUNDED: "It can’t be undone from here, and no money is refunded.",
    StatusId.DECLINED: "It can’t be undone from here: Counterfoil never overwrites Declined.",
    StatusId.DISPUTED: "It can’t be undone from here: Counterfoil never overwrites Disputed.",
    StatusId.INCOMPLETE: "Orders in it are hidden in BigCommerce.",
}


def warnings(integration: WebIntegration, mapping: Mapping[int, int] | None = None) -> list[str]:
    """Sentences about settings that may be saved, and what follows from them.

    `mapping`: order status id → BigCommerce status; None: as it is saved. Needs the store's state loaded along where
    the integration is saved; before the store was asked for its labels nothing is known of them.
    """
    if mapping is None:
        mapping = dict(integration.status_mapping.values_list("order_status", "status_id")) if integration.pk else {}
    found = [*_about_mapping(integration, mapping), *_shared_labels(integration, mapping)]
    if integration.error_status == StatusId.MANUAL_VERIFICATION_REQUIRED:
        found.append(f"Import error status: {READ_BY_APPS}")
    return found


def to_confirm(integration: WebIntegration, mapping: Mapping[int, int], before: list[str]) -> list[str]:
    """The warnings a person is to read before saving: those that were not there `before`.

    The recommended import error status is explained next to its field and stops nobody.
    """
    known = {*before, f"Import error status: {READ_BY_APPS}"}
    return [sentence for sentence in warnings(integration, mapping) if sentence not in known]


def _about_mapping(integration: WebIntegration, mapping: Mapping[int, int]) -> Iterator[str]:
    names = dict(OrderStatus.objects.filter(pk__in=mapping).order_by("position").values_list("pk", "name"))
    for pk, name in names.items():
        status_id = mapping[pk]
        row = f"{name} → {_label(integration, status_id)}"
        if status_id in _FINAL:
            yield f"{row}: {_FINAL[StatusId(status_id)]}"
        elif status_id == StatusId.MANUAL_VERIFICATION_REQUIRED:
            yield f"{row}: {READ_BY_APPS}"


def _shared_labels(integration: WebIntegration, mapping: Mapping[int, int]) -> Iterator[str]:
    """Statuses in use that people in the store cannot tell apart."""
    labels = {status: _own_label(integration, status) for status in StatusId}
    used = {*mapping.values(), *integration.new_statuses, integration.downloaded_status, integration.error_status}
    for label, number in Counter(labels.values()).items():
        sharing = [status for status in StatusId if labels[status] == label]
        if number > 1 and used.intersection(sharing):
            names = " and ".join(f"{status.label} ({status.value})" for status in sharing)
            yield (
                f"{names} share the label “{label}” in the store, so nobody there can tell them apart. Counterfoil "
                "uses the number."
            )


def _own_label(integration: WebIntegration, status: StatusId) -> str:
    labels = integration.state.status_labels if integration.pk else {}
    return labels.get(str(status.value), "") or status.label


def _label(integration: WebIntegration, status_id: int) -> str:
    return integration.status_text(status_id) if integration.pk else StatusId(status_id).label
