_jsonbin_completion() {
    local IFS=$'\n' line=${COMP_LINE:0:COMP_POINT}
    [[ ${COMP_WORDS[COMP_CWORD]} ]] || line+="''"
    COMPREPLY=( $( env COMP_WORDS="$line" \
                   COMP_CWORD=-1 \
                   _JSONBIN_COMPLETE=complete_bash "$1" 2>/dev/null ) )
    return 0
}

complete -o default -F _jsonbin_completion jsonbin
