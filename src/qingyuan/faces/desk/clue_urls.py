"""Addresses around clues: writing one down, the early-warning station, the waiting list and the roster, yield, suppression, registers; and the firm's link."""

from django.urls import path

from . import capacity, clue_answers, clue_new, clues, liaison, station, suppressions, yields

first = [
    path("clues/new/", clue_new.new_clue, name="clue_new"),
    path("clues/answers/<int:pk>/<slug:step>/", clue_answers.answer_step, name="answer_step"),
    path("clues/messages/read/", clue_answers.read_messages, name="clue_messages_read"),
    path("clues/<str:number>/papers/", clues.add_papers, name="clue_papers"),
    path("clues/<str:number>/bundle/", clues.clue_bundle, name="clue_bundle"),
    path("answer/<str:token>/", clue_answers.answer_page, name="answer"),
]
pages = [
    path("station/", station.station_page, name="station"),
    path("station/<str:number>/warn/", station.warn, name="station_warn"),
    path("warnings/<int:pk>/receive/", station.receive_warning, name="receive_warning"),
    path("capacity/", capacity.capacity_page, name="capacity"),
    path("capacity/<slug:what>/", capacity.capacity_act, name="capacity_act"),
    path("yields/", yields.yield_page, name="yields"),
    path("yields/table.csv", yields.yield_table, name="yield_table"),
    path("suppressions/", suppressions.suppression_list, name="suppressions"),
    path("suppressions/<int:pk>/<slug:step>/", suppressions.suppression_step, name="suppression_step"),
    path("liaison/", liaison.liaison_page, name="liaison"),
    path("liaison/bulletins/", liaison.make_bulletin, name="bulletin_make"),
    path("liaison/bulletins/<int:pk>.<slug:form>", liaison.bulletin_file, name="bulletin"),
    path("liaison/<int:pk>/list.csv", liaison.cut_list, name="cut_list"),
]
