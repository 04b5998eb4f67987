-- `chitra recover`: payouts and dispatches of a restored dump, as the archive and the sent journal know them. The programs are
-- stopped, and the owner is alone.

-- name: recover_lock
-- duties: owner
-- in:
-- out:
lock table payout.payout_state, payout.dispatch, payout.batch in share row exclusive mode;

-- name: recover_journals_known
-- duties: owner
-- in:
-- out: name text, place text
select j.name, j.place from ops.journal j where j.lost_at is null order by j.at desc;

-- name: recover_journals_done
-- duties: owner
-- in: names text[], places text[], lost text[]
-- out:
-- What they have stands in the rows now.
with gone as (
	insert into ops.journal as j (name, place, lost_at) select distinct n, '', now() from unnest($3) as n
	on conflict (name) do update set lost_at = coalesce(j.lost_at, excluded.lost_at), doubt = null
)
insert into ops.journal as j (name, place, history) select a.name, a.place, ops.history() from unnest($1, $2) as a(name, place)
on conflict (name) do update set history = excluded.history, doubt = null, at = now(), lost_at = null;

-- name: recover_batches
-- duties: owner
-- in: batches bigint[], versions integer[], releaseds boolean[], roots bytea[], known bigint[]
-- out: batch bigint, released boolean
-- Those that the dump has not got that far, without those of which more is known ($5). One whose approval alone is lost is frozen: two officers
-- sign it again, and it is booked already.
select a.batch, a.released
from unnest($1, $2, $3, $4) as a(batch, version, released, root)
left join payout.batch b on b.id = a.batch
where a.batch <> all ($5) and (b.id is null or b.version <> a.version or b.root is distinct from a.root
	or b.state not in ('released', 'closed') and (a.released or b.state not in ('frozen', 'approved')))
order by a.batch, a.released;

-- name: recover_dispatches
-- duties: owner
-- in: dispatches bigint[]
-- out: id bigint, state text, epoch integer, count integer
select d.id, d.state, d.epoch, d.count from payout.dispatch d
where d.id = any ($1)
order by d.id;

-- name: recover_members
-- duties: owner
-- in: dispatches bigint[]
-- out: id text, dispatch bigint
-- What has not been sent of dispatches that were sent.
select p.end_to_end_id as id, r.dispatch
from payout.dispatch_range r
join payout.payout_state s on s.payout between r.first_payout and r.last_payout
join payout.payout p on p.id = s.payout
where r.dispatch = any ($1) and s.state = 1 and (s.dispatch is null or s.dispatch = r.dispatch)
order by s.payout, r.dispatch;

-- name: recover_payouts
-- duties: owner
-- in: ids text[]
-- out: n bigint, payout bigint, state smallint, dispatch bigint, range_dispatch bigint, amount_dong bigint, account_hash bytea,
--      line_hash bytea, channel bigint, channel_code text, cash boolean, agency text, programme text,
--      funding text
-- range_dispatch: the last that was made for it.
select a.n, p.id as payout, s.state, s.dispatch,
	(select max(r.dispatch) from payout.dispatch_range r where p.id between r.first_payout and r.last_payout) as range_dispatch,
	p.amount_dong, p.account_hash, p.line_hash, b.channel, c.code as channel_code,
	c.kind = 'cash' as cash, g.code as agency, b.programme, f.code as funding
from unnest($1) with ordinality as a(id, n)
join payout.payout p on p.end_to_end_id = a.id
join payout.payout_state s on s.payout = p.id
join payout.batch b on b.id = p.batch and b.state in ('released', 'closed')
join org.channel c on c.id = b.channel
join org.agency g on g.id = b.agency
join org.funding_account f on f.id = c.funding_account
order by a.n;

-- name: recover_dispatch_make
-- duties: owner
-- in: id bigint, channel bigint, payouts bigint[]
-- out:
-- One that was made after the dump: for payouts that had been held.
with made as (
	insert into payout.dispatch (id, channel) overriding system value values ($1, $2) returning id
)
insert into payout.dispatch_range (dispatch, first_payout, last_payout)
select made.id, min(x.payout), max(x.payout)
from made, (select p.payout, p.payout - row_number() over (order by p.payout) as run from unnest($3) as p(payout)) as x
group by made.id, x.run;

-- name: recover_dispatch_set
-- duties: owner
-- in: id bigint, epoch integer, count integer, sum bigint, root bytea, at timestamptz, doubt boolean
-- out:
-- One of which the dump knows that something left keeps its count. at is the wall clock's; law 1 counts days of the business clock. Nobody holds it; whoever starts asks the bank at once.
update payout.dispatch d
set state = case when $7 then 'sent' else 'ended' end, epoch = $2,
	count = case d.count when 0 then $3 else d.count end, sum_dong = case d.count when 0 then $4 else d.sum_dong end,
	root = case d.count when 0 then $5 else d.root end,
	sent_at = least(d.sent_at, ops.now(), $6 + (ops.now() - clock_timestamp())), owner = null, lease_until = null,
	ask_after = case when $7 then clock_timestamp() end
where d.id = $1;

-- name: recover_dispatch_fence
-- duties: owner
-- in: ids bigint[], epochs integer[], firsts timestamptz[]
-- out:
-- Those that had been sent already: an epoch that was never used, due for enquiry, and sent when any journal first had it (wall clock): another
-- host may have sent it again later, which knew nothing of the first time.
update payout.dispatch d
set epoch = a.epoch, owner = null, lease_until = null, sent_at = least(d.sent_at, a.first + (ops.now() - clock_timestamp())),
	ask_after = case when d.state = 'sent' then clock_timestamp() end
from unnest($1, $2, $3) as a(id, epoch, first)
where d.id = a.id and (d.epoch < a.epoch or d.sent_at > a.first + (ops.now() - clock_timestamp()));

-- name: recover_dispatch_reopen
-- duties: owner
-- in:
-- out:
-- One that had ended, by what was counted in commits that are gone, and of which something is in doubt: it is asked about.
update payout.dispatch d
set state = 'sent', ask_after = clock_timestamp()
where d.state = 'ended' and d.channel in (select c.id from org.channel c where c.kind = 'bank')
	and d.id in (select s.dispatch from payout.payout_state s where s.state in (3, 4, 5));

-- name: recover_hold
-- duties: owner
-- in: payouts bigint[], reason text
-- out:
insert into payout.hold (payout, reason) select h.payout, $2 from unnest($1) as h(payout);

-- name: recover_voids
-- duties: owner
-- in: claims bigint[], programmes text[], months text[], kinds text[], instalments bigint[], amounts bigint[], reasons text[],
--     firsts text[], seconds text[], ats timestamptz[], decisions bytea[]
-- out: n bigint, is_there boolean, is_new boolean, is_voided boolean
-- Of each: whether the dump has the claim, whether it is voided by this, whether it is voided now. The guards ask who acts now; here two
-- officers acted long ago, and a leaf under a signed checkpoint says so: recover_guards_off.
with said as materialized (
	select a.*, c.id is not null as is_there
	from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) with ordinality
		as a(claim, programme, month, kind, instalment, amount, reason, first, second, at, decision, n)
	left join payout.claim c on c.id = a.claim
		and (c.programme, to_char(c.month, 'YYYY-MM'), c.kind, c.instalment, c.amount_dong) = (a.programme, a.month, a.kind, a.instalment, a.amount)
), made as (
	insert into payout.claim_void (claim, reason, decision, first_officer, second_officer, at)
	select a.claim, a.reason, a.decision, x.id, y.id, a.at
	from said a
	join auth.officer x on x.login = a.first
	join auth.officer y on y.login = a.second
	where a.is_there
	on conflict (claim) do nothing
	returning claim
)
select a.n, a.is_there, m.claim is not null as is_new,
	m.claim is not null or a.is_there and exists (select from payout.claim_void v where v.claim = a.claim) as is_voided
from said a
left join made m on m.claim = a.claim
order by a.n;

-- name: recover_voided_ready
-- duties: owner
-- in: claims bigint[]
-- out: payout bigint
-- A claim is voided when each of its payouts is proven unpaid: what is ready was cancelled after the dump.
select p.id as payout
from unnest($1) as a(claim)
join payout.payout p on p.claim = a.claim
join payout.payout_state s on s.payout = p.id
where s.state = 1
order by p.id;

-- name: recover_breaks
-- duties: owner
-- in: ids bigint[], kinds text[], fundings text[], days date[], payouts text[], entries text[], amounts bigint[], ats timestamptz[], note text
-- out: id bigint
-- Those that the dump lacks, under their numbers, whatever statement it lacks: nobody is paid again whom a bank's later word is about.
-- Their lines come with the statement (settle_found); one of a statement as a whole, which names neither payout nor entry, gets it then
-- (statement_break_open).
insert into recon.break (id, kind, funding_account, day, payout, entry_ref, amount_dong, note, opened_at, line, nth) overriding system value
select a.id, a.kind, f.id, a.day, p.id, nullif(a.entry, ''), a.amount, $9, a.at, l.line,
	row_number() over (partition by a.kind, f.id, p.id, a.entry order by a.id) - 1 + coalesce(l.n, 0) + (select count(*) from recon.break k
		where (k.kind, k.funding_account) = (a.kind, f.id) and k.payout is not distinct from p.id and k.line is null and k.entry_ref is null
			and k.statement is null)
from unnest($1, $2, $3, $4, $5, $6, $7, $8) as a(id, kind, funding, day, payout, entry, amount, at)
join org.funding_account f on f.code = a.funding
left join payout.payout p on p.end_to_end_id = a.payout
left join lateral (select min(k.line) as line, count(*) as n from recon.break k join bank.statement_line x on x.id = k.line
	where (k.kind, k.funding_account, x.entry_ref) = (a.kind, f.id, a.entry)) l on true	-- its line has a break, whose resolution was taken back
where not exists (select from recon.break k where k.id = a.id)
returning id;

-- name: recover_resolutions
-- duties: owner
-- in: breaks bigint[], kinds text[], fundings text[], outcomes text[], pairs bigint[], days date[], firsts text[], seconds text[],
--     ats timestamptz[], ids text[]
-- out: n bigint, is_new boolean
-- Those that the dump lacks; not new: it lacks the break, its other half or an officer, or its payout does not stand as it stood: what came
-- back is settled by a statement that is not there yet.
with said as materialized (
	select a.*, x.id as first_officer, y.id as second_officer, p.id as payout
	from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) with ordinality
		as a(break, kind, funding, outcome, pair, day, first, second, at, id, n)
	join recon.break k on k.id = a.break and k.kind = a.kind
	join org.funding_account f on f.id = k.funding_account and f.code = a.funding
	join auth.officer x on x.login = a.first
	join auth.officer y on y.login = a.second
	left join payout.payout p on p.end_to_end_id = a.id
	left join payout.payout_state s on s.payout = p.id
	where not exists (select from recon.break_resolution r where r.break = a.break)
		and case a.outcome when 'paid_after_all' then s.state in (8, 9, 11) when 'return' then s.state = 7 else a.id = '' or p.id is not null end
), whole as (
	select s.* from said s where s.pair is null or exists (select from said o where o.break = s.pair)
), proposed as (
	insert into recon.break_proposal (break, officer, outcome, pair, payout, at)
	select w.break, w.first_officer, w.outcome, w.pair, w.payout, w.at from whole w order by w.n
), made as (
	insert into recon.break_resolution (break, outcome, pair, payout, day, first_officer, second_officer, at)
	select w.break, w.outcome, w.pair, w.payout, w.day, w.first_officer, w.second_officer, w.at from whole w
	returning break
)
select a.n, m.break is not null as is_new
from unnest($1) with ordinality as a(break, n)
left join made m on m.break = a.break
where not exists (select from recon.break_resolution r where r.break = a.break)
order by a.n;

-- name: recover_resolved_move
-- duties: owner
-- in:
-- out: payout bigint
-- As break_move: what two officers found to be a payout's moves it, also before the line is there that said so.
select payout.move(array_agg(r.payout), array_agg(s.state), array_agg(case r.outcome when 'return' then 10 else 7 end::smallint), 12::smallint,
	array_agg(l.message), array_agg(l.item), null) as payout
from recon.break_resolution r
join recon.break k on k.id = r.break
left join bank.statement_line l on l.id = k.line
join payout.payout_state s on s.payout = r.payout and s.state = any (case r.outcome when 'return' then array[7] else array[8, 9, 11] end)
where r.outcome in ('paid_after_all', 'return');

-- name: recover_guards_off
-- duties: owner
-- in:
-- out:
-- Until recover_guards_on, in one transaction.
do $$ begin
	alter table payout.claim_void disable trigger first_proposed, disable trigger second_is_me, disable trigger unclaimed;
	alter table recon.break disable trigger numbered;
	alter table recon.break_proposal disable trigger by_me;
	alter table recon.break_resolution disable trigger first_proposed, disable trigger second_is_me;
end $$;

-- name: recover_guards_on
-- duties: owner
-- in:
-- out:
do $$ begin
	alter table payout.claim_void enable trigger first_proposed, enable trigger second_is_me, enable trigger unclaimed;
	alter table recon.break enable trigger numbered;
	alter table recon.break_proposal enable trigger by_me;
	alter table recon.break_resolution enable trigger first_proposed, enable trigger second_is_me;
end $$;

-- name: recover_period_texts
-- duties: owner
-- in:
-- out: agency text, period date, made boolean
select t.agency, t.period, t.made from books.make_texts_again() t;

-- name: recover_pause
-- duties: owner
-- in: reason text
-- out:
-- Also over what an earlier recovery said; somebody else's pause stays as it is.
insert into ops.pause as p (what, reason, by_officer) values ('all', $1, 'duty:recover')
on conflict (what) do update set reason = excluded.reason where p.by_officer = excluded.by_officer;

-- name: recover_resume
-- duties: owner
-- in: reason text
-- out: lifted boolean, unfinished boolean
-- Only the pause with the reason of a recovery that ended; with another one it did not.
with lifted as (
	delete from ops.pause where what = 'all' and by_officer = 'duty:recover' and reason = $1 returning what
)
select exists (select from lifted) as lifted,
	exists (select from ops.pause where what = 'all' and by_officer = 'duty:recover' and reason <> $1) as unfinished;

-- name: recover_numbers
-- duties: owner
-- in: batch bigint, bundle bigint, dispatch bigint, payout bigint, brk bigint, claim bigint
-- out: moved bigint
-- New rows do not take a number that the ledger or the journal has used.
select count(setval(s.seq, s.least)) as moved
from (values (pg_get_serial_sequence('payout.batch', 'id')::regclass, $1), (pg_get_serial_sequence('payout.bundle', 'id')::regclass, $2),
	(pg_get_serial_sequence('payout.dispatch', 'id')::regclass, $3), (pg_get_serial_sequence('payout.payout', 'id')::regclass, $4),
	(pg_get_serial_sequence('recon.break', 'id')::regclass, $5), (pg_get_serial_sequence('payout.claim', 'id')::regclass, $6)) as s(seq, least)
where s.least > coalesce(pg_sequence_last_value(s.seq), 0);

-- name: forget_again_look
-- duties: owner
-- in: anchors bytea[], ats timestamptz[], backs boolean[], firsts text[], seconds text[]
-- out: n bigint, person bigint, code text
-- Whom two officers erased, or brought back, and the dump does not know it, each by his newest decision. code: why it is not done here; null: he
-- may be erased again. Who is in no row of the dump is erased as it is.
with said as materialized (
	select a.*, p.id as person from unnest($1, $2, $3, $4, $5) with ordinality as a(anchor, at, back, first, second, n)
	join register.person p on p.anchor = a.anchor
), newest as (
	select distinct on (s.person, s.back) s.* from said s order by s.person, s.back, s.at desc
)
select w.n, w.person, case
	when w.back then 'readmit'
	when exists (select from unnest(register.selves(w.person)) as m where not exists (select from newest o where o.person = m and not o.back)) then 'erase_merged'
	when w.first = w.second or not exists (select from auth.officer x where x.login = w.first) or not exists (select from auth.officer x where x.login = w.second)
		then 'officer_unknown'
	else split_part(register.erasure_refused(w.person), ':', 1) end as code
from newest w
where case when w.back then not exists (select from newest o where o.person = w.person and not o.back and o.at > w.at)
		and not exists (select from register.readmission r where r.person = w.person and r.decided_at >= w.at)
	else not exists (select from register.erasure e where e.decided_at >= w.at and e.person = any (register.selves(w.person)))
		and exists (select from register.person_key k where k.person = any (register.selves(w.person))) end
order by w.back, w.n;

-- name: forget_again_guards_off
-- duties: owner
-- in:
-- out:
-- The guards ask who acts now; here two officers acted long ago, and the look above asked what they ask of the person. Until
-- forget_again_guards_on, in one transaction.
do $$ begin
	alter table register.erasure disable trigger guard, disable trigger first_is_me;
end $$;

-- name: forget_again_propose
-- duties: owner
-- in: people bigint[], numbers text[], firsts text[], ats timestamptz[]
-- out:
insert into register.erasure (person, number, reason, first_officer, proposed_at)
select a.person, a.number, 'phục hồi: đã xóa sau lúc sao lưu', o.id, a.at
from unnest($1, $2, $3, $4) as a(person, number, first, at) join auth.officer o on o.login = a.first;

-- name: forget_again_confirm
-- duties: owner
-- in: people bigint[], seconds text[], ats timestamptz[]
-- out:
update register.erasure e set second_officer = o.id, decided_at = a.at, xact = pg_current_xact_id()
from unnest($1, $2, $3) as a(person, second, at) join auth.officer o on o.login = a.second
where e.person = a.person and e.proposed_at = a.at and e.second_officer is null;

-- name: forget_again_guards_on
-- duties: owner
-- in:
-- out:
do $$ begin
	alter table register.erasure enable trigger guard, enable trigger first_is_me;
end $$;

-- name: end_again
-- duties: owner
-- in: accounts bytea[], ats timestamptz[], froms date[], firsts text[], seconds text[]
-- out: n bigint, account bigint, ended boolean
-- Accounts that two officers ended, each by its newest end of which the dump knows nothing. Not ended: one of the officers is not in the
-- dump, or, where account is null, the account itself. It comes back with a list, under another salt, so nobody but its officers finds it.
with said as materialized (
	select distinct on (p.id, a.hash) a.n, p.id as account, a.at, a.from_day, x.id as first_officer, y.id as second_officer
	from unnest($1, $2, $3, $4, $5) with ordinality as a(hash, at, from_day, first, second, n)
	left join register.payee_account p on p.hash = a.hash
	left join auth.officer x on x.login = a.first
	left join auth.officer y on y.login = a.second
	where not exists (select from register.account_word w where w.account = p.id and w.decided_at >= a.at)
	order by p.id, a.hash, a.at desc
), made as (
	insert into register.account_word (account, what, from_day, document, first_officer, proposed_at, second_officer, decided_at)
	select s.account, 'end', s.from_day, 'phục hồi: đã kết thúc sau lúc sao lưu', s.first_officer, s.at, s.second_officer, s.at
	from said s where s.account is not null and s.first_officer <> s.second_officer
	returning account
)
select s.n, s.account, m.account is not null as ended from said s left join made m on m.account = s.account order by s.account, s.n;

-- name: end_again_guards_off
-- duties: owner
-- in:
-- out:
-- As forget_again_guards_off.
do $$ begin
	alter table register.account_word disable trigger guard, disable trigger first_is_me;
end $$;

-- name: end_again_guards_on
-- duties: owner
-- in:
-- out:
do $$ begin
	alter table register.account_word enable trigger guard, enable trigger first_is_me;
end $$;
