"""The town, committed, with the sandbox outside of it, so that processes of their own can work in it."""

from tests.journeys.conftest import outside, surroundings, town_of_many

__all__ = ["outside", "surroundings", "town_of_many"]
