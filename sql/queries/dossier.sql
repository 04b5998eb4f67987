-- `chitra ledger bundle` and `ledger slip`: everything that there is of one payout.

-- name: dossier_payout
-- duties: desk
-- in: id text
-- out: payout bigint, person bigint, batch bigint, version integer, released boolean
select p.id as payout, c.person, b.id as batch, b.version, b.state in ('released', 'closed') as released
from payout.payout p join payout.claim c on c.id = p.claim join payout.batch b on b.id = p.batch where p.end_to_end_id = $1;

-- name: dossier_leaves
-- duties: desk
-- in: payout bigint
-- out: seq bigint
-- Those of its batch and approvals, its sendings, its end, its claim, its breaks and the statements that it stands on; whose key the log and the
-- admins have; and what takes any of them back.
with me as materialized (
	select p.id, p.claim, p.batch, b.version from payout.payout p join payout.batch b on b.id = p.batch where p.id = $1
), keys as materialized (
	select 'genesis' as idem
	union all select 'b' || m.batch || '.v' || m.version || x from me m, unnest(array['.approved', '.released']) as x
	union all select 'a' || a.bundle || '.' || o.login from me m join payout.bundle_batch bb on bb.batch = m.batch and bb.version = m.version
		join payout.approval a on a.bundle = bb.bundle join auth.officer o on o.id = a.officer
	union all select 'd' || d.id || '.e' || e || '.sent' from me m join payout.dispatch_range r on m.id between r.first_payout and r.last_payout
		join payout.dispatch d on d.id = r.dispatch cross join generate_series(1, d.epoch) as e
	union all select 'p' || m.id || x from me m, unnest(array['.rejected', '.not_paid', '.settled', '.returned']) as x
	union all select 'c' || m.claim || x from me m, unnest(array['.voided', '.cancelled']) as x
	union all select 'k' || k.id || x from me m join recon.break k on k.payout = m.id, unnest(array['.opened', '.resolved']) as x
	union all select 's' || f.code || '.' || s.day from payout.statement_of($1) s join org.funding_account f on f.id = s.funding_account
), found as materialized (
	select t.seq from keys k join books.txn t on t.idem = k.idem
	union
	select t.seq from books.txn t where t.idem like 'key.%'
	union
	select t.seq from recon.break k join books.txn t on t.idem > 'w' || k.id || '.' and t.idem < 'w' || k.id || '/' where k.payout = $1
)
select f.seq from found f
union
select t.seq from found f join books.txn t on t.reverses = f.seq
order by seq;

-- name: dossier_sent
-- duties: desk
-- in: payout bigint
-- out: dispatch bigint, payout bigint, line_hash bytea
-- Everybody who was sent with it, in the order of the root that the ledger has.
select s.dispatch, s.payout, p.line_hash
from payout.payout_state me
join payout.dispatch_range r on r.dispatch = me.dispatch
join payout.payout_state s on s.payout between r.first_payout and r.last_payout and s.dispatch = me.dispatch
join payout.payout p on p.id = s.payout
where me.payout = $1 order by s.payout;

-- name: dossier_pages
-- duties: desk
-- in: payout bigint
-- out: idem text, sha256 bytea
-- Each page, as the ledger knows it, of the statements that name it.
select 's' || f.code || '.' || s.day as idem, m.sha256
from payout.statement_of($1) s
join org.funding_account f on f.id = s.funding_account
cross join generate_series(1, s.pages) as n
join bank.message m on m.bank = f.bank and m.direction = 'file' and m.external_id = f.code || '.' || s.day || '.' || n
order by 1, n;

-- name: dossier_messages
-- duties: desk
-- in: payout bigint
-- out: id bigint, body bytea, sealed bytea
-- What moved it, and what its bank said of the account, as they are kept.
select m.id, m.body, k.sealed
from bank.message m left join bank.message_key k on k.id = m.key
where m.id in (select v.message from payout.payout_move v where v.payout = $1 and v.message is not null
	union select c.message from payout.payout p join register.account_check c on c.account = p.payee_account where p.id = $1 and c.message is not null)
order by m.id;

-- name: dossier_postings
-- duties: desk
-- in: seqs bigint[]
-- out: seq bigint, n smallint, account text, amount bigint, balance_after bigint
select p.seq, p.n, a.code as account, p.amount, p.balance_after
from books.posting p join books.ledger_account a on a.id = p.account where p.seq = any ($1) order by p.seq, p.n;

-- name: dossier_numbers
-- duties: desk
-- in: payout bigint
-- out: what text, item bigint, person bigint, wrapped bytea, sealed bytea
-- The ID, as it is now, and the account that the line names.
select 'id' as what, i.person as item, i.person, k.wrapped, i.sealed
from payout.payout p join payout.claim c on c.id = p.claim join register.person_id i on i.person = c.person and i.replaced_at is null
join register.person_key k on k.person = i.person
where p.id = $1 and i.sealed <> ''
union all
select 'account', a.id, a.person, k.wrapped, a.sealed
from payout.payout p join register.payee_account a on a.id = p.payee_account join register.person_key k on k.person = a.person
where p.id = $1 and a.sealed <> ''
order by 1, 2;

-- name: dossier_owed
-- duties: desk
-- in: payout bigint
-- out: section text, item bigint, key text, value text
-- From the list to what is owed, thing by thing. Nobody else's.
with me as materialized (
	select p.*, c.person, c.programme, c.month, c.kind as claim_kind, c.instalment, c.amount_dong as claim_dong, c.agency, c.pay_period, c.area_code
	from payout.payout p join payout.claim c on c.id = p.claim where p.id = $1
), things as (
	select 1 as n, 'person' as section, r.id as item, json_build_object('name', r.name, 'sex', r.sex, 'birth_year', r.birth_year,
		'registered_at', r.registered_at) as thing
	from me m join register.person o on o.id = m.person join register.person r on r.id = coalesce(o.root, o.id)
	union all
	select 2, 'list_row', l.file * 1000000 + l.row_no, json_build_object('file', f.name, 'file_sha256', encode(f.sha256, 'hex'), 'row', l.row_no,
		'programme', l.programme, 'period', l.period, 'kind', l.kind, 'listed_dong', l.listed_dong, 'status', l.status, 'code', l.code, 'note', l.note,
		'imported_by', o.login, 'imported_at', f.at)
	from me m join register.import_row l on l.person = any (register.selves(m.person)) and l.programme = m.programme and l.period = m.pay_period
	join register.import_file f on f.id = l.file join auth.officer o on o.id = f.officer
	union all
	select 3, 'account', a.id, json_build_object('bank', a.bank, 'kind', a.kind, 'holder', a.holder_name, 'authority', a.authority,
		'authority_until', a.authority_until, 'source', a.source, 'since', a.proposed_at)
	from me m join register.payee_account a on a.id = m.payee_account
	union all
	select 4, 'match', c.id, json_build_object('source', c.source, 'status', c.status, 'grade', c.grade, 'id_linked', c.id_linked, 'passes', c.passes,
		'message', c.message, 'at', c.at)
	from me m join register.account_check c on c.account = m.payee_account
	union all
	select 5, 'account_word', w.id, json_build_object('what', w.what, 'from_day', w.from_day, 'until', w.until, 'document', w.document,
		'proposed_by', x.login, 'decided_by', y.login, 'decided_at', w.decided_at)
	from me m join register.account_word w on w.account = m.payee_account join auth.officer x on x.id = w.first_officer
	left join auth.officer y on y.id = w.second_officer
	union all
	select 6, 'claim', m.claim, json_build_object('programme', m.programme, 'month', to_char(m.month, 'YYYY-MM'), 'kind', m.claim_kind,
		'instalment', m.instalment, 'amount_dong', m.claim_dong, 'agency', g.code, 'pay_period', to_char(m.pay_period, 'YYYY-MM'), 'area', m.area_code)
	from me m join org.agency g on g.id = m.agency
	union all
	select 7, 'claim_part', t.n, json_build_object('rate', t.rate_code, 'amount_dong', t.amount_dong, 'working', t.working)
	from me m join payout.claim_part t on t.claim = m.claim
)
select t.section, t.item, j.key, j.value from things t cross join lateral json_each_text(t.thing) with ordinality as j(key, value, k)
where j.value is not null order by t.n, t.item, j.k;

-- name: dossier_paid
-- duties: desk
-- in: payout bigint
-- out: section text, item bigint, key text, value text
-- From the batch's line to the statement's.
with me as materialized (
	select p.*, b.version, ch.code as channel
	from payout.payout p join payout.batch b on b.id = p.batch join org.channel ch on ch.id = b.channel where p.id = $1
), things as (
	select 8 as n, 'payout' as section, m.id as item, json_build_object('end_to_end_id', m.end_to_end_id, 'issue', m.issue, 'batch', m.batch, 'version', m.version, 'line', m.line,
		'channel', m.channel, 'amount_dong', m.amount_dong, 'cash_reason', m.cash_reason, 'state', t.name, 'dispatch', s.dispatch) as thing
	from me m left join payout.payout_state s on s.payout = m.id left join payout.state t on t.code = s.state
	union all
	select 9, 'hold', h.id, json_build_object('reason', h.reason, 'by', o.login, 'at', h.at)
	from me m join payout.hold h on h.payout = m.id left join auth.officer o on o.id = h.by_officer
	union all
	select 10, 'move', v.n, json_build_object('from', f.name, 'to', t.name, 'cause', k.name, 'message', v.message, 'item', v.item, 'day', v.day, 'at', v.at)
	from me m join payout.payout_move v on v.payout = m.id join payout.state f on f.code = v.from_state join payout.state t on t.code = v.to_state
	join payout.cause k on k.code = v.cause
	union all
	select 11, 'message', b.id, json_build_object('bank', b.bank, 'direction', b.direction, 'kind', b.kind, 'external_id', b.external_id,
		'sha256', encode(b.sha256, 'hex'), 'authentic', b.authentic, 'at', b.at)
	from bank.message b where b.id in (select v.message from payout.payout_move v where v.payout = $1
		union select c.message from me m join register.account_check c on c.account = m.payee_account)
	union all
	select 12, 'statement_line', l.id, json_build_object('statement', f.code || '.' || s.day, 'entry', l.entry_ref, 'direction', l.direction,
		'amount_dong', l.amount_dong, 'value_date', l.value_date, 'text', l.text, 'amount_fits', l.amount_fits, 'account_fits', l.account_fits,
		'returned_reason', l.returned_reason, 'message', l.message, 'item', l.item)
	from payout.statement_of($1) s join org.funding_account f on f.id = s.funding_account
	join bank.statement_line l on l.statement = s.id and l.payout = $1
	union all
	select 13, 'break', k.id, json_build_object('kind', k.kind, 'day', k.day, 'amount_dong', k.amount_dong, 'note', k.note, 'opened_at', k.opened_at,
		'outcome', r.outcome, 'resolved_by', concat_ws(', ', x.login, y.login), 'resolved_at', r.at,
		'taken_back_seq', (select v.seq from books.txn t join books.txn v on v.reverses = t.seq where t.idem = 'k' || k.id || '.resolved'))
	from recon.break k left join recon.break_resolution r on r.break = k.id left join auth.officer x on x.id = r.first_officer
	left join auth.officer y on y.id = r.second_officer where k.payout = $1
)
select t.section, t.item, j.key, j.value from things t cross join lateral json_each_text(t.thing) with ordinality as j(key, value, k)
where j.value is not null order by t.n, t.item, j.k;

-- name: dossier_slip
-- duties: desk
-- in: payout bigint
-- out: agency text, programme text, month date, kind text, amount_dong bigint, name text, ward text, cash boolean, place text, holder text,
--     account_kind text, state text, sandbox boolean
-- What the person himself is told. place: his bank, or who paid him in cash.
select g.name_vi as agency, pr.name_vi as programme, c.month, c.kind, p.amount_dong, r.name, w.name as ward, ch.kind = 'cash' as cash,
	coalesce(k.short_name, a.bank, ch.bank) as place, a.holder_name as holder, a.kind as account_kind, t.name as state, i.sandbox
from payout.payout p
join payout.claim c on c.id = p.claim
join org.agency g on g.id = c.agency
join rules.programme pr on pr.code = c.programme
join register.person o on o.id = c.person
join register.person r on r.id = coalesce(o.root, o.id)
join payout.batch b on b.id = p.batch
join org.channel ch on ch.id = b.channel
left join register.payee_account a on a.id = p.payee_account
left join bank.bank k on k.code = a.bank
left join payout.payout_state s on s.payout = p.id
left join payout.state t on t.code = s.state
left join register.area w on w.level = 'commune' and w.code = c.area_code and w.valid_from = c.area_valid_from
cross join ops.instance i
where p.id = $1;
