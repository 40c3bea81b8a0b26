"""What the shipped app says about itself."""
