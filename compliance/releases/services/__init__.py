from compliance.releases.services.decision import NotAtGate, classify_release, decide_gate, override_gate

__all__ = ["NotAtGate", "classify_release", "decide_gate", "override_gate"]
