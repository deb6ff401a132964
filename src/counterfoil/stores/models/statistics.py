"""How long both ways took on days that are over."""

from django.db import models


class DayDuration(models.Model):
    """Of the orders (or the shipments) of one day: how long it took, in seconds, as `Duration` says.

    `source`: the import source code, "" for all stores together; `way`: import or store.
    """

    zone = models.TextField()
    source = models.TextField(blank=True)
    way = models.TextField()
    day = models.DateField()
    number = models.PositiveIntegerField()
    median = models.FloatField()
    nine_of_ten = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "source", "way", "day"], name="duration_once_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.source} {self.way}: {self.median}"
