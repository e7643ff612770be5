"""Other sides of the same participations: projects tied by institutions, institutions by topic, places tied by projects."""

from kg.analyse.place_view import CountryView, PlacePair, PlaceTotal, activities, countries
from kg.analyse.project_view import ProjectTie, ProjectView, project_ties
from kg.analyse.topic_view import TopicCell, TopicView, topics

__all__ = [
    "CountryView",
    "PlacePair",
    "PlaceTotal",
    "ProjectTie",
    "ProjectView",
    "TopicCell",
    "TopicView",
    "activities",
    "countries",
    "project_ties",
    "topics",
]
