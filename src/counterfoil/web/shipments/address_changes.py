"""Ship-to addresses that were changed in the store after import: both of them on the page, and the choice."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderAddress, OrderLine
from counterfoil.sales.orders.addresses import as_lines, changed_there, who_and_where
from counterfoil.sales.shipping.address_changes import version_of
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.weborders.address_changes import choose_web_address
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import text_in
from counterfoil.web.ui.security import current_user, role_required


@dataclass(frozen=True, slots=True)
class AddressChoice:
    """Our address and the store's, as on an envelope. `is_open`: something is still to go there."""

    address: OrderAddress
    ours: list[str]
    theirs: list[str]
    seen: str
    is_open: bool

    @classmethod
    def of(cls, address: OrderAddress, *, is_open: bool = True) -> "AddressChoice":
        """The choice that an address is waiting for."""
        theirs = as_lines(address.source_address or {})
        return cls(address, as_lines(who_and_where(address)), theirs, version_of(address), is_open)


def address_choices(lines: Iterable[OrderLine]) -> list[AddressChoice]:
    """What a person is to choose for these lines, their addresses loaded along. No statement."""
    lines = list(lines)
    still_open = {line.ship_to_id for line in lines if line.open}
    changed = changed_there(line.ship_to for line in lines)
    return [AddressChoice.of(each, is_open=each.pk in still_open) for each in changed]


@role_required(Role.CLERK)
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Uses the store's address from now on, or keeps ours."""
    addresses = OrderAddress.objects.select_related("order")
    address = get_object_or_404(addresses, pk=min(pk, LARGEST_ID))
    path = order_path(address.order)
    whose = text_in(request.POST, "whose", 10)
    if whose not in ("ours", "theirs"):
        return redirect_back(request, path, "Choose which address is right.", well=False)
    seen = text_in(request.GET, "seen", 40)
    try:
        called = choose_web_address(address.pk, ours=whose == "ours", by=str(current_user(request)), seen=seen)
    except Refused as refused:
        return redirect_back(request, path, str(refused), well=False)
    said = "stays as it is here" if whose == "ours" else "is the store’s now"
    return redirect_back(
        request, path, f"The {called.lower().replace(' ', '-', 1)} address of {address.order.name} {said}."
    )
