-- Every table only grows, for its owner too, unless it stands in the list below with its reason. Made over the catalog: a new table
-- without the triggers fails here by name.
begin;
\ir ../lib/guards.psql

-- What the triggers let be done to a table, which roles may at most have the right to do it, and why.
create temp table exception (name text, update boolean, delete boolean, truncate boolean, updates text, deletes text, why text);
insert into exception values
	('audit.saved_query', false, true, true, '', 'desk', 'an officer''s own, and dropped by that officer'),
	('auth.challenge', true, true, true, '', 'desk', 'a nonce is used up, or forgotten when it is over'),
	('auth.entered', true, true, true, '', '', 'who acts in a transaction, of no use after it'),
	('auth.officer', true, true, true, '', '', 'disabled and enabled'),
	('auth.session', true, true, true, '', 'desk', 'ends at log-out'),
	('books.balance', true, false, false, '', '', 'kept by books.post'),
	('books.balance_day', true, false, false, '', '', 'kept by books.post'),
	('books.counter', true, false, false, '', '', 'kept by books.post'),
	('payout.batch', true, false, false, 'desk scribe', '', 'its states: payout.guard_batch'),
	('payout.dispatch', true, false, false, 'teller', '', 'claimed, sent, ended'),
	('payout.dispatch_range', true, false, false, '', '', 'the owner may split one'),
	('payout.payout', false, true, false, '', 'desk', 'lines go while their batch is open: payout.guard_lines'),
	('rules.payout_window', true, false, false, 'desk', '', 'confirmed by a second officer, once: rules.guard_schedule'),
	('org.channel_hours', true, false, false, 'desk', '', 'confirmed by a second officer, once: rules.guard_schedule'),
	('rules.day_word', true, false, false, 'desk', '', 'confirmed by a second officer, once: rules.guard_schedule'),
	('payout.payout_state', true, false, false, 'desk scribe teller', '', 'payout.move; the roles may lock: only their column payout, which no trigger lets change'),
	('recon.break', true, false, false, 'scribe', '', 'gets its line or statement, once, when it came back from the archive before it: recon.guard_break'),
	('payout.recall', true, false, false, 'desk', '', 'confirmed by a second officer, once: payout.guard_recall'),
	('recon.reversal', true, false, false, 'desk', '', 'confirmed by a second officer, once: recon.guard_reversal'),
	('recon.clawback', true, false, false, 'desk', '', 'confirmed by a second officer, once: recon.guard_clawback'),
	('recon.cash_list', true, false, false, 'desk', '', 'confirmed by two officers'),
	('register.account_file', true, false, false, 'desk', '', 'confirmed or dropped, once: register.guard_account_file'),
	('register.account_word', true, false, false, 'desk', '', 'confirmed or dropped, once: register.guard_account_word'),
	('register.decision', true, false, false, 'desk', '', 'confirmed by a second officer, once: register.guard_decided'),
	('register.repayment', true, false, false, 'desk', '', 'confirmed by a second officer, once: register.guard_repayment'),
	('register.identity', true, false, false, 'desk', '', 'confirmed or refused by a second officer, once: register.guard_identity'),
	('register.surplus', true, false, false, '', '', 'undone with its merge'),
	('register.person', true, false, false, '', '', 'merged into another; id and anchor stay'),
	('register.person_id', true, false, false, '', '', 'replaced by another'),
	('register.person_key', true, true, false, 'desk', '', 'wrapped anew; destroyed when two officers erase the person: register.guard_forgotten'),
	('register.person_phone', false, true, false, '', '', 'goes when two officers erase the person: register.guard_forgotten'),
	('register.payee_account', true, false, false, '', '', 'blanked when two officers erase the person: register.guard_forgotten'),
	('register.account_answer', true, false, false, '', '', 'its holder is blanked when two officers erase the person: register.guard_forgotten'),
	('register.pay_preference', true, false, false, '', '', 'who asked is blanked when two officers erase the person: register.guard_forgotten'),
	('register.import_row', true, false, false, '', '', 'the raw row goes when two officers erase the person: register.guard_forgotten'),
	('register.import_file', true, false, false, 'desk', '', 'the key of its raw rows is wrapped anew, or ends: register.guard_row_key'),
	('register.kek', true, false, false, 'desk', '', 'retires, once: register.guard_kek'),
	('register.erasure', true, false, false, 'desk', '', 'confirmed by a second officer, once: register.guard_erasure'),
	('register.readmission', true, false, false, 'desk', '', 'confirmed by a second officer, once: register.guard_readmission'),
	('bank.message_key', true, false, false, '', '', 'ends when its time is over: bank.guard_message_key'),
	('ops.attempt', true, true, true, 'scribe teller', 'scribe teller', 'counted before, taken off when done'),
	('ops.instance', true, true, true, 'desk', '', 'its clock, in a sandbox: ops.guard_instance'),
	('ops.journal', true, false, false, 'teller', '', 'compared with the rows on each connection'),
	('ops.lease', true, true, true, 'scribe teller', '', 'taken and renewed'),
	('ops.pause', true, true, true, '', '', 'pause and resume'),
	('ops.progress', true, true, true, 'scribe', '', 'goes forward'),
	('ops.migration', true, true, true, '', '', 'chitra db migrate'),
	('org.agency', true, true, true, '', '', 'set up by the operator'),
	('org.channel', true, true, true, '', '', 'set up by the operator'),
	('org.fee_rule', true, true, true, '', '', 'set up by the operator'),
	('org.funding_account', true, true, true, '', '', 'set up by the operator'),
	('org.programme_agency', true, true, true, '', '', 'set up by the operator'),
	('rules.authority_limit', true, false, false, '', '', 'reference data'),
	('rules.category', true, false, false, '', '', 'reference data; its code stays'),
	('rules.programme', true, false, false, '', '', 'reference data; its code stays'),
	('bank.bank', true, true, true, '', '', 'reference data'),
	('payout.cause', true, true, true, '', '', 'reference data'),
	('payout.legal_move', true, true, true, '', '', 'reference data'),
	('payout.state', true, true, true, '', '', 'reference data'),
	('register.area', true, true, true, '', '', 'reference data'),
	('register.area_successor', true, true, true, '', '', 'reference data'),
	('register.district_2023', true, true, true, '', '', 'reference data'),
	('register.id_century', true, true, true, '', '', 'reference data'),
	('register.id_prefix', true, true, true, '', '', 'reference data'),
	('rules.business_day', true, true, true, '', '', 'reference data'),
	('rules.category_alias', true, true, true, '', '', 'reference data'),
	('rules.rate', true, true, true, '', '', 'reference data'),
	('rules.retention', true, true, true, '', '', 'reference data');

create temp table ours as
	select c.oid, c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public');

-- ---------------------------------------------------------------- the triggers

select is((select string_agg(e.name, ' ' order by e.name) from exception e where not exists (select from ours o where o.name = e.name)), null, 'each exception is a table that is there');
select ok((select count(*) >= 70 from ours), 'the tables of all schemas are looked at');
-- Row triggers for update (16) and delete (8), statement triggers for truncate (32), that refuse without a condition.
create temp table refused as
	select o.oid, o.name, w.what, exists (
		select from pg_trigger t where t.tgrelid = o.oid and t.tgfoid = 'ops.refuse_change'::regproc and t.tgenabled in ('O', 'A') and t.tgqual is null
			and t.tgattr = ''::int2vector and t.tgtype & w.bit > 0 and t.tgtype & 2 > 0) as by_trigger
	from ours o, (values ('update', 16), ('delete', 8), ('truncate', 32)) as w(what, bit);
select is(not r.by_trigger, coalesce(case r.what when 'update' then e.update when 'delete' then e.delete else e.truncate end, false),
		format('%s %s: %s', r.what, r.name, coalesce(e.why, 'refused')))
	from refused r left join exception e on e.name = r.name order by r.name, r.what;

-- ---------------------------------------------------------------- one row in every table, and what happens to it

select pg_temp.batch_in('released') as batch \gset
select pg_temp.claim() as claim, id as officer, (select min(id) from payout.payout where batch = :batch) as payout, (select id from org.funding_account where code = 'labour-demo') as funding,
	(select min(id) from register.payee_account) as account, pg_temp.file() as file from auth.officer where login = 'lan' \gset
set local session_replication_role = replica;	-- no trigger, no foreign key: a row is all that is wanted
insert into auth.access_log (officer, what, reason) values (:officer, 'x', 'x');
insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) values (:officer, 1, 'maker', '*', '*', 0);
insert into auth.revocation (certificate, text, signatures) values (1, 'x', 'x');
insert into bank.message_key (sealed) values ('x');
insert into bank.message (bank, direction, kind, external_id, sha256, body, authentic) values ('x', 'file', 'x', 'x', sha256('x'), 'x', true);
insert into bank.statement (funding_account, day, opening_dong, closing_dong, line_count, pages, sequence, source, complete, chained) values (:funding, '2024-04-03', 0, 0, 0, 1, 1, 'fetched', true, true);
insert into bank.statement_line (statement, line, entry_ref, direction, amount_dong, value_date, text, message, item) values (1, 1, 'x', 'debit', 1, '2024-04-03', 'x', 1, 1);
insert into bank.intraday_credit (funding_account, entry_ref, amount_dong, value_date, funding_order, message, item) values (:funding, 'x', 1, '2024-04-03', 1, 1, 1);
insert into books.ledger_account (code) values ('assets:bank:x');
insert into books.txn (seq, idem, idem_hash, kind, effective, recorded, late, legs, leaf, leaf_hash) values (0, 'x', sha256('x'), 'genesis', '2024-04-03', now(), false, 0, 'x', sha256('\x00'::bytea || 'x'::bytea));
insert into books.posting (seq, n, account, amount, balance_after) values (0, 1, 1, 1, 1);
insert into books.tile (level, n, hashes, root) values (0, 0, convert_to(repeat('x', 8192), 'UTF8'), sha256('x'));
insert into books.tree_head (size, nodes, root) values (1, sha256('x'), sha256('x'));
insert into books.checkpoint (size, note) values (1, 'x');
insert into books.cosignature (size, witness, line) values (1, 'x', 'x');
insert into books.closed (seq, agency, period) values (0, 'x', '2024-04-01');
insert into ops.period_proposal (agency, period, sha256, officer) values ('x', '2024-04-01', sha256('x'), :officer);
insert into ops.period_text (agency, period, size, root, text) values ('x', '2024-04-01', 1, sha256('x'), 'x');
insert into ops.pause_act (what, pauses, reason, officer) values ('all', true, 'xxx', :officer);
insert into ops.export (sha256, period, format, size) values (sha256('x'), '2024-04-01', 'csv', 1);
insert into ops.export_answer (export, refused) values (1, 'x');
insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by) values (:funding, 'treasury', 'xxx', 1, :officer);
insert into recon.reversal (seq, reason, first_officer) values (0, 'wrong_case', :officer);
insert into recon.clawback (break, step, amount_dong, decision, first_officer) values (1, 'given_up', 1, sha256('x'), :officer);
insert into org.refund_confirmed (funding_order, officer) values (1, :officer);
insert into org.refund_withdrawn (funding_order, officer, reason) values (1, :officer, 'xxx');
insert into payout.batch_version (batch, version, lines, sum_dong, root, frozen_by) values (:batch, 1, 1, 1, sha256('x'), :officer);
insert into payout.recall (payout, cause, reason, first_officer) values (:payout, 'UPAY', 'xxx', :officer);
insert into payout.recall_word (recall, said, reason, officer) values (1, 'refused', 'xxx', :officer);
insert into payout.cancellation (payout, reason, by_officer) values (:payout, 'xxx', :officer);
insert into payout.claim_part (claim, n, rate_code, amount_dong, working) values (:claim, 1, 'x', 1, 'x');
insert into payout.claim_void_proposal (claim, officer, reason) values (:claim, 1, 'x');
insert into payout.claim_void (claim, reason, first_officer, second_officer) values (:claim, 'x', 1, 2);
insert into payout.hold (payout, reason) values (:payout, 'x');
insert into payout.hold_release (hold, officer) values (1, :officer);
insert into payout.payout_move (payout, n, from_state, to_state, cause, day) values (:payout, 1, 1, 3, 1, '2024-04-03');
insert into recon.allocation (line, kind, amount_dong) values (1, 'fee', 1);
insert into recon.break (kind, funding_account, day, amount_dong, note) values ('overdue', :funding, '2024-04-03', 1, 'x');
insert into recon.break_proposal (break, officer, outcome) values (1, 1, 'x');
insert into recon.break_resolution (break, outcome, first_officer, second_officer) values (1, 'x', 1, 2);
insert into recon.reconciliation (funding_account, day, opening_dong, debits_dong, credits_dong, closing_dong, unallocated_dong, overdue_dong, suspense_dong, unexplained_dong, breaks, result)
	values (:funding, '2024-04-03', 0, 0, 0, 0, 0, 0, 0, 0, 0, 'clean');
insert into recon.cash_line (list, n, payout, paid, amount_dong, day) values (1, 1, :payout, true, 1, '2024-04-03');
insert into register.account_inquiry (account, bank) values (:account, 'x');
insert into register.account_answer (inquiry, status) values (1, 'open');
insert into register.account_file (file, source, known_on, first_officer) values (:file, 'bank_list', '2024-04-03', :officer);
insert into register.account_file_row (file, row_no, account, status, grade, passes) values (:file, 1, :account, 'open', 'exact', true);
insert into register.account_word (account, what, from_day, document, first_officer) values (:account, 'end', '2024-04-03', 'xxx', :officer);
insert into register.death_notice (blind, day, file, row_no) values (substr(sha256('x'), 1, 16), '2024-04-03', :file, 1);
insert into register.decision (kind, programme, month, pay_period, number, reason, first_officer) values ('together', 'merit', '2024-05-01', '2024-04-01', 'x', 'xxx', :officer);
insert into register.decision_claim (decision, claim) values (1, :claim);
insert into register.recovery (person, programme, month, amount_dong, why) values (1, 'merit', '2024-04-01', 1, 'officer');
insert into register.repayment (recovery, break, amount_dong, first_officer) values (1, 1, 1, :officer);
insert into register.enrolment (person, programme, category, area_code, area_valid_from, from_month, file, row_no) values (1, 'merit', 'x', 'x', '2024-04-01', '2024-04-01', :file, 1);
insert into register.finding (programme, period, code, note, blocks) values ('merit', '2024-04-01', 'x', 'x', true);
insert into register.finding_proposal (finding, officer, verdict, reason) values (1, :officer, 'pay_entitled', 'x');
insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason) values (1, 'pay_entitled', 1, 2, 'x');
insert into register.identity (kind, person, name, name_fold, number, reason, first_officer) values ('correct', 1, 'x', 'x', 'x', 'xxx', :officer);
insert into register.surplus (claim, beside, merge) values (1, 2, 1);
insert into register.import_row (file, row_no, status) values (:file, 1, 'accepted');
insert into register.area_village (code, valid_from, village, successor_code, successor_valid_from, source, officer)
	select code, valid_from, 'x', successor_code, successor_valid_from, 'xxx', :officer from register.area_successor limit 1;
insert into register.list_heading (sender, kind, heading, cell, officer) values ('x', 'x', 'x', 'x', :officer);
insert into register.pay_preference (person, programme, method, since) values (1, 'merit', 'cash', '2024-04-01');
insert into register.person_event (person, kind, day) values (1, 'death', '2024-04-01');
insert into register.person_phone (person, blind, sealed) values (1, substr(sha256('x'), 1, 16), 'x');
set local session_replication_role = origin;

create function pg_temp.has_row(name text) returns boolean language plpgsql as $$
declare
	r boolean;
begin
	execute format('select exists (select from %s)', name) into r;
	return r;
end $$;
select is((select string_agg(o.name, ' ' order by o.name) from ours o where not pg_temp.has_row(o.name) and not exists (select from exception e where e.name = o.name)), null,
	'each table that only grows has a row to try');
-- The column that can be written to without saying `default`.
create function pg_temp.a_column(t oid) returns text language sql as $$
	select quote_ident(attname) from pg_attribute where attrelid = t and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = '' order by attnum desc limit 1
$$;
select is(pg_temp.probe('owner', null, case r.what when 'update' then format('update %s set %s = %2$s', r.name, pg_temp.a_column(r.oid)) else format('%s %s %s', r.what,
		case r.what when 'delete' then 'from' end, r.name) || case r.what when 'truncate' then ' cascade' else '' end end), 'CH001 append_only', format('not even the owner: %s %s', r.what, r.name))
	from refused r where r.by_trigger and (r.what = 'truncate' or pg_temp.has_row(r.name)) order by r.name, r.what;

-- ---------------------------------------------------------------- the rights

create temp table duty as select d, ('chitra_' || d)::regrole as role from unnest(array['gate', 'desk', 'teller', 'scribe', 'auditor']) d;
select is((select string_agg(d, ' ' order by d) from duty where has_any_column_privilege(role, o.oid, 'update') and d <> all (string_to_array(coalesce(e.updates, ''), ' '))), null,
	format('who has the right to update %s: at most %s', o.name, coalesce(nullif(e.updates, ''), 'nobody'))) from ours o left join exception e on e.name = o.name order by o.name;
select is((select string_agg(d, ' ' order by d) from duty where has_table_privilege(role, o.oid, 'delete') and d <> all (string_to_array(coalesce(e.deletes, ''), ' '))), null,
	format('who has the right to delete from %s: at most %s', o.name, coalesce(nullif(e.deletes, ''), 'nobody'))) from ours o left join exception e on e.name = o.name order by o.name;
select is((select string_agg(d || ' ' || p || ' ' || o.name, ', ') from duty, ours o, unnest(array['truncate', 'references', 'trigger']) p where has_table_privilege(role, o.oid, p)), null,
	'nobody has the right to truncate, to refer to, or to put a trigger on any table');

select * from finish();
rollback;
