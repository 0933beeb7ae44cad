"""Addresses of the field app.  The shell holds nothing personal and needs no login; what it asks for needs a device's key."""

from django.urls import path

from . import api, pages, shell

app_name = "field"
urlpatterns = [
    path("", shell.page, name="shell"),
    path("sw.js", shell.worker, name="worker"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("devices/", pages.device_list, name="devices"),
    path("devices/<uuid:key>/revoke/", pages.revoke, name="revoke"),
    path("instruments/", pages.instrument_list, name="instruments"),
    path("trace/<str:number>/", pages.trace, name="trace"),
    path("trace/<str:number>/<uuid:key>/captures.json", pages.captures_file, name="captures"),
    path("api/hello", api.hello, name="hello"),
    path("api/enrol", api.enrol, name="enrol"),
    path("api/recover", api.recover, name="recover"),
    path("api/sync", api.synchronise, name="sync"),
    path("api/tasks", api.task_list, name="tasks"),
    path("api/packs/<str:number>", api.pack, name="pack"),
    path("api/law", api.law, name="law"),
    path("api/files/<str:digest>/<int:offset>", api.piece, name="piece"),
    path("api/wiped", api.wiped, name="wiped"),
]
