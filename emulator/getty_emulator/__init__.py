"""
The emulator: it imitates Netlify's functions for a site, and Getty's API for whoever has no key.

It never sees a key, a secret or a token: of getty_token it imports errors and the facts of Getty's API, nothing else.
"""
