"""Addresses of the command centre, sightings, basin and quality, imports."""

from django.urls import path

from . import air_trace, basin, command, importing, sightings, tiles

pages = [
    path("command/", command.command_page, name="command"),
    path("command/live.json", command.live, name="command_live"),
    path("command/ground.json", command.ground, name="command_ground"),
    path("command/point/", command.point_page, name="command_point"),
    path("command/tiles/<int:z>/<int:x>/<int:y>", tiles.tile, name="tile"),
    path("command/incidents/", command.open_incident, name="open_incident"),
    path("command/incidents/<str:number>/", command.incident_page, name="incident"),
    path("command/incidents/<str:number>/<slug:step>/", command.incident_step, name="incident_step"),
    path("command/calls/", command.call_for_support, name="call_for_support"),
    path("command/calls/<str:number>/<slug:step>/", command.call_step, name="call_step"),
    path("sightings/", sightings.sighting_list, name="sightings"),
    path("sightings/photos/<int:pk>/", sightings.photo, name="sighting_photo"),
    path("sightings/<str:number>/", sightings.sighting_page, name="sighting"),
    path("sightings/<str:number>/clue/", sightings.to_clue, name="sighting_clue"),
    path("sightings/<str:number>/<slug:step>/", sightings.sighting_step, name="sighting_step"),
    path("basin/", basin.basin_page, name="basin"),
    path("basin/air/", air_trace.air_trace, name="air_trace"),
    path("basin/check/", basin.check_sections, name="check_sections"),
    path("basin/sections/<str:code>/", basin.section_page, name="section"),
    path("basin/warnings/<str:number>/", basin.warning_page, name="warning"),
    path("basin/warnings/<str:number>/clue/", basin.warning_clue, name="warning_clue"),
    path("basin/warnings/<str:number>/<slug:step>/", basin.warning_step, name="warning_step"),
    path("basin/handouts/<str:number>/", basin.handout_page, name="handout"),
    path("basin/handouts/<str:number>/<slug:step>/", basin.handout_step, name="handout_step"),
    path("basin/projects/", basin.project_list, name="projects"),
    path("basin/projects/<str:code>/", basin.project_page, name="project"),
    path("basin/projects/<str:code>/<slug:step>/", basin.project_step, name="project_step"),
    path("basin/sources/", basin.source_list, name="sources"),
    path("imports/", importing.import_page, name="imports"),
]
