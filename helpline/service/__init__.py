"""The use cases: one function is one transaction, or a short row of them around a gateway call."""
