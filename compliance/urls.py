"""The composition root's URLs: each app brings its own."""

from django.urls import include, path

handler500 = "compliance.ui.failures.broken"

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("compliance.accounts.urls")),
    path("", include("compliance.projects.urls")),
    path("", include("compliance.tasks.urls")),
    path("", include("compliance.timeline.urls")),
    path("", include("compliance.packs.urls")),
    path("", include("compliance.registers.urls")),
    path("", include("compliance.releases.urls")),
    path("", include("compliance.exchange.urls")),
    path("", include("compliance.assessments.urls")),
    path("", include("controls.urls")),
    path("", include("dataflows.urls")),
    path("", include("risks.urls")),
]
