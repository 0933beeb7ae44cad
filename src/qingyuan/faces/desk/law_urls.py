"""Addresses of the desk's pages of law: calculation, certificate, what a change touches."""

from django.urls import path

from . import calculator, certificates, law_impact

pages = [
    path("calculator/", calculator.calculator, name="calculator"),
    path("cases/<int:pk>/certificate/", certificates.certificate_page, name="certificate"),
    path("cases/<int:pk>/certificate.json", certificates.certificate_file, name="certificate_file"),
    path("law/impact/", law_impact.impact_page, name="law_impact"),
]
