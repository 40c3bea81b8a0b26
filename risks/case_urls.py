"""Addresses of incidents, breaches, their clocks, and impact assessments."""

from compliance.projects.pairs import paths
from risks.views import breach, clock, dpia, incident

INCIDENT = "incidents/<str:reference>"
BREACH = "breaches/<str:reference>"
DPIA = "impact-assessments/<str:reference>"

urlpatterns = [
    *paths("incidents/", incident.incidents, "incidents"),
    *paths("incidents/add/", incident.incident_add, "incident_add"),
    *paths(f"{INCIDENT}/", incident.incident, "incident"),
    *paths(f"{INCIDENT}/edit/", incident.incident_edit, "incident_edit"),
    *paths(f"{INCIDENT}/next/", incident.incident_next, "incident_next"),
    *paths(f"{INCIDENT}/decide/", incident.incident_decide, "incident_decide"),
    *paths(f"{INCIDENT}/timeline/", incident.incident_entry, "incident_entry"),
    *paths(f"{INCIDENT}/clocks/", incident.incident_clock, "incident_clock"),
    *paths(f"{INCIDENT}/lessons/", incident.incident_lesson, "incident_lesson"),
    *paths(f"{INCIDENT}/links/", incident.incident_link, "incident_link"),
    *paths(f"{INCIDENT}/links/<uuid:link>/", incident.incident_unlink, "incident_unlink"),
    *paths(f"{INCIDENT}/breaches/", breach.breach_add, "incident_breach"),
    *paths("breaches/", breach.breaches, "breaches"),
    *paths(f"{BREACH}/", breach.breach, "breach"),
    *paths(f"{BREACH}/file/", breach.breach_file, "breach_file"),
    *paths(f"{BREACH}/edit/", breach.breach_edit, "breach_edit"),
    *paths(f"{BREACH}/enisa/", breach.breach_enisa, "breach_enisa"),
    *paths(f"{BREACH}/clocks/", breach.breach_clock, "breach_clock"),
    *paths(f"{BREACH}/next/", breach.breach_next, "breach_next"),
    *paths(f"{BREACH}/decide/", breach.breach_decide, "breach_decide"),
    *paths("impact-assessments/", dpia.assessments, "assessments"),
    *paths("impact-assessments/add/", dpia.assessment_add, "assessment_add"),
    *paths(f"{DPIA}/", dpia.assessment, "assessment"),
    *paths(f"{DPIA}/screening/", dpia.assessment_screening, "assessment_screening"),
    *paths(f"{DPIA}/parts/<str:part>/", dpia.assessment_part, "assessment_part"),
    *paths(f"{DPIA}/next/", dpia.assessment_next, "assessment_next"),
    *paths(f"{DPIA}/advise/", dpia.assessment_advise, "assessment_advise"),
    *paths(f"{DPIA}/decide/", dpia.assessment_decide, "assessment_decide"),
    *paths(f"{DPIA}/conditions/", dpia.assessment_condition, "assessment_condition"),
    *paths(f"{DPIA}/links/", dpia.assessment_link, "assessment_link"),
    *paths(f"{DPIA}/links/<uuid:link>/", dpia.assessment_unlink, "assessment_unlink"),
    *paths("clocks/<uuid:clock>/", clock.clock, "clock"),
]
