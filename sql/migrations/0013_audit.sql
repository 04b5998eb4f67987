-- What auditors read: documented views over the books, what was paid and who did it, and nothing that is sealed, keyed or opens a session.
--
-- The views have their owner's rights, so the auditor's role needs no table of these. They hide columns, never rows: whoever may read
-- one may read all of it, and there is nothing that a leaky function could find out. (An officer's mandate, which has a unit, is asked by
-- `chitra ledger query`.) They call only what PostgreSQL brings along, because a view's functions run with its reader's rights.

-- PostgreSQL lets everybody who may connect write large objects and whatever he likes into the write-ahead log, and hold the locks that imports,
-- batches and daemons wait for, for as long as he stays. Of ours only the duties need two of these: locks, and a message in that log as the barrier
-- after a COMMIT whose answer was lost.
do $$
declare
	f regprocedure;
begin
	for f in select p.oid from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
			and p.proname ~ '^(lo_(creat|create|from_bytea|open|put|truncate|truncate64|unlink)|lowrite|pg_logical_emit_message|pg_(try_)?advisory_.*)$' loop
		execute format('revoke execute on function %s from public', f);
		if f::text ~ 'advisory|emit_message\(boolean,text,text' then
			execute format('grant execute on function %s to chitra_owner, chitra_gate, chitra_desk, chitra_teller, chitra_scribe', f);
		end if;
	end loop;
end $$;

create schema audit authorization chitra_owner;
set local role chitra_owner;

-- ---------------------------------------------------------------- the books

create view audit.transaction as
select t.seq, t.kind, t.idem as key, t.effective, t.recorded, t.late, t.reverses, t.legs as postings,
	(select sum(p.amount)::bigint from books.posting p where p.seq = t.seq and p.amount > 0) as amount_dong,
	substring(l.text from '\nactor ([^\n]*)') as actor,
	array(select m[1] from regexp_matches(l.text, '\nofficer ([^\n]*)', 'g') m) as officers,
	substring(l.text from '\nid ([^\n]*)') as payout_id,
	substring(l.text from '\nentry ([^\n]*)') as entry,
	substring(l.text from '\nref ([^\n]*)') as refs,
	substring(l.text from '\nsrc ([^\n]*)') as source,
	l.text as leaf, t.leaf_hash
from books.txn t cross join lateral (select convert_from(t.leaf, 'UTF8') as text) l;

create view audit.posting as
select p.seq, p.n, a.code as account, p.amount as amount_dong, p.balance_after as balance_dong, t.kind, t.effective, t.recorded
from books.posting p join books.ledger_account a on a.id = p.account join books.txn t on t.seq = p.seq;

create view audit.account as
select a.code as account, case a.normal when 1 then 'debit' else 'credit' end as normal, a.floor_dong, b.balance as balance_dong, b.last_seq
from books.ledger_account a join books.balance b on b.account = a.id;

create view audit.account_day as
select a.code as account, d.day, d.moved as moved_dong, (sum(d.moved) over (partition by a.code order by d.day))::bigint as balance_dong
from books.balance_day d join books.ledger_account a on a.id = d.account;

create view audit.checkpoint as
select k.size, h.root, convert_from(k.note, 'UTF8') as note, k.at,
	array(select c.witness from books.cosignature c where c.size = k.size order by c.witness) as witnesses
from books.checkpoint k join books.tree_head h on h.size = k.size;

create view audit.cosignature as
select c.size, c.witness, convert_from(c.line, 'UTF8') as line, c.at from books.cosignature c;

-- ---------------------------------------------------------------- what was paid

create view audit.batch as
select b.id as batch, g.code as agency, b.programme, b.period, b.area_code, b.area_valid_from, c.code as channel, f.code as funding_account,
	b.state, b.version, b.lines, b.sum_dong, b.root, b.not_before, b.valid_until, m.login as made_by, b.made_at,
	array(select o.login from payout.bundle_batch x join payout.approval a on a.bundle = x.bundle and a.role = 'checker'
		join auth.officer o on o.id = a.officer where (x.batch, x.version, x.root) = (b.id, b.version, b.root) order by a.at) as checked_by,
	array(select o.login from payout.bundle_batch x join payout.approval a on a.bundle = x.bundle and a.role = 'approver'
		join auth.officer o on o.id = a.officer where (x.batch, x.version, x.root) = (b.id, b.version, b.root) order by a.at) as approved_by,
	array(select o.login from payout.release r join auth.officer o on o.id = r.officer where r.batch = b.id group by o.login order by min(r.at)) as released_by,
	(select t.seq from books.txn t where t.idem = 'b' || b.id || '.v' || b.version || '.approved') as approved_seq,
	(select t.seq from books.txn t where t.idem = 'b' || b.id || '.v' || b.version || '.released') as released_seq
from payout.batch b
join org.agency g on g.id = b.agency
join org.channel c on c.id = b.channel
join org.funding_account f on f.id = c.funding_account
join auth.officer m on m.id = b.made_by;

create view audit.approval as
select a.id as approval, x.batch, x.version, x.root as batch_root, x.path, u.root as bundle_root, a.role, o.login as officer,
	c.sha256 as certificate, convert_from(a.text, 'UTF8') as text, a.signature, a.at,
	(select t.seq from books.txn t where t.idem = 'a' || a.bundle || '.' || o.login) as seq
from payout.approval a
join payout.bundle u on u.id = a.bundle
join payout.bundle_batch x on x.bundle = a.bundle
join auth.officer o on o.id = a.officer
join auth.certificate c on c.id = a.certificate;

create view audit.claim as
select c.id as claim, c.person, c.programme, c.month, c.kind, c.instalment, c.amount_dong, g.code as agency, c.pay_period, c.area_code,
	c.area_valid_from, c.known_on, c.made_at,
	array(select p.rate_code || ' ' || p.amount_dong || ': ' || p.working from payout.claim_part p where p.claim = c.id order by p.n) as working,
	v.reason as void_reason, v.at as voided_at, case when v.claim is not null then array[v1.login, v2.login] else '{}' end as voided_by
from payout.claim c
join org.agency g on g.id = c.agency
left join payout.claim_void v on v.claim = c.id
left join auth.officer v1 on v1.id = v.first_officer
left join auth.officer v2 on v2.id = v.second_officer;

create view audit.payout as
select p.id as payout, p.end_to_end_id as payout_id, p.claim, p.issue, p.batch, p.line, p.amount_dong, c.person, c.programme, c.month, c.kind,
	g.code as agency, b.area_code, b.area_valid_from, h.code as channel, p.payee_account, p.account_hash, p.line_hash,
	coalesce(t.name, 'in_batch') as state, coalesce(m.at, b.made_at) as state_at, s.dispatch,
	(select x.seq from books.txn x where x.idem = 'p' || p.id || '.settled') as settled_seq,
	(select max(x.seq) from books.txn x where x.idem in ('p' || p.id || '.rejected', 'p' || p.id || '.not_paid')) as unpaid_seq,
	(select x.seq from books.txn x where x.idem = 'p' || p.id || '.returned') as returned_seq,
	(select substring(convert_from(x.leaf, 'UTF8') from '\nentry ([^\n]*)') from books.txn x where x.idem = 'p' || p.id || '.settled') as entry,
	array(select k.id from recon.break k where k.payout = p.id order by k.id) as breaks
from payout.payout p
join payout.claim c on c.id = p.claim
join payout.batch b on b.id = p.batch
join org.agency g on g.id = b.agency
join org.channel h on h.id = b.channel
left join payout.payout_state s on s.payout = p.id
left join payout.state t on t.code = s.state
left join payout.payout_move m on m.payout = p.id and m.n = s.move_no;

create view audit.payout_move as
select m.payout, m.n, f.name as from_state, t.name as to_state, k.name as cause, k.sentence, m.message, m.item, m.day, m.at
from payout.payout_move m
join payout.state f on f.code = m.from_state
join payout.state t on t.code = m.to_state
join payout.cause k on k.code = m.cause;

create view audit.dispatch as
select d.id as dispatch, c.code as channel, d.state, d.count, d.sum_dong, d.root, d.epoch, d.made_at, d.sent_at,
	array(select t.seq from books.txn t where t.idem >= 'd' || d.id || '.' and t.idem < 'd' || d.id || '/' order by t.seq) as sent_seqs
from payout.dispatch d join org.channel c on c.id = d.channel;

create view audit.hold as
select h.id as hold, h.payout, h.reason, o.login as officer, h.at,
	array(select x.login from payout.hold_release r join auth.officer x on x.id = r.officer where r.hold = h.id order by r.at) as let_go_by
from payout.hold h left join auth.officer o on o.id = h.by_officer;

-- ---------------------------------------------------------------- what banks said

create view audit.message as
select m.id as message, m.bank, m.direction, m.kind, m.external_id, m.dispatch, m.sha256, m.authentic, m.at from bank.message m;

create view audit.statement as
select s.id as statement, f.code as funding_account, s.day, s.sequence, s.opening_dong, s.closing_dong, s.line_count, s.pages, s.source,
	s.complete, s.chained, s.at,
	(select t.seq from books.txn t where t.idem = 's' || f.code || '.' || s.day) as seq
from bank.statement s join org.funding_account f on f.id = s.funding_account;

create view audit.statement_line as
select l.id as line_id, l.statement, f.code as funding_account, s.day, l.line, l.detail, l.entry_ref as entry, l.direction, l.amount_dong,
	l.value_date, l.end_to_end_id as payout_id, l.payout, l.amount_fits, l.account_fits, l.text, l.returned_reason, l.message, l.item,
	array(select e.kind from recon.explained e where e.line = l.id order by e.n) as became,
	array(select k.id from recon.break k where k.line = l.id order by k.id) as breaks
from bank.statement_line l
join bank.statement s on s.id = l.statement
join org.funding_account f on f.id = s.funding_account;

create view audit.break as
select k.id as break, k.kind, f.code as funding_account, k.day, k.line as line_id, coalesce(l.entry_ref, k.entry_ref) as entry,
	k.payout, p.end_to_end_id as payout_id, k.amount_dong, k.note, k.opened_at, r.outcome, r.letter, r.day as resolved_on, r.at as resolved_at,
	case when r.break is not null then array[o1.login, o2.login] else '{}' end as resolved_by, r.pair,
	(select t.seq from books.txn t where t.idem = 'k' || k.id || '.opened') as opened_seq,
	(select t.seq from books.txn t where t.idem = 'k' || k.id || '.resolved') as resolved_seq,
	(select v.seq from books.txn t join books.txn v on v.reverses = t.seq where t.idem = 'k' || k.id || '.resolved') as taken_back_seq
from recon.break k
join org.funding_account f on f.id = k.funding_account
left join bank.statement_line l on l.id = k.line
left join payout.payout p on p.id = k.payout
left join recon.break_resolution r on r.break = k.id
left join auth.officer o1 on o1.id = r.first_officer
left join auth.officer o2 on o2.id = r.second_officer;

create view audit.reconciliation as
select r.id as reconciliation, f.code as funding_account, r.day, r.opening_dong, r.debits_dong, r.credits_dong, r.closing_dong,
	r.unallocated_dong, r.overdue_dong, r.suspense_dong, r.unexplained_dong, r.breaks, r.result, r.at
from recon.reconciliation r join org.funding_account f on f.id = r.funding_account;

create view audit.cash_list as
select c.id as list, h.code as channel, c.message, c.paid_count, c.paid_dong, c.unpaid_count, c.unpaid_dong, o1.login as proposed_by,
	o2.login as confirmed_by, c.at
from recon.cash_list c
join org.channel h on h.id = c.channel
join auth.officer o1 on o1.id = c.first_officer
left join auth.officer o2 on o2.id = c.second_officer;

create view audit.cash_line as
select c.list, c.n, c.payout, c.paid, c.amount_dong, c.day from recon.cash_line c;

-- ---------------------------------------------------------------- people and lists

create view audit.person as
select p.id as person, p.anchor, p.root as merged_into, p.name, p.birth_year, p.sex, p.registered_at from register.person p;

create view audit.payee_account as
select a.id as account, a.person, a.kind, a.bank, a.hash, a.authority, a.authority_until, a.source, a.file as list, a.proposed_at
from register.payee_account a;

create view audit.account_check as
select c.account, c.id as n, c.source, c.status, c.grade, c.id_linked, c.passes, c.message, c.at from register.account_check c;

create view audit.list as
select f.id as list, f.sha256, f.name, f.kind, f.programme, f.area_code, f.area_valid_from, f.period, f.bank, o.login as officer, f.at
from register.import_file f join auth.officer o on o.id = f.officer;

create view audit.list_row as
select r.file as list, r.row_no, r.status, r.person, r.listed_dong, r.code, r.note, r.programme, r.period from register.import_row r;

create view audit.enrolment as
select e.id as enrolment, e.person, e.programme, e.category, e.injury_pct, e.children, e.area_code, e.area_valid_from, e.from_month,
	e.to_month, e.kind, e.pay_period, e.decision, e.file as list, e.row_no
from register.enrolment e;

create view audit.finding as
select f.id as finding, f.programme, f.period, f.person, f.file as list, f.row_no, f.code, f.note, f.blocks, f.opened_at, d.verdict, d.reason,
	case when d.finding is not null then array[o1.login, o2.login] else '{}' end as decided_by, d.at as decided_at
from register.finding f
left join register.finding_decision d on d.finding = f.id
left join auth.officer o1 on o1.id = d.first_officer
left join auth.officer o2 on o2.id = d.second_officer;

create view audit.decision as
select d.id as decision, d.kind, d.programme, d.person, d.month, d.pay_period, d.rate_codes, d.quantity, d.amount_dong, d.number, d.reason,
	o1.login as proposed_by, d.proposed_at, o2.login as decided_by, d.decided_at,
	array(select c.claim from register.decision_claim c where c.decision = d.id order by 1) as claims
from register.decision d
join auth.officer o1 on o1.id = d.first_officer
left join auth.officer o2 on o2.id = d.second_officer;

-- ---------------------------------------------------------------- officers

create view audit.officer as
select o.login, o.name, o.disabled from auth.officer o;

create view audit.mandate as
select o.login as officer, m.role, m.agency, m.area, m.limit_dong, c.sha256 as certificate, c.not_before, c.not_after, r.at as revoked_at
from auth.mandate m
join auth.officer o on o.id = m.officer
join auth.certificate c on c.id = m.certificate
left join auth.revocation r on r.certificate = c.id;

create view audit.certificate as
select c.sha256 as certificate, o.login as officer, convert_from(c.text, 'UTF8') as text, convert_from(c.signatures, 'UTF8') as signatures,
	c.public_key, c.not_before, c.not_after, r.at as revoked_at, convert_from(r.text, 'UTF8') as revocation
from auth.certificate c
join auth.officer o on o.id = c.officer
left join auth.revocation r on r.certificate = c.id;

create view audit.access_log as
select l.id as access, l.at, o.login as officer, l.what, l.person, l.reason from auth.access_log l join auth.officer o on o.id = l.officer;

-- ---------------------------------------------------------------- what `chitra ledger query` asks

-- How far the mandates auditor of this transaction's officer reach: to everything, to whole agencies, or to the wards of batches, each as
-- «agency code valid-from». Nothing at all: he is no auditor.
create function audit.reach() returns table (everywhere boolean, agencies text[], wards text[]) language sql stable security definer
set search_path = pg_catalog
as $$
	select auth.may('auditor', '*', '*', 0),
		array(select g.code from org.agency g where auth.may('auditor', g.code, '*', 0) order by 1),
		array(select u.ward from (
				select distinct g.code as agency, b.area_code, b.area_valid_from,
					g.code || ' ' || b.area_code || ' ' || to_char(b.area_valid_from, 'YYYY-MM-DD') as ward
				from payout.batch b join org.agency g on g.id = b.agency) u
			where not auth.may('auditor', '*', '*', 0) and auth.may_in('auditor', u.agency, u.area_code, u.area_valid_from, 0) order by 1)
$$;

-- Whether a transaction is of one of these agencies or wards, by its own words. What is of no agency (genesis, keys) is everybody's or nobody's:
-- only who may see everything sees it.
create function audit.within(seq bigint, agencies text[], wards text[]) returns boolean language plpgsql stable security definer
set search_path = pg_catalog
as $$
declare
	t record;
	leaf text;
	u record;
begin
	select x.kind, x.leaf, x.reverses into t from books.txn x where x.seq = within.seq;
	if t.reverses is not null then
		return audit.within(t.reverses, agencies, wards);
	end if;
	leaf := convert_from(t.leaf, 'UTF8');
	select g.code as agency, w.area_code, w.area_valid_from into u
		from (
			select b.agency, b.area_code, b.area_valid_from from payout.payout p join payout.batch b on b.id = p.batch
				where p.end_to_end_id = substring(leaf from '\nid ([^\n]*)')
			union all select b.agency, b.area_code, b.area_valid_from from payout.batch b
				where t.kind ~ '^batch' and b.id = substring(leaf from '\nbatch ([0-9]+)')::bigint
			union all select c.agency, c.area_code, c.area_valid_from from payout.claim c
				where t.kind in ('claim.voided', 'unclaimed.cancelled') and c.id = substring(leaf from '\nclaim ([0-9]+)')::bigint
			union all select f.agency, null, null from org.funding_account f where f.code = substring(leaf from '\nfunding-account ([^\n]*)')
			union all select a.id, null, null from org.agency a where a.code = substring(leaf from '\nagency ([^\n]*)')
		) w(agency, area_code, area_valid_from) join org.agency g on g.id = w.agency
		limit 1;
	return coalesce(u.agency = any (agencies) or u.agency || ' ' || u.area_code || ' ' || to_char(u.area_valid_from, 'YYYY-MM-DD') = any (wards), false);
end $$;

-- How many transactions the books had at an instant: those recorded before it are a beginning of the sequence. (Where the server's clock
-- went back, it is one of the places that fit.)
create function audit.size_at(at timestamptz) returns bigint language sql stable security definer
set search_path = pg_catalog
begin atomic
	select coalesce((select t.seq + 1 from books.txn t where t.recorded < size_at.at order by t.recorded desc, t.seq desc limit 1), 0);
end;

-- The transactions whose keys begin with one of these words and a dot, or are one, of «p12» all that became of payout 12; and what took any of
-- them back.
create function audit.keyed(words text[]) returns setof bigint language sql stable security definer
set search_path = pg_catalog
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
as $$
	with named as materialized (
		select t.seq from unnest(words) w(word) join books.txn t on t.idem >= w.word || '.' and t.idem < w.word || '/'
		union
		select t.seq from unnest(words) w(word) join books.txn t on t.idem = w.word
	)
	select n.seq from named n
	union
	select t.seq from named n join books.txn t on t.reverses = n.seq
$$;

-- The transactions that are asked for, of the first `size`: null asks for all. Both are written into the queries that use them (no definer,
-- no settings), so what is null is gone when they are planned. By account or amount the postings lead, and the second one has them; else the
-- first.
create function audit.matching(first bigint, size bigint, first_day date, last_day date, kinds text[], account integer, at_least bigint, at_most bigint,
	officer text, seqs bigint[], agencies text[], wards text[])
returns setof books.txn language sql stable
as $$
	select t.* from books.txn t
	where num_nonnulls(matching.account, matching.at_least, matching.at_most) = 0
		and t.seq >= matching.first and t.seq < matching.size
		and (matching.first_day is null or t.effective >= matching.first_day)
		and (matching.last_day is null or t.effective <= matching.last_day)
		and (matching.kinds is null or t.kind = any (matching.kinds))
		and (matching.officer is null or t.kind <> 'payout.settled' and (
			position(convert_to(E'\nofficer ' || matching.officer || E'\n', 'UTF8') in t.leaf) > 0
			or position(convert_to(E'\nactor officer:' || matching.officer || E'\n', 'UTF8') in t.leaf) > 0))
		and (matching.seqs is null or t.seq = any (matching.seqs))
		and (matching.agencies is null or audit.within(t.seq, matching.agencies, matching.wards))
$$;
create function audit.matching_legs(first bigint, size bigint, first_day date, last_day date, kinds text[], account integer, at_least bigint,
	at_most bigint, officer text, seqs bigint[], agencies text[], wards text[])
returns table (seq bigint) language sql stable
as $$
	select distinct p.seq from books.posting p join books.txn t on t.seq = p.seq
	where num_nonnulls(matching_legs.account, matching_legs.at_least) > 0
		and p.seq >= matching_legs.first and p.seq < matching_legs.size
		and t.seq >= matching_legs.first and t.seq < matching_legs.size
		and (matching_legs.account is null or p.account = matching_legs.account)
		and (matching_legs.at_least is null or p.amount > 0 and p.amount between matching_legs.at_least and matching_legs.at_most
			or matching_legs.account is not null and -p.amount between matching_legs.at_least and matching_legs.at_most)
		and (matching_legs.first_day is null or t.effective >= matching_legs.first_day)
		and (matching_legs.last_day is null or t.effective <= matching_legs.last_day)
		and (matching_legs.kinds is null or t.kind = any (matching_legs.kinds))
		and (matching_legs.officer is null or t.kind <> 'payout.settled' and (
			position(convert_to(E'\nofficer ' || matching_legs.officer || E'\n', 'UTF8') in t.leaf) > 0
			or position(convert_to(E'\nactor officer:' || matching_legs.officer || E'\n', 'UTF8') in t.leaf) > 0))
		and (matching_legs.seqs is null or p.seq = any (matching_legs.seqs))
		and (matching_legs.agencies is null or audit.within(t.seq, matching_legs.agencies, matching_legs.wards))
$$;

-- What is searched and has no other index. Of kinds nearly every transaction is one, which any page has; of amounts the debit leg is one a
-- transaction.
create index txn_kind on books.txn (kind, seq) where kind <> 'payout.settled';
create index posting_amount on books.posting (amount, seq) where amount > 0;

-- Options that an auditor keeps by a name of his own.
create table audit.saved_query (
	officer bigint not null references auth.officer,
	name text not null check (name ~ '^[a-z][a-z0-9-]{0,31}$'),
	words text[] not null check (cardinality(words) between 1 and 40 and length(array_to_string(words, ' ')) <= 2000),
	saved_at timestamptz not null default now(),
	primary key (officer, name)
);
create trigger by_me after insert on audit.saved_query referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
create trigger by_me_too after delete on audit.saved_query referencing old table as fresh
	for each statement execute function auth.guard_actor('officer');
create trigger fixed before update on audit.saved_query for each row execute function ops.refuse_change();

revoke execute on all functions in schema audit from public;

-- ---------------------------------------------------------------- what they mean
-- In the database itself, for whoever looks there: \d+ audit.payout. A view, what a row is, and each of its columns; tests/sql/audit.sql
-- demands them all. Common to all: amounts are whole đồng; times are with a time zone; a payout, claim, batch, dispatch, message … is its number.

create procedure audit.tell(view text, is_a text, variadic columns text[]) language plpgsql
set search_path = pg_catalog
as $$
begin
	execute format('comment on view audit.%I is %L', view, is_a);
	for i in 1 .. cardinality(columns) by 2 loop
		execute format('comment on column audit.%I.%I is %L', view, columns[i], columns[i + 1]);
	end loop;
end $$;

call audit.tell('transaction', 'One ledger transaction, that is one leaf of the tree. What it says is in `leaf`; the other columns are taken out of it.',
	'seq', 'leaf index from 0, without a gap; the order in which they were recorded', 'kind', 'what happened, as ledger/books/leaf.md lists it',
	'key', 'the fact that it books, once for ever: p12.settled, b4.v2.approved', 'effective', 'the day that it counts for',
	'recorded', 'when it was written', 'late', 'its period was closed when it was recorded', 'reverses', 'seq of the transaction that it takes back',
	'postings', 'how many legs it has', 'amount_dong', 'the sum of its debits; null: it moves no money', 'actor', 'who caused it: officer:minh, duty:scribe',
	'officers', 'the two officers whose decision it is', 'payout_id', 'end-to-end id of the payout that it is about', 'entry', 'the bank''s name for its entry, percent-escaped',
	'refs', 'numbers of rows: payout:12 batch:4', 'source', 'the message or file that proves it: sha256:…#item', 'leaf', 'the text that was hashed, byte for byte',
	'leaf_hash', 'SHA-256 of a zero byte and the text');
call audit.tell('posting', 'One leg of a transaction.', 'seq', 'of the transaction', 'n', 'leg, from 1', 'account', 'the ledger account', 'amount_dong', 'debit positive, credit negative',
	'balance_dong', 'of the account after it, in the order of recording; debit positive', 'kind', 'of the transaction', 'effective', 'of the transaction', 'recorded', 'of the transaction');
call audit.tell('account', 'A ledger account as it stands.', 'account', 'its name', 'normal', 'the side on which it normally stands', 'floor_dong', 'its normal balance may not go below; null: no floor',
	'balance_dong', 'now, debit positive', 'last_seq', 'the last transaction that moved it');
call audit.tell('account_day', 'What an account moved by on an effective day, and its balance at the end of that day as it is known now.', 'account', 'the ledger account', 'day', 'effective day',
	'moved_dong', 'on that day', 'balance_dong', 'at its end, debit positive');
call audit.tell('checkpoint', 'A signed state of the tree.', 'size', 'how many transactions it covers', 'root', 'RFC 6962 root over them', 'note', 'the signed note', 'at', 'when it was signed', 'witnesses', 'who has cosigned it');
call audit.tell('cosignature', 'What a witness signed of a checkpoint.', 'size', 'of the checkpoint', 'witness', 'its name', 'line', 'its signature line', 'at', 'when it came');
call audit.tell('batch', 'A batch of payouts, from its making to its release.', 'batch', 'number', 'agency', 'who pays', 'programme', 'merit, social, rent …', 'period', 'first day of the month in which it is paid',
	'area_code', 'the ward', 'area_valid_from', 'since when the code means this ward', 'channel', 'through which it is paid', 'funding_account', 'from which', 'state', 'open, frozen, approved, released, closed or withdrawn',
	'version', 'grows when it is sent back', 'lines', 'payouts', 'sum_dong', 'their sum', 'root', 'RFC 6962 root over its lines: what is signed', 'not_before', 'in every line: pay not before', 'valid_until', 'in every line: not after',
	'made_by', 'login', 'made_at', 'when', 'checked_by', 'who signed as checker', 'approved_by', 'who signed as approver', 'released_by', 'who let it go; two', 'approved_seq', 'ledger transaction', 'released_seq', 'ledger transaction');
call audit.tell('approval', 'A signature of an officer over a batch; one signature may cover many.', 'approval', 'number', 'batch', 'number', 'version', 'which version of it', 'batch_root', 'its root', 'path', 'hashes from there to the bundle''s root',
	'bundle_root', 'what was signed', 'role', 'checker or approver', 'officer', 'login', 'certificate', 'its hash', 'text', 'chitra-approval/v1, the signed text', 'signature', 'Ed25519', 'at', 'when', 'seq', 'ledger transaction');
call audit.tell('claim', 'What a person is owed for a month.', 'claim', 'number', 'person', 'number', 'programme', 'of which', 'month', 'benefit month', 'kind', 'regular, arrears, grant or funeral', 'instalment', 'of several', 'amount_dong', 'owed',
	'agency', 'who pays', 'pay_period', 'the month in which it is paid', 'area_code', 'ward', 'area_valid_from', 'since when the code means it', 'known_on', 'the business day whose rates it knew', 'made_at', 'when', 'working', 'its parts: rate, amount, how it was worked out',
	'void_reason', 'why it is owed no more', 'voided_at', 'when', 'voided_by', 'the two officers');
call audit.tell('payout', 'A payout: a line of a batch, and what became of it.', 'payout', 'number', 'payout_id', 'end-to-end id, as the bank knows it', 'claim', 'which it pays', 'issue', 'the how manieth attempt at the claim', 'batch', 'number', 'line', 'in the batch',
	'amount_dong', 'as signed', 'person', 'number', 'programme', 'of the claim', 'month', 'of the claim', 'kind', 'of the claim', 'agency', 'of the batch', 'area_code', 'of the batch', 'area_valid_from', 'of the batch', 'channel', 'of the batch',
	'payee_account', 'number; null: cash', 'account_hash', 'salted hash of bank and account number, as signed', 'line_hash', 'RFC 6962 leaf hash of the signed line', 'state', 'payout.state; in_batch: not approved yet', 'state_at', 'since when',
	'dispatch', 'with which it was sent last', 'settled_seq', 'ledger transaction: paid', 'unpaid_seq', 'rejected or not paid', 'returned_seq', 'come back', 'entry', 'the bank''s name for the debit, percent-escaped', 'breaks', 'differences about it');
call audit.tell('payout_move', 'A step in a payout''s life.', 'payout', 'number', 'n', 'from 1', 'from_state', 'before', 'to_state', 'after', 'cause', 'whose word it is', 'sentence', 'in words', 'message', 'that says so', 'item', 'of the message', 'day', 'business day', 'at', 'when');
call audit.tell('dispatch', 'What one teller sent together.', 'dispatch', 'number', 'channel', 'through which', 'state', 'ready, sent or ended', 'count', 'payouts', 'sum_dong', 'their sum', 'root', 'over the lines that were sent', 'epoch', 'grows with each takeover',
	'made_at', 'when', 'sent_at', 'when, on the business clock', 'sent_seqs', 'ledger transactions');
call audit.tell('hold', 'A payout that was stopped before it left.', 'hold', 'number', 'payout', 'number', 'reason', 'why', 'officer', 'login; null: a rule', 'at', 'when', 'let_go_by', 'who let it go; two');
call audit.tell('message', 'That something was said between us and a bank; its text is sealed.', 'message', 'number', 'bank', 'which', 'direction', 'request, reply, callback or file', 'kind', 'transfer, enquiry, statement …', 'external_id', 'the message''s own id',
	'dispatch', 'about which', 'sha256', 'of its bytes, as leaves name it', 'authentic', 'its signature was good', 'at', 'when');
call audit.tell('statement', 'A bank''s statement of a day.', 'statement', 'number', 'funding_account', 'of which', 'day', 'of which', 'sequence', 'the bank''s', 'opening_dong', 'balance', 'closing_dong', 'balance', 'line_count', 'booked lines', 'pages', 'messages', 'source', 'fetched, or uploaded by a person',
	'complete', 'opening and lines give closing', 'chained', 'opens where the day before closed', 'at', 'when it came', 'seq', 'ledger transaction');
call audit.tell('statement_line', 'A line of a bank''s statement and what became of it.', 'line_id', 'number', 'statement', 'number', 'funding_account', 'of which', 'day', 'of the statement', 'line', 'in it', 'detail', '0: the booked line; 1…: its parts', 'entry', 'the bank''s name for it',
	'direction', 'debit or credit', 'amount_dong', 'of it', 'value_date', 'the bank''s', 'payout_id', 'end-to-end id as the bank says', 'payout', 'whose id that is', 'amount_fits', 'the amount is that payout''s', 'account_fits', 'the account too; null: not told', 'text', 'the bank''s text, long numbers masked',
	'returned_reason', 'a credit that the bank calls a return', 'message', 'in which it came', 'item', 'of the message', 'became', 'payout, return, funding, fee, agent_advance, agent_return, suspense; empty: not explained yet', 'breaks', 'differences about it');
call audit.tell('break', 'A difference between books and bank.', 'break', 'number', 'kind', 'what is wrong', 'funding_account', 'of which', 'day', 'of which', 'line_id', 'the statement''s line', 'entry', 'the bank''s name for it', 'payout', 'number', 'payout_id', 'end-to-end id', 'amount_dong', 'of it',
	'note', 'in words', 'opened_at', 'when', 'outcome', 'what two officers found, unless it was taken back; null: open', 'letter', 'of the bank', 'resolved_on', 'business day', 'resolved_at', 'when', 'resolved_by', 'the two officers', 'pair', 'the other half', 'opened_seq', 'ledger transaction', 'resolved_seq', 'ledger transaction',
	'taken_back_seq', 'ledger transaction: that finding counts no more');
call audit.tell('reconciliation', 'One comparison of an account''s day with the bank.', 'reconciliation', 'number', 'funding_account', 'of which', 'day', 'of which', 'opening_dong', 'the statement''s', 'debits_dong', 'the statement''s', 'credits_dong', 'the statement''s', 'closing_dong', 'the statement''s',
	'unallocated_dong', 'lines without an explanation', 'overdue_dong', 'payouts without an end', 'suspense_dong', 'whose nobody knows', 'unexplained_dong', 'the three together', 'breaks', 'open ones', 'result', 'clean, breaks or broken', 'at', 'when');
call audit.tell('cash_list', 'What a cash agent paid out, signed by the agent.', 'list', 'number', 'channel', 'the agent''s', 'message', 'the file', 'paid_count', 'paid', 'paid_dong', 'their sum', 'unpaid_count', 'not collected', 'unpaid_dong', 'their sum', 'proposed_by', 'login', 'confirmed_by', 'login', 'at', 'when');
call audit.tell('cash_line', 'A line of such a list.', 'list', 'number', 'n', 'row of the file', 'payout', 'number', 'paid', 'or not collected', 'amount_dong', 'of it', 'day', 'on which it was paid out');
call audit.tell('person', 'A person; ID numbers are sealed.', 'person', 'number', 'anchor', 'keyed hash of the first ID, which stands in every signed line', 'merged_into', 'is this person too', 'name', 'as registered', 'birth_year', 'as registered', 'sex', 'M or F', 'registered_at', 'when');
call audit.tell('payee_account', 'An account that may receive a person''s money; its number is sealed.', 'account', 'number of the row', 'person', 'whose money', 'kind', 'self, delegate, guardian or household', 'bank', 'code', 'hash', 'salted hash of bank and number, as signed', 'authority', 'paper by which somebody else may receive it',
	'authority_until', 'its last day', 'source', 'who said so', 'list', 'in which', 'proposed_at', 'when');
call audit.tell('account_check', 'What was found when an account was checked.', 'account', 'number of the row', 'n', 'number', 'source', 'bank_list, bank_inquiry or officer', 'status', 'of the account', 'grade', 'how alike the names are', 'id_linked', 'the bank or a paper ties it to the ID', 'passes', 'may be paid to', 'message', 'the bank''s', 'at', 'when');
call audit.tell('list', 'A file that was imported.', 'list', 'number', 'sha256', 'of the file', 'name', 'of the file', 'kind', 'payment_list, account_list, deaths …', 'programme', 'of payment lists', 'area_code', 'ward', 'area_valid_from', 'since when the code means it', 'period', 'pay period', 'bank', 'of account lists', 'officer', 'login', 'at', 'when');
call audit.tell('list_row', 'A row of it.', 'list', 'number', 'row_no', 'in the file', 'status', 'accepted, repaired or rejected', 'person', 'number', 'listed_dong', 'what the list says', 'code', 'why it was repaired or rejected', 'note', 'in Vietnamese', 'programme', 'of the list', 'period', 'of the list');
call audit.tell('enrolment', 'That a person belongs to a programme.', 'enrolment', 'number', 'person', 'number', 'programme', 'which', 'category', 'by which the rate is found', 'injury_pct', 'where the rate depends on it', 'children', 'where the rate is for each', 'area_code', 'ward', 'area_valid_from', 'since when the code means it', 'from_month', 'first month', 'to_month', 'last month',
	'kind', 'regular or arrears', 'pay_period', 'of arrears', 'decision', 'paper', 'list', 'in which', 'row_no', 'of it');
call audit.tell('finding', 'What awaited a decision before it was paid.', 'finding', 'number', 'programme', 'which', 'period', 'pay period', 'person', 'number', 'list', 'in which', 'row_no', 'of it', 'code', 'what is wrong', 'note', 'in Vietnamese', 'blocks', 'its claims wait', 'opened_at', 'when', 'verdict', 'pay_entitled or do_not_pay', 'reason', 'why', 'decided_by', 'the two officers', 'decided_at', 'when');
call audit.tell('decision', 'What two officers decided about a person''s benefit.', 'decision', 'number', 'kind', 'suspend, terminate, resume, grant, recover …', 'programme', 'which', 'person', 'number; null: everybody', 'month', 'from which', 'pay_period', 'of grants', 'rate_codes', 'of grants', 'quantity', 'of grants', 'amount_dong', 'to recover', 'number', 'of the paper', 'reason', 'why',
	'proposed_by', 'login', 'proposed_at', 'when', 'decided_by', 'login; null: not yet', 'decided_at', 'when', 'claims', 'made by it');
call audit.tell('officer', 'Who works here.', 'login', 'as in the other views', 'name', 'of the person', 'disabled', 'cannot log in');
call audit.tell('mandate', 'What an officer may do, by which certificate.', 'officer', 'login', 'role', 'maker, checker, approver, release, register, cash, auditor or operator', 'agency', 'or * for all', 'area', 'or * for all', 'limit_dong', 'largest amount', 'certificate', 'its hash', 'not_before', 'of the certificate', 'not_after', 'of the certificate', 'revoked_at', 'when it ended early');
call audit.tell('certificate', 'What two admins certified of an officer''s key.', 'certificate', 'its hash', 'officer', 'login', 'text', 'chitra-certificate/v1', 'signatures', 'of the admins', 'public_key', 'Ed25519', 'not_before', 'begin', 'not_after', 'end', 'revoked_at', 'when it ended early', 'revocation', 'the signed text');
call audit.tell('access_log', 'Who looked at sealed data, and why.', 'access', 'number', 'at', 'when', 'officer', 'login', 'what', 'was looked at', 'person', 'number; null: many', 'reason', 'as the officer gave it');
drop procedure audit.tell(text, text, text[]);
