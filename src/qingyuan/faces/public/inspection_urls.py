"""Addresses of published inspection results and draws."""

from django.urls import path

from . import inspection_results as pages

urls = [
    path("inspections/", pages.result_list, name="inspections"),
    path("inspections.csv", pages.result_file, name="inspections_file"),
    path("draws/", pages.draw_list, name="draws"),
    path("draws/<str:digest>/", pages.draw_page, name="draw"),
    path("draws/<str:digest>/bundle.json", pages.draw_bundle, name="draw_bundle"),
]
