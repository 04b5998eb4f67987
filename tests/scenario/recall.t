#!/usr/bin/env bash
# A payment that has left is asked back by two officers. Nothing moves by that: the money comes back with the bank's statement, or not at all.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh
by_config=$scratch/all.conf
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh

payroll 3 valid_hours=30
bank_day --reply-status ACCC --page-lines 100
id_of()
{
	sql "select p.end_to_end_id from payout.payout p join payout.claim c on c.id = p.claim where c.person = $1 and p.issue = 1"
}
state_of()
{
	sql "select t.name from payout.payout p join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state where p.end_to_end_id = '$(id_of "$1")'"
}
# stands ID: how its recall stands, and its payout
stands()
{
	by hoa recall list --all --json >"$scratch/status"
	/usr/bin/python3 -c 'import json, sys
for r in json.load(open(sys.argv[1]))["recalls"]:
	if r["end_to_end_id"] == sys.argv[2]:
		print(r["stands"], r["state"])' "$scratch/said" "$1"
}

first=$(id_of 1) second=$(id_of 2) third=$(id_of 3)
is "$(by hoa recall ask "$first" --cause UPAY --reason 'đã chuyển đi')" "65 not_to_recall" "what has not left is not recalled"
like "$(cat "$scratch/said")" "chitra cancel" "but cancelled: it says so"
bank_says will "{\"fault\":\"return_later\",\"match\":{\"end_to_end_id\":\"$first\"}}" >/dev/null
is "$(by hoa hold "$third" --reason 'chờ giấy')" 0 "one waits"
duty scribe
duty teller
ok "two are paid" until_true 20 "select count(*) = 2 from payout.payout_state where state = 6"

is "$(by hoa recall list)" 0 "the list"
like "$(cat "$scratch/said")" "Không có khoản nào" "is empty"
is "$(by hoa recall ask "$first" --cause NONE --reason 'chi nhầm')" 64 "a cause is one of the bank's codes"
is "$(by hoa recall ask 0000000000000000000 --cause UPAY --reason 'chi nhầm')" "65 payout_unknown" "a payout that is none is not recalled"
for id in "$first" "$second"; do
	is "$(by hoa recall confirm "$id")" "65 not_proposed" "nobody confirms what nobody asked"
	is "$(by hoa recall ask "$id" --cause UPAY --reason 'đã chuyển đi nơi khác')" 0 "one officer asks"
	is "$(by hoa recall answered "$id" --said accepted --reason 'công văn 12')" "65 recall_unasked" "before another confirms it the bank has nothing to answer"
	is "$(by hoa recall confirm "$id")" "77 same_officer" "the same officer does not confirm"
	is "$(by minh recall confirm "$id")" 0 "another one does"
	like "$(cat "$scratch/said")" "gửi ngân hàng" "and is told that the bank is to be asked"
	is "$(by minh recall ask "$id" --cause DUPL --reason 'chi hai lần')" "65 recall_differs" "it is asked once"
done
is "$(by hoa recall list)" 0 "the list"
like "$(cat "$scratch/said")" "$first.*UPAY không phải chi: đã chuyển đi nơi khác.*ngân hàng chưa trả lời.*hoa, minh" "has who asked, why, and that the bank is silent"
is "$(by hoa recall answered "$first" --said accepted --reason 'công văn 12') $(by hoa recall answered "$second" --said refused --reason 'người nhận đã rút')" "0 0" \
	"the bank's answers are written down"
is "$(state_of 1) $(state_of 2)" "credited credited" "no payout moved by words"
is "$(stands "$first") $(stands "$second")" "accepted credited refused credited" "one is accepted, one refused"
is "$(by hoa recall withdraw "$second" --reason 'thôi')" "65 recall_unasked" "what the bank refused is over"

next_day
ok "the day's statement is settled" settled_through 2024-04-03 40
next_day
ok "the next one has the money that came back" until_true 40 "select s.state = 10 from payout.payout p join payout.payout_state s on s.payout = p.id where p.end_to_end_id = '$first'"
is "$(stands "$first") $(stands "$second")" "came_back returned refused settled" "that ends the recall; the other stays paid"
is "$(by hoa recall ask "$first" --cause UPAY --reason 'đã chuyển đi')" "65 not_to_recall" "what came back is not asked for again"
is "$(by hoa recall ask "$second" --cause UPAY --reason 'hỏi lại') $(by hoa recall withdraw "$second" --reason 'thôi')" "0 0" "what was refused can be asked again, and let be"
is "$(stands "$second" | tail -1)" "withdrawn settled" "which ends it too"
is "$(reconcile 2024-04-03) $(reconcile 2024-04-04)" "0 0" "both days are explained"
is "$(by hoa ledger check)" 0 "the books are whole"
done_testing
