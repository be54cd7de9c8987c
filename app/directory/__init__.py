"""Agencies, persons, mandates, undertakings, and signing in."""
