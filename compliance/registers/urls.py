from compliance.projects.pairs import paths
from compliance.registers.views import register, row

app_name = "registers"

ONE = "registers/<slug:register>/<str:reference>"
urlpatterns = [
    *paths("registers/", register.registers, "registers"),
    *paths("registers/<slug:register>/", register.register, "register"),
    *paths("registers/<slug:register>/add/", row.row_add, "row_add"),
    *paths(f"{ONE}/", row.row, "row"),
    *paths(f"{ONE}/edit/", row.row_edit, "row_edit"),
    *paths(f"{ONE}/review/", row.row_review, "row_review"),
    *paths(f"{ONE}/retire/", row.row_retire, "row_retire"),
    *paths(f"{ONE}/link/", row.row_link, "row_link"),
    *paths(f"{ONE}/unlink/", row.row_unlink, "row_unlink"),
]
