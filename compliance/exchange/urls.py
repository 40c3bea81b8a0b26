"""Addresses of import and export."""

from django.urls import URLPattern, path

from compliance.exchange import views

app_name = "exchange"


def both(route: str, pages: views.Both, name: str) -> list[URLPattern]:
    """`name` below the organisation, `project_<name>` below the project."""
    return [
        path(f"organisations/<slug:organisation>/exchange/{route}", pages.organisation, name=name),
        path(f"projects/<slug:project>/exchange/{route}", pages.project, name=f"project_{name}"),
    ]


urlpatterns = [
    *both("", views.index, "index"),
    *both("<slug:sheet>/", views.sheet_import, "import"),
    *both("<slug:sheet>/export/", views.sheet_export, "export"),
    *both("<slug:sheet>/<str:reference>/", views.sheet_item, "item"),
]
