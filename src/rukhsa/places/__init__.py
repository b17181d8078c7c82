"""Blocks, addresses and the address register; lengths, areas and clashes on the ground."""
