"""What the merchant calls a store's shipping and payment methods."""

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.stores.integrations.method_names import (
    LONGEST_NAME,
    map_carrier,
    map_name,
    seen_names,
    set_default_name,
)
from counterfoil.stores.models import NameKind, NameMapping, WebIntegration
from counterfoil.stores.shipping.carrier_lookup import CarrierBook
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import SHOWN, text_in
from counterfoil.web.ui.security import current_user, role_required


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name that the store uses, and what stands in its inputs; only shipping methods have carrier and service.

    `shown`: what stood in the three inputs when the page was opened; what others changed since stays.
    """

    mapping: NameMapping
    name: str
    carrier: str = ""
    service: str = ""
    known: tuple[str, str] = ("", "")
    shown: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class NamesOfKind:
    """The shipping methods, or the payment methods, of a store. `store_name` and `name` stand in the empty row."""

    kind: NameKind
    rows: list[NameRow]
    default: str
    store_name: str = ""
    name: str = ""

    @property
    def is_shipping(self) -> bool:
        """Whether its methods have a carrier."""
        return self.kind == NameKind.SHIPPING


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def names(request: HttpRequest, pk: int) -> HttpResponse:
    """Every name that was seen, with the merchant's own; a default for the others."""
    integration = get_object_or_404(WebIntegration, pk=pk)
    seen, book = seen_names(integration), CarrierBook()
    kinds = [_of_kind(request, integration, kind, seen, book) for kind in NameKind]
    refused: Refused | None = None
    if request.method == "POST":
        try:
            changed = _save(integration, kinds, by=str(current_user(request)))
        except Refused as no:
            refused = no
        else:
            if changed:
                audit(request, "Changed names of shipping and payment methods.", about=integration.code)
            said = "Saved. It applies from the next import on." if changed else "Nothing was changed."
            return redirect_back(request, reverse("integration-names", args=[pk]), said)
    known = sorted({row.mapping.name for kind in kinds for row in kind.rows if row.mapping.name})
    context = {
        "integration": integration,
        "kinds": kinds,
        "known": known,
        "carriers": book.names,
        "refused": refused,
    }
    return render(request, "web/integrations/method_names.html", context, status=422 if refused else 200)


def _of_kind(
    request: HttpRequest, integration: WebIntegration, kind: NameKind, seen: list[NameMapping], book: CarrierBook
) -> NamesOfKind:
    kept = getattr(integration, f"{kind.value}_default")
    sent = request.POST
    carriers = book if kind == NameKind.SHIPPING else None
    rows = [_row(sent, each, carriers) for each in seen if each.kind == kind]
    default = text_in(sent, f"{kind.value}-default", LONGEST_NAME + 1) if f"{kind.value}-default" in sent else kept
    new = [text_in(sent, f"{kind.value}-{part}", LONGEST_NAME + 1) for part in ("new", "new-name")]
    return NamesOfKind(kind, rows, default, *new)


def _row(sent: QueryDict, mapping: NameMapping, book: CarrierBook | None) -> NameRow:
    """What was sent of a name, else what is kept; with the carrier that the name tells by itself."""

    def value(prefix: str, kept: str) -> str:
        name = f"{prefix}-{mapping.pk}"
        return text_in(sent, name, LONGEST_NAME + 1) if name in sent else kept

    kept = {"name": mapping.name, "carrier": mapping.carrier, "service": mapping.service}
    shown = {part: value(f"{SHOWN}{part}", text) for part, text in kept.items()}
    now = {part: value(part, text) for part, text in shown.items()}
    known = book.carrier_and_service(now["name"] or mapping.store_name) if book is not None else ("", "")
    return NameRow(mapping, **now, known=known, shown=(shown["name"], shown["carrier"], shown["service"]))


def _save(integration: WebIntegration, kinds: list[NamesOfKind], *, by: str) -> int:
    """How many names were changed; all of them, or none where one is refused."""
    changed = 0
    with transaction.atomic():
        for each in kinds:
            for row in each.rows:
                if row.name != row.shown[0]:
                    changed += map_name(integration, each.kind, row.mapping.store_name, row.name, by=by)
                if (row.carrier, row.service) != row.shown[1:]:
                    changed += map_carrier(integration, row.mapping.store_name, row.carrier, row.service, by=by)
            if each.store_name:
                changed += map_name(integration, each.kind, each.store_name, each.name, by=by)
            changed += set_default_name(integration, each.kind, each.default, by=by)
    return changed
