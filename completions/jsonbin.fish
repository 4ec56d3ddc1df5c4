# Completion of jsonbin in fish. The program itself looks up the candidates.

# Fish wants --profile=work whole.
function __jsonbin_candidates
    set -l stem (string match -r -- '^--[^=]+=' (commandline -ct))
    set -g __jsonbin_found (env _JSONBIN_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args _TYPER_COMPLETE_ARGS=(commandline -cp) jsonbin 2>/dev/null \
        | string match -v '' | string replace -r '^' -- "$stem")
end

# Files are offered where the program has no candidates.
complete --command jsonbin --no-files --condition __jsonbin_candidates --arguments '$__jsonbin_found'
