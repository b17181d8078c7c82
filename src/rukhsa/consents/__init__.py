"""Consents: an owner lets another person or a company apply for them, for named services, until a day."""
