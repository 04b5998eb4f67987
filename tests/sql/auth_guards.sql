-- Officers, certificates, sessions, and who acts: every illegal thing is tried, and beside it the legal one.
begin;
\ir ../lib/guards.psql

-- ---------------------------------------------------------------- who acts

create function pg_temp.me_after(duty text, statements text[]) returns text language plpgsql as $$
declare
	s text;
	who text;
	r text;
begin
	delete from auth.entered where xact = pg_current_xact_id();
	foreach s in array statements loop
		r := pg_temp.try_kept(duty, s);
		if r <> 'ok' then
			return r;
		end if;
	end loop;
	select o.login into who from auth.officer o where o.id = auth.me();
	return coalesce(who, 'nobody');
end $$;
-- As pg_temp.try, but whoever entered before stays.
create function pg_temp.try_kept(duty text, statement text) returns text language plpgsql as $$
declare
	state text;
	text text;
begin
	execute 'set local role chitra_' || duty;
	execute statement;
	reset role;
	return 'ok';
exception when others then
	get stacked diagnostics state = returned_sqlstate, text = message_text;
	reset role;
	return case state when 'CH001' then 'CH001 ' || split_part(text, ':', 1) when '42501' then 'denied' else state || ' ' || text end;
end $$;
create function pg_temp.enter_sql(login text) returns text language sql as $$ select format('select auth.enter(sha256(%L))', login) $$;

select is(pg_temp.me_after('desk', array[]::text[]), 'nobody', 'without auth.enter nobody acts');
select is(pg_temp.me_after('desk', array[pg_temp.enter_sql('minh')]), 'minh', 'with it the officer of the session does');
select is(pg_temp.me_after('desk', array[pg_temp.enter_sql('minh'), pg_temp.enter_sql('hoa')]), 'CH001 entered_twice', 'nobody else enters the same transaction');
select is(pg_temp.me_after('desk', array[pg_temp.enter_sql('minh'), pg_temp.enter_sql('minh')]), 'CH001 entered_twice', 'nor the same officer again');
select is(pg_temp.me_after('desk', array[pg_temp.enter_sql('nobody')]), 'CH001 session_over', 'a token that nobody was given opens nothing');
select is(pg_temp.me_after('desk', array[format('select auth.enter(%L)', ''::bytea)]), 'CH001 session_over', 'nor does an empty one');
select is(pg_temp.me_after('desk', array['select auth.enter(null)']), 'CH001 session_over', 'nor none');

update auth.session set expires_at = now() where token_hash = sha256('tam');
select is(pg_temp.me_after('desk', array[pg_temp.enter_sql('tam')]), 'CH001 session_over', 'a session that ended this moment has ended');
update auth.session set expires_at = now() + interval '1 second' where token_hash = sha256('tam');
select is(pg_temp.me_after('desk', array[pg_temp.enter_sql('tam')]), 'tam', 'a second earlier it had not');
update auth.officer set disabled = true where login = 'son';
select is(pg_temp.me_after('desk', array[pg_temp.enter_sql('son')]), 'CH001 session_over', 'a disabled officer''s session is over at once');
update auth.officer set disabled = false where login = 'son';
select is(pg_temp.me_after('desk', array[pg_temp.enter_sql('son')]), 'son', 'enabled again, it counts again');

-- Forged.
select is(pg_temp.me_after('desk', array[format('select set_config(%L, %L, %L)', name, pg_temp.officer('hoa'), local)]), 'nobody', format('set_config of %s (local %s) makes nobody hoa', name, local))
	from unnest(array['auth.me', 'auth.officer', 'auth.entered', 'chitra.officer', 'chitra.session', 'app.user', 'request.officer', 'application_name']) name, unnest(array[true, false]) local;
select is(pg_temp.me_after('desk', array[pg_temp.enter_sql('minh'), format('select set_config(%L, %L, true)', name, pg_temp.officer('hoa'))]), 'minh', format('nor, after minh entered, of %s', name))
	from unnest(array['auth.me', 'auth.officer', 'chitra.officer']) name;
select is(pg_temp.me_after(d, array[format('insert into auth.entered (xact, officer) values (pg_current_xact_id(), %s)', pg_temp.officer('hoa'))]), 'denied', format('the %s cannot write who acts', d))
	from unnest(array['gate', 'desk', 'teller', 'scribe', 'auditor']) d;
select is(pg_temp.probe(d, 'minh', s), 'denied', format('the %s: %s', d, s))
	from unnest(array['gate', 'desk', 'teller', 'scribe', 'auditor']) d,
		unnest(array['update auth.entered set officer = 1', 'delete from auth.entered', 'truncate auth.entered', 'select from auth.entered']) s;
delete from auth.entered where xact = pg_current_xact_id();
insert into auth.entered (xact, officer) values ('999999999999', pg_temp.officer('hoa'));
select is(auth.me(), null, 'who acts in another transaction does not act in this one');
insert into auth.entered (server, officer) values ('2024-04-03 08:00+07', pg_temp.officer('hoa'));
select is(auth.me(), null, 'nor who acted in one of this number on another server, whose dump this was');
insert into auth.entered (xact, officer) values ('1', pg_temp.officer('hoa'));
select pg_temp.acts('minh');
select is(auth.me(), pg_temp.officer('minh'), 'and keeps nobody from entering');
select is((select string_agg(e.xact::text, ' ') from auth.entered e where e.xact <> pg_current_xact_id()), '999999999999',
	'whoever enters takes away what ended transactions and other servers left');
delete from auth.entered;
select is(pg_temp.me_after(d, array[pg_temp.enter_sql('minh')]), 'denied', format('the %s cannot open an officer''s transaction', d)) from unnest(array['gate', 'teller', 'scribe', 'auditor']) d;

-- A table or a function of the caller's own does not come before ours.
select is(pg_temp.me_after('owner', array['select set_config(''search_path'', ''public'', true)', pg_temp.enter_sql('minh')]), 'minh', 'the caller''s search_path does not matter');
select set_config('search_path', 'public, pg_catalog', true);
select is((select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspowner = 'chitra_owner'::regrole and p.prosecdef
	and not coalesce(p.proconfig @> array['search_path=pg_catalog'], false)), 0::bigint, 'each function that acts with the owner''s rights has a search_path of its own');

-- ---------------------------------------------------------------- what one may do

insert into auth.mandate (officer, certificate, role, agency, area, limit_dong)
	select pg_temp.officer(w.login), pg_temp.certificate(w.login), w.role, w.agency, w.area, w.most
	from (values ('minh', 'checker', 'labour', '22918', 1000), ('minh', 'register', '*', '22918', 0), ('minh', 'cash', 'labour', '*', 0),
		('hoa', 'approver', '*', '*', 5000)) as w(login, role, agency, area, most);
create function pg_temp.may(login text, role text, agency text, area text, amount bigint) returns boolean language plpgsql as $$
begin
	delete from auth.entered where xact = pg_current_xact_id();
	perform auth.enter(sha256(login::bytea));
	return auth.may(role, agency, area, amount);
end $$;
select is(pg_temp.may(w.login, w.role, w.agency, w.area, w.amount), w.wanted, format('%s as %s for %s in %s with %s: %s', w.login, w.role, w.agency, w.area, w.amount, w.wanted))
	from (values ('minh', 'checker', 'labour', '22918', 0, true), ('minh', 'checker', 'labour', '22918', 1000, true), ('minh', 'checker', 'labour', '22918', 1001, false),
		('minh', 'approver', 'labour', '22918', 0, false), ('minh', 'checker', 'health', '22918', 0, false), ('minh', 'checker', 'labour', '22921', 0, false),
		('minh', 'register', 'health', '22918', 0, true), ('minh', 'register', 'health', '22921', 0, false), ('minh', 'register', 'health', '22918', 1, false),
		('minh', 'cash', 'labour', '22921', 0, true), ('minh', 'cash', 'health', '22921', 0, false),
		('minh', 'checker', '*', '*', 0, false), ('minh', '*', 'labour', '22918', 0, false),
		('hoa', 'approver', 'health', '22921', 5000, true), ('hoa', 'approver', 'health', '22921', 5001, false),
		('lan', 'checker', 'labour', '22918', 0, false), ('binh', 'checker', 'labour', '22918', 0, false)) as w(login, role, agency, area, amount, wanted);
delete from auth.entered where xact = pg_current_xact_id();
select is(auth.may('approver', 'health', '22921', 0), false, 'nobody may do anything without having entered');

create function pg_temp.may_between(since interval, until interval) returns boolean language plpgsql as $$
begin
	set local session_replication_role = replica;
	update auth.certificate set not_before = now() + since, not_after = now() + until where id = pg_temp.certificate('hoa');
	set local session_replication_role = origin;
	return pg_temp.may('hoa', 'approver', 'health', '22921', 0);
end $$;
select is(pg_temp.may_between('1 second', '1 day'), false, 'a certificate that is not yet in force gives nothing');
select is(pg_temp.may_between('-1 day', '-1 second'), false, 'nor one that was');
select is(pg_temp.may_between('-1 day', '1 second'), true, 'one that is does');
insert into auth.revocation (certificate, text, signatures) values (pg_temp.certificate('hoa'), 'lost', 'admin');
select is(pg_temp.may('hoa', 'approver', 'health', '22921', 0), false, 'once revoked, no longer');

-- ---------------------------------------------------------------- officers, certificates, mandates

select is(pg_temp.probe('desk', null, format('insert into auth.officer (login, name) values (%L, ''x'')', l)), case when ok then 'ok' else '23514 officer_login_check' end, format('a login "%s"', l))
	from (values ('ha', true), ('h', false), ('Ha', false), ('1ha', false), ('ha b', false), ('nguyen.thi-ha_2', true), ('', false), (repeat('a', 33), false)) as w(l, ok);
select is(pg_temp.probe('desk', null, 'insert into auth.officer (login, name) values (''lan'', ''another'')'), '23505 officer_login_key', 'a login is one officer''s');

create function pg_temp.certificate_sql(text text, hashed text, until interval default '1 day', key_bytes integer default 32) returns text language sql as $$
	select format('insert into auth.certificate (officer, sha256, text, signatures, public_key, not_before, not_after)
		values (%s, sha256(%L), %L, ''s'', decode(repeat(''03'', %s), ''hex''), now(), now() + %L::interval)', pg_temp.officer('binh'), hashed, text, key_bytes, until)
$$;
select is(pg_temp.probe('desk', null, pg_temp.certificate_sql('c', 'c')), 'ok', 'a certificate is kept');
select is(pg_temp.probe('desk', null, pg_temp.certificate_sql('c', 'd')), '23514 certificate_check', 'not under another''s hash');
select is(pg_temp.probe('desk', null, pg_temp.certificate_sql('lan', 'lan')), '23505 certificate_sha256_key', 'not twice');
select is(pg_temp.probe('desk', null, pg_temp.certificate_sql('c', 'c', '0')), '23514 certificate_check1', 'it has an end after its beginning');
select is(pg_temp.probe('desk', null, pg_temp.certificate_sql('c', 'c', '1 day', n)), '23514 certificate_public_key_check', format('a key of %s bytes is none', n)) from unnest(array[31, 33]) n;

select is(pg_temp.probe('desk', null, format('insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) values (%s, %s, %L, ''*'', ''*'', %s)',
		pg_temp.officer('tam'), pg_temp.certificate('tam'), r, n)), case when r = 'boss' then '23514 mandate_role_check' when n < 0 then '23514 mandate_limit_dong_check' else 'ok' end, format('a mandate as %s up to %s', r, n))
	from (values ('release', 0), ('boss', 0), ('release', -1)) as w(r, n);
select is(pg_temp.probe('owner', null, format('insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) values (%s, %s, ''cash'', ''*'', ''*'', 0)',
		pg_temp.officer('tam'), pg_temp.certificate(c))), case c when 'tam' then 'ok' else '23503 mandate_certificate_officer_fkey' end, format('a mandate of tam by the certificate of %s', c))
	from unnest(array['tam', 'hoa']) c;
select is(pg_temp.probe('desk', null, format('insert into auth.revocation (certificate, text, signatures) values (%s, ''again'', ''s'')', pg_temp.certificate('hoa'))), '23505 revocation_pkey', 'a certificate is revoked once');
select is(pg_temp.probe('desk', null, format('delete from auth.revocation where certificate = %s', pg_temp.certificate('hoa'))), 'denied', 'and never unrevoked');
select is(pg_temp.probe('owner', null, format('delete from auth.revocation where certificate = %s', pg_temp.certificate('hoa'))), 'CH001 append_only', 'not even by the owner');
select is(pg_temp.probe('desk', null, s), 'denied', format('the desk: %s', s)) from unnest(array['update auth.officer set login = login', 'delete from auth.officer',
	'update auth.mandate set limit_dong = 1', 'delete from auth.mandate', 'update auth.certificate set not_after = now()', 'delete from auth.certificate', 'update auth.session set officer = 1',
	'update auth.session set expires_at = now()', 'update auth.challenge set officer = 1', 'delete from auth.access_log', 'update auth.access_log set reason = ''''']) s;

-- ---------------------------------------------------------------- who is written down is who acts

insert into register.finding (programme, period, person, code, note, blocks) values ('merit', '2024-04-01', pg_temp.person(), 'amount_differs', 'n', true);
select pg_temp.batch_in('released') as released \gset
select min(id) as payout from payout.payout where batch = :released \gset
select id as post from org.channel where code = 'post' \gset
insert into bank.message (bank, direction, kind, external_id, sha256, body, authentic) values ('vnpost', 'file', 'agent_list', 'l', sha256('l'), 'l', true) returning id as list \gset
select pg_temp.acts('tam');
insert into payout.hold (payout, reason, by_officer) values (:payout, 'x', pg_temp.officer('tam')) returning id as hold \gset
select id as funding from org.funding_account where code = 'labour-demo' \gset
insert into recon.break (kind, funding_account, day, amount_dong, note) values ('overdue', :funding, '2024-04-03', 1, 'x') returning id as brk \gset

-- %1$s: whom the row names; %2$s: another officer.
create temp table act (what text, statement text);
insert into act values
	('an order', format('insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by) values (%s, ''treasury'', ''KB-99'', 1, %%1$s)', :funding)),
	('what was looked at', 'insert into auth.access_log (officer, what, reason) values (%1$s, ''person.id'', ''x'')'),
	('a list', 'insert into register.import_file (sha256, name, kind, officer, row_key) values (sha256(''n''), ''n'', ''deaths'', %1$s, ''k'')'),
	('a proposal', 'insert into register.finding_proposal (finding, officer, verdict, reason) select id, %1$s, ''pay_entitled'', ''x'' from register.finding'),
	('a batch', format('insert into payout.batch (agency, programme, period, area_code, area_valid_from, channel, made_by, not_before, valid_until)
		select agency, programme, period, area_code, area_valid_from, channel, %%1$s, not_before, valid_until from payout.batch where id = %s', :released)),
	('a frozen version', format('insert into payout.batch_version (batch, version, lines, sum_dong, root, frozen_by) values (%s, 9, 1, 1, sha256(''x''), %%1$s)', :released)),
	('a hold', format('insert into payout.hold (payout, reason, by_officer) values (%s, ''x'', %%1$s)', :payout)),
	('the end of a hold', format('insert into payout.hold_release (hold, officer) values (%s, %%1$s)', :hold)),
	('a cancellation', format('insert into payout.cancellation (payout, reason, by_officer) values (%s, ''moved'', %%1$s)', :payout)),
	('the proposal to void a claim', format('insert into payout.claim_void_proposal (claim, officer, reason) select claim, %%1$s, ''x'' from payout.payout where id = %s', :payout)),
	('what a break is found to be', format('insert into recon.break_proposal (break, officer, outcome) values (%s, %%1$s, ''fee'')', :brk)),
	('a decision', 'insert into register.decision (kind, programme, month, pay_period, number, reason, first_officer)
		values (''together'', ''merit'', ''2024-05-01'', ''2024-04-01'', ''1'', ''Tết'', %1$s)'),
	('a paid list', format('insert into recon.cash_list (channel, message, paid_count, paid_dong, unpaid_count, unpaid_dong, first_officer) values (%s, %s, 1, 1, 0, 0, %%1$s)', :post, :list));
select is(pg_temp.probe('owner', who, format(a.statement, pg_temp.officer('hoa'), pg_temp.officer('minh'))), case who when 'hoa' then 'ok' else 'CH001 not_yours' end,
	format('%s by hoa, while %s acts', a.what, coalesce(who, 'nobody'))) from act a, unnest(array['hoa', 'minh', null]) who;
select is((select string_agg(k.conrelid::regclass || '.' || a.attname, ' ' order by (k.conrelid::regclass || '.' || a.attname) collate "C") from pg_constraint k
	join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
	where k.contype = 'f' and k.confrelid = 'auth.officer'::regclass and not exists (
		select from pg_trigger t where t.tgrelid = k.conrelid and t.tgfoid = 'auth.guard_actor'::regproc
			and encode(t.tgargs, 'escape') = a.attname || '\000')), array_to_string(array['auth.certificate.officer', 'auth.challenge.officer', 'auth.mandate.officer',
	'auth.session.officer', 'ops.period_text.first_officer', 'org.channel_hours.second_officer', 'payout.claim_void.first_officer', 'payout.hold.by_officer', 'payout.recall.second_officer', 'recon.break_resolution.first_officer',
	'recon.cash_list.second_officer', 'recon.clawback.second_officer', 'recon.reversal.second_officer', 'register.account_file.dropped_by', 'register.account_file.second_officer', 'register.account_word.dropped_by', 'register.account_word.second_officer', 'register.decision.second_officer', 'register.erasure.second_officer', 'register.finding_decision.first_officer', 'register.identity.second_officer', 'register.kek.officer', 'register.pay_preference.officer', 'register.readmission.second_officer', 'register.repayment.second_officer', 'rules.day_word.second_officer', 'rules.payout_window.second_officer'], ' '),
	'each column that names an officer is compared with who acts, or a trigger of its own looks at it, or it grants and does not act');

-- Two officers: the first by a proposal of that officer's, the second now.
insert into auth.certificate (officer, sha256, text, signatures, public_key, not_before, not_after)
	select officer, sha256('again'), 'again', signatures, public_key, not_before, not_after from auth.certificate where id = pg_temp.certificate('hoa');
insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) select officer, id, 'register', '*', '*', 0 from auth.certificate where id in (pg_temp.certificate('minh'), (select max(id) from auth.certificate));
select pg_temp.claim() as claim \gset
create temp table pair (what text, propose text, decide text);
insert into pair values
	('a finding', 'insert into register.finding_proposal (finding, officer, verdict, reason) select id, %1$s, %2$L, ''x'' from register.finding',
		'insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason) select id, %3$L, %1$s, %2$s, ''x'' from register.finding'),
	('a claim''s end', format('insert into payout.claim_void_proposal (claim, officer, reason) values (%s, %%1$s, %%2$L)', :claim),
		format('insert into payout.claim_void (claim, reason, first_officer, second_officer) values (%s, %%3$L, %%1$s, %%2$s)', :claim)),
	('a break''s end', format('insert into recon.break_proposal (break, officer, outcome) values (%s, %%1$s, %%2$L)', :brk),
		format('insert into recon.break_resolution (break, outcome, first_officer, second_officer) values (%s, %%3$L, %%1$s, %%2$s)', :brk));
-- what `proposer` proposed (null: nobody), then `me` writes down that `first` and `second` decided
create function pg_temp.decided(propose text, decide text, proposer text, first text, second text, me text, said text, now text) returns text language plpgsql as $$
declare
	r text;
begin
	if proposer is not null then
		perform pg_temp.done(pg_temp.try('owner', proposer, format(propose, pg_temp.officer(proposer), said)));
	end if;
	r := pg_temp.try('owner', me, format(decide, pg_temp.officer(first), pg_temp.officer(second), now));
	raise exception 'undone' using errcode = 'UNDO1', detail = r;
exception when sqlstate 'UNDO1' then
	get stacked diagnostics r = pg_exception_detail;
	return r;
end $$;
select is(pg_temp.decided(p.propose, p.decide, w.proposer, w.first, w.second, w.me, 'pay_entitled', w.now), w.wanted, format('%s: %s', p.what, w.title))
	from pair p, (values ('minh', 'minh', 'son', 'son', 'pay_entitled', 'ok', 'two decide'),
		('minh', 'minh', 'son', 'minh', 'pay_entitled', 'CH001 not_yours', 'nobody writes another''s name as the second'),
		('minh', 'minh', 'son', null, 'pay_entitled', 'CH001 not_yours', 'nor does whoever is not logged in'),
		(null, 'minh', 'son', 'son', 'pay_entitled', 'CH001 not_proposed', 'nor another''s as the first'),
		('tam', 'minh', 'son', 'son', 'pay_entitled', 'CH001 not_proposed', 'nor that of one who proposed nothing'),
		('minh', 'minh', 'son', 'son', 'do_not_pay', 'CH001 not_proposed', 'nor for something else')) as w(proposer, first, second, me, now, wanted, title);

-- ---------------------------------------------------------------- logging in

select is(pg_temp.probe('desk', null, format('insert into auth.challenge (nonce, officer, expires_at) values (decode(repeat(''04'', %s), ''hex''), %s, now())', n, pg_temp.officer('lan'))),
	case n when 32 then 'ok' else '23514 challenge_nonce_check' end, format('a nonce of %s bytes', n)) from unnest(array[16, 31, 32, 33]) n;
select is(pg_temp.probe('desk', null, format('insert into auth.session (token_hash, officer, expires_at) values (decode(repeat(''04'', %s), ''hex''), %s, now())', n, pg_temp.officer('lan'))),
	case n when 32 then 'ok' else '23514 session_token_hash_check' end, format('a token''s hash of %s bytes', n)) from unnest(array[16, 31, 32, 33]) n;
select is(pg_temp.probe('desk', null, format('insert into auth.session (token_hash, officer, expires_at) values (sha256(''lan''), %s, now())', pg_temp.officer('hoa'))), '23505 session_pkey', 'a token is one officer''s');
select is(pg_temp.probe('desk', null, format('insert into auth.session (token_hash, officer, expires_at, opened_at) values (sha256(''x''), %s, now(), now())', pg_temp.officer('hoa'))), 'denied', 'when a session was opened is not the desk''s to say');
select pg_temp.done(pg_temp.try('desk', null, format('insert into auth.challenge (nonce, officer, expires_at) values (sha256(''n''), %s, now() + interval ''1 minute'')', pg_temp.officer('lan'))));
select is(pg_temp.probe('desk', null, format('insert into auth.challenge (nonce, officer, expires_at) values (sha256(''n''), %s, now())', pg_temp.officer('hoa'))), '23505 challenge_pkey', 'a nonce is given out once');

select * from finish();
rollback;
