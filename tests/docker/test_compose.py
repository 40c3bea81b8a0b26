"""The signing key reaches the sealer and the workers, and nothing the world can reach."""

from pathlib import Path

import yaml

COMPOSE = yaml.safe_load((Path(__file__).resolve().parents[2] / "docker" / "compose.yml").read_text())


def test_only_the_sealer_and_the_worker_are_given_the_signing_key():
    services = COMPOSE["services"]
    named = {name for name, service in services.items() if "ASSAY_SIGNING_KEY_FILE" in service.get("environment", {})}
    mounted = {name for name, service in services.items() if any("keys" in item for item in service.get("volumes", []))}

    assert named == mounted == {"sealer", "worker"}
