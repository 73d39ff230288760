"""A stateful stand-in for Slack on loopback that drives the real Bolt app. ``server.SandboxSlack`` is the door."""
