"""Where stores deliver their events. Nobody logs in here: a message is known by its secrets."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from counterfoil.bigcommerce.webhooks import NotGenuine
from counterfoil.limits import LARGEST_EVENT
from counterfoil.storable import number_of
from counterfoil.stores.integrations.webhooks import hear
from counterfoil.stores.models import StoreHooks

NO_CONTENT, FORBIDDEN, NOT_FOUND, TOO_LARGE = 204, 403, 404, 413


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """Answers at once and with no word: 204 for an event that is kept, 4xx for whatever is refused (and counted)."""
    if number_of(request.META.get("CONTENT_LENGTH") or "0", LARGEST_EVENT) is None:
        return HttpResponse(status=TOO_LARGE)
    hooks = StoreHooks.objects.select_related("integration__state").filter(token=token).first()
    if hooks is None:
        return HttpResponse(status=NOT_FOUND)
    try:
        hear(hooks, request.headers, request.body)
    except NotGenuine:
        return HttpResponse(status=FORBIDDEN)
    return HttpResponse(status=NO_CONTENT)
