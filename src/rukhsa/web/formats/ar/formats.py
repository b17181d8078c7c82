"""Numbers in Arabic: with a point, as in amounts of money and on the official pages of Bahrain."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
