"""Addresses of plans, random draws and the positive list."""

from django.urls import path

from . import draws, draws_positive

pages = [
    path("plans/", draws.plan_list, name="plans"),
    path("plans/<str:number>/", draws.plan_page, name="plan"),
    path("plans/<str:number>/<slug:step>/", draws.plan_step, name="plan_step"),
    path("draws/<int:pk>/", draws.draw_page, name="draw"),
    path("draws/<int:pk>/bundle.json", draws.bundle, name="draw_bundle"),
    path("draws/<int:pk>/<slug:step>/", draws.draw_step, name="draw_step"),
    path("draws/<int:pk>/<int:order>/<slug:step>/", draws.item_step, name="draw_item_step"),
    path("positive/", draws_positive.positive_list, name="positive"),
    path("positive/<int:pk>/", draws_positive.positive_page, name="positive_entry"),
    path("positive/<int:pk>/<slug:step>/", draws_positive.positive_step, name="positive_step"),
]
