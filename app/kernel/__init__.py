"""Mechanism. Knows persons, time, rows, sealing and the processing log; knows no case."""
