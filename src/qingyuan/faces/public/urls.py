"""Addresses of the public pages; nothing here needs a login, nothing here needs a script."""

from django.urls import path

from . import inspection_urls, penalty, views

app_name = "public"
urlpatterns = [
    path("", views.release_list, name="releases"),
    path("decisions/<int:pk>/", views.release_page, name="release"),
    path("verify/", views.verify, name="verify"),
    *inspection_urls.urls,
    path("penalty/", penalty.self_test, name="self_test"),
    path("penalty/certificate/", penalty.certificate, name="certificate"),
    path("penalty/key/", penalty.key, name="certificate_key"),
]
