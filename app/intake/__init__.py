"""Registrations: receiving a signal, screening it, deciding on it (R39 to R50)."""
