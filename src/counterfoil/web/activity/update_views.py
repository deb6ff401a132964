"""Updates to BigCommerce: everything that the stores were told, are being told, or could not be told."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.attention.actions import retry_update, skip_update
from counterfoil.stores.models import StoreUpdate, UpdateState
from counterfoil.stores.updates.descriptions import describe, preloaded
from counterfoil.web.activity.filters import UpdateFilter
from counterfoil.web.activity.tables import UpdateTable
from counterfoil.web.ui.filters import narrowed
from counterfoil.web.ui.polling import is_poll, live_part, poll_answer
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import LONGEST_WHY, text_in
from counterfoil.web.ui.security import current_user, role_required
from counterfoil.web.ui.tables import paginated

OVER = "None of this needs attention anymore."


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The newest first; the table alone for the page's own polling."""
    updates = preloaded(StoreUpdate.objects.select_related("web_order__sales_order")).order_by("-pk")
    chosen = UpdateFilter(request.GET, queryset=updates)
    table = paginated(request, UpdateTable(chosen.qs), lazy=True)
    context = {"table": table, "filter": chosen, "narrowed": narrowed(chosen)}
    live = live_part(request, "web/activity/updates/list.html", context)
    if is_poll(request, "updates"):
        return poll_answer(request, live, "web/activity/updates/live.html")
    return render(request, "web/activity/updates/index.html", context | {"live": live})


@role_required(Role.CLERK)
@require_POST
def retry_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends a failed update again."""
    update = get_object_or_404(StoreUpdate.objects.select_related("web_order"), pk=min(pk, LARGEST_ID))
    said = f"{update.web_order} will be retried within seconds." if retry_update(update.pk) else OVER
    return redirect_back(request, "updates", said)


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def skip_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives up on a failed update, with a reason; later ones of its order go on."""
    update = get_object_or_404(preloaded(StoreUpdate.objects.all()), pk=min(pk, LARGEST_ID))
    why = text_in(request.POST, "reason", LONGEST_WHY)
    if update.state != UpdateState.FAILED:
        return redirect_back(request, "updates", OVER)
    if request.method == "POST" and why:
        skip_update(update.pk, why=why, by=str(current_user(request)))
        return redirect_back(request, "updates", f"The update of {update.web_order} has been skipped.")
    refused = Refused("Give a reason.", "It helps the next person.") if request.method == "POST" else None
    context = {"update": update, "what": describe(update), "refused": refused}
    return render(request, "web/activity/updates/skip.html", context, status=422 if refused else 200)
