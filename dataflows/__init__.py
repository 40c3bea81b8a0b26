"""What really happens to personal data."""
