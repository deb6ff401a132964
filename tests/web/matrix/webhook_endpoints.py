"""Webhook endpoints and their deliveries."""

from counterfoil.events.endpoints import EndpointDraft, add_endpoint
from counterfoil.events.models import OutgoingEvent, WebhookDelivery, WebhookEndpoint
from tests.web.matrix.row import IN, NO, NOT_SO, OK, ON, WHAT, Example, Row

NOBODY_THERE = "https://192.0.2.1/hooks"  # for documentation (RFC 5737): nothing is ever sent there


def an_endpoint(_: Example) -> list[int]:
    """The address of an endpoint with a delivery that failed."""
    endpoint = WebhookEndpoint.objects.filter(name="ERP").first()
    if endpoint is None:
        endpoint, _secret = add_endpoint(EndpointDraft("ERP", "https://erp.example.com/hooks"), by="Ada")
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(url=NOBODY_THERE)
        event = OutgoingEvent.objects.create(
            type="order.updated", store="WEB-", subject="WEB-10234", data={"order": {"import_id": "WEB-10234"}}
        )
        endpoint.deliveries.create(
            event=event, position=1, subject="WEB-10234", attempts=1, status=500, answer="<b>down</b>", trouble="No."
        )
    return [endpoint.pk]


def a_delivery(it: Example) -> list[int]:
    """The address of its delivery."""
    (pk,) = an_endpoint(it)
    return [WebhookDelivery.objects.filter(endpoint=pk).order_by("pk").values_list("pk", flat=True)[0]]


LOOK = {"get": (IN, NO, NO, NO, OK), "post": (IN, NO, NO, NO, NOT_SO)}
PRESS = {"get": (IN, NO, NO, NO, NOT_SO), "post": (IN, NO, NO, NO, ON)}
ROWS = (
    Row("webhook-endpoints", **LOOK),
    Row("webhook-endpoint-add", get=(IN, NO, NO, NO, NOT_SO), post=(IN, NO, NO, NO, WHAT)),
    Row("webhook-endpoint", of=an_endpoint, **LOOK),
    Row("webhook-endpoint-change", of=an_endpoint, get=(IN, NO, NO, NO, NOT_SO), post=(IN, NO, NO, NO, WHAT)),
    Row("webhook-endpoint-secret", of=an_endpoint, get=(IN, NO, NO, NO, NOT_SO), post=(IN, NO, NO, NO, OK)),
    Row("webhook-endpoint-switch", of=an_endpoint, **PRESS),
    Row("webhook-endpoint-test", of=an_endpoint, **PRESS),
    Row("webhook-endpoint-remove", of=an_endpoint, **PRESS),
    Row("webhook-delivery", of=a_delivery, **LOOK),
    Row("webhook-delivery-send", of=a_delivery, **PRESS),
    Row("webhook-delivery-skip", of=a_delivery, **PRESS),
)
