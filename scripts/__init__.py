"""What `make` runs: setting up, serving, testing and checking. Nothing here is imported by the application."""
