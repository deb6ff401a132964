"""The names of a store's shipping and payment methods, and what the merchant calls them."""

from collections.abc import Sequence

from django.db import transaction

from counterfoil.sales.db.raw_rows import insert
from counterfoil.sales.errors import Refused
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, NameKind, NameMapping, WebIntegration

LONGEST_NAME = 200
LONGEST_CARRIER = 100


def seen_names(integration: WebIntegration, kind: NameKind | None = None) -> list[NameMapping]:
    """Every name that an order of this store carried or that was entered, with the merchant's own where it has one."""
    names = NameMapping.objects.filter(integration=integration)
    return list(names if kind is None else names.filter(kind=kind))


def learn_names(integration: WebIntegration, names: Sequence[tuple[NameKind, str]]) -> bool:
    """Puts names that an order carried on the list, not mapped; those that stand there stay. Whether one is new."""
    rows = [{"integration_id": integration.pk, "kind": kind, "store_name": name[:LONGEST_NAME]} for kind, name in names]
    return bool(insert(NameMapping, rows, leave_out_taken=True))


def map_name(integration: WebIntegration, kind: NameKind, store_name: str, name: str, *, by: str) -> bool:
    """Says what the merchant calls a method ("": as the default says); False when it was so. Changes no order.

    Raises Refused for a name that is empty or too long.
    """
    store_name, name = store_name.strip(), " ".join(name.split())
    if not store_name or max(len(store_name), len(name)) > LONGEST_NAME:
        raise Refused(f"A {kind.label.lower()} has a name of 1 to {LONGEST_NAME} characters.")
    with transaction.atomic():
        mapping = _mapping(integration, kind, store_name)
        if mapping.pk is not None and mapping.name == name:
            return False
        mapping.name = name
        mapping.save()
        becomes = f"becomes “{name}”" if name else "is no longer mapped"
        log(integration, LogKind.SETTINGS, f"{by}: the {kind.label.lower()} “{mapping.store_name}” {becomes}.")
        return True


def map_carrier(integration: WebIntegration, store_name: str, carrier: str, service: str = "", *, by: str) -> bool:
    """Says by which carrier and service the parcels of a shipping method go ("": as its name tells).

    False when it was so. Raises Refused for a name that is empty or too long, and a service without a carrier.
    """
    kind, store_name = NameKind.SHIPPING, store_name.strip()
    carrier, service = (" ".join(text.split()) for text in (carrier, service))
    if not store_name or len(store_name) > LONGEST_NAME or max(len(carrier), len(service)) > LONGEST_CARRIER:
        raise Refused(f"Carrier and service can have at most {LONGEST_CARRIER} characters each.", "Shorten it.")
    if service and not carrier:
        raise Refused(f"“{store_name}” has the service {service} but no carrier.", "Enter the carrier, too.")
    with transaction.atomic():
        mapping = _mapping(integration, kind, store_name)
        if (mapping.carrier, mapping.service) == (carrier, service):
            return False
        mapping.carrier, mapping.service = carrier, service
        mapping.save()
        goes = f"goes by {' '.join([carrier, service]).strip()}" if carrier else "is taken from its name"
        log(integration, LogKind.SETTINGS, f"{by}: the shipping method “{mapping.store_name}” {goes}.")
        return True


def _mapping(integration: WebIntegration, kind: NameKind, store_name: str) -> NameMapping:
    found = (
        NameMapping.objects.select_for_update()
        .filter(integration=integration, kind=kind, store_name__iexact=store_name)
        .first()
    )
    return found or NameMapping(integration=integration, kind=kind, store_name=store_name)


def set_default_name(integration: WebIntegration, kind: NameKind, name: str, *, by: str) -> bool:
    """Says what a method becomes that is not mapped ("": it stays as it came); False when it was so."""
    column = f"{kind.value}_default"
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise Refused(f"A {kind.label.lower()} has a name of at most {LONGEST_NAME} characters.")
    if getattr(integration, column) == name:
        return False
    with transaction.atomic():
        setattr(integration, column, name)
        integration.save(update_fields=[column])
        becomes = f"becomes “{name}”" if name else "stays unchanged"
        log(integration, LogKind.SETTINGS, f"{by}: a {kind.label.lower()} that is not mapped {becomes}.")
    return True
