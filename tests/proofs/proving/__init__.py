"""What the proofs share: a world laid from outside, an oracle of their own, a client whose calls are undone."""
