"""The SAFi loop: Values, Intellect, Will, Conscience, Spirit. It knows no vendor, platform, clock or database."""
