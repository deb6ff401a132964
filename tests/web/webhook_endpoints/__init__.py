"""Tests of the pages of webhook endpoints."""
