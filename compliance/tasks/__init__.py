"""What falls due, and whose it is."""
