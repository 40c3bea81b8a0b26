"""What changed in a record since it was approved, in the words its files are written in."""

from dataflows.approved import beside, versions
from dataflows.letters import letters
from dataflows.models import ProcessingActivity
from dataflows.standing import latest_approvals


def changes_since(record: ProcessingActivity) -> list[tuple[str, str, str]]:
    """Rows of (what, as approved, now) where they differ; of complete records that were approved once."""
    flows = list(record.flow_rows)
    made = versions(record.organisation, [record], latest_approvals([record]), latest_approvals(flows))
    record.flow_rows = flows
    if record.pk not in made or not made[record.pk].pending:
        return []
    before = made[record.pk].record
    # Flows are approved apart: what differs by them alone is no change of the record.
    before.flow_rows = flows
    then, now = _said(before), _said(record)
    return [
        (label, then.get(label, ""), now.get(label, ""))
        for label in {**then, **now}
        if then.get(label, "") != now.get(label, "")
    ]


def _said(row: ProcessingActivity) -> dict[str, str]:
    lines = {f"({one.letter}) {one.title}": "\n".join(one.lines) for one in letters(row, row.organisation)}
    return {"Name": row.name, "Role": str(row.get_role_display()), **lines, **dict(beside(row))}
