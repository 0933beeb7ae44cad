"""Addresses of what stands beside the list and the page of cases."""

from django.urls import path

from . import companions, figures, laboratory, numbers, openings, saved_filters, sessions, transfers, watch

pages = [
    path("cases/<int:pk>/companions/", companions.companions_page, name="companions"),
    path("cases/<int:pk>/companions/<slug:step>/", companions.companion_step, name="companion_step"),
    path("cases/<int:pk>/volume-<slug:part>.pdf", companions.volume_file, name="volume"),
    path("cases/filters/", saved_filters.save_filter, name="save_filter"),
    path("cases/filters/<int:pk>/drop/", saved_filters.drop_filter, name="drop_filter"),
    path("cases/openings/", openings.openings_page, name="openings"),
    path("cases/openings/<slug:step>/", openings.opening_step, name="opening_step"),
    path("laboratory/", laboratory.laboratory_list, name="laboratory"),
    path("laboratory/<str:code>/", laboratory.sample_page, name="sample"),
    path("sessions/", sessions.session_list, name="sessions"),
    path("transfers/", transfers.transfer_list, name="transfers"),
    path("numbers/", numbers.number_ledger, name="numbers"),
    path("numbers/lend/", numbers.lend_numbers, name="lend_numbers"),
    path("numbers/<int:pk>/void/", numbers.void_number, name="void_number"),
    path("figures/", figures.figures_page, name="figures"),
    path("figures.csv", figures.figures_table, name="figures_table"),
    path("watch/", watch.watch_page, name="watch"),
    path("watch/read/", watch.read_all, name="read_all"),
]
