"""Set-up, demonstration, tests and the image; standard library only, for it runs before anything is installed."""
