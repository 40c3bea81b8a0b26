"""The two apps, where they are published, and their releases."""

from typing import Any

from compliance.projects.services import add_app_target, create_project, plan_release, publish_release
from risks.demo.stage import Stage

PROJECTS: dict[str, dict[str, Any]] = {
    "S": {
        "name": "Stridewell",
        "summary": "A fitness and recovery coach: it records training with a heart-rate strap and plans the next.",
        "role": "controller",
        "countries": "DE AT FR PL NL GB",
        "users_count": 310_000,
        "masvs_profile": "L2 + P",
    },
    "K": {
        "name": "Korvo Wallet",
        "summary": "A wallet with stored value, loyalty points and payments from person to person.",
        "role": "both",
        "countries": "DE AT LT",
        "users_count": 85_000,
        "masvs_profile": "L2 + R + P",
        "takes_payments": True,
    },
}
TARGETS = [
    ("S", "ios", "App Store", "com.lumaro.stridewell", "16"),
    ("S", "android", "Google Play", "com.lumaro.stridewell", "9 (API 28)"),
    ("S", "wearos", "Google Play", "com.lumaro.stridewell", "Wear OS 3"),
    ("K", "ios", "App Store", "com.lumaro.korvo", "17"),
    ("K", "android", "Google Play", "com.lumaro.korvo", "11 (API 30)"),
]
# project, version, class, planned on day, published on day, what changed
RELEASES: list[tuple[str, str, str, int, int | None, str]] = [
    ("S", "4.0.0", "major", -210, -210, "Coaching plan from heart rate and sleep."),
    ("S", "4.1.0", "minor", -120, -120, "Routes recorded in the background."),
    ("S", "4.1.2", "patch", -75, -75, "Battery use of route recording."),
    ("S", "4.2.0", "major", 12, None, "Referral campaign with install attribution; Wear OS tiles."),
    ("K", "1.8.0", "minor", -160, -160, "Loyalty offers."),
    ("K", "1.9.0", "major", -62, -62, "Payments from person to person."),
    ("K", "1.9.1", "emergency", -55, -55, "Debug flag removed, tokens revoked, crash reports scrubbed."),
    ("K", "2.0.0", "major", 70, None, "Passkeys, new pin set."),
]


def set_scenes(stage: Stage) -> None:
    """Start both projects and publish their releases."""
    for letter in PROJECTS:
        stage.on(-350, lambda letter=letter: _start(stage, letter))
    for letter, version, change_class, planned, published, notes in RELEASES:
        owner = "Haddad" if letter == "S" else "Wrona"
        stage.on(
            min(planned - 40, -20), lambda a=(letter, version, change_class, planned, notes, owner): _plan(stage, *a)
        )
        if published is not None:
            stage.on(published, lambda a=(version, owner): _publish(stage, *a), 15)


def _start(stage: Stage, letter: str) -> None:
    facts = PROJECTS[letter]
    by = stage.person("Brandt")
    stage.keep(letter, create_project(organisation=stage.organisation, by=by, reason="New app", **facts))
    for target, platform, store, app_id, oldest in TARGETS:
        if target == letter:
            add_app_target(
                project=stage.project(letter), by=by, platform=platform, store=store, app_id=app_id, minimum_os=oldest
            )


def _plan(stage: Stage, letter: str, version: str, change_class: str, planned: int, notes: str, owner: str) -> None:
    release = plan_release(
        project=stage.project(letter),
        name=version,
        by=stage.person(owner),
        change_class=change_class,
        planned_date=stage.date(planned),
        notes=notes,
        reason="Roadmap",
    )
    stage.keep(version, release)


def _publish(stage: Stage, version: str, owner: str) -> None:
    publish_release(release=stage.get(version), by=stage.person(owner), reason="All gates passed")
