"""The doors for time: jobs, the dispatcher, and the supervisor that keeps all processes running."""
