#!/usr/bin/env bash
# A bank whose certificate is not to be trusted, or whose certificate ends in mid-run, is sent nothing: the handshake fails before a byte of
# a payment, so nothing is in doubt, and all goes when the bank has a good one.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

tls=$scratch/tls
mkdir -p "$tls"
for name in ca stranger; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tls/$name.key" -out "$tls/$name.pem" -subj "/CN=$name" -days 2 2>/dev/null
done
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tls/bank.key" -out "$tls/bank.csr" -subj /CN=localhost 2>/dev/null
cat >"$tls/ca.conf" <<-END
	[ca]
	default_ca = one
	[one]
	database = $tls/index
	new_certs_dir = $tls
	rand_serial = yes
	default_md = sha256
	unique_subject = no
	policy = any
	x509_extensions = bank
	[any]
	commonName = supplied
	[bank]
	subjectAltName = DNS:localhost
END
: >"$tls/index"

# certified BY FROM UNTIL: the bank's certificate from now on; times as date(1) reads them
certified()
{
	openssl ca -batch -notext -config "$tls/ca.conf" -cert "$tls/$1.pem" -keyfile "$tls/$1.key" -in "$tls/bank.csr" -out "$tls/next.pem" \
		-startdate "$(date -u -d "$2" +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "$3" +%Y%m%d%H%M%SZ)" 2>/dev/null
	mv "$tls/next.pem" "$tls/bank.pem"
}
# failed WHY: how many handshakes did
failed()
{
	grep -c "event=bank_no_reply .*transport=not_sent .*code=tls_failed .*$1" "$scratch/teller.log"
}
failed_more()
{
	[ "$(failed "$1")" -gt "$2" ]
}
nothing_in_doubt()
{
	is "$(state_count unknown) $(($(state_count ready) + $(state_count sent) + $(bank_count paid)))" "0 40" "$1"
}

# shellcheck disable=SC2119
fresh_database
clock_start
payroll 40 items=1
bank_start --reply-status ACCC
certified ca '-2 days' '-1 minute'
python3 tests/scenario/lib/tls_front.py "$tls/bank.pem" "$tls/bank.key" "$bank_address" "$tls/port" 2>"$tls/log" &
front_pid=$!
at_exit "kill -9 $front_pid 2>/dev/null"
ok "(the bank's TLS end is there)" within 20 test -s "$tls/port"
bank_scheme=https
bank_address="localhost:$(cat "$tls/port")"
teller_start 'concurrency = 1' 'rate = 4' "ca_file = $tls/ca.pem"

# ---- not to be trusted -----------------------------------------------------------------------------------------------------------------

ok "a certificate that has ended is no bank's, and the teller says so" within 20 failed_more 'expired' 0
certified stranger '-1 day' '+1 day'
ok "nor one that a stranger signed" within 20 failed_more 'self-signed\|issuer\|unable' 0
is "$(bank_count paid)" 0 "the bank has heard nothing"
nothing_in_doubt "and nothing is in doubt"
ok "the journal says that it did not leave" grep -q '^not-sent ' "$scratch/journal/sent.log"

# ---- ends in mid-run -------------------------------------------------------------------------------------------------------------------

certified ca '-1 day' '+6 seconds'
ended=$(failed expired)
ok "a good one: they leave" until_true 20 "select count(*) > 0 from payout.payout_state where state = 6"
ok "it ends while they leave, and the teller says so" within 20 failed_more 'expired' "$ended"
sleep 1
paid=$(bank_count paid)
ok "some had left ($paid)" test "$paid" -gt 0 -a "$paid" -lt 40
is "$(state_count credited)" "$paid" "and are known to be credited"
nothing_in_doubt "what had not is in no doubt"
certified ca '-1 day' '+1 day'
ok "with the next one all are paid" all_are credited 60
is "$(bank_count paid) $(bank_twice)" "40 0" "once"
is "$(books_agree)" t "the books have the same money on its way"
teller_drain

done_testing
