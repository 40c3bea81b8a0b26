"""Approvals that bind to a snapshot, by somebody else."""
