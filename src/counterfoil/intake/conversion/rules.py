"""A store's rules for its orders: the merchant's names, the field mapping, the custom scripts. Loaded here."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from counterfoil.intake import scripts
from counterfoil.intake.conversion.method_names import Names, key
from counterfoil.intake.scripts import RunsScripts, Scripts
from counterfoil.sales.models import FieldDefinition
from counterfoil.stores.models import FieldMapping, NameKind, NameMapping, WebIntegration

KEPT_SECONDS = 5.0
_KEPT = "_rules_kept"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is applied to an order after its conversion. `fields`: by scope and name, retired ones among them."""

    names: Names = field(default_factory=Names)
    mappings: tuple[FieldMapping, ...] = ()
    fields: Mapping[tuple[str, str], FieldDefinition] | None = None
    scripts: RunsScripts = field(default_factory=Scripts)


def names_coupons(rules: Rules) -> bool:
    """Whether an expression may ask for what the store's list of coupons alone tells, such as a coupon's type."""
    return any("coupons" in mapping.expression for mapping in rules.mappings)


def rules_of(integration: WebIntegration) -> Rules:
    """The store's rules, at most five seconds old: two statements then, one more where there is a script."""
    kept: tuple[float, Rules] | None = integration.__dict__.get(_KEPT)
    now = time.monotonic()
    if kept is None or now - kept[0] > KEPT_SECONDS:
        kept = integration.__dict__[_KEPT] = (now, load_rules(integration))
    return kept[1]


def forget_rules(integration: WebIntegration) -> None:
    """The rules have changed: they are loaded anew when they are asked for."""
    integration.__dict__.pop(_KEPT, None)


def load_rules(integration: WebIntegration) -> Rules:
    """The store's rules as they are now."""
    own: dict[NameKind, dict[str, str]] = {kind: {} for kind in NameKind}
    for mapping in NameMapping.objects.filter(integration=integration):
        own[NameKind(mapping.kind)][key(mapping.store_name)] = mapping.name
    defaults = {NameKind.SHIPPING: integration.shipping_default, NameKind.PAYMENT: integration.payment_default}
    mappings = FieldMapping.objects.filter(integration=integration, field__retired=False).select_related("field")
    present = scripts.installed()
    fields = {(each.scope, each.name): each for each in FieldDefinition.objects.all()} if present else None
    return Rules(Names(own, defaults), tuple(mappings), fields, present)
