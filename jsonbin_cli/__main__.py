"""main(): runs the app; the one place where a failure becomes words and an exit code."""

from __future__ import annotations

import errno
import gc
import sys
from typing import Any


def main() -> int:
    """Run the command line in `sys.argv` and return its exit code."""
    # Runs are too short for garbage collection to pay; freeze() spares the collection at exit too.
    gc.disable()
    # Where these are installed, httpx would load its own command line, and with it click, rich and pygments; httpcore
    # its half for asynchronous programs, and HTTP/2; and shutil what it compresses archives with.
    for unused in ("httpx._main", "anyio", "trio", "h2", "bz2", "lzma"):
        sys.modules.setdefault(unused, None)  # type: ignore[arg-type]
    try:
        return _run(sys.argv[1:])
    except KeyboardInterrupt:  # before anything was begun, or after all was done
        from jsonbin_cli.failures import ExitCode

        return ExitCode.INTERRUPTED
    finally:
        gc.freeze()


def _run(arguments: list[str]) -> int:
    from jsonbin_cli.commands import early
    from jsonbin_cli.config.environment import asks_for_completions
    from jsonbin_cli.failures import CommandFailed, ExitCode, Failure, Interrupted
    from jsonbin_cli.terminal import report, streams

    if asks_for_completions():  # Typer would load Rich to look for its markup in help texts, which have none
        sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
    style = report.style_of(arguments)
    try:
        try:
            early.begin(arguments)
            from jsonbin_cli.app import app

            code = app(arguments, prog_name="jsonbin", standalone_mode=False)
            if code == ExitCode.INTERRUPTED:  # what Typer makes of a Ctrl-C
                raise KeyboardInterrupt
            return code or ExitCode.DONE
        except KeyboardInterrupt:
            raise Interrupted("interrupted") from None
        except SystemExit as end:  # of shell completion, 0, or what Typer makes of a closed pipe while it prints help
            return ExitCode.PIPE_CLOSED if end.code else ExitCode.DONE
        except OSError as wrong:
            if wrong.errno != errno.ENOSPC:
                raise
            raise streams.full_disk(wrong) from None
        except _usage_error() as wrong:
            from jsonbin_cli.terminal import usage

            # Where an option lacks its value, Typer does not say whose option it was.
            command = wrong.ctx.command_path if wrong.ctx else f"jsonbin {arguments[0]}"
            option = getattr(wrong, "option_name", None)
            raise usage.mistake(wrong.format_message(), command, option, arguments) from None
    except CommandFailed as ended:
        return ended.exit_code
    except Failure as failure:
        report.failed(failure, style, arguments)
        return failure.code
    except Exception:  # noqa: BLE001 (the one place: what is not ours is a bug, and shows its traceback)
        report.failed_unforeseen(style)
        return ExitCode.BUG


def _usage_error() -> Any:
    """The type of every mistake in the command line, which Typer does not export: BadParameter's base."""
    import typer

    return typer.BadParameter.__base__


if __name__ == "__main__":
    sys.exit(main())
