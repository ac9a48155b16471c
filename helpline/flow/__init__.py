"""The dialogue engine: what a caller's key press means.

The code in this folder cannot do any input or output, read a clock or draw a random number, and
nothing it imports may. A step is a plain function of values, so a conversation can be replayed,
proved and printed.
"""
