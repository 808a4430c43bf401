"""What `search` and `images` are made of: which members, in what form, where to, how fast."""
