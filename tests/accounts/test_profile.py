from django.urls import reverse

from compliance.accounts.models import User


def test_a_person_changes_their_own_name_and_history_knows(ed: User, sign_in) -> None:
    answer = sign_in(ed).post(reverse("accounts:profile"), {"name": "Ed Example", "job_title": "Product owner"})
    assert answer.status_code == 302
    person = User.objects.get(pk=ed.pk)
    assert (person.name, person.job_title, person.email) == ("Ed Example", "Product owner", ed.email)
    row = User.history.filter(id=ed.pk).latest("history_id")
    assert (row.history_user_id, row.name) == (f"user:{ed.pk}", "Ed Example")


def test_unknown_fields_have_no_effect(ed: User, sign_in) -> None:
    given = {"name": "Ed", "is_operator": "on", "is_active": "", "email": "root@example.com"}
    sign_in(ed).post(reverse("accounts:profile"), given)
    person = User.objects.get(pk=ed.pk)
    assert (person.is_operator, person.is_active, person.email) == (False, True, ed.email)


def test_a_name_is_needed(ed: User, sign_in) -> None:
    answer = sign_in(ed).post(reverse("accounts:profile"), {"name": ""})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
