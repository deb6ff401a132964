"""Custom fields: what a merchant keeps besides what every order has."""

from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.custom_fields.definitions import add_field, change_field, move_field
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import FieldDefinition, FieldScope, FieldType
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import text_in
from counterfoil.web.ui.security import role_required

LONGEST_CHOICES = 100_000
Kind = TypeVar("Kind", FieldScope, FieldType)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field with what stands in its row of the page."""

    field: FieldDefinition
    label: str
    choices: str


@dataclass(frozen=True, slots=True)
class ScopeRows:
    """The fields of orders, of lines or of clients."""

    scope: FieldScope
    rows: list[FieldRow]


@role_required(Role.MANAGER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All fields, by what they belong to."""
    return _page(request)


def _page(request: HttpRequest, refused: Refused | None = None, typed: int | None = None) -> HttpResponse:
    """`typed`: the field whose row shows what was sent; the others show what is stored."""
    rows = [_row(request, field, typed=field.pk == typed) for field in FieldDefinition.objects.all()]
    context = {
        "scopes": [ScopeRows(scope, [row for row in rows if row.field.scope == scope]) for scope in FieldScope],
        "types": FieldType.choices,
        "refused": refused,
        "new": request.POST if refused and typed is None else {},
    }
    return render(request, "web/setup/custom_fields/index.html", context, status=422 if refused else 200)


def _row(request: HttpRequest, field: FieldDefinition, *, typed: bool) -> FieldRow:
    label, choices = field.label, "\n".join(field.choices)
    if typed:
        label, choices = request.POST.get("label", label), request.POST.get("choices", choices)
    return FieldRow(field, label, choices)


@role_required(Role.MANAGER)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A new field at the end of its list."""
    try:
        field = add_field(
            _chosen(FieldScope, request.POST.get("scope", "")),
            text_in(request.POST, "label"),
            _chosen(FieldType, request.POST.get("type", "")),
            choices=text_in(request.POST, "choices", LONGEST_CHOICES).splitlines(),
            name=text_in(request.POST, "name"),
        )
    except Refused as refused:
        return _page(request, refused)
    audit(request, "Added a custom field.", about=str(field))
    return redirect_back(request, "fields", f"“{field}” is now a field of every {field.get_scope_display().lower()}.")


def _chosen(kind: type[Kind], value: str) -> Kind:
    if value not in kind.values:
        raise Refused("Choose what the field belongs to, and its type.")
    return kind(value)


@role_required(Role.MANAGER)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Renames a field, changes its choices, moves it, retires it or brings it back: as the button says."""
    try:
        said = _edit(request, pk)
    except Refused as refused:
        return _page(request, refused, pk)
    audit(request, "Changed a custom field.", about=str(FieldDefinition.objects.filter(pk=pk).first() or ""))
    return redirect_back(request, "fields", said)


def _edit(request: HttpRequest, pk: int) -> str:
    act = request.POST.get("act")
    if act in ("up", "down"):
        move_field(pk, up=act == "up")
        return ""
    if act in ("retire", "bring_back"):
        field = change_field(pk, retired=act == "retire")
        return f"“{field}” {'no longer takes new values' if field.retired else 'takes values again'}."
    choices = text_in(request.POST, "choices", LONGEST_CHOICES).splitlines() if "choices" in request.POST else None
    field = change_field(pk, label=text_in(request.POST, "label"), choices=choices)
    return f"“{field}” was saved."
