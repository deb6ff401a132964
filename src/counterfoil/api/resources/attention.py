"""What needs a person: listed, tried again, given up."""

import base64
import binascii
import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Query

from counterfoil.accounts.models import ApiToken
from counterfoil.api.acts import Done, act
from counterfoil.api.authentication import check_store, token_of
from counterfoil.api.paging import envelope
from counterfoil.api.problems import Problem, invalid, not_found
from counterfoil.api.schemas import operations as schemas
from counterfoil.api.schemas.common import PageOf
from counterfoil.api.service import Resource, answer
from counterfoil.stores.attention.actions import retry, retry_group, skip
from counterfoil.stores.attention.items import AttentionItem, Narrowed, attention
from counterfoil.stores.json_output import attention_row
from counterfoil.stores.models import WebOrder

router = Resource("Needs attention")
MOST = 10_000
Position = tuple[datetime, str, int]


@router.reads(
    "/attention",
    PageOf[schemas.AttentionItemSchema],
    query=schemas.AttentionAsked,
    operation_id="listAttention",
    url_name="attention",
)
def list_attention(request: HttpRequest, asked: Query[schemas.AttentionAsked]) -> HttpResponse:
    """Lists what needs attention, oldest first: the 10,000 items that have waited longest."""
    token = token_of(request)
    stores = [check_store(token, asked.store).code] if asked.store else token.stores or [""]
    after = _read(asked.cursor) if asked.cursor else None
    words = asked.q.strip()
    items = [item for store in stores for item in attention(Narrowed(store=store, words=words), most=MOST)]
    if len(stores) > 1:
        items = sorted(items, key=_position)[:MOST]
    left = [item for item in items if after is None or _position(item) > after]
    shown = left[: asked.limit]
    cursor = _written(shown[-1]) if shown else asked.cursor or None
    data = [attention_row(item) for item in shown]
    return answer(envelope(request, data, cursor, has_more=len(left) > len(shown)))


def _position(item: AttentionItem) -> Position:
    return item.since, item.kind, item.pk


def _written(item: AttentionItem) -> str:
    told = json.dumps([item.since.isoformat(), item.kind, item.pk])
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _read(cursor: str) -> Position:
    try:
        since, kind, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(since)
        if moment.tzinfo is None or not isinstance(kind, str):
            raise ValueError(cursor)
        return moment, kind, int(pk)
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        raise invalid("cursor", "The cursor is from another list.", "Use “cursor” from the previous page.") from None


@router.acts(
    "post",
    "/attention/retry",
    {200: schemas.RetriedSchema},
    scope="manage",
    operation_id="retryAttention",
    url_name="attention-retry",
)
def try_again(request: HttpRequest, sent: schemas.RetrySent) -> HttpResponse:
    """Retries orders that couldn't be imported and updates that couldn't be sent."""
    token = token_of(request)
    if bool(sent.import_ids) == sent.all:
        raise invalid("import_ids", "Say what to retry.", "Send import_ids, or “all”: true.")

    def do() -> Done:
        count = _retried(token, sent)
        about = "all that needs attention" if sent.all else ", ".join(sent.import_ids)
        return Done({"retried": count}, "Retried items that need attention.", about)

    return act(request, do)


def _retried(token: ApiToken, sent: schemas.RetrySent) -> int:
    """How many are tried again. Raises Problem for one that is none of the token's."""
    if not sent.all:
        for import_id in sent.import_ids:
            _check_known(token, import_id)
        return retry(sent.import_ids)
    if not token.stores:
        return retry_group()
    return sum(retry_group(Narrowed(store=code)) for code in token.stores)


def _check_known(token: ApiToken, import_id: str) -> None:
    orders = WebOrder.objects.filter(import_id=import_id)
    if token.stores:
        orders = orders.filter(integration__code__in=token.stores)
    if not orders.exists():
        raise not_found(f"No order has the import ID {import_id[:100]}.", "GET /api/v1/attention lists them.")


@router.acts(
    "post",
    "/attention/skip",
    {200: schemas.SkippedSchema},
    scope="manage",
    operation_id="skipAttention",
    url_name="attention-skip",
)
def give_up(request: HttpRequest, sent: schemas.SkipSent) -> HttpResponse:
    """Skips an order that couldn't be imported, or its failed updates, for a reason."""
    token, reason = token_of(request), sent.reason.strip()

    def do() -> Done:
        _check_known(token, sent.import_id)
        count = skip(sent.import_id, why=reason, by=token.by)
        if not count:
            raise Problem(
                409,
                "nothing_to_skip",
                f"Nothing about {sent.import_id} can be skipped.",
                next_step="GET /api/v1/attention lists what needs attention.",
            )
        return Done({"skipped": count}, "Skipped an item that needed attention.", sent.import_id)

    return act(request, do)
