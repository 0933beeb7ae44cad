"""Addresses of task codes; short, because they stand in a QR code."""

from django.urls import path

from . import visits

app_name = "visit"
urlpatterns = [
    path("", visits.look_up, name="look_up"),
    path("<str:code>/", visits.visit, name="visit"),
    path("<str:code>/enter/", visits.enter, name="enter"),
    path("<str:code>/rate/", visits.rate, name="rate"),
    path("<str:code>/statement.json", visits.statement, name="statement"),
]
