# shellcheck shell=bash
# The steps of a payroll, one after another, each safe to repeat. Sourced by ops/demo/demo; the scenarios run the same steps.
# shellcheck disable=SC2015,SC2034,SC2154,SC2086  # lib.sh says where everything is; `test && command || fail` is meant so

# ---- how a step looks -------------------------------------------------------------------------------------------------------

step_number=0
steps_total=20
bar_text=
clock=

seconds_since()
{
	awk -v a="$1" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f s", b - a }'
}

# step TEXT FUNCTION: runs it; what it says goes to the log, what it leaves in $note beside the text
step()
{
	local text=$1 began status
	step_number=$((step_number + 1))
	note=
	began=$(date +%s.%N)
	step_began=$began
	bar_text=$(printf '[%2d/%d] %s' "$step_number" "$steps_total" "$text")
	printf '\n== %s\n' "$bar_text" >>"$logs/demo.log"
	[ ! -t 1 ] || printf '%s' "$bar_text"
	exec 4>&1
	clock_start
	"$2" >>"$logs/demo.log" 2>&1 </dev/null
	status=$?
	clock_stop
	exec 4>&-
	[ ! -t 1 ] || printf '\r\033[K'
	printf '%s' "$bar_text${note:+: $note}"
	# The width counts characters, which printf of bash does not.
	local width=$((84 - $(printf '%s' "$bar_text${note:+: $note}" | wc -m)))
	[ $width -gt 0 ] && printf '%*s' $width ''
	if [ $status -eq 0 ]; then
		printf '%8s   ok\n' "$(seconds_since "$began")"
		return 0
	fi
	printf '%8s   FAILED\n' "$(seconds_since "$began")"
	tail -5 "$logs/demo.log" | sed 's/^/        /' >&2
	echo "see $logs/demo.log and the other files there; run it again to go on, or begin anew: make clean-demo" >&2
	exit 1
}

# On a terminal a step that takes longer than a second shows its seconds, until it can show a bar.
clock_start()
{
	clock=
	[ -t 4 ] || return 0
	(
		trap - INT TERM
		while sleep 1 && kill -0 $$ 2>/dev/null; do
			printf '\r\033[K%s  %s' "$bar_text" "$(seconds_since "$step_began")" >&4
		done
	) >/dev/null 2>&1 9>&- &
	clock=$!
}

clock_stop()
{
	[ -n "$clock" ] || return 0
	{ kill "$clock" && wait "$clock"; } 2>/dev/null
	clock=
}

# bar DONE TOTAL: on a terminal, for a step that takes longer than a second. Descriptor 4 is the terminal.
bar()
{
	local full
	[ -t 4 ] || return 0
	[ "$(awk -v a="$step_began" -v b="$(date +%s.%N)" 'BEGIN { print (b - a > 1) }')" = 1 ] || return 0
	clock_stop
	full=$(($2 > 0 ? $1 * 24 / $2 : 0))
	printf '\r\033[K%s  %s%s %d/%d' "$bar_text" "$(printf '%*s' $full '' | tr ' ' '#')" "$(printf '%*s' $((24 - full)) '' | tr ' ' '.')" \
		"$1" "$2" >&4
}

# ---- what has been done -----------------------------------------------------------------------------------------------------

# once NAME COMMAND...: what must happen once, or what another run need not try again
once()
{
	local name=$1
	shift
	[ -e "$here/done/$name" ] && return
	"$@" || return
	mkdir -p "$here/done" && touch "$here/done/$name"
}

# ---- the steps -----------------------------------------------------------------------------------------------------------------

s_postgresql()
{
	database_start && note=$(psql --version | sed 's/.* \([0-9.]*\) .*/\1/')", in ${here#"$PWD"/}/pg"
}

s_database()
{
	database_make && note=$(sql "select count(*) from ops.migration")" migrations"
}

s_lists()
{
	[ -f "$input/truth.json" ] && grep -q "\"seed\": ${DEMO_SEED:-20240403}," "$input/truth.json" ||
		ops/demo/generate --seed "${DEMO_SEED:-20240403}" ${GENERATE:-} --out "$input" || return 1
	note="$(find "$input/lists" -name '*.csv' | wc -l) lists, $("$top/ops/demo/results" number totals people <"$input/truth.json") people"
}

s_keys()
{
	keys_make && config_write
}

s_payer()
{
	payer_make && officers_make && { [ -z "${WITNESS:-}" ] || witness_make; } &&
		note="2 agencies, $(wc -l <<<"$officers") officers certified by 2 of 3"
}

s_start()
{
	bank_start && { [ -z "${WITNESS:-}" ] || witness_start; } && daemon_start && executed_before=$(bank_number executed) &&
		note="fakebank${WITNESS:+, witness}, gate, desk, teller, scribe"
}

# ---- lists, people, accounts, claims ------------------------------------------------------------------------------------------

# import REPORT ARGUMENT...: what was imported before is refused by its content, and counts as imported
import()
{
	local report=$here/out/$1 status
	shift
	by thu --json import "$@" >"$report.new"
	status=$?
	if [ $status -ne 0 ] && ! "$top/ops/demo/results" only-repeats "$report.new"; then
		cat "$report.new"
		return 1
	fi
	[ $status -ne 0 ] && [ -f "$report" ] || mv "$report.new" "$report"
}

s_import()
{
	(cd "$input/lists" && import lists.json --period $period --from-names --accept-repairs ./*.csv) &&
		note=$(ops/demo/results imported "$here/out/lists.json")
}

s_accounts()
{
	import accounts.json --kind account_list --bank DEMO "$input/bank/demo-accounts.csv" && lists_confirm &&
		{ [ "$(wc -l <"$input/population/deaths.csv")" -lt 2 ] || import deaths.json --kind deaths "$input/population/deaths.csv"; }
}

# What thu brought, nga lets count.
lists_confirm()
{
	local waiting list
	waiting=$(by nga --json import waiting) || return 1
	while read -r list; do
		by nga --json import confirm --yes "$list" >"$here/out/confirmed-$list.json" </dev/null || return 1
	done < <(grep -o '"list":[0-9]*' <<<"$waiting" | grep -o '[0-9]*$')
}

s_entitle()
{
	local programme
	for programme in merit social rent; do
		by thu --json entitle --programme $programme --period $period >"$here/out/entitle-$programme.json" || return 1
	done
}

# Once for those whom the bank's list names, and again when the bank has answered about the others, if there are any.
s_match()
{
	by thu --json match --period $period >"$here/out/match-1.json" || return 1
	[ "$(sql 'select count(*) from register.account_inquiry')" != 0 ] || return 0
	within 120 inquiries_answered || return 1
	by thu --json match --period $period >"$here/out/match-2.json"
}

inquiries_answered()
{
	local waiting asked
	read -r waiting asked < <(sql "select count(*) filter (where a.inquiry is null), count(*)
		from register.account_inquiry i left join register.account_answer a on a.inquiry = i.id" | tr '|' ' ')
	bar $((asked - waiting)) "$asked"
	[ "$waiting" = 0 ]
}

# ---- batches ------------------------------------------------------------------------------------------------------------------

s_batches()
{
	once batches batches_make
}

batches_make()
{
	local programme
	for programme in merit social rent; do
		by lan batch make --programme $programme --period $period --all || return 1
	done
	by lan batch submit --all-open
}

s_approve()
{
	once checked by minh approve --all-frozen --yes --role checker --key "$keys/minh" --passphrase-file "$keys/passphrase" &&
		once approved by hoa approve --all-frozen --yes --role approver --key "$keys/hoa" --passphrase-file "$keys/passphrase"
}

# ---- money --------------------------------------------------------------------------------------------------------------------

# bookings AFTER: what happens at the bank when the payer has come so far; what has happened already does not again
bookings()
{
	local path order
	bank entries.csv >"$here/out/entries.csv" || return 1
	while read -r path order; do
		if [ "$path" = batch-book ]; then
			once "batch-book-$1" bank "$path" "$order"
		else
			bank "$path" "$order"
		fi || return 1
	done < <(ops/demo/bank-day bookings "$input/events.json" "$1" "$here/out/entries.csv")
}

s_money()
{
	local account kind amount reference
	while read -r account kind amount reference; do
		by son fund expect --account "$account" --kind "$kind" --amount "$amount" --reference "$reference" || return 1
	done < <(ops/demo/bank-day orders "$input/events.json")
	bookings start && within 60 money_there
}

money_there()
{
	local expected there
	expected=$(ops/demo/bank-day credits "$input/events.json" start "$@") || return 1
	there=$(sql "select count(*) from books.txn where kind = 'funding'")
	bar "$there" "$expected"
	[ "$there" -ge "$expected" ]
}

# ---- paying -------------------------------------------------------------------------------------------------------------------

# release BATCHES...: by two officers; exit 75 when money is missing. A release is kept, so whoever comes second (or again, when the
# money is there) lets it go.
release()
{
	local left
	by an release "$@" || [ $? -eq 75 ] || return
	mapfile -t left < <(sql "select id from payout.batch where state = 'approved' and id in ($(IFS=,; echo "$*")) order by id")
	[ ${#left[@]} -eq 0 ] || by binh release "${left[@]}"
}

# One batch has no money yet; it is tried, refused by name, and waits.
s_release()
{
	local programme ward waits others
	bookings release && fault_of_a_payment || return 1
	read -r programme ward < <(ops/demo/bank-day waiting "$input/events.json") || true
	mapfile -t others < <(sql "select id from payout.batch where state = 'approved' and not
		(programme = '${programme:-}' and area_code = '${ward:-}') order by id")
	[ ${#others[@]} -eq 0 ] || release "${others[@]}" || return 1
	[ -n "${ward:-}" ] || return 0
	waits=$(sql "select id from payout.batch where state = 'approved' and programme = '$programme' and area_code = '$ward'")
	[ -z "$waits" ] || [ -e "$here/done/second-credit-begun" ] || ! release "$waits" 2>"$here/out/not-funded" || {
		echo "batch $waits was released without money"
		return 1
	}
	[ -z "$waits" ] || note="batch $waits waits, $(grep -o '[0-9][0-9.]* đ' "$here/out/not-funded" | head -1) are missing"
}

# How many payouts of released batches wait for an answer. At a bank that does not deduplicate, who is in doubt waits for the statement.
payouts_open()
{
	sql "select count(*) from payout.payout_state s join payout.payout p on p.id = s.payout join payout.batch b on b.id = p.batch
		join org.channel c on c.id = b.channel where b.state = 'released' and c.kind = 'bank'
		and (s.state in (1, 3) or s.state = 4 and c.deduplicates)"
}

# Everything is sent and answered, and what the bank said is digested.
all_paid()
{
	local open total
	open=$(payouts_open)
	total=$(sql "select count(*) from payout.payout p join payout.batch b on b.id = p.batch join org.channel c on c.id = b.channel
		where b.state = 'released' and c.kind = 'bank'")
	bar $((total - open)) "$total"
	[ "$open" = 0 ] && [ "$(bank_number callbacks_open)" = 0 ] && [ "$(bank_number pending)" = 0 ]
}

s_pay()
{
	within 300 all_paid &&
		note=$(sql "select count(*) from payout.payout_state s where s.state not in (1, 2)")" payouts sent and answered"
}

# The second credit comes; the batch that waited is released and paid.
s_second_credit()
{
	local waits
	once second-credit-begun true && bookings payout && within 60 money_there payout || return 1
	mapfile -t waits < <(sql "select id from payout.batch where state = 'approved' order by id")
	[ ${#waits[@]} -eq 0 ] || release "${waits[@]}" || return 1
	s_pay
}

# What must go wrong on order: with the first payment, or between the last payment and the end of the bank's day.
fault_of_a_payment()
{
	[ "${FAULT:-}" != short-amount ] || once fault bank will '{"fault":"short_amount","by":1}'
}

fault_of_the_day()
{
	case ${FAULT:-} in
	rogue-debit) once fault bank will '{"fault":"rogue_debit","account":"110000000001","amount":1000000}' ;;
	lost-line) once fault bank will '{"fault":"lost_line"}' ;;
	esac
}

# ---- days ---------------------------------------------------------------------------------------------------------------------

# day_is DATE: both clocks stand there; backwards they never go
day_is()
{
	local theirs ours
	theirs=$(bank_number date) || return 1
	[[ ! $theirs < $1 ]] || bank date "{\"date\":\"$1\"}" || return 1
	while ours=$(sql 'select ops.today()') && [[ $ours < $1 ]]; do
		by son sandbox next-day || return 1
	done
}

# statements_settled DATE: the day's statement of every account is here and each of its lines is explained or named
statements_settled()
{
	local accounts lines open
	accounts=$(sql "select count(*) from org.funding_account f where not exists
		(select from bank.statement s where s.funding_account = f.id and s.day = '$1')")
	read -r lines open < <(sql "select l.last, l.last - p.upto from (select coalesce(max(id), 0) as last from bank.statement_line) l,
		(select min(upto) as upto from ops.progress where name like 'settle.%') p" | tr '|' ' ')
	bar $((lines - open)) "$lines"
	[ "$accounts" = 0 ] && [ "$open" = 0 ]
}

s_first_statement()
{
	fault_of_the_day && day_is 2024-04-04 && within 120 statements_settled 2024-04-03 &&
		note=$(sql "select count(*) from payout.payout_state where state = 7")" payouts settled"
}

s_cash()
{
	local first=yen second=dung
	by $first cash confirm "$input/agent/paid-list.csv" --channel "$(ops/demo/bank-day agent "$input/events.json")" &&
		by $second cash confirm "$input/agent/paid-list.csv" --channel "$(ops/demo/bank-day agent "$input/events.json")" &&
		bookings paid-list
}

all_ended()
{
	[ "$(sql 'select count(*) from payout.payout_state s join payout.state t on t.code = s.state where not t.ended')" = 0 ]
}

s_second_statement()
{
	day_is 2024-04-05 && within 120 statements_settled 2024-04-04 && within 60 all_ended &&
		note=$(sql "select count(*) from payout.payout_state where state = 10")" returned"
}

# ---- the end ------------------------------------------------------------------------------------------------------------------

sealed()
{
	[ "$(sql 'select count(*) from books.txn')" = "$(sql 'select coalesce(max(size), 0) from books.checkpoint')" ]
}

s_seal()
{
	within 30 sealed && note="checkpoint over $(sql 'select max(size) from books.checkpoint') ledger transactions"
}

# Every account and day on the screen; 0 or 2 when every difference has a name.
s_reconcile()
{
	local account day status worst=0
	: >"$here/out/reconciliation.txt"
	while read -r account; do
		for day in ${reconcile_days:-2024-04-03 2024-04-04}; do
			by minh reconcile --account "$account" --date $day >"$here/out/reconciliation.one"
			status=$?
			{ cat "$here/out/reconciliation.one" && echo; } >>"$here/out/reconciliation.txt"
			case $status in
			0) ;;
			2) [ $worst -eq 1 ] || worst=2 ;;
			*) worst=1 ;;
			esac
		done
	done < <(sql 'select code from org.funding_account order by id')
	cat "$here/out/reconciliation.txt"
	[ $worst -ne 1 ]
}

s_breaks()
{
	local breaks
	breaks=$(unplanted_breaks) || return 1
	note="$(wc -l <"$here/out/breaks") open, planted"
	[ -z "$breaks" ] || {
		echo "$breaks"
		return 1
	}
}

# What was planted, and nothing else, may be open.
unplanted_breaks()
{
	sql "select kind, amount_dong, day from recon.break b where not exists
		(select from recon.break_resolution r where r.break = b.id) order by id" >"$here/out/breaks"
	ops/demo/results breaks "$input/truth.json" "$here/out/breaks"
}

s_reports()
{
	by minh --json report summary --period $period >"$here/out/summary.json" &&
		by minh report summary --period $period --csv >"$here/out/report.csv" &&
		by minh report statements --csv >"$here/out/statements.csv" &&
		by minh people --period $period --csv >"$here/out/people.csv" &&
		by minh import rows --period $period --csv >"$here/out/rows.csv" &&
		bank entries.csv >"$here/out/entries.csv"
}

# The summary, with what only a comparison from outside can say.
s_compare()
{
	local equal=false
	if ops/demo/compare books "$here/out/entries.csv" "$here/out/statements.csv"; then
		equal=true
	fi
	ops/demo/results summary "$here/out/summary.json" "$here/summary.json" $equal || return 1
	[ $equal = true ] && ops/demo/compare truth "$input/truth.json" "$here/summary.json" "$here/out/people.csv" ${OWED:+--owed} &&
		ops/demo/compare rows "$input/truth.json" "$here/out/rows.csv" &&
		{ [ -n "${OWED:-}" ] || ops/demo/compare report "$input/truth.json" "$here/out/report.csv"; } &&
		note="people, rows, wards and the bank's book are equal"
}

# Whether the audit office's witness has signed the newest checkpoint.
cosigned()
{
	[ "$(sql 'select max(size) from books.cosignature')" = "$(sql 'select max(size) from books.checkpoint')" ]
}

# The auditor asks nobody: what is published, whom she believes, and the month for a program of her own.
s_audit()
{
	local books=$here/out/books
	within 30 cosigned && by an ledger publish "$books" &&
		"$CHITRA_BIN/chitra-verify" --policy "$here/witness/policy" --admins "$keys/admin-keys" "$books" >"$here/out/verified" &&
		by an ledger export --format hledger --period $period "$here/out/$period.journal" &&
		note="$(sql 'select max(size) from books.cosignature') transactions, witnessed; nothing found"
}

# ---- all together -------------------------------------------------------------------------------------------------------------

payroll_steps=(
	"PostgreSQL of our own|s_postgresql"
	"schema and reference data|s_database"
	"lists from the wards|s_lists"
	"keys and configuration|s_keys"
	"payer and officers|s_payer"
	"bank and daemon|s_start"
	"import of the lists|s_import"
	"the bank's accounts, the deaths|s_accounts"
	"what each is entitled to|s_entitle"
	"person and account matched|s_match"
	"batches made and submitted|s_batches"
	"checked and approved|s_approve"
	"the treasury's money|s_money"
	"released by two|s_release"
	"paid|s_pay"
	"the money that was waited for|s_second_credit"
	"first day's statement|s_first_statement"
	"cash paid out by the agent|s_cash"
	"second day's statement|s_second_statement"
	"reconciliation|s_reconcile"
	"open breaks|s_breaks"
	"ledger sealed|s_seal"
	"reports|s_reports"
	"compared with the truth|s_compare"
	"checked as an auditor does|s_audit"
)

# step_of FUNCTION: its number
step_of()
{
	printf '%s\n' "${payroll_steps[@]}" | grep -n "|$1\$" | cut -d: -f1
}

# payroll_until FUNCTION: up to and with this step
payroll_until()
{
	local one
	mkdir -p "$here/out"
	steps_total=${#payroll_steps[@]}
	for one in "${payroll_steps[@]}"; do
		step "${one%|*}" "${one#*|}"
		[ "${one#*|}" != "$1" ] || return 0
	done
}

payroll_run()
{
	local address
	if [ -n "${FAULT:-}" ]; then
		fault_run
		return
	fi
	payroll_until s_audit
	printf '\n%s\n\n' "$(cat "$here/out/reconciliation.txt")"
	ops/demo/results said "$here/summary.json"
	echo "$(($(bank_number executed) - executed_before)) new payouts"
	printf '\nChecked by chitra-verify, in %s; the month for hledger and ledger: %s.journal\n\n' "${here#"$PWD"/}/out/books" "$period"
	cat "$here/out/books/checkpoint"
	echo
	address=$(cat "$run/desk.0.admin")
	echo "The daemon goes on: http://localhost:${address##*:}/readyz   Stop: make stop   Remove everything: make clean-demo"
}

# The bank misbehaves, so the day cannot end well: 2 when all that is wrong has a name, 1 when it is worse.
fault_run()
{
	local breaks
	(payroll_until s_second_credit) || return 1
	step_number=$(step_of s_second_credit) steps_total=${#payroll_steps[@]}
	database_start
	(step "first day's statement" s_first_statement)
	reconcile_days=2024-04-03
	printf '\n%s\n\n' "$(s_reconcile)"
	breaks=$(unplanted_breaks)
	payroll_stop
	if [ -z "$breaks" ]; then
		echo "$FAULT went unnoticed"
		return 70
	fi
	printf '%s\n' "$FAULT was noticed:" "$breaks"
	return 2
}

payroll_stop()
{
	process_stop chitrad
	duties_end
	process_stop bank
	process_stop witness
	ops/private-db stop "$here/pg"
}
