#!/usr/bin/env bash
# A list longer than a slice goes into the register while it is read: what only its end says still decides about all of it, a kill leaves
# nothing, and memory stays that of a slice.
# shellcheck disable=SC2154,SC2016
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/scenario.sh
# shellcheck disable=SC2119  # a name of its own suits
fresh_database
. tests/scenario/lists/officer.sh

rows=30000
tests/bench/lib_list $rows >"$scratch/list.csv"
# import NAME [OPTION...]: its exit code in $status, its words in $said
import()
{
	local name=$1
	shift
	said=$(chitra import "$scratch/$name" --programme social --area 22915 --period 2024-04 "$@" 2>&1)
	status=$?
}
# What a list leaves: files, rows, people, enrolments, accounts.
held()
{
	sql "select (select count(*) from register.import_file) || ' ' || (select count(*) from register.import_row) || ' ' || (select count(*)
		from register.person) || ' ' || (select count(*) from register.enrolment) || ' ' || (select count(*) from register.payee_account)"
}

# ---- its end decides -------------------------------------------------------------------------------------------------------------

# A wrong row at the end, one whose person stands in the first slice, and one of another name.
third=$(sed -n 4p "$scratch/list.csv") fourth=$(sed -n 5p "$scratch/list.csv")
late()
{
	head -n -1 "$scratch/list.csv"
	echo "1,Lê Thị Sai,01/01/1950,Nữ,099143600001,Người cao tuổi từ đủ 80 tuổi,500000,Tài khoản,970400000001,DEMO,"
	echo "$third"
	echo "$fourth" | awk -F, -v OFS=, '{ $2 = "Lê Văn Khác"; print }'
	echo "Tổng cộng,,,,,,$(((rows + 3) * 500000 + $1)),,,,"
}
late 1 >"$scratch/total.csv"
import total.csv
is "$status $(held)" '65 0 0 0 0 0' 'a totals row that disagrees at the end of a long list leaves nothing'
like "$(head -1 <<<"$said")" "^total.csv: .*15\.001\.500\.001.*15\.001\.500\.000 \(total_differs\)" 'with both sums, before all else'
is "$(sed -n '2,$p' <<<"$said" | grep -c '^total.csv: dòng')" 1 'then the rows that are wrong anyway, and no others'
like "$said" "dòng $((rows + 2)), ô C$((rows + 2)): .*\(birth_contradicts_id\)" 'with their cells'
late 0 | head -n -1 >"$scratch/cut.csv"
import cut.csv
is "$status $(held)" '65 0 0 0 0 0' 'nor does a list whose end is missing'
like "$said" '^cut.csv: .*\(total_missing\)' 'which is said'
{ late 0 && printf 'x\0y\n'; } >"$scratch/nul.csv"
import nul.csv
is "$status $(held)" '65 0 0 0 0 0' 'nor one that the parser cannot read to its end'
like "$said" "^nul.csv: dòng $((rows + 6)): .*\(file_nul\)" 'with the row at which it stopped'
is "$(grep -c '^nul.csv: dòng' <<<"$said")" 1 'and nothing of its rows'
late 0 >"$scratch/late.csv"
import late.csv --strict
is "$status $(held)" '65 0 0 0 0 0' 'with --strict a row that is wrong late in the list refuses all'
is "$(grep -c '^late.csv: dòng' <<<"$said")" 3 'and each wrong row is said'

# ---- killed while it writes ------------------------------------------------------------------------------------------------------

# It waits for a lock after it has written rows of the list, so it cannot be done before it is killed.
PGAPPNAME=holder psql -XAtqc 'begin; lock table register.enrolment in share mode; select pg_sleep(300)' >/dev/null 2>&1 &
locked()
{
	[ "$(sql "select count(*) from pg_locks where database = (select d.oid from pg_database d where d.datname = current_database())
		and relation = 'register.enrolment'::regclass and mode = 'ShareLock' and granted")" = 1 ]
}
writes()
{
	[ "$(sql "select count(*) from pg_locks l join pg_locks w on w.pid = l.pid and w.granted and w.mode = 'RowExclusiveLock'
		where l.database = (select d.oid from pg_database d where d.datname = current_database())
		and l.relation = 'register.enrolment'::regclass and not l.granted and w.relation = 'register.import_row'::regclass")" = 1 ]
}
nobody()
{
	[ "$(sql "select count(*) from pg_stat_activity where datname = current_database() and usename = 'chitra_desk'")" = 0 ]
}
within 20 locked
"$CHITRA_BIN/chitra" import "$scratch/late.csv" --programme social --area 22915 --period 2024-04 >/dev/null 2>&1 &
killed=$!
ok 'an import writes, and waits' within 60 writes
kill -9 $killed
wait $killed 2>/dev/null
sql "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'holder'" >/dev/null
within 20 nobody
is "$(held)" '0 0 0 0 0' 'killed while it writes, an import leaves nothing'

# ---- what is wrong is left out ---------------------------------------------------------------------------------------------------

import late.csv
like "$status $said" "^0 .*$rows dòng nhận, 0 dòng đã sửa, 3 dòng bị từ chối, $rows người mới" 'wrong rows late in the list leave out only themselves'
is "$(held)" "1 $((rows + 3)) $rows $rows $rows" 'everybody is in once'
like "$said" "dòng $((rows + 2)), ô C$((rows + 2)): .*\(birth_contradicts_id\)" 'a wrong cell is named'
like "$said" "dòng $((rows + 3)), ô E$((rows + 3)): .*Mũi Né \(late.csv, dòng 4\) \(duplicate\)" \
	'whoever stands in another slice stands there twice, and where the other row is is said'
like "$said" "dòng $((rows + 4)), ô E$((rows + 4)): .*\(id_other_name\)" 'an ID has one name, whichever slice it came in'
is "$(sql "select string_agg(r.row_no || ' ' || r.code, ', ' order by r.row_no) from register.import_row r where r.status = 'rejected' and r.sealed is not null and r.note <> ''")" \
	"$((rows + 2)) birth_contradicts_id, $((rows + 3)) duplicate, $((rows + 4)) id_other_name" 'and kept, sealed'
late 0 | sed "$((rows + 2))s|01/01/1950|01/01/1943|; $((rows + 3)),$((rows + 4))d; s/^Tổng cộng,,,,,,[0-9]*/Tổng cộng,,,,,,$(((rows + 1) * 500000))/" \
	>"$scratch/mended.csv"
import mended.csv
like "$status $said" '^0 .*1 dòng nhận, 0 dòng đã sửa, 0 dòng bị từ chối, 1 người mới' 'the corrected list brings in what was corrected'
like "$said" "$rows dòng đã nhận từ trước" 'and puts nothing in twice'
import mended.csv
like "$status $said" '^65 .*mended.csv: .*\(file_twice\)' 'the same file again is refused'

# ---- side by side ----------------------------------------------------------------------------------------------------------------

# others DIGIT: the same list of other people
others()
{
	sed "s/,0991\(..\)0/,0991\1$1/"
}
others 9 <"$scratch/list.csv" >"$scratch/here.csv"
{ head -1 "$scratch/here.csv" && sed '1d;$d' "$scratch/here.csv" | tac && tail -1 "$scratch/here.csv"; } >"$scratch/there.csv"
before=$(sql 'select count(*) from register.person')
CHITRA_SESSION=$scratch/thu chitra --json import "$scratch/here.csv" --programme social --area 22915 --period 2024-04 >"$scratch/said_here" 2>&1 &
here=$!
CHITRA_SESSION=$scratch/lan chitra --json import "$scratch/there.csv" --programme social --area 22921 --period 2024-04 >"$scratch/said_there" 2>&1
there=$?
wait $here
is "$? $there" '0 0' 'two officers bring the same long list of people, the other way round, at once: neither is refused'
is "$(sql "select count(*) - $before from register.person")" $rows 'everybody is registered once'
is "$(sql "select string_agg(status || ' ' || n, ', ' order by status) from (select r.status, count(*) as n from register.import_row r
	join register.import_file f on f.id = r.file where f.name in ('here.csv', 'there.csv') group by r.status) x")" \
	"accepted $rows, rejected $rows" 'and stands on one list'
is "$(cat "$scratch/said_here" "$scratch/said_there" | grep -o '"code":"duplicate"' | wc -l)" $rows 'each row that is left out is said once'

# ---- words of another time -------------------------------------------------------------------------------------------------------

sql "alter table ops.instance disable trigger guard; update ops.instance set clock_offset = timestamptz '2025-07-05 08:00+07' - now()"
others 5 <"$scratch/list.csv" | awk -v OFS=, 'NR == 1 { print $0, "\"Xã, phường\""; next } { print $0, (/^Tổng cộng/ ? "" : "22978") }' >"$scratch/now.csv"
sed "$((rows + 1))s/22978$/22921/" "$scratch/now.csv" >"$scratch/old.csv"
said=$(chitra --json import "$scratch/old.csv" --programme social --area 68 --period 2025-07)
like "$said" "\"accepted\":1,.*\"rejected\":$((rows - 1))," 'an old code in the last row puts those in doubt that had passed before it'
is "$(grep -o '"code":"area_ambiguous"' <<<"$said" | wc -l)" $((rows - 1)) 'and each is said once'
said=$(chitra --json import "$scratch/now.csv" --programme social --area 68 --period 2025-07)
like "$said" "\"accepted\":$((rows - 1)),.*\"rejected\":1," 'without it they are in no doubt'

# ---- memory ----------------------------------------------------------------------------------------------------------------------

# peak NAME: kB of chitra itself
peak()
{
	/usr/bin/python3 -SE tests/bench/lib_measured "$scratch/used" "$CHITRA_BIN/chitra" --json import "$scratch/$1" --programme social --area 22915 --period 2024-05 >/dev/null
	awk 'END { print $4 }' "$scratch/used"
}
tests/bench/lib_list 20000 | others 8 >"$scratch/short.csv"
tests/bench/lib_list 120000 | others 7 >"$scratch/six.csv"
short=$(peak short.csv) six=$(peak six.csv)
is "$(sql "select string_agg(n::text, ' ' order by n) from (select count(*) as n from register.import_row r where r.period = '2024-05-01'
	and r.status = 'accepted' group by r.file) x")" '20000 120000' 'both are in'
ok "six times as many rows take hardly more memory ($short and $six kB)" test "$six" -lt $((short + 8192))
ok "and less than 64 MB" test "$six" -lt 65536

done_testing
