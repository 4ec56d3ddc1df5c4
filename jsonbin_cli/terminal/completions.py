"""The completion scripts: what Typer makes for each shell, mended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_FILES = {"bash": "jsonbin.bash", "zsh": "_jsonbin", "fish": "jsonbin.fish", "powershell": "jsonbin.ps1"}

# What to replace in Typer's script. In each, what goes wrong while candidates are looked up is to be kept
# out of the line that is being typed.
_MENDS = {
    "bash": [
        # Bash cuts words at = and : too, and --profile=work would not be seen as one; so the line is given as it is.
        # Typer completes the word at COMP_CWORD: the last one, or '' where that is still empty.
        (
            "local IFS=$'\n'\n",
            "local IFS=$'\\n' line=${COMP_LINE:0:COMP_POINT}\n    [[ ${COMP_WORDS[COMP_CWORD]} ]] || line+=\"''\"\n",
        ),
        ('COMP_WORDS="${COMP_WORDS[*]}"', 'COMP_WORDS="$line"'),
        ("COMP_CWORD=$COMP_CWORD", "COMP_CWORD=-1"),
        ("complete_bash $1 )", 'complete_bash "$1" 2>/dev/null )'),
    ],
    "zsh": [
        # Of a word only what stands before the cursor counts, and of --profile=work only what follows the =.
        (
            'eval $(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}"',
            'local typed="${words[1,CURRENT-1]} $QIPREFIX$PREFIX"\n'
            "  [[ $PREFIX == --*=* ]] && compset -P 1 '*='\n"
            '  eval $(env _TYPER_COMPLETE_ARGS="$typed"',
        ),
        ("complete_zsh jsonbin)", "complete_zsh jsonbin 2>/dev/null)"),
        # The first Tab is what loads the file, and is to be answered too.
        ("compdef _jsonbin_completion jsonbin", '_jsonbin_completion "$@"'),
    ],
    "fish": [
        # Typer runs the program twice: to see whether there are candidates, else fish offers files, and to have them.
        # Fish wants --profile=work whole.
        (
            'complete --command jsonbin --no-files --arguments "(env',
            "function __jsonbin_candidates\n"
            "    set -l stem (string match -r -- '^--[^=]+=' (commandline -ct))\n"
            "    set -g __jsonbin_found (env",
        ),
        (
            'jsonbin)" --condition "env _JSONBIN_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=is-args'
            ' _TYPER_COMPLETE_ARGS=(commandline -cp) jsonbin"',
            "jsonbin 2>/dev/null \\\n"
            "        | string match -v '' | string replace -r '^' -- \"$stem\")\n"
            "end\n\n"
            "complete --command jsonbin --no-files --condition __jsonbin_candidates --arguments '$__jsonbin_found'",
        ),
    ],
    "powershell": [("    jsonbin | ForEach", "    jsonbin 2>$null | ForEach")],
}


def script(shell: str) -> str:
    """The script that completes `jsonbin` in `shell`: bash, zsh, fish or powershell."""
    asked = os.environ | {"_JSONBIN_COMPLETE": f"source_{shell}"}
    text = subprocess.run([sys.executable, "-m", "jsonbin_cli"], env=asked, capture_output=True, text=True).stdout
    for lacking, mended in _MENDS[shell]:
        assert lacking in text, f"Typer changed its script for {shell}; look at what it lacks now"
        text = text.replace(lacking, mended)
    return text.strip() + "\n"


if __name__ == "__main__":  # pragma: no branch (nobody imports it)
    for shell, name in _FILES.items():
        (Path(sys.argv[1]) / name).write_text(script(shell), encoding="utf-8", newline="\n")
