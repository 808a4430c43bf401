"""
The Typer side of the commands: one module per family, each with a `family`.

What a command is called and takes stands here; what it does is in the module that it imports when it runs.
"""
