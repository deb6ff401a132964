"""What happened, in one order that never changes: for whoever follows it, or has missed webhooks."""

from django.http import HttpRequest, HttpResponse
from ninja import Query

from counterfoil.api.authentication import check_store, token_of
from counterfoil.api.problems import Problem, invalid
from counterfoil.api.schemas.common import PageOf
from counterfoil.api.schemas.events import EventsAsked, EventSchema
from counterfoil.api.service import Resource, answer
from counterfoil.events.documents import event_document
from counterfoil.events.models import EventType
from counterfoil.events.publish import PositionUnknown, events_after, position_after, publish

router = Resource("Events")


@router.reads(
    "/events", PageOf[EventSchema], query=EventsAsked, also=(410,), operation_id="listEvents", url_name="events"
)
def list_events(request: HttpRequest, asked: Query[EventsAsked]) -> HttpResponse:
    """Lists what happened, oldest first: the events that webhooks deliver, kept for 30 days.

    Send the last `cursor` as `after` to continue; nothing is listed late, so you miss nothing.
    """
    token = token_of(request)
    stores = [check_store(token, asked.store).code] if asked.store else list(token.stores)
    types = [each.strip() for each in asked.type.split(",") if each.strip()]
    for each in types:
        if each not in EventType.values:
            raise invalid("type", f"There is no event “{each[:100]}”.", f"There are: {', '.join(EventType.values)}.")
    publish()
    try:
        after = position_after(asked.after)
    except PositionUnknown:
        raise Problem(
            410,
            "events_gone",
            "This event isn’t ours, or some events after it have been removed.",
            next_step="Read the orders again (GET /api/v1/orders?updated_since=…), then ask without “after”.",
            field="after",
        ) from None
    page = events_after(after, stores=stores, types=types, limit=asked.limit)
    cursor = str(page.position) if page.position else asked.after or None
    following = None
    if page.has_more:
        query = request.GET.copy()
        query["after"] = str(page.position)
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return answer({"data": [event_document(each) for each in page.events], "next": following, "cursor": cursor})
