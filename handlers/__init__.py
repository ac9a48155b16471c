"""The doors for HTTP: webhooks of the gateways, health, the simulator. They decide nothing."""
