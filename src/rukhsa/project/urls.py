"""The addresses of the portal, the desk and the API."""

from django.urls import include, path

from rukhsa.project.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("rukhsa.web.urls")),
    path("", include("rukhsa.web.entrance_urls")),
    path("desk/", include("rukhsa.web.desk.urls")),
    path("", include("rukhsa.web.portal.urls")),
    path("", include("rukhsa.web.api.urls")),
]

handler400 = "rukhsa.web.errors.bad_request"
handler403 = "rukhsa.web.errors.forbidden"
handler404 = "rukhsa.web.errors.not_found"
handler500 = "rukhsa.web.errors.failed"
