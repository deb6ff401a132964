"""Webhook endpoints, for administrators: added (the secret is shown once), changed, tested; what was delivered."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.events.deliver import deliver_now
from counterfoil.events.documents import event_document
from counterfoil.events.endpoints import (
    EndpointDraft,
    add_endpoint,
    add_test,
    change_endpoint,
    endpoints,
    remove_endpoint,
    replace_secret,
    send_again,
    skip_delivery,
    switch_off,
    switch_on,
)
from counterfoil.events.models import DeliveryState, EventType, WebhookDelivery, WebhookEndpoint
from counterfoil.sales.errors import Refused
from counterfoil.storable import LARGEST_ID, number_of, without_nulls
from counterfoil.stores.json_output import json_text
from counterfoil.stores.models import WebIntegration
from counterfoil.web.ui.reauthentication import fresh_login_required
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import text_in
from counterfoil.web.ui.security import current_user, role_required

PER_PAGE = 50
STATE_CHOICES = (("", "All"), *DeliveryState.choices)


@role_required(Role.ADMINISTRATOR)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All endpoints, and a form for a new one."""
    return _index(request)


def _index(request: HttpRequest, **more: object) -> HttpResponse:
    refused = more.get("refused")
    draft = _draft(request) if refused else EndpointDraft("", "")
    context = {"endpoints": endpoints(), **_form(draft), **more}
    response = render(request, "web/webhook_endpoints/index.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _form(draft: EndpointDraft) -> dict[str, object]:
    return {
        "draft": draft,
        "types": EventType.choices,
        "stores": WebIntegration.objects.all(),
    }


def _draft(request: HttpRequest) -> EndpointDraft:
    sent = request.POST
    types = [without_nulls(each) for each in sent.getlist("type")]
    stores = [without_nulls(each) for each in sent.getlist("store")]
    return EndpointDraft(text_in(sent, "name"), text_in(sent, "url", 3000), types, stores)


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def add(request: HttpRequest) -> HttpResponse:
    """Adds an endpoint; its secret is in this answer and nowhere else."""
    try:
        endpoint, signing = add_endpoint(_draft(request), by=str(current_user(request)))
    except Refused as refused:
        return _index(request, refused=refused)
    audit(request, "Added a webhook endpoint.", about=endpoint.name)
    return _index(request, made=endpoint, secret=signing)


@role_required(Role.ADMINISTRATOR)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One endpoint: its settings, and its deliveries."""
    return _show(request, _endpoint(pk))


def _show(request: HttpRequest, endpoint: WebhookEndpoint, **more: object) -> HttpResponse:
    refused = more.get("refused")
    given = EndpointDraft(endpoint.name, endpoint.url, endpoint.types, endpoint.stores)
    state = text_in(request.GET, "state", 20)
    before = number_of(request.GET.get("before", ""))
    found = endpoint.deliveries.select_related("event")
    if state in DeliveryState.values:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PER_PAGE + 1])
    context = {
        "endpoint": endpoint,
        "deliveries": rows[:PER_PAGE],
        "older": rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None,
        "newer": before is not None,
        "state": state,
        "states": STATE_CHOICES,
        **_form(_draft(request) if refused else given),
        **more,
    }
    response = render(request, "web/webhook_endpoints/show.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _endpoint(pk: int) -> WebhookEndpoint:
    return get_object_or_404(endpoints(), pk=min(pk, LARGEST_ID))


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes name, URL, events and stores."""
    endpoint = _endpoint(pk)
    try:
        changed = change_endpoint(endpoint, _draft(request))
    except Refused as refused:
        return _show(request, endpoint, refused=refused)
    if changed:
        audit(request, f"Changed a webhook endpoint: {', '.join(changed)}.", about=endpoint.name)
    return redirect_back(request, reverse("webhook-endpoint", args=[pk]), "Saved.")


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret; the former one signs along for a day."""
    endpoint = _endpoint(pk)
    signing = replace_secret(endpoint)
    audit(request, "Replaced the secret of a webhook endpoint.", about=endpoint.name)
    return _show(request, _endpoint(pk), secret=signing)


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switches it off, or on again."""
    endpoint = _endpoint(pk)
    user = current_user(request)
    if request.POST.get("to", "off" if endpoint.off_at is None else "on") == "off":
        done, what = switch_off(endpoint, f"{user} switched it off."), "Switched a webhook endpoint off."
    else:
        done, what = switch_on(endpoint), "Switched a webhook endpoint on."
    if done:
        audit(request, what, about=endpoint.name)
    said = f"{endpoint.name} is {'on' if _endpoint(pk).off_at is None else 'off'}."
    return redirect_back(request, reverse("webhook-endpoint", args=[pk]), said)


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends a test event at once, and leads to what came of it."""
    endpoint = _endpoint(pk)
    audit(request, "Sent a test event to a webhook endpoint.", about=endpoint.name)
    sent = deliver_now(add_test(endpoint))
    return redirect("webhook-delivery", sent.pk)


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes it with its deliveries; events stay."""
    endpoint = _endpoint(pk)
    remove_endpoint(endpoint)
    audit(request, "Removed a webhook endpoint.", about=endpoint.name)
    return redirect_back(request, reverse("webhook-endpoints"), f"{endpoint.name} is removed.")


@role_required(Role.ADMINISTRATOR)
@require_GET
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery: what was sent, and what was answered."""
    found = _delivery(pk)
    payload = json.dumps(json.loads(json_text(event_document(found.event))), indent=2, ensure_ascii=False)
    context = {"delivery": found, "endpoint": found.endpoint, "payload": payload}
    return render(request, "web/webhook_endpoints/delivery.html", context)


def _delivery(pk: int) -> WebhookDelivery:
    return get_object_or_404(WebhookDelivery.objects.select_related("endpoint", "event"), pk=min(pk, LARGEST_ID))


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends it at once, whatever became of it before."""
    found = _delivery(pk)
    audit(request, "Sent a webhook again.", about=f"{found.endpoint.name}: {found.event.public_id}")
    send_again(found)
    sent = deliver_now(_delivery(pk))
    said = "Delivered." if sent.state == DeliveryState.DELIVERED else sent.trouble or "It’s waiting for an earlier one."
    return redirect_back(
        request, reverse("webhook-delivery", args=[pk]), said, well=sent.state == DeliveryState.DELIVERED
    )


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not sent; later ones of its order go on."""
    found = _delivery(pk)
    if skip_delivery(found):
        audit(request, "Skipped a webhook.", about=f"{found.endpoint.name}: {found.event.public_id}")
    return redirect_back(request, reverse("webhook-delivery", args=[pk]), "It won’t be sent.")
