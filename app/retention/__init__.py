"""The end of the file: warnings, the sweep, certificates (R86 to R96)."""
