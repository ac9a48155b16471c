"""The gateways: one adapter file each. The only importers of twilio, africastalking and HTTP clients."""
