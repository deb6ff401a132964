"""Figures for charts that are kept, so that a page does not count a year of orders again."""

from django.db import models

from counterfoil.sales.db.money_field import MoneyField


class KeptDays(models.Model):
    """Of which days figures are kept in a time zone, and when they were counted: from `first_day`, before `until`.

    `figures`: "orders" for DayTotal; others keep theirs under a name of their own.
    """

    figures = models.TextField()
    zone = models.TextField()
    first_day = models.DateField()
    until = models.DateField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["figures", "zone"], name="days_kept_once_per_zone")]

    def __str__(self) -> str:
        return f"{self.figures} in {self.zone} until {self.until}"


class DayTotal(models.Model):
    """How many orders of a source were placed on a day, and for how much, without the cancelled ones."""

    zone = models.TextField()
    day = models.DateField()
    source = models.TextField(blank=True)
    currency = models.CharField(max_length=3)
    orders = models.PositiveIntegerField()
    total = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "day", "source", "currency"], name="day_totaled_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.source}: {self.orders}"
