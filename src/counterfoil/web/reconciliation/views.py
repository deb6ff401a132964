"""Reconciliation: a store's orders of a period against the sales orders, row by row, with the button for each."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.intake.reconciliation.run import ask_for_reconciliation, usual_period
from counterfoil.sales.csv.text import written_csv
from counterfoil.sales.errors import Refused
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.models import Difference, DifferenceKind, Reconciliation, WebIntegration
from counterfoil.stores.reconciliation.resolve import RESOLVE_BUTTONS, resolve, resolve_all
from counterfoil.web.ui.csv_pages import csv_file
from counterfoil.web.ui.polling import is_poll, live_part, poll_answer
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.security import current_user, role_required

PER_PAGE = 50
SHOWN = 50
LONGEST_PERIOD = timedelta(days=366)
NOBODY_COMES_AFTER = timedelta(seconds=30)
OFF = Count("differences__bigcommerce_order_id", filter=Q(differences__is_off=True), distinct=True)
EXPLAINED = Count("differences__bigcommerce_order_id", filter=Q(differences__is_off=False), distinct=True)
NOTHING_LEFT = "There’s nothing left to do."
HEADER = ("Order", "Import ID", "What", "Off", "Here", "In the store", "Why", "Next step", "Mended")


class PeriodForm(forms.Form):
    """A store, and the days that are to be compared, the last one included."""

    store = forms.ModelChoiceField(WebIntegration.objects.select_related("state"), label="Store", empty_label=None)
    first_day = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> None:
        """A period that is none is refused by whoever compares; one of years is not what anybody wants."""
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and last - first > LONGEST_PERIOD:
            self.add_error("first_day", "Choose at most one year.")


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What was compared, the newest first, and a form for another period."""
    stores = list(WebIntegration.objects.select_related("state"))
    live = _list(request, stores)
    if is_poll(request, "reconciliations"):
        return poll_answer(request, live, "web/reconciliation/list_live.html")
    context = {"form": PeriodForm(initial=_usual(request, stores)), "stores": stores, "live": live}
    return render(request, "web/reconciliation/index.html", context)


@role_required(Role.CLERK)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Has a period compared; where it cannot be, the form says why."""
    form, refused = PeriodForm(request.POST), None
    if form.is_valid():
        asked = form.cleaned_data
        try:
            found = ask_for_reconciliation(
                asked["store"], asked["first_day"], asked["last_day"], by=str(current_user(request))
            )
        except Refused as refusal:
            refused = refusal
        else:
            return redirect("reconciliation", pk=found.pk)
    stores = list(WebIntegration.objects.select_related("state"))
    context = {"form": form, "stores": stores, "refused": refused, "live": _list(request, stores)}
    return render(request, "web/reconciliation/index.html", context, status=422)


def _list(request: HttpRequest, stores: list[WebIntegration]) -> dict[str, str]:
    counted = Reconciliation.objects.select_related("integration").annotate(off=OFF, explained=EXPLAINED)
    listed = counted.order_by("-pk")[:SHOWN]  # a model's own order is dropped where rows are grouped
    part = live_part(request, "web/reconciliation/list.html", {"listed": listed, "stores": stores})
    return part | {"url": reverse("reconciliations")}


def _usual(request: HttpRequest, stores: list[WebIntegration]) -> dict[str, Any]:
    chosen = next((each for each in stores if each.code == request.GET.get("store")), stores[0] if stores else None)
    if chosen is None:
        return {}
    first, last = usual_period(chosen)
    return {"store": chosen.pk, "first_day": first, "last_day": last}


@role_required(Role.VIEWER)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found: all that is off, or one kind of it, or what has its explanation."""
    found = _found(pk)
    rows = _rows(found).order_by("-is_off", "kind", "bigcommerce_order_id")
    kinds = _kinds(found)
    chosen = next((each for each in kinds if each["value"] == request.GET.get("kind")), None)
    page = Paginator(_of_kind(rows, chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "kinds": kinds,
        "chosen": chosen,
        "page": page,
        "off": sum(each["number"] for each in kinds if each["is_off"]),
        "to_mend": sum(each["to_mend"] for each in kinds if each["is_off"] and (chosen is None or each is chosen)),
        "mending": RESOLVE_BUTTONS,
        "nobody_comes": _nobody_comes(found),
    }
    live = live_part(request, "web/reconciliation/differences.html", context)
    if is_poll(request, "found"):
        return poll_answer(request, live, "web/reconciliation/differences_live.html")
    return render(request, "web/reconciliation/show.html", context | {"live": live})


def _found(pk: int) -> Reconciliation:
    return get_object_or_404(Reconciliation.objects.select_related("integration__state"), pk=min(pk, LARGEST_ID))


def _rows(found: Reconciliation) -> QuerySet[Difference]:
    return found.differences.select_related("web_order__sales_order", "reconciliation__integration")


def _kinds(found: Reconciliation) -> list[dict[str, Any]]:
    """The kinds that were found, off and explained apart, with how many there are and how many a button resolves."""
    counted = found.differences.order_by("-is_off", "kind").values("kind", "is_off")
    return [
        {
            "value": f"{row['kind']}-{'off' if row['is_off'] else 'explained'}",
            "label": DifferenceKind(row["kind"]).label,
            "to_mend": row["open"] if row["kind"] in RESOLVE_BUTTONS else 0,
            **row,
        }
        for row in counted.annotate(number=Count("pk"), open=Count("pk", filter=Q(mended="")))
    ]


def _of_kind(rows: QuerySet[Difference], chosen: dict[str, Any] | None) -> QuerySet[Difference]:
    return rows.filter(kind=chosen["kind"], is_off=chosen["is_off"]) if chosen else rows


def _nobody_comes(found: Reconciliation) -> bool:
    """Whether it looks as if no worker runs."""
    return found.is_under_way and not found.calls and timezone.now() - found.asked_at > NOBODY_COMES_AFTER


@role_required(Role.VIEWER)
@require_GET
def as_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """All rows as a CSV file."""
    found = _found(pk)
    records = [
        [
            each.bigcommerce_order_id,
            found.integration.import_id(each.bigcommerce_order_id),
            each.get_kind_display(),
            "yes" if each.is_off else "no",
            each.ours,
            each.theirs,
            each.sentence,
            each.next_step,
            each.mended,
        ]
        for each in found.differences.all()
    ]
    audit(request, "Downloaded a reconciliation as CSV.", about=str(found))
    return csv_file(f"reconciliation-{found.pk}", written_csv([HEADER, *records]))


@role_required(Role.CLERK)
@require_POST
def resolve_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Does what resolves one row."""
    difference = get_object_or_404(
        Difference.objects.select_related("reconciliation__integration"), pk=min(pk, LARGEST_ID)
    )
    there = reverse("reconciliation", args=[difference.reconciliation_id])
    try:
        resolve(difference, by=str(current_user(request)))
    except Refused as refused:
        return redirect_back(request, there, str(refused), well=False)
    name = difference.reconciliation.integration.import_id(difference.bigcommerce_order_id)
    return redirect_back(request, there, f"{name}: will be done within seconds.")


@role_required(Role.CLERK)
@require_POST
def resolve_all_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Does what resolves all rows, or those of one kind."""
    found = _found(pk)
    kinds = _kinds(found)
    chosen = next((each for each in kinds if each["value"] == request.POST.get("kind")), None)
    count = resolve_all(_of_kind(_rows(found), chosen), by=str(current_user(request)))
    said = f"{count} row{'' if count == 1 else 's'} will be fixed within seconds." if count else NOTHING_LEFT
    return redirect_back(request, reverse("reconciliation", args=[pk]), said)
