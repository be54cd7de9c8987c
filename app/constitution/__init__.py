"""Cells, municipalities, tables, the agreement in force and the settings it fixes; legal references and code lists."""
