"""The column type for money: exact, and with the digits that came in."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

if TYPE_CHECKING:
    _Column = models.DecimalField[Decimal | int | str, Decimal]
else:
    _Column = models.Field


class MoneyField(_Column):
    """An exact amount that keeps its digits: "12.3000" comes back as Decimal("12.3000").

    The database refuses NaN, infinities, amounts of 10^12 or more and more than ten decimal places.
    """

    def get_internal_type(self) -> str:
        return "MoneyField"

    def db_type(self, connection: Any) -> str:
        return "numeric"

    def db_check(self, connection: Any) -> str:
        column = connection.ops.quote_name(self.column)
        return f"abs({column}) < 1000000000000 AND scale({column}) <= 10"

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except ArithmeticError as error:
            raise ValidationError("Enter an amount, such as 12.50.") from error

    def get_prep_value(self, value: Any) -> Decimal | None:
        return self.to_python(super().get_prep_value(value))
