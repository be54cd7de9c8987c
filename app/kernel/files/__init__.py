"""Files that somebody hands over: which are taken, under which name, and what is left out of them.

This knows no case. It takes bytes and a name, and gives back what may be kept, or says in one code why not.
"""
