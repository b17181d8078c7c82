"""The style sheets of a page: in the page itself on a first visit, by their address on every other."""

from django import template

from rukhsa.web import first_visit

register = template.Library()
register.simple_tag(first_visit.sheet, takes_context=True)
register.simple_tag(first_visit.fetched_meanwhile, takes_context=True)
