# SPDX-License-Identifier: ISC
# fish completion for ptsh(1): asks `ptsh --complete`.
function __ptsh_complete
	set -l words (commandline -opc)
	set -l cur (commandline -ct | string replace -r '^[\'"]' '')
	for line in ($words[1] --complete (math (count $words) - 1) $words[2..-1] "$cur" 2>/dev/null)
		switch $line
			case ':files*'
				set -l kept (string replace -r '^:files\t?' '' -- $line)
				for path in (__fish_complete_path (string sub -s (math (string length -- "$kept") + 1) -- "$cur"))
					echo $kept$path
				end
			case ':open' ':kept*'
			case '*'
				echo $line
		end
	end
end
complete -c ptsh -f -a '(__ptsh_complete)'
