"""The forms of the system setup."""

from typing import TYPE_CHECKING

from django import forms

from counterfoil.sales.errors import Refused
from counterfoil.stores.integrations.carriers import checked_provider, checked_slug
from counterfoil.stores.models import Carrier

if TYPE_CHECKING:
    _OfCarrier = forms.ModelForm[Carrier]
else:
    _OfCarrier = forms.ModelForm


class CarrierForm(_OfCarrier):
    """A carrier by the name people use, and what the store calls it."""

    name = forms.CharField(label="Name", max_length=100, help_text="As your people write it: UPS, DHL Germany.")
    shipping_provider = forms.CharField(
        label="Shipping provider",
        required=False,
        max_length=100,
        help_text="BigCommerce’s word: ups, usps, fedex, royalmail, auspost, canadapost, endicia, or carrier_5 for one "
        "of your own. Empty: the store does not know it, and shows the tracking link it is given.",
    )
    tracking_carrier = forms.CharField(
        label="Tracking carrier",
        required=False,
        max_length=100,
        help_text="The AfterShip word that makes the shopper’s tracking link, as dhl-germany.",
    )

    class Meta:
        model = Carrier
        fields = ("name", "shipping_provider", "tracking_carrier")

    def clean_name(self) -> str:
        """One name for one carrier, whatever its case."""
        name = " ".join(self.cleaned_data["name"].split())
        if Carrier.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"There is a carrier {name} already.")
        return name

    def clean(self) -> None:
        """The store takes its own words only; a word that was saved before may stay."""
        for name, checked in (("shipping_provider", checked_provider), ("tracking_carrier", checked_slug)):
            if name not in self.changed_data:
                continue
            try:
                self.cleaned_data[name] = checked(self.cleaned_data.get(name, ""))
            except Refused as refused:
                self.add_error(name, str(refused))
