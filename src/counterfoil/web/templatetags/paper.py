"""What stands on printed pages: barcodes, and addresses as they are sent from somewhere."""

from django import template
from django.utils.safestring import SafeString

from counterfoil.sales.models import OrderAddress
from counterfoil.web.paper.barcodes import code_128

register = template.Library()


@register.simple_tag
def barcode(text: str) -> SafeString:
    """The text as Code 128."""
    return code_128(text)


@register.filter
def lines_from(address: OrderAddress, home: str) -> list[str]:
    """The lines of an address for mail from the country with this code."""
    return address.lines_from(home)
