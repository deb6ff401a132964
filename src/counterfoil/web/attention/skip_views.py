"""What a person lets go under Needs attention: an order or an update that is not needed, a difference in a total."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.storable import without_nulls
from counterfoil.stores.attention.actions import accept_difference, skip, skip_group, skip_update
from counterfoil.stores.attention.causes import Action, cause_of
from counterfoil.stores.attention.items import AttentionItem, Narrowed, attention, groups
from counterfoil.web.attention.cards import NOUNS, cards, item_views
from counterfoil.web.attention.views import cause_in, narrowed_in, store_codes
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in, text_in
from counterfoil.web.ui.security import current_user, role_required

LONGEST_REASON = 500
NAMED = 10
MOST_ACCEPTED = 200
OVER = "None of this needs attention anymore."
NO_REASON = Refused("Give a reason.", "It helps the next person.")
OTHER_CAUSE = Refused("The reason this needs attention has changed.", "Skip it again if it still isn’t needed.")


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def skip_items(request: HttpRequest) -> HttpResponse:
    """Gives up on an order with its failed updates, on one update, or on a group, with a reason."""
    reason = text_in(request.POST, "reason", LONGEST_REASON)
    refused = _refused(request, reason) if request.method == "POST" else None
    if request.method == "POST" and refused is None:
        number = _skip(request, why=reason, by=str(current_user(request)))
        said = "Skipped." if number == 1 else f"{number:,} skipped."
        return redirect_back(request, "attention", said if number else OVER)
    items, number = _chosen(request)
    if not items:
        return redirect_back(request, "attention", OVER)
    context = {
        "cause": items[0].cause,
        "shown_at": timezone.now().isoformat(),
        "reason": reason,
        "heading": _heading(items[0]),
        "sentence": items[0].sentence,
        "named": [item.import_id for item in items],
        "count": number,
        "more": max(0, number - len(items)),
        "noun": NOUNS.get(items[0].kind, ("item", "items"))[1],
        "refused": refused,
        "back_to": reverse("attention"),
    }
    return render(request, "web/attention/skip.html", context, status=422 if refused else 200)


def _refused(request: HttpRequest, reason: str) -> Refused | None:
    """Why nothing is skipped: without a reason, and where an order is stopped by something else than was shown."""
    if not reason:
        return NO_REASON
    shown = request.POST.get("shown-cause", "")
    items, _ = ([], 0) if cause_in(request) or not shown else _chosen(request)
    return OTHER_CAUSE if items and items[0].cause != shown else None


def _skip(request: HttpRequest, *, why: str, by: str) -> int:
    update = key_in(request.GET, "update")
    if update is not None:
        return int(skip_update(update, why=why, by=by))
    if import_id := _import_id(request):
        return skip(import_id, why=why, by=by)
    return skip_group(_shown(request), why=why, by=by) if cause_in(request) else 0


def _shown(request: HttpRequest) -> Narrowed:
    """The group as the page showed it: what has come since stays."""
    narrowed = narrowed_in(request)
    try:
        age = timezone.now() - datetime.fromisoformat(request.POST.get("shown-at", ""))
    except (ValueError, TypeError):
        return narrowed
    return replace(narrowed, older_than=max(age, narrowed.older_than or age))


def _import_id(request: HttpRequest) -> str:
    return text_in(request.GET, "import_id") or text_in(request.POST, "import_id")


def _chosen(request: HttpRequest) -> tuple[list[AttentionItem], int]:
    """Some of what is to be skipped, and how many items that are."""
    if cause := cause_in(request):
        narrowed = narrowed_in(request)
        found, _ = groups(narrowed)
        may_be = found and Action.SKIP in cause_of(*cause.split(":", 2)[:2]).acts
        return (attention(narrowed, most=NAMED), found[0].number) if may_be else ([], 0)
    update, import_id = key_in(request.GET, "update"), _import_id(request)
    if update is None and not import_id:
        return [], 0
    words = Narrowed(words=import_id) if import_id else Narrowed()
    items = [
        item
        for item in attention(words)
        if item.kind in ("order", "update")
        and (item.import_id == import_id if import_id else (item.kind, item.pk) == ("update", update))
    ]
    return items[:1], len(items[:1])


def _heading(item: AttentionItem) -> str:
    found = cards(groups(Narrowed(cause=item.cause))[0], Narrowed(cause=item.cause), "", store_codes())
    return found[0].heading if found else item.sentence


@role_required(Role.MANAGER)
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Accepts the difference that stopped an order, as it was shown."""
    import_id = text_in(request.POST, "import_id")
    if not _accepted(request, import_id, request.GET.get("seen", "")):
        return redirect_back(request, "attention", "The difference has changed or is gone: nothing was accepted.")
    return redirect_back(request, "attention", f"{import_id} is imported with a Rounding line.")


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def accept_all(request: HttpRequest) -> HttpResponse:
    """The differences of many orders, to look at and to accept those that are chosen."""
    narrowed = narrowed_in(request)
    if request.method == "POST":
        accepted = sum(_accept_one(request, each) for each in request.POST.getlist("accepted")[:MOST_ACCEPTED])
        said = f"{accepted} difference{' is' if accepted == 1 else 's are'} accepted."
        return redirect_back(request, "attention", said if accepted else "Nothing was accepted.")
    found, _ = groups(narrowed)
    number = sum(group.number for group in found if group.why == "totals")
    things = [
        thing for thing in item_views(narrowed, store_codes(), most=MOST_ACCEPTED) if thing.item.difference is not None
    ]
    context = {"things": things, "count": number, "more": number > len(things)}
    return render(request, "web/attention/accept.html", context)


def _accept_one(request: HttpRequest, sent: str) -> bool:
    import_id, _, amount = without_nulls(sent).rpartition(" ")
    return _accepted(request, import_id, amount)


def _accepted(request: HttpRequest, import_id: str, amount: str) -> bool:
    seen = _amount(amount)
    done = seen is not None and accept_difference(import_id, by=str(current_user(request)), seen=seen)
    if done:
        audit(request, "Accepted a difference as a Rounding line.", about=import_id)
    return done


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
