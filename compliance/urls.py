"""The composition root's URLs: each app brings its own."""

from django.urls import include, path

from compliance.routes import room

handler500 = "compliance.ui.failures.broken"

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    room("compliance.accounts.urls"),
    room("compliance.projects.urls"),
    room("compliance.tasks.urls"),
    room("compliance.timeline.urls"),
    room("compliance.packs.urls"),
    room("compliance.registers.urls"),
    room("compliance.releases.urls"),
    room("compliance.artefacts.urls"),
    room("compliance.exchange.urls"),
    room("compliance.assessments.urls"),
    room("controls.urls"),
    room("dataflows.urls"),
    room("risks.urls"),
]
