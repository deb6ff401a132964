"""The options of a select. The library renders a template for each, which takes longer than finding the rows."""

from django import template
from django.forms import BoundField
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()
SELECTED = SafeString(" selected")


@register.simple_tag
def select_options(field: BoundField) -> SafeString:
    """The options of a field's select, as its widget has them."""
    widget = field.field.widget
    groups = widget.optgroups(field.html_name, widget.format_value(field.value()))
    options = (option for _, options, _ in groups for option in options)
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((str(each["value"]), SELECTED if each["selected"] else "", each["label"]) for each in options),
    )
