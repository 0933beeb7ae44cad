"""Addresses of the desk.  ``login`` and ``logout`` stand outside the namespace, as Django's settings name them."""

from django.urls import include, path

from . import (
    case_urls,
    cases,
    charts,
    clue_urls,
    clues,
    command_urls,
    devices,
    dispatch_urls,
    draws_urls,
    entrance,
    facilities,
    findings,
    law_urls,
    papers,
    rules,
    stacks,
    tasks,
    trials,
    worklist,
)

pages = [
    path("", worklist.worklist, name="worklist"),
    path("clues/", clues.clue_list, name="clues"),
    *clue_urls.first,  # before one clue and its steps
    path("clues/<str:number>/", clues.clue_page, name="clue"),
    path("clues/<str:number>/<slug:step>/", clues.clue_step, name="clue_step"),
    *clue_urls.pages,
    *dispatch_urls.pages,  # before the steps of a task
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/<str:number>/", tasks.task_page, name="task"),
    path("tasks/<str:number>/<slug:step>/", tasks.task_step, name="task_step"),
    *draws_urls.pages,
    *command_urls.pages,
    path("cases/", cases.case_list, name="cases"),
    *law_urls.pages,  # before the steps of a case
    *case_urls.pages,
    path("cases/<int:pk>/", cases.case_page, name="case"),
    path("cases/<int:pk>/<slug:step>/", cases.case_step, name="case_step"),
    path("papers/<int:pk>.<slug:form>", papers.paper, name="paper"),
    path("evidence/<int:pk>/", papers.evidence, name="evidence"),
    path("facilities/", facilities.facility_list, name="facilities"),
    path("facilities/<str:code>/", facilities.facility_page, name="facility"),
    path("facilities/<str:code>/stack/", stacks.stack_page, name="stack"),
    path("facilities/<str:code>/stack.json", stacks.stack_data, name="stack_data"),
    path("devices/", devices.device_list, name="devices"),
    path("devices/<str:mn>/", devices.device_page, name="device"),
    path("devices/<str:mn>/send/<slug:command>/", devices.send_command, name="device_send"),
    path("devices/<str:mn>/commands/<slug:order>/", devices.command_result, name="device_order"),
    path("findings/<str:number>/", findings.finding_page, name="finding"),
    path("map/", facilities.map_page, name="map"),
    path("map/places.json", facilities.map_places, name="map_places"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/<slug:name>/", rules.rule_page, name="rule"),
    path("rules/<slug:name>/trial/", trials.trial, name="trial"),
    path("chart.json", charts.chart, name="chart"),
]
urlpatterns = [
    path("login/", entrance.Entrance.as_view(), name="login"),
    path("logout/", entrance.Exit.as_view(), name="logout"),
    path("", include((pages, "desk"))),
]
