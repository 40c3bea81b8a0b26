from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from django.template import Context, Template


def draw(source, **context):
    return Template(source).render(Context(context))


def test_a_level_is_a_word_with_its_square():
    assert draw('{% level "high" %}') == '<span class="level level-high">High</span>'
    assert draw('{% level "high" "High (12)" %}') == '<span class="level level-high">High (12)</span>'
    assert draw("{% level nothing %}") == '<span class="level level-none">Not assessed</span>'


def test_words_from_people_are_escaped():
    assert draw("{% level x %}", x='"><b>') == '<span class="level level-other">&quot;&gt;&lt;b&gt;</span>'
    assert draw("{% state x %}", x="<b>") == '<span class="state state-plain">&lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("word", "tone", "said"),
    [
        ("approved", "ok", "Approved"),
        ("in_progress", "warn", "In progress"),
        ("overdue", "bad", "Overdue"),
        ("draft", "plain", "Draft"),
    ],
)
def test_a_state_takes_its_tone_from_its_word(word, tone, said):
    assert draw("{% state word %}", word=word) == f'<span class="state state-{tone}">{said}</span>'


def test_a_reference_is_a_link_when_the_record_has_an_address():
    record = SimpleNamespace(reference="R-0012", get_absolute_url=lambda: "/r/")

    assert draw("{% reference record %}", record=record) == '<a class="reference" href="/r/">R-0012</a>'
    assert draw('{% reference "R-0012" %}') == '<span class="reference">R-0012</span>'


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-09-23T11:00:00.000000Z", "23 Sep 2026, 11:00 UTC"),
        ("2027-02-01", "1 Feb 2027"),
        ("2026-13-45", "2026-13-45"),
        ("2026-09-23 and later", "2026-09-23 and later"),
        (7, "7"),
    ],
)
def test_what_a_frozen_record_dates_is_read_by_people(written, read):
    assert draw("{{ d|dated }}", d=written) == read


def test_days_and_moments_are_written_in_utc():
    late = datetime(2026, 11, 22, 23, 30, tzinfo=timezone(-timedelta(hours=2)))

    assert draw("{{ d|day }}", d=date(2026, 11, 22)) == "22 Nov 2026"
    assert draw("{{ d|day }}", d=late) == "23 Nov 2026"
    assert draw("{{ d|moment }}", d=late) == "23 Nov 2026, 01:30 UTC"
    assert (
        draw("{{ d|moment }}|{{ n|day }}", d=datetime(2026, 1, 2, 3, 4, tzinfo=UTC), n=None) == "2 Jan 2026, 03:04 UTC|"
    )


def test_a_hash_is_shortened_from_text_and_bytes():
    assert (
        draw("{{ a|short_hash }} {{ b|short_hash:4 }}", a="0123456789abcdef", b=b"\xab\xcd\xef") == "0123456789ab abcd"
    )


def test_progress_of_nothing_divides_by_nothing():
    assert 'value="0" max="1"' in draw('{% progress 0 0 "Answered" %}')
