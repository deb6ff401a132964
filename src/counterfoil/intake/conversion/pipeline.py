"""From an order as it is stored to what is imported: the conversion, then the store's own rules.

The names of methods first, then the field mapping, then the custom scripts. All of it is part of the digest. Two
versions of an order are compared with both converted by the present rules, so a rule that changes changes no order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.conversion.converter import ConvertedOrder, convert
from counterfoil.intake.conversion.custom_field_mapping import fill_fields
from counterfoil.intake.conversion.document import WebOrderDocument, read_document
from counterfoil.intake.conversion.method_names import names_in, with_names
from counterfoil.intake.conversion.rules import Rules, rules_of
from counterfoil.intake.expressions.order_view import OrderView, view_order
from counterfoil.intake.scripts import ScriptFields, ScriptStopped, empty_fields
from counterfoil.sales.custom_fields.values import Fields, FieldValue, checked
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import FieldDefinition, FieldScope
from counterfoil.stores.models import NameKind, Payload, WebIntegration

CORRECT_SCRIPT = "Correct the script, or add the field, then retry."


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """What is to be imported; `left_empty`: a sentence for each field that should have been filled and was not.

    `new_names`: the shipping and payment methods that are not on the store's list yet.
    """

    converted: ConvertedOrder
    left_empty: tuple[str, ...] = ()
    new_names: tuple[tuple[NameKind, str], ...] = ()


def convert_order(
    integration: WebIntegration,
    payload: Payload,
    document: WebOrderDocument | None = None,
    *,
    strict: bool = True,
    tax_included: bool | None = None,
) -> PipelineResult:
    """What to import of a stored order, by the store's present rules; raises NeedsPerson.

    `strict` is False for the version that is imported already: what the present rules refuse of it stays empty.
    `tax_included`: the basis on which its money is wanted; by default the store's own.
    """
    parts = payload.parts
    converted = convert(document or read_document(*parts), tax_included=tax_included)
    return apply_rules(rules_of(integration), converted, parts, strict=strict)


def apply_rules(
    rules: Rules, converted: ConvertedOrder, parts: tuple[bytes, bytes | None, bytes | None], *, strict: bool = True
) -> PipelineResult:
    """The conversion's result with the merchant's names and fields; raises NeedsPerson."""
    new_names = tuple(each for each in names_in(converted.draft) if not rules.names.knows(*each))
    converted = replace(converted, draft=with_names(converted.draft, rules.names))
    if not rules.mappings and not rules.scripts:
        return PipelineResult(converted, (), new_names)
    view = view_order(*parts)
    fields = empty_fields(converted.draft)
    left_empty = fill_fields(_of_known_lines(view, fields), rules.mappings, fields, strict=strict)
    if rules.scripts:
        left_empty += _run_scripts(rules, view, converted, fields, strict=strict)
    return PipelineResult(_with_fields(converted, fields), tuple(left_empty), new_names)


def _of_known_lines(view: OrderView, fields: ScriptFields) -> OrderView:
    """Without lines that the conversion does not know, should there be any."""
    return replace(view, lines=[line for line in view.lines if line["id"] in fields.lines])


def _run_scripts(
    rules: Rules, view: OrderView, converted: ConvertedOrder, fields: ScriptFields, *, strict: bool
) -> list[str]:
    try:
        with transaction.atomic():  # what a script does wrong to the database is taken back
            rules.scripts.run(view.order, converted.draft, fields)
        return check_fields(fields, rules.fields or {})
    except ScriptStopped:
        raise  # also of the version in the sales data: empty fields would pass for a change of the store
    except NeedsPerson:
        if strict:
            raise
        return []


def check_fields(fields: ScriptFields, known: Mapping[tuple[str, str], FieldDefinition]) -> list[str]:
    """Brings what a script filled in into the form in which it is kept; raises NeedsPerson for what does not fit.

    Returns a sentence for each retired field, which stays empty.
    """
    sentences = _check(FieldScope.ORDER, fields.order, known) + _check(FieldScope.CLIENT, fields.client, known)
    for values in fields.lines.values():
        sentences += _check(FieldScope.LINE, values, known)
    return sentences


def _check(
    scope: FieldScope, values: dict[str, FieldValue], known: Mapping[tuple[str, str], FieldDefinition]
) -> list[str]:
    sentences = []
    for name, value in list(values.items()):
        definition = known.get((scope, name))
        if definition is None:
            sentence = f"The script filled the field “{name}”, which doesn’t exist for a {scope.label.lower()}."
            raise NeedsPerson("script", sentence, CORRECT_SCRIPT)
        del values[name]
        if definition.retired:
            sentences.append(f"The field “{definition.label}” is retired, so the script's value was ignored.")
        elif (kept := _checked(definition, value)) is not None:
            values[name] = kept
    return sentences


def _checked(definition: FieldDefinition, value: object) -> FieldValue | None:
    try:
        return checked(definition, value)
    except Refused as refused:
        raise NeedsPerson("script", f"The script's value isn’t valid: {refused.sentence}", CORRECT_SCRIPT) from None


def _with_fields(converted: ConvertedOrder, fields: ScriptFields) -> ConvertedOrder:
    lines = tuple(
        replace(line, fields=_kept(fields.lines.get(line.source_id or 0, {}))) for line in converted.draft.lines
    )
    draft = replace(converted.draft, fields=_kept(fields.order), lines=lines)
    return replace(converted, draft=draft, client_fields=_kept(fields.client))


def _kept(values: Mapping[str, FieldValue]) -> Fields:
    return tuple(sorted(values.items()))
