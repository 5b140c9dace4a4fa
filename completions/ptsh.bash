# SPDX-License-Identifier: ISC
# bash completion for ptsh(1): asks `ptsh --complete`.
_ptsh()
{
	local rest=${COMP_LINE:0:COMP_POINT} part=${COMP_WORDS[COMP_CWORD]} words=() word cur text help i quote= kept= shown
	# Bash takes words apart at = : and @ as well: put together what had no blank in between.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		[[ $i -gt 0 && $rest != [[:blank:]]* ]] && [ -n "$word" ] && words[-1]+=$word || words+=("$word")
		rest=${rest#"${rest%%[![:blank:]]*}"}
		rest=${rest#"$word"}
	done
	cur=${words[-1]}
	# What readline replaces starts after = and :, but with @.
	[[ $part == [=:] ]] && part=
	[[ $cur == *@"$part" ]] && part=@$part
	[[ $cur == [\'\"]* ]] && quote=${cur:0:1} && cur=${cur:1} && part=${part#"$quote"}
	words[-1]=$cur
	while IFS=$'\t' read -r text help; do
		case $text in
		:files)
			# What precedes the file name in this word of bash's: -f of -fNAME.
			kept=${help#"${cur%"$part"}"}
			[ "${part#"$kept"}" = "$part" ] && kept=
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -P "$kept" -f -- "${part#"$kept"}") ;;
		:kept) kept=$help ;;
		:open) compopt -o nospace ;;
		*) # A list shows what is new: not the whole line in each row.
		   [ "$COMP_TYPE" = 63 ] && [ -n "$kept" ] && COMPREPLY+=("${text#"$kept"}") && continue
		   text=${text#"${cur%"$part"}"}
		   [ -n "$quote" ] || printf -v text %q "$text"
		   COMPREPLY+=("${text//\\,/,}") ;;
		esac
	done < <("${words[0]/#\~/$HOME}" --complete $((${#words[@]} - 2)) "${words[@]:1}" 2>/dev/null)
}
complete -F _ptsh ptsh
