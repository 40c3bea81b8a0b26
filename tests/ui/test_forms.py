from html.parser import HTMLParser

from tests.ui.guide import AcceptanceForm


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def of(self, **wanted):
        return [a for _, a in self.found if all(a.get(k.rstrip("_").replace("_", "-")) == v for k, v in wanted.items())]

    @property
    def ids(self):
        return [attrs["id"] for _, attrs in self.found if "id" in attrs]


def test_an_error_stands_beside_its_field_and_is_named_by_it():
    page = Elements(str(AcceptanceForm({})))

    title = page.of(id="id_title")[0]
    assert title["aria-invalid"] == "true"
    assert title["aria-describedby"] == "id_title_helptext id_title_error"
    assert {"id_title_helptext", "id_title_error"} <= set(page.ids)


def test_the_summary_leads_to_every_wrong_field():
    page = Elements(str(AcceptanceForm({"title": "x"})))

    targets = [attrs["href"][1:] for tag, attrs in page.found if tag == "a" and attrs.get("class") is None]
    assert targets == ["id_likelihood", "id_option_0", "id_reason", "id_sure"]
    assert set(targets) <= set(page.ids)


def test_no_id_is_given_twice():
    for form in (AcceptanceForm(), AcceptanceForm({})):
        ids = Elements(str(form)).ids
        assert len(ids) == len(set(ids))


def test_each_widget_has_the_class_of_its_kind():
    page = Elements(str(AcceptanceForm()))

    kinds = {
        name: page.of(id=f"id_{name}")[0].get("class") for name in ("title", "likelihood", "reason", "sure", "annex")
    }
    assert kinds == {
        "title": "form-control",
        "likelihood": "form-select",
        "reason": "form-control",
        "sure": "form-check-input",
        "annex": "form-control",
    }


def test_a_clause_is_a_link_when_it_has_an_address():
    page = Elements(str(AcceptanceForm()))

    assert [(tag, attrs.get("href")) for tag, attrs in page.found if attrs.get("class") == "clause"] == [
        ("a", "#6.1.2"),
        ("span", None),
    ]


def test_optional_fields_say_so():
    assert str(AcceptanceForm()).count('<span class="optional">(optional)</span>') == 3
