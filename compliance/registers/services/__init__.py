"""What is done with rows of registers."""
