from django.urls import path

from compliance.releases.views import gate

app_name = "releases"

GATE = "projects/<slug:project>/releases/<str:reference>/gates/"
urlpatterns = [
    path(GATE + "confirm/", gate.release_classify, name="classify"),
    path(GATE + "<str:gate>/", gate.gate_decide, name="decide"),
    path(GATE + "<str:gate>/override/", gate.gate_override, name="override"),
]
