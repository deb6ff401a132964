"""*Pack and ship*: many orders on one page, each with its tracking field; a row is saved without leaving the page."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderAddress, OrderLine, SalesOrder
from counterfoil.sales.orders.querysets import to_ship
from counterfoil.sales.shipping.carrier_choice import choose_carrier, likely_carrier
from counterfoil.sales.shipping.carrier_detection import says_none
from counterfoil.sales.shipping.scanning import ItemCodes, aliases_of
from counterfoil.sales.shipping.shipments import Tracking, parcel_drafts
from counterfoil.sales.shipping.used_numbers import ASK, NumberUsed
from counterfoil.stores.shipping.proposed_carriers import CarrierProposals
from counterfoil.stores.shipping.scan_to_ship import sources_to_scan
from counterfoil.web.orders.selection import MOST_TICKED, chosen_orders, numbers_in
from counterfoil.web.packing.rows import MOST_ROWS, contents_of, needed_of, open_weight, pack_rows
from counterfoil.web.shipments.form import TRACKING, proposed_in, scans_in
from counterfoil.web.shipments.submit import ChangedMeanwhile, Submission, open_to_ship, ship_as_seen, version_to_ship
from counterfoil.web.ui.redirects import safe_next
from counterfoil.web.ui.request_data import LONGEST_WHY, key_in, text_in, uuid_in
from counterfoil.web.ui.security import current_user, role_required

SHIPPED, REFUSED = "shipped", "refused"


@role_required(Role.CLERK)
@require_GET
def pack(request: HttpRequest) -> HttpResponse:
    """The chosen orders (`order`, repeated, or `all` of the list's `filter`), a row each; without any, all to ship."""
    ids, more = _chosen(request)
    proposals = CarrierProposals(str(current_user(request)), ())
    rows, left_out = pack_rows(ids, proposals, sources_to_scan())
    context = {
        "rows": rows,
        "left_out": left_out,
        "more": more,
        "most": MOST_ROWS,
        "carriers": proposals.book.names,
        "listed": request.GET.get("filter", "")[:4000],
    }
    return render(request, "web/packing/index.html", context)


def _chosen(request: HttpRequest) -> tuple[list[int], bool]:
    """The ids of the orders: those that were ticked on the list's page as they stood there, others the oldest first.

    And whether there are more than a page takes.
    """
    chosen = chosen_orders(request, request.GET, all_if_none=True).orders.order_by("order_date", "id")
    on_page = numbers_in(request.GET.getlist("order"))
    if "all" in request.GET or not (on_page or request.GET.get("chosen")):
        ids = list(to_ship(chosen).values_list("pk", flat=True)[: MOST_ROWS + 1])
    else:
        by_number = dict(chosen.values_list("number", "pk")[:MOST_TICKED])
        ids = [by_number[number] for number in dict.fromkeys([*on_page, *by_number]) if number in by_number]
    return ids[:MOST_ROWS], len(ids) > MOST_ROWS


@role_required(Role.CLERK)
@require_POST
def ship_row(request: HttpRequest) -> HttpResponse:
    """Ships one row: an answer as JSON to the page's script, which goes on meanwhile; without it, back to the page."""
    orders = SalesOrder.objects.select_related("client")
    order = orders.filter(number=key_in(request.POST, "order") or 0).first()
    answer: dict[str, Any] = {"outcome": REFUSED}
    try:
        if order is None:
            raise Refused("This order doesn’t exist.", "Reload the page.")
        answer |= _shipped(request, order)
    except Refused as refused:
        next_step = "" if refused.next_step == ASK else refused.next_step  # the row has a button for it
        answer |= {"sentence": refused.sentence, "next_step": next_step}
        answer["asks"] = isinstance(refused, NumberUsed)
        if isinstance(refused, ChangedMeanwhile) and order is not None:
            answer |= _as_it_is_now(order, key_in(request.POST, "address"))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(answer)
    return _back(request, answer)


def _shipped(request: HttpRequest, order: SalesOrder) -> dict[str, Any]:
    """Ships all that is open for the row's address; raises Refused."""
    sent, address = request.POST, key_in(request.POST, "address")
    if text_in(sent, "unscanned") and not current_user(request).may(Role.MANAGER):
        raise Refused("Only a manager can ship an order whose items weren’t scanned.", "Scan the items.")
    items = _open(order, address)
    typed = Tracking(**{name: text_in(sent, name) for name in TRACKING})
    tracking, note = choose_carrier(typed, proposed_in(sent, ""))
    likely = likely_carrier(tracking) if not says_none(typed.carrier) else ""
    if likely:
        return {
            "sentence": f"{tracking.tracking_number} may be a {likely} number.",
            "next_step": "The carrier is filled in: press Enter again, or type a different one.",
            "carrier": likely,
        }
    lines = list(items.values())
    quantities = {pk: line.open for pk, line in items.items()}
    scans = scans_in(sent, "scans")
    scanned: Mapping[int, int] = {}
    # Nothing is open any more of a row that is sent again since its answer was lost: it is answered by its key.
    if scans and lines:
        try:
            scanned = ItemCodes(lines, aliases_of(order.source, lines)).count(scans, quantities)
        except Refused:
            if version_to_ship(items) != sent.get("seen", ""):
                raise ChangedMeanwhile from None
            raise
    submission = Submission(
        seen=sent.get("seen", "")[:64],
        address=address,
        key=uuid_in(sent, "key"),
        allow_used=bool(sent.get("allow_used")),
        unscanned=text_in(sent, "unscanned", LONGEST_WHY),
    )
    drafts = parcel_drafts(tracking, quantities, scanned)
    shipment = ship_as_seen(order.pk, drafts, submission, by=str(current_user(request)))
    parcel = shipment.parcels.filter(belongs_to=None).first()
    return {
        "outcome": SHIPPED,
        "sentence": f"{order.name} is shipped.",
        "next_step": note,
        "carrier": parcel.carrier if parcel else "",
        "service": parcel.service if parcel else "",
        "tracking_number": parcel.tracking_number if parcel else "",
    }


def _open(order: SalesOrder, address: int | None) -> dict[int, OrderLine]:
    return open_to_ship(list(order.lines.select_related("ship_to", "product")), address or 0)


def _as_it_is_now(order: SalesOrder, address: int | None) -> dict[str, Any]:
    """What is open now, for a row that was overtaken: it can be sent again as it is then."""
    items = _open(order, address)
    if not items:
        return {"next_step": "Nothing is left to ship here. Open the order to see why.", "is_gone": True}
    lines = list(items.values())
    place = lines[0].ship_to
    return {
        "seen": version_to_ship(items),
        "contents": contents_of(lines),
        "weight": open_weight(order, lines),
        "codes": ItemCodes(lines, aliases_of(order.source, lines)).document,
        "needed": needed_of(lines),
        "ship_to": {"name": place.name or order.client.name, "town": place.town} if place else None,
        "next_step": f"The row now shows what’s open. {_goes_to(place)}Press Enter in it to ship that.",
    }


def _goes_to(place: OrderAddress | None) -> str:
    return f"It goes to {', '.join(place.lines)}. " if place else ""


def _next_step_without_scripts(answer: Mapping[str, Any]) -> str:
    """The page is loaded again with its rows empty: nothing is filled in, and no button appears."""
    if answer["outcome"] == SHIPPED:
        return str(answer["next_step"])
    if answer.get("asks"):
        return (
            f"{answer['next_step']} If it’s right anyway, check the box next to the number and ship it again.".strip()
        )
    if answer.get("carrier"):
        return f"Enter the number again with the carrier: {answer['carrier']}, or “none”."
    return str(answer["next_step"]).replace("Press Enter in it", "Enter the number again")


def _back(request: HttpRequest, answer: dict[str, Any]) -> HttpResponse:
    """For a browser without scripts: the page again, with what became of the row."""
    said = f"{answer['sentence']} {_next_step_without_scripts(answer)}".strip()
    (messages.success if answer["outcome"] == SHIPPED else messages.error)(request, said)
    came_from = request.headers.get("Referer", "").removeprefix(f"{request.scheme}://{request.get_host()}")
    return HttpResponseRedirect(safe_next(request, came_from) or reverse("orders-pack"))
