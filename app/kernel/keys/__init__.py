"""The keys behind the sealed values: who wraps them, how they are rotated, and what ends them (R5, R92, R109)."""
