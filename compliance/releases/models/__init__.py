from compliance.releases.models.decision import GateDecision, Verdict

__all__ = ["GateDecision", "Verdict"]
