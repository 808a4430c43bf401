"""The command line. It sits on top: it wires the halves together, and nothing imports it."""
