"""How *Needs attention* tells how long something has waited."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.intake.matching.products import MissingProduct
from counterfoil.web.attention import cards
from counterfoil.web.templatetags.formatting import age

register = template.Library()


@register.simple_tag(takes_context=True)
def which_product(context: Context, store: str, product: MissingProduct) -> str:
    """The address of the page that asks which of our products a store's is, and leads back here."""
    query = f"{cards.which_product(store, product)}&{urlencode({'next': context['request'].get_full_path()})}"
    return f"{reverse('our-part')}?{query}"


@register.simple_tag
def waiting(since: datetime) -> SafeString:
    """For 3 days; moments.js keeps it true while the page is looked at, and shows the moment itself."""
    at = since.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC" data-age>{}</time>',
        f"{at:%Y-%m-%dT%H:%M:%SZ}",
        f"{at:%Y-%m-%d %H:%M}",
        age(since),
    )
