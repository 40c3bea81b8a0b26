from django.urls import reverse
from django.utils.safestring import SafeString

from compliance.ui.parts import part


def crumbs(name):
    return part("ui/_scope_crumbs.html", organisation=name, organisation_slug="lumaro", project="", project_slug="")


def test_a_part_is_drawn_once_for_the_same_values():
    assert crumbs("Lumaro") is crumbs("Lumaro")


def test_a_part_escapes_what_is_not_marked_safe_also_when_it_saw_the_same_text_marked():
    address = reverse("projects:organisation", args=["lumaro"])

    assert crumbs(SafeString("<b>")).strip() == f'<li><a href="{address}"><b></a></li>'
    assert crumbs("<b>").strip() == f'<li><a href="{address}">&lt;b&gt;</a></li>'


def test_a_part_of_values_that_change_is_drawn_anew():
    lines = [{"label": "Risks", "url": "/risks/"}]
    part("ui/_rail.html", lines=lines, name="Lumaro")
    lines.append({"label": "Tasks", "url": "/tasks/"})

    assert part("ui/_rail.html", lines=lines, name="Lumaro").count("<li>") == 2
