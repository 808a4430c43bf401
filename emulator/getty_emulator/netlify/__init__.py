"""Netlify's side of the emulator: from a browser's request to a function, and from the function to a call for Getty."""
