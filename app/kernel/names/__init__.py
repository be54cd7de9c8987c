"""Names of persons as they are written in Belgium: one spelling to compare, how they sound, which are alike.

Pure: text in, text out. No library met did this for the four languages together (docs/decisions/0019).
"""
