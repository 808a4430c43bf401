"""What can be asked of a running server: `faults` and `clock`."""

import typer

from getty_token.commands import faults

family = typer.Typer()
family.add_typer(faults.program, name="faults")
family.command(context_settings={"ignore_unknown_options": True})(faults.clock)
