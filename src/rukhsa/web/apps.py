"""Django's entry for the pages: templates, static files and the one catalogue of translations."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "rukhsa.web"
    label = "web"
