"""What the claims share: a runner, clients of the official SDKs, raw HTTP, and oracles."""
