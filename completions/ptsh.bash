# SPDX-License-Identifier: ISC
# bash completion for ptsh(1): asks `ptsh --complete`.
_ptsh()
{
	local rest=${COMP_LINE:0:COMP_POINT} part=${COMP_WORDS[COMP_CWORD]} words=() word cur text help i quote=
	# Bash takes words apart at = : and @ as well: put together what had no blank in between.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		[[ $i -gt 0 && $rest != [[:blank:]]* ]] && [ -n "$word" ] && words[-1]+=$word || words+=("$word")
		rest=${rest#"${rest%%[![:blank:]]*}"}
		rest=${rest#"$word"}
	done
	cur=${words[-1]}
	# What readline replaces starts behind = and :, but with @.
	[[ $part == [=:] ]] && part=
	[[ $cur == *@"$part" ]] && part=@$part
	[[ $cur == [\'\"]* ]] && quote=${cur:0:1} && cur=${cur:1} && part=${part#"$quote"}
	words[-1]=$cur
	while IFS=$'\t' read -r text help; do
		case $text in
		:files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$part") ;;
		:open) compopt -o nospace ;;
		*) text=${text#"${cur%"$part"}"}
		   [ -n "$quote" ] || printf -v text %q "$text"
		   COMPREPLY+=("${text//\\,/,}") ;;
		esac
	done < <("${words[0]/#\~/$HOME}" --complete $((${#words[@]} - 2)) "${words[@]:1}" 2>/dev/null)
}
complete -F _ptsh ptsh
