"""What gateways deliver: proved, read, handed to a use case, answered as each gateway wants it."""
