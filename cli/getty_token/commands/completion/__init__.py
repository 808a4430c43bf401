"""
Shell completion. A script in the shell asks the program itself for what may come next, through two variables.

`ASKED` names the shell; `WORDS` has the words after the program's name up to the cursor, one a line. The answer is one
candidate a line, with a tab and what it does behind it where the shell shows that.
"""

ASKED = "_GETTY_TOKEN_COMPLETE"
WORDS = "_GETTY_TOKEN_WORDS"
SHELLS = ("bash", "zsh", "fish", "powershell")
