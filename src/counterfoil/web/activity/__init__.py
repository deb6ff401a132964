"""The web integration log and store updates."""
