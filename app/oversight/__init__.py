"""Oversight: reading, exporting and verifying the processing log (R105, R106). Never content."""
