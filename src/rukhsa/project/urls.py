"""The addresses of the portal, the desk and the API."""

from django.urls import path

from rukhsa.project.health import healthz

urlpatterns = [path("healthz", healthz, name="healthz")]
