"""Addresses that every page needs."""

from django.urls import path

from rukhsa.web import map_data, preferences

app_name = "web"
urlpatterns = [
    path("language", preferences.choose_language, name="language"),
    path("text-size", preferences.choose_text_size, name="text-size"),
    path("ground/style.json", map_data.facts, name="ground-facts"),
    path("ground/shapes", map_data.shapes, name="ground-shapes"),
    path("ground/at", map_data.at, name="ground-at"),
    path("ground/find", map_data.find, name="ground-find"),
    path("ground/picture/<uuid:pk>/<slug:question>.svg", map_data.picture, name="ground-picture"),
    path("ground/<slug:version>/<int:z>/<int:x>/<int:y>", map_data.tile, name="ground-tile"),
]
