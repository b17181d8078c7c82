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

handler400 = "rukhsa.web.edge.bad_request"
handler403 = "rukhsa.web.edge.forbidden"
handler404 = "rukhsa.web.edge.not_found"
handler500 = "rukhsa.web.edge.failed"
