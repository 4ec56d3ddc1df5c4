"""`jsonbin help`."""

from typing import Annotated

import typer
from typer.core import TyperGroup

from jsonbin_cli.commands import candidates
from jsonbin_cli.commands.options import shared


@shared()
def help_(
    ctx: typer.Context,
    topic: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TOPIC|COMMAND]",
            autocompletion=candidates.topics,
            help="A chapter of the reference, or a command.",
        ),
    ] = None,
) -> None:
    """Show a chapter of the reference, or a command's help; without TOPIC, list the chapters."""
    from jsonbin_cli.commands.chapters import CHAPTERS, contents
    from jsonbin_cli.terminal import output

    width = output.width()
    if not topic:
        output.show_text(contents(width))
        return
    program = ctx.find_root().command
    assert isinstance(program, TyperGroup)
    chapter = CHAPTERS.get(" ".join(topic))
    if topic[0] in program.list_commands(ctx):
        program.main([*topic, "--help"], prog_name="jsonbin", standalone_mode=False)
        if chapter:
            output.show_text("")
    elif chapter is None:
        from jsonbin_cli.failures import UsageMistake

        raise UsageMistake(f'"{" ".join(topic)}" is neither a topic nor a command', "jsonbin help lists the topics")
    if chapter:
        output.show_text(chapter.text(width))
