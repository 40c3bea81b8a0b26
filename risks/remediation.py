"""How long a vulnerability may stay open, by severity and exploitation; the terms of each version are data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

SEVERITIES = ("critical", "high", "medium", "low")
HOURS_A_DAY = 24


@dataclass(frozen=True)
class Terms:
    """One version: days by severity, hours once it is exploited; `label` names the version on every date it gave."""

    label: str
    days: Mapping[str, int]
    exploited_hours: int

    def due(self, severity: str, exploited: bool, since: datetime) -> tuple[date | None, str]:
        """The last day, and why it is that one; nothing for what is no more than a remark."""
        day, why = None, ""
        if severity in self.days:
            day = (since + timedelta(days=self.days[severity])).date()
            why = f"{severity.capitalize()}: {self.days[severity]} days from the day it was found ({self.label})"
        if exploited:
            sooner = (since + timedelta(hours=self.exploited_hours)).date()
            if day is None or sooner < day:
                day, why = sooner, f"Exploited: {self.exploited_hours} hours after it was found ({self.label})"
        return day, why


@cache
def default_terms() -> Terms:
    """Those an organisation starts from."""
    data = yaml.safe_load((Path(__file__).parent / "data" / "remediation-terms.yaml").read_text())
    return Terms(f"default {data['version']}", data["days"], data["exploited_hours"])
