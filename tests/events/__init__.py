"""Tests of the events and of their delivery."""
