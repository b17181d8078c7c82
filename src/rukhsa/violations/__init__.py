"""Violations: what inspectors find against the rules, confirmed by a second person, fined, mended or contested.

Fine and objection are an application of the service `violation-settlement`, which names the number of the notice: it is
paid, decided, taken to a committee and sealed as every application is.
"""
