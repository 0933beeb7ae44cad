"""Where the faces hang: the desk behind a login, the public pages in front of it, the API behind a token."""

from django.urls import include, path

from qingyuan.faces.api.exchange import api

urlpatterns = [
    path("api/", api.urls),
    path("field/", include("qingyuan.faces.field.urls")),
    path("", include("qingyuan.faces.desk.urls")),
    path("public/", include("qingyuan.faces.public.urls")),
    path("visit/", include("qingyuan.faces.public.visit_urls")),
]
handler400 = "qingyuan.faces.refusals.bad_request"
handler403 = "qingyuan.faces.refusals.forbidden"
handler404 = "qingyuan.faces.refusals.not_found"
handler500 = "qingyuan.faces.refusals.server_error"
