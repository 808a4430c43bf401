"""What each shell has to be told, once."""

from getty_token.commands.completion import ASKED, SHELLS, WORDS
from getty_token.errors import WrongUsage

_BASH = """\
_getty_token() {
    local IFS=$'\\n'
    COMPREPLY=($(@ASKED@=bash @WORDS@="${COMP_WORDS[*]:1:COMP_CWORD}" "$1" 2>/dev/null))
}
complete -o default -F _getty_token getty-token
"""

_ZSH = """\
#compdef getty-token
_getty-token() {
    local -a found
    found=("${(@f)$(@ASKED@=zsh @WORDS@="${(F)words[2,CURRENT]}" "${words[1]}" 2>/dev/null)}")
    if [[ -n "${found[1]}" ]]; then
        _describe -V 'getty-token' found
    else
        _files
    fi
}
if [[ "${funcstack[1]}" == "_getty-token" ]]; then
    _getty-token "$@"
else
    compdef _getty-token getty-token
fi
"""

_FISH = """\
function __getty_token
    set -l before (commandline -opc)
    set -l now (commandline -ct)
    set -l words (string join \\n -- $before[2..-1] "$now" | string collect)
    set -l found (env @ASKED@=fish @WORDS@="$words" $before[1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$now"
    end
end
complete --command getty-token --no-files --arguments '(__getty_token)'
"""

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName getty-token -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($wordToComplete -eq '') { $words += '' }
    $env:@ASKED@ = 'powershell'
    $env:@WORDS@ = $words -join "`n"
    try {
        getty-token 2>$null | ForEach-Object {
            $value, $says = $_ -split "`t", 2
            if (-not $says) { $says = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $says)
        }
    } finally {
        Remove-Item Env:@ASKED@, Env:@WORDS@
    }
}
"""

_SCRIPTS = dict(zip(SHELLS, (_BASH, _ZSH, _FISH, _POWERSHELL), strict=True))


def script(shell: str) -> str:
    """The script for `shell`. Raises WrongUsage for one there is none for."""
    if shell not in _SCRIPTS:
        raise WrongUsage(f"there is no completion for {shell!r}.", mend=f"There is for {', '.join(SHELLS)}.")
    return _SCRIPTS[shell].replace("@ASKED@", ASKED).replace("@WORDS@", WORDS)
