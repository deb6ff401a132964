"""Needs attention: what waits for a person by what caused it, and what a person can do about it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.models import Role
from counterfoil.sales.text.plural import count_of
from counterfoil.stores.attention.actions import decisions_in, retry, retry_group, without_decisions
from counterfoil.stores.attention.causes import Action, Cause, cause_of
from counterfoil.stores.attention.items import Narrowed, attention_count, groups
from counterfoil.stores.models import WebIntegration
from counterfoil.web.attention.cards import UNKNOWN, Card, CardSection, card_id, cards, digest, item_views
from counterfoil.web.attention.filters import AttentionFilter
from counterfoil.web.attention.progress import follow, progress
from counterfoil.web.ui.context_processors import badges
from counterfoil.web.ui.polling import is_poll, poll_answer
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in, text_in
from counterfoil.web.ui.security import role_required

CAUSES_PER_PAGE = 25
THINGS_PER_PAGE = 50
LONGEST_CAUSE = 1000


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """By cause: stores that cannot be used first, then what has waited longest. Its inbox alone where that is asked."""
    stores = store_codes()
    chosen = AttentionFilter(request.GET, list(stores.values()))
    inbox, context = _inbox(request, chosen, stores)
    if is_poll(request, "inbox") and request.headers.get("X-Seen") == inbox["version"]:
        return poll_answer(request, inbox, "web/attention/live.html")
    context["unknown_products"] = sum(f"{each.kind}:{each.why}" == UNKNOWN for each in context["groups"])
    context["cards"] = cards(context["groups"], chosen.narrowed(), chosen.query, stores)
    inbox["body"] = SafeString(render_to_string("web/attention/inbox.html", context, request))
    if is_poll(request, "inbox"):
        return poll_answer(request, inbox, "web/attention/live.html")
    context |= {"live": inbox, "filter": chosen, "found_any": bool(context["cards"])}
    return render(request, "web/attention/index.html", context)


def store_codes() -> dict[str, WebIntegration]:
    """The web integrations with their states, by import source code."""
    return {each.code: each for each in WebIntegration.objects.select_related("state")}


def _inbox(
    request: HttpRequest, chosen: AttentionFilter, stores: dict[str, WebIntegration]
) -> tuple[dict[str, str], dict[str, Any]]:
    """The live part without its body, and what the body is made of. The facts are its version, as forms in it are not
    twice the same."""
    narrowed = chosen.narrowed()
    page = max(1, min(key_in(request.GET, "page") or 1, 100_000))
    found, number = groups(narrowed, first=(page - 1) * CAUSES_PER_PAGE, most=CAUSES_PER_PAGE)
    context: dict[str, Any] = {
        "groups": found,
        "count": attention_count(narrowed),
        "number": number,
        "page": page,
        "pages": -(-number // CAUSES_PER_PAGE),
        "can_retry": any(_is_retried(cause_of(group.kind, group.why)) for group in found),
        "chosen": chosen.chosen,
        "query": chosen.query,
        "progress": progress(request.session),
    }
    _leave_out_tried(context)
    version = digest([context[name] for name in ("groups", "count", "number", "progress")], sorted(stores))
    return {"version": version, "url": request.get_full_path()}, context


def _is_retried(cause: Cause) -> bool:
    """Whether “Retry all” retries it; a decision has a button of its own."""
    return Action.RETRY in cause.acts and not cause.decides


def _leave_out_tried(context: dict[str, Any]) -> None:
    """While a person's retry runs, its progress stands on top: what is all being tried does not stand below as well."""
    if context["progress"] is None or not context["progress"].tried:
        return
    left = [group for group in context["groups"] if group.tried < group.number]
    context["count"] -= sum(group.number for group in context["groups"] if group not in left)
    context["number"] -= len(context["groups"]) - len(left)
    context["groups"] = left


@role_required(Role.VIEWER)
@require_GET
def group(request: HttpRequest) -> HttpResponse:
    """One cause with its items, so many on a page; its list alone where a card or the list itself asks for it."""
    stores = store_codes()
    chosen = AttentionFilter(request.GET, list(stores.values()))
    cause = cause_in(request)
    narrowed = chosen.narrowed(cause)
    found = cards(groups(narrowed)[0] if cause else [], narrowed, chosen.query, stores)
    card = found[0] if found else None
    part = _part(request, narrowed, card, stores)
    context = {"card": card, "list": part, "things": part.things, "query": chosen.query}
    if is_poll(request, f"list-{part.id}"):
        return _list_answer(request, part, context | {"said_alike": card.said_alike if card else False})
    return render(request, "web/attention/group.html", context | {"progress": progress(request.session)})


def _part(
    request: HttpRequest, narrowed: Narrowed, card: Card | None, stores: dict[str, WebIntegration]
) -> CardSection:
    paginator = Paginator(range(card.group.number if card else 0), THINGS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page")).number
    things = item_views(narrowed, stores, first=(page - 1) * THINGS_PER_PAGE, most=THINGS_PER_PAGE) if card else []
    asked = request.GET.copy()
    asked.pop("page", None)
    at = f"{request.path}?{asked.urlencode()}"
    return CardSection(card_id(str(narrowed.cause), narrowed.store), at, things, page, paginator.num_pages)


def _list_answer(request: HttpRequest, part: CardSection, context: dict[str, Any]) -> HttpResponse:
    if request.headers.get("X-Seen") == part.version:
        return HttpResponse(status=204)
    return render(request, "web/attention/item_list.html", context)


def cause_in(request: HttpRequest) -> str:
    """The cause that an address names."""
    return text_in(request.GET, "cause", LONGEST_CAUSE)


def narrowed_in(request: HttpRequest) -> Narrowed:
    """What an address is about: a cause, or all that is so narrowed."""
    return AttentionFilter(request.GET, list(WebIntegration.objects.all())).narrowed(cause_in(request))


@role_required(Role.VIEWER)
@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """The numbers in the navigation, by themselves."""
    return render(request, "web/attention/badge.html", badges())


@role_required(Role.CLERK)
@require_POST
def retry_items(request: HttpRequest) -> HttpResponse:
    """Tries one order again, a group, or all that the address is narrowed to."""
    left = 0
    if "group" in request.POST or "all" in request.POST:
        narrowed = narrowed_in(request)
        follow(request.session, without_decisions(narrowed))
        tried, left = retry_group(narrowed), decisions_in(narrowed)
    else:
        tried = retry([text_in(request.POST, "import_id")])
    said = f"{things(tried)} being retried." if tried else "There is nothing to retry."
    if left:
        said += f" {count_of(left, 'item')} {'needs' if left == 1 else 'need'} your decision."
    return redirect_back(request, "attention", said)


def things(number: int) -> str:
    """ "It is", "3 are"."""
    return "It is" if number == 1 else f"{number:,} are"
