"""Figures for those who steer: each defined once, kept as rows of a day and of a month, and worked out from facts."""
