"""The geometry of the flow map, from plain values."""

from itertools import pairwise

from dataflows.layout import Box, arrange, link
from dataflows.map import draw
from dataflows.map_parts import Leg, Place

PLACES = [
    Place("user", "User", "person"),
    Place("app", "App", "app"),
    Place("api", "API", "api"),
    Place("db", "Database", "store"),
    Place("eu", "Mapwright Oy", "processor", "Finland"),
    Place("us", "Crashlight Inc", "processor", "United States", outside=True),
]
LEGS = [
    Leg("user", "app", "DF-001", "Account"),
    Leg("app", "api", "DF-001", "Account"),
    Leg("api", "db", "DF-001", "Account"),
    Leg("app", "api", "DF-002", "Pulse", special=True),
    Leg("app", "eu", "DF-003", "Maps"),
    Leg("app", "us", "DF-004", "Crashes", marks=("no contract",), tone="bad"),
]


def many(count: int):
    """As many flows from the app to as many parties, half of them outside."""
    places = [PLACES[1], *(Place(f"p{n}", f"Party {n}", "processor", outside=n % 2 == 0) for n in range(count))]
    return places, [Leg("app", f"p{n}", f"DF-{n:03}", "Data") for n in range(count)]


def overlaps(places) -> list[tuple[str, str]]:
    found = []
    for x in {box.x for box in places}:
        column = sorted((box for box in places if box.x == x), key=lambda box: box.y)
        found += [(a.place.name, b.place.name) for a, b in pairwise(column) if a.y + a.height > b.y]
    return found


def test_places_stand_in_columns_from_people_to_parties():
    drawn = {box.place.key: box for box in draw(PLACES, LEGS).places}

    order = ["user", "app", "api", "db", "eu"]
    assert sorted(order, key=lambda key: drawn[key].x) == order
    assert drawn["eu"].x == drawn["us"].x


def test_the_border_stands_above_what_is_outside_and_below_all_else():
    drawn = draw(PLACES, LEGS)

    outside = [box.y for box in drawn.places if box.place.outside]
    inside = [box.y + box.height for box in drawn.places if not box.place.outside]
    assert max(inside) < drawn.border_y < min(outside)


def test_the_trust_boundary_stands_between_app_and_network():
    drawn = draw(PLACES, LEGS)
    places = {box.place.key: box for box in drawn.places}

    assert places["app"].x + places["app"].width < drawn.trust_x < places["api"].x


def test_nothing_outside_draws_no_border_and_devices_alone_no_boundary():
    drawn = draw(PLACES[:2], LEGS[:1])

    assert (drawn.border_y, drawn.trust_x) == (None, None)


def test_flows_that_take_the_same_step_share_a_line_special_ones_first():
    lines = draw(PLACES, LEGS).lines

    shared = next(line for line in lines if line.title == "DF-001 Account; DF-002 Pulse")
    assert [(row.special, [ref.shown for ref in row.refs]) for row in shared.label if row.refs] == [
        (True, ["DF-002"]),
        (False, ["DF-001"]),
    ]


def test_many_references_are_shortened_three_to_a_line():
    legs = [Leg("app", "api", f"DF-{n:03}", "Data") for n in range(1, 12)]

    (line,) = draw(PLACES, legs).lines

    assert [[ref.shown for ref in row.refs] for row in line.label] == [
        ["DF-001", "002", "003"],
        ["DF-004", "005", "006"],
        ["DF-007", "008", "009"],
        ["DF-010", "011"],
    ]


def test_marks_stand_in_words_on_a_line_of_their_own_tone():
    line = next(line for line in draw(PLACES, LEGS).lines if line.tone == "bad")

    assert [row.words for row in line.label if row.warns] == ["no contract"]


def test_a_flow_back_to_the_app_points_left():
    (line,) = draw(PLACES, [Leg("eu", "app", "DF-009", "Push")]).lines
    app = next(box for box in draw(PLACES, [Leg("eu", "app", "DF-009", "Push")]).places if box.place.key == "app")

    assert [head.split()[0] for head in line.heads] == [f"M{app.x + app.width}"]


def test_both_ways_has_two_heads():
    (line,) = draw(PLACES, [Leg("api", "eu", "DF-009", "Payments", both=True)]).lines

    assert len(line.heads) == 2


def test_two_parties_are_joined_beside_their_column():
    legs = [Leg("eu", "us", "DF-009", "Support")]

    (line,) = draw(PLACES, legs).lines

    assert line.path.count("C") == 1
    assert draw(PLACES, legs).width > draw(PLACES, []).width


def test_sixty_flows_overlap_nowhere():
    drawn = draw(*many(60))

    assert overlaps(drawn.places) == []
    ends = sorted((line.label[0].y, line.label[-1].y) for line in drawn.lines)
    assert [(a, b) for (_, a), (b, _) in pairwise(ends) if b - a < 10] == []


def test_the_same_values_draw_the_same_map():
    assert draw(PLACES, LEGS) == draw(PLACES, LEGS)


def test_an_empty_map_is_drawn_too():
    assert draw([], []).places == []


def test_boxes_are_as_near_to_their_neighbours_as_their_order_allows():
    left, right, other = Box("a", 0, 20, 10), Box("b", 1, 20, 10), Box("c", 1, 20, 10)
    link(left, right)

    arrange([left, right, other], 0, 10)

    assert (left.y, right.y, other.y) == (0, 0, 30)


def test_lines_that_run_alike_over_a_column_share_a_trunk():
    places = [PLACES[1], PLACES[3], *(Place(f"p{n}", f"Party {n}", "processor") for n in range(3))]
    lines = draw(places, [Leg("app", f"p{n}", f"DF-{n:03}", "Data") for n in range(3)]).lines

    trunks = {line.path.partition(" H")[0] for line in lines}
    assert (len(lines), len(trunks)) == (3, 1)


def test_a_country_outside_has_a_border_around_its_places_that_names_it():
    places = [
        *PLACES,
        Place("in", "Testers", "processor", "India", outside=True, country="India"),
        Place("us2", "Ads", "processor", "United States", outside=True, country="United States"),
        Place("in2", "Support", "processor", "India", outside=True, country="India"),
    ]
    drawn = draw(places, [*LEGS, Leg("app", "in2", "DF-005", "Mail"), Leg("app", "us2", "DF-006", "Ads")])

    assert sorted(frame.name for frame in drawn.frames) == ["India", "United States"]
    (india,) = [frame for frame in drawn.frames if frame.name == "India"]
    inside = [box for box in drawn.places if india.y < box.y and box.y + box.height < india.y + india.height]
    assert sorted(box.place.key for box in inside if box.x > india.x) == ["in", "in2"]


def test_what_keeps_the_data_close_is_said_under_its_own_flows():
    legs = [Leg("user", "app", "DF-001", "Pulse", notes=("on the device only",)), Leg("user", "app", "DF-002", "Name")]

    (line,) = draw(PLACES, legs).lines

    assert [row.words or row.refs[0].full for row in line.label] == ["DF-002", "DF-001", "on the device only"]
