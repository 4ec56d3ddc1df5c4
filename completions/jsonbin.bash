# Completion of jsonbin in bash. The program itself looks up the candidates.

_jsonbin() {
    # Bash cuts words at = and : too, so the line is given as it is, up to the cursor; its last word is the one to
    # complete, and '' stands for one that is still empty.
    local line=${COMP_LINE:0:COMP_POINT} candidate
    # Of that word, bash keeps what stands before the last = or :, and wants only the rest of a candidate. The program
    # leaves out the name of an option.
    local word=${line##*[[:space:]]}
    [[ $word == --*=* ]] && word=${word#*=}
    local kept=${word%"${word##*[$COMP_WORDBREAKS]}"}
    [[ ${COMP_WORDS[COMP_CWORD]} ]] || line+="''"
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ $candidate ]] || continue
        candidate=${candidate#"$kept"}
        # A name in a record may hold what bash would take apart.
        if [[ $candidate == *[^][:alnum:]._/:=,@%+[-]* && $word != [\'\"]* ]]; then
            printf -v candidate %q "$candidate"
        fi
        COMPREPLY+=("$candidate")
    done < <(env COMP_WORDS="$line" COMP_CWORD=-1 _JSONBIN_COMPLETE=complete_bash "$1" 2>/dev/null)
    # What follows = belongs to the same word.
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    return 0
}

complete -o default -F _jsonbin jsonbin
