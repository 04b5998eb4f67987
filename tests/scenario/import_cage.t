#!/usr/bin/env bash
# The parser reads a stranger's file in a cage: whatever takes it over can open nothing, call nobody, start nothing; and no file makes it
# need more than 64 MB.
# shellcheck disable=SC2154
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh
: "${CHITRA_BIN:=$PWD/build/bin}"
if [ "$CHITRA_BIN" != "$PWD/build/bin" ]; then
	skip_all 'sanitizers need system calls of their own'
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/chitra-test-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
gcc -shared -fPIC -D_GNU_SOURCE -o "$scratch/attacker.so" tests/scenario/lists/attacker.c || exit 1
printf '%s\n' 'Số CCCD,Họ và tên,Ngày mất' '099143000101,Lan,01/02/2024' >"$scratch/deaths.csv"
python3 tests/scenario/lists/large.py "$scratch" || exit 1

# parse FILE KIND: its exit code and what it said, and its peak in KB
parse()
{
	python3 tests/scenario/lists/peak.py "$CHITRA_BIN/chitra-parse" "$2" "$scratch/$1"
}
for file in deaths.csv deaths.xlsx; do
	# shellcheck disable=SC2030,SC2031
	for attack in open connect exec; do
		is "$(LD_PRELOAD=$scratch/attacker.so ATTACK=$attack parse "$file" deaths | cut -d' ' -f1)" SIGSYS "$file: what would $attack dies"
	done
	is "$(LD_PRELOAD=$scratch/attacker.so ATTACK=none parse "$file" deaths | cut -d' ' -f1)" 0 "$file: the same without it is a list"
done
# small FILE KIND WANTED TITLE
small()
{
	local said
	said=$(parse "$1" "$2")
	like "$said" "^$3 " "$1: $4"
	ok "$1: in less than 64 MB (${said##* } KB)" test "${said##* }" -lt 65536
}
small rows.xlsx deaths 0 '200,000 rows with texts of their own are read'
small strings.xlsx deaths '65 xlsx_strings' 'more text than that is refused, with what to do'
small bomb.xlsx deaths '65 xlsx_strings' 'twenty million strings are refused'
small parts.xlsx deaths '65 xlsx_(parts|damaged)' 'a zip of 300,000 parts is refused'
small cell.xlsx deaths 0 'a cell of 50 MB is a wrong row'
small head.xlsx deaths '65 heading_none' '10,000 cells of 32 KB above the headings, in a file of 20 KB, are refused'
small words.xlsx deaths '65 heading_none' 'so are 10,000 words as long as a heading may be'
small wide.csv deaths '65 too_many_columns' 'a row of a million columns is refused'
small wide.xlsx deaths '65 too_many_columns' 'so is one of a workbook'
small ratio.xlsx deaths '65 xlsx_ratio' 'a part that unpacks to 300 MB is refused while it does'
small nested.xlsx deaths '65 xlsx_(xml|ratio)' 'a zip in a zip is not unpacked'
small laughs.xlsx deaths '65 xlsx_dtd' 'entities of entities are refused before they count'
small outside.xlsx deaths '65 xlsx_dtd' 'so is an entity that would be another file'
small undeclared.xlsx deaths '65 xlsx_xml' 'and one that nobody declared'
small deep.xlsx deaths '65 xlsx_(xml|ratio)' 'a million elements in one another are refused'
small circle.xlsx deaths '65 xlsx_xml' 'so are strings in strings in strings'
small merged.xlsx deaths '65 [a-z_]+|0' 'two million merged ranges are counted, not kept'
small styles.xlsx deaths '65 no_rows' 'a million styles are read past'
small macro.xlsx deaths '65 xlsx_macro' 'a workbook with macros is refused, whatever it is called'
small small.xlsx deaths '65 xlsx_(ratio|damaged)' 'a zip that says it is smaller than it is, is refused'
small huge.xlsx deaths '65 xlsx_(ratio|damaged)' 'so is one that says it is larger'
small packed.xlsx deaths '65 xlsx_(xml|damaged)' 'or longer than its file'
small locked.xlsx deaths '65 xlsx_password' 'one with a password is refused, and named'
for cut in "$scratch"/cut-*.xlsx; do
	small "${cut##*/}" deaths '65 (xlsx_damaged|heading_none|file_[a-z]*)' 'a truncated zip is refused'
done
small attribute.xlsx deaths '65 xlsx_(xml|ratio)' 'an attribute of 50 MB is refused'
done_testing
