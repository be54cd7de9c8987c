"""The identification number of the Belgian National Register and the BIS number of those not in it, checked.

Eleven digits: birth date (YYMMDD), a serial number, two check digits: 97 less the remainder of the first nine
divided by 97, with a 2 before them for whoever was born from 2000 on. In a BIS number the month is 20 or 40 higher.
Where the birth date is not known, month and day may be 0, or the day any figure of the serial. Source: royal decree
of 3 April 1984 on the composition of the number, and of 8 February 1991 on the BIS number.
"""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = 11
_MODULUS: Final = 97
_SEPARATORS: Final = re.compile(r"[ ./-]")
_BIS: Final = (0, 20, 40)
_MONTHS: Final = 12
_DAYS: Final = 31


def national_number(text: str) -> str:
    """Give a national or BIS number as its eleven digits. Raises ValueError for what cannot be one; never quotes it."""
    digits = _SEPARATORS.sub("", text)
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdecimal()):
        msg = "is not a number of eleven digits"
        raise ValueError(msg)
    month, day, serial = int(digits[2:4]), int(digits[4:6]), int(digits[6:9])
    if not any(0 <= month - more <= _MONTHS for more in _BIS) or day > _DAYS or not serial:
        msg = "is not a national or BIS number"
        raise ValueError(msg)
    said = int(digits[9:])
    if said not in {_MODULUS - int(century + digits[:9]) % _MODULUS for century in ("", "2")}:
        msg = "has check digits that do not fit"
        raise ValueError(msg)
    return digits
