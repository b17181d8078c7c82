"""Addresses that every page needs."""

from django.urls import path

from rukhsa.web import preferences

app_name = "web"
urlpatterns = [
    path("language", preferences.choose_language, name="language"),
    path("text-size", preferences.choose_text_size, name="text-size"),
]
