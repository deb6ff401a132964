"""What the store calls the carriers."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper


class Carrier(models.Model):
    """A carrier by the name people use, and the store's values for it.

    Empty values say: the store does not know this carrier, and shows the tracking link that it is given.
    """

    name = models.TextField()
    shipping_provider = models.TextField(blank=True, default="", help_text="As ups, usps, fedex or carrier_5.")
    tracking_carrier = models.TextField(blank=True, default="", help_text="The AfterShip slug, as dhl-germany.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Upper("name"), name="carrier_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="carrier_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
