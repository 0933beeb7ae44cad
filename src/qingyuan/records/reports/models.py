"""What people and instruments tell us, each kind in a file of its own."""

from .basin_models import Handout, MoneyEntry, Project, SectionWarning, VillageSurvey
from .command_models import Incident, IncidentEntry, SupportCall
from .sightings_models import ImportBatch, Sighting, SightingPhoto, Track

__all__ = [
    "Handout", "ImportBatch", "Incident", "IncidentEntry", "MoneyEntry", "Project", "SectionWarning", "Sighting", "SightingPhoto", "SupportCall", "Track",
    "VillageSurvey",
]  # fmt: skip
