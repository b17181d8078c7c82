"""Money, identifiers, names and periods: values that know no database."""
