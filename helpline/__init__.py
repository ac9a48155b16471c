"""The helpline as a library: it decides and remembers; the doors to the world are `handlers` and `workers`."""
