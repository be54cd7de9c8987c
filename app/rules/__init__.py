"""Floor 0: the law as data. Standard library only; knows no row, no request and no text of anybody.

Every table here can be read by a jurist: each row carries its R-number. What is law cannot be configured
away; what is policy is a setting with a default and bounds, fixed by the agreement in force.
"""
