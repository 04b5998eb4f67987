-- What two officers decide about breaks and claims.

-- name: break_views
-- duties: desk
-- in: ids bigint[], account text, resolved boolean
-- out: id bigint, kind text, funding bigint, account text, agency text, day date, age_days integer, amount_dong bigint, note text,
--      entry_ref text, debit boolean, value_date date, booked_day date, line_text text, suspense_dong bigint, end_to_end_id text, in_flight boolean,
--      first_officer bigint, first_login text, second_login text, outcome text, pair bigint, said_payout bigint, reason text, is_resolved boolean,
--      letter text, waits_for date, letter_may boolean, line_missing boolean, in_books boolean, can_reverse bigint[], was_reversed boolean,
--      undo bigint, undo_reason text, undo_login text
-- Those with these ids, or (null) those of an account (empty: of any), oldest first. suspense_dong: what of the line still waits in
-- suspense. The last proposal, or what it was resolved as. Only of agencies for which the officer has a mandate.
-- can_reverse: its ledger transactions that two officers may take back; undo: the one of which one officer said so already.
select k.id, k.kind, k.funding_account as funding, f.code as account, a.code as agency, k.day, ops.today() - k.day as age_days,
	k.amount_dong, k.note, coalesce(l.entry_ref, k.entry_ref) as entry_ref, l.direction = 'debit' as debit, l.value_date,
	(select g.day from bank.statement g where g.id = l.statement) as booked_day, l.text as line_text,
	coalesce((select sum(x.amount_dong) from recon.suspended x where x.line = l.id), 0)::bigint as suspense_dong,
	p.end_to_end_id, coalesce(t.in_flight, false) as in_flight,
	w.officer as first_officer, o.login as first_login, s.login as second_login, w.outcome, w.pair, w.payout as said_payout,
	w.reason, r.break is not null as is_resolved, w.letter, recon.waits_for(k.id) as waits_for, coalesce(recon.letter_may(k.id), false) as letter_may,
	k.line is null and k.entry_ref is not null as line_missing,
	r.break is null and exists (select from books.txn t where t.idem = 'k' || k.id || '.resolved') as in_books,
	u.can_reverse, exists (select from books.txn t join books.txn b on b.reverses = t.seq where t.idem = 'k' || k.id || '.resolved') as was_reversed,
	y.seq as undo, y.reason as undo_reason, y.login as undo_login
from recon.break k
join org.funding_account f on f.id = k.funding_account
join org.agency a on a.id = f.agency
left join bank.statement_line l on l.id = k.line
left join payout.payout p on p.id = k.payout
left join payout.payout_state ps on ps.payout = k.payout
left join payout.state t on t.code = ps.state
left join lateral (select w.officer, w.outcome, w.pair, w.payout, w.reason, w.letter from recon.break_proposal w where w.break = k.id order by w.id desc limit 1) w on true
left join auth.officer o on o.id = w.officer
left join recon.break_resolution r on r.break = k.id
left join auth.officer s on s.id = r.second_officer
cross join lateral (select array(select t.seq from books.txn t where not exists (select from books.txn b where b.reverses = t.seq)
	and (t.idem = 'k' || k.id || '.resolved' and r.outcome in ('fee', 'funding', 'refundable')
		or t.idem >= 'w' || k.id || '.' and t.idem < 'w' || k.id || '/') order by t.seq) as can_reverse) u
left join lateral (select y.seq, y.reason, f.login from recon.reversal y join auth.officer f on f.id = y.first_officer
	where y.seq = any (u.can_reverse) and y.second_officer is null order by y.id desc limit 1) y on true
where case when $1 is null then ($2 = '' or f.code = $2) and ($3 or r.break is null) else k.id = any ($1) end
	and exists (select from auth.mandate m where m.officer = auth.me() and auth.may(m.role, a.code, m.area, 0))
order by k.id;

-- name: break_propose
-- duties: desk
-- in: breaks bigint[], outcomes text[], pairs bigint[], payouts bigint[], reason text, letter text
-- out:
insert into recon.break_proposal (break, officer, outcome, pair, payout, reason, letter)
select b.break, auth.me(), b.outcome, b.pair, b.payout, $5, $6 from unnest($1, $2, $3, $4) as b(break, outcome, pair, payout);

-- name: break_resolve
-- duties: desk
-- in: breaks bigint[], outcomes text[], pairs bigint[], payouts bigint[], officers bigint[], day date, letter text
-- out:
-- In the order of their numbers: so that two pairs of officers wait for each other (recon.lock_break) and never deadlock.
insert into recon.break_resolution (break, outcome, pair, payout, first_officer, second_officer, day, letter)
select b.break, b.outcome, b.pair, b.payout, b.officer, auth.me(), $6, $7
from unnest($1, $2, $3, $4, $5) as b(break, outcome, pair, payout, officer) order by b.break;

-- name: break_payout
-- duties: desk
-- in: break bigint, end_to_end_id text
-- out: payout bigint, id text, agency text, programme text, unclaimed boolean
-- The payout with this id (empty: the break's own). unclaimed: where what is owed of its claim stands.
select p.id as payout, p.end_to_end_id as id, a.code as agency, b.programme, coalesce((
		select t.name = 'returned' from payout.payout o join payout.payout_state s on s.payout = o.id join payout.state t on t.code = s.state
		where o.claim = p.claim order by o.issue desc limit 1), false) as unclaimed
from payout.payout p
join payout.batch b on b.id = p.batch
join org.agency a on a.id = b.agency
where case when $2 = '' then p.id = (select k.payout from recon.break k where k.id = $1) else p.end_to_end_id = $2 end;

-- name: break_move
-- duties: desk
-- in: break bigint
-- out: payout bigint
-- The payout whose money two officers found it to be, on the word of the statement's line. None: it moved meanwhile.
select payout.move(array[r.payout], array[s.state], array[case r.outcome when 'return' then 10 else 7 end]::smallint[], 14::smallint,
	array[l.message], array[l.item], null) as payout
from recon.break_resolution r
join recon.break k on k.id = r.break
join bank.statement_line l on l.id = k.line
join payout.payout_state s on s.payout = r.payout
where r.break = $1 and r.outcome in ('paid_after_all', 'return');

-- name: claim_list
-- duties: desk
-- in: period date, area text, programme text
-- out: claim bigint, person bigint, programme text, month date, kind text, amount_dong bigint, state text, name text, birth_year smallint,
--      wrapped bytea, sealed bytea
-- Of a ward, for which the officer has a mandate; an empty programme is any. state: as in people_claims, and 'surplus': the second claim for the
-- same thing, which is never paid.
select c.id as claim, c.person, c.programme, c.month, c.kind, c.amount_dong,
	case
		when exists (select from payout.claim_void v where v.claim = c.id) then 'voided'
		when exists (select from register.surplus x where x.claim = c.id and not x.undone and s.state is distinct from 7) then 'surplus'
		when p.id is null then 'open'
		else coalesce(t.name, 'in_batch')
	end as state, n.name, n.birth_year, k.wrapped, i.sealed
from payout.claim c
join register.person n on n.id = c.person
left join register.person_key k on k.person = c.person
left join lateral (select i.sealed from register.person_id i where i.person = c.person and i.kind = 'cccd'
	order by i.replaced_at desc nulls first, i.known_from desc limit 1) i on true
left join lateral (select p.id from payout.payout p where p.claim = c.id order by p.issue desc limit 1) p on true
left join payout.payout_state s on s.payout = p.id
left join payout.state t on t.code = s.state
where c.pay_period = $1 and c.area_code = $2 and ($3 = '' or c.programme = $3)
	and exists (select from auth.mandate m where m.officer = auth.me() and auth.may_in(m.role, m.agency, c.area_code, c.area_valid_from, 0))
order by n.name collate "vi-x-icu", c.id;

-- name: claim_to_void
-- duties: desk
-- in: claim bigint
-- out: programme text, month date, kind text, instalment smallint, amount_dong bigint, agency text, area text, voided boolean,
--      may boolean, live boolean, last text, funding text, first_officer bigint, first_login text, reason text, decision bytea
-- live: a payout of it is not proven unpaid. last: how the newest one ended. funding: the account whose advance paid for it, once it was
-- released.
select c.programme, c.month, c.kind, c.instalment, c.amount_dong, a.code as agency, c.area_code as area,
	exists (select from payout.claim_void v where v.claim = c.id) as voided,
	exists (select from unnest(array['register', 'maker', 'checker', 'approver']) as r where auth.may_in(r, a.code, c.area_code, c.area_valid_from, c.amount_dong)) as may,
	payout.in_question(c.id, 100::smallint) as live,
	(select t.name from payout.payout p join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state
		where p.claim = c.id order by p.issue desc limit 1) as last,
	(select f.code from payout.payout p join payout.batch b on b.id = p.batch and b.state in ('released', 'closed')
		join org.channel n on n.id = b.channel join org.funding_account f on f.id = n.funding_account
		where p.claim = c.id order by p.issue desc limit 1) as funding,
	w.officer as first_officer, o.login as first_login, w.reason, w.decision
from payout.claim c
join org.agency a on a.id = c.agency
left join lateral (select w.officer, w.reason, w.decision from payout.claim_void_proposal w where w.claim = c.id order by w.id desc limit 1) w on true
left join auth.officer o on o.id = w.officer
where c.id = $1;

-- name: claim_void_lock
-- duties: desk
-- in: claim bigint
-- out: id bigint
-- Its batches: who releases one of them sees that the claim is voided, or we see that its money was released.
select b.id from payout.batch b where b.id in (select p.batch from payout.payout p where p.claim = $1) order by b.id for share of b;

-- name: claim_void_propose
-- duties: desk
-- in: claim bigint, reason text, decision bytea
-- out:
insert into payout.claim_void_proposal (claim, officer, reason, decision) values ($1, auth.me(), $2, $3);

-- name: claim_void_add
-- duties: desk
-- in: claim bigint, reason text, first_officer bigint, decision bytea
-- out:
insert into payout.claim_void (claim, reason, first_officer, second_officer, decision) values ($1, $2, $3, auth.me(), $4);

-- name: reversal_look
-- duties: desk
-- in: seq bigint
-- out: break bigint, outcome text, effective date, accounts text[], amounts bigint[], kind text, funding bigint, funding_code text, line bigint,
--      payout bigint, end_to_end_id text, entry_ref text, break_dong bigint
-- A transaction that may perhaps be taken back, with its postings and the break that it is about. None: it is not there, or no such thing, or of
-- an agency for which the officer has no mandate.
select v.break, v.outcome, t.effective,
	array(select a.code from books.posting p join books.ledger_account a on a.id = p.account where p.seq = t.seq order by p.n) as accounts,
	array(select p.amount from books.posting p where p.seq = t.seq order by p.n) as amounts,
	k.kind, k.funding_account as funding, f.code as funding_code, k.line, k.payout, p.end_to_end_id, l.entry_ref, k.amount_dong as break_dong
from books.txn t
cross join lateral recon.reversible(t.seq) v
join recon.break k on k.id = v.break
join org.funding_account f on f.id = k.funding_account
join org.agency g on g.id = f.agency
left join payout.payout p on p.id = k.payout
left join bank.statement_line l on l.id = k.line
where t.seq = $1 and exists (select from auth.mandate m where m.officer = auth.me() and auth.may(m.role, g.code, m.area, 0));

-- name: reversal_say
-- duties: desk
-- in: seq bigint, reason text
-- out: outcome text, first text
-- As recovery_repaid.
with waits as (
	select y.id, y.first_officer, o.login from recon.reversal y join auth.officer o on o.id = y.first_officer
	cross join lateral recon.reversible(y.seq) v
	join recon.break k on k.id = v.break join org.funding_account f on f.id = k.funding_account join org.agency a on a.id = f.agency
	where (y.seq, y.reason) = ($1, $2) and y.second_officer is null and auth.officer_may(y.first_officer, 'release', a.code, '*', v.amount_dong)
	order by y.id desc limit 1
), proposed as (
	insert into recon.reversal (seq, reason, first_officer) select $1, $2, auth.me() where not exists (select from waits)
), confirmed as (
	update recon.reversal y set second_officer = auth.me(), decided_at = clock_timestamp()
	from waits w where y.id = w.id and w.first_officer <> auth.me() returning y.id
)
select case when exists (select from confirmed) then 'confirmed' when exists (select from waits) then 'same_officer' else 'proposed' end as outcome,
	(select w.login from waits w) as first;
