"""The processing log that an outsider can verify: its pure half, which knows no database.

``leaf`` says what one entry is and how it is hashed, ``tree`` grows the Merkle tree over the entries of one
controller and year, ``note`` signs its checkpoints, ``exportfile`` writes a selection of entries to a file
that carries its own proof, and ``verify`` checks such a file offline. The formats are described in
``docs/journal-format.md``, so that anyone can write a verifier of their own.
"""
