"""The functions of a site that need no Node: the built-in one, and those of its `getty-token.toml`."""

from collections.abc import Mapping

from getty_emulator.netlify.functions import BUILT_IN, BuiltIn, Function, Permissions
from getty_emulator.netlify.project import FILE, Project
from getty_token.errors import WrongUsage


def functions(project: Project, permissions: Permissions) -> Mapping[str, Function]:
    """The built-in function and those of the project. Raises WrongUsage for one that is not permitted."""
    for defined in project.functions.values():
        if refusal := permissions.refusal(defined.operation):
            raise WrongUsage(f"the function {defined.name} in {FILE} is not allowed.", refusal)
    return {BUILT_IN: BuiltIn(permissions), **project.functions}
