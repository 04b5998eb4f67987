-- Sealed data: which keys may wrap, what forbids an erasure, who comes back, and who says what a sender calls its columns.
begin;
\ir ../lib/guards.psql

create function pg_temp.mandated(login text, role text, area text) returns void language sql as $$
	insert into auth.mandate (officer, certificate, role, agency, area, limit_dong, named_on)
		values (pg_temp.officer(login), pg_temp.certificate(login), role, '*', area, 1000000000, '2024-04-03') on conflict do nothing
$$;
select pg_temp.mandated(l, r, a) from (values ('tam', 'register', '*'), ('son', 'register', '*'), ('lan', 'register', '22918'), ('minh', 'operator', '*')) as w(l, r, a);
-- What somebody had lost meanwhile.
create function pg_temp.lost(login text) returns void language plpgsql as $$
begin
	set local session_replication_role = replica;
	delete from auth.mandate where officer = pg_temp.officer(login) and role = 'register';
	set local session_replication_role = origin;
end $$;
-- ---------------------------------------------------------------- who opens whole lists

select is(pg_temp.probe('desk', l, format('insert into auth.access_log (officer, what, reason) values (%s, %L, ''x'')', pg_temp.officer(l), w)), how,
		format('%s by %s: %s', w, l, how))
	from (values ('tam', 'export.people', 'ok'), ('tam', 'report.settled', 'ok'), ('minh', 'export.people', 'ok'),
		('binh', 'export.people', 'CH001 no_mandate'), ('binh', 'report.settled', 'CH001 no_mandate'), ('binh', 'claim.list', 'ok')) as t(l, w, how);

-- ---------------------------------------------------------------- keys that wrap

create function pg_temp.kek_sql(n integer, login text default null, retired text default 'null') returns text language sql as $$
	select format('insert into register.kek (n, id, proof, officer%s) values (%s, %L, ''p'', %s%s)', case when retired <> 'null' then ', retired_at' end, n,
		substr(sha256(n::text::bytea), 1, 4), coalesce(pg_temp.officer(login)::text, 'null'), ', ' || nullif(retired, 'null'))
$$;
create function pg_temp.wrapped(n integer) returns bytea language sql as $$ select substr(sha256(n::text::bytea), 1, 4) || '12345678'::bytea $$;
select pg_temp.person() as person \gset
select is(pg_temp.probe('desk', 'tam', pg_temp.kek_sql(1)), 'CH001 kek_unknown', 'where something is sealed no other key becomes the first');
set local session_replication_role = replica;
update register.person_key set wrapped = pg_temp.wrapped(1);
update register.import_file set row_key = pg_temp.wrapped(1);
set local session_replication_role = origin;
select is(pg_temp.probe('owner', l, pg_temp.kek_sql(n, o, r)), how, format('the first key: %s', how))
	from (values ('tam', 2, null, 'null', 'CH001 kek_order'), ('tam', 1, null, 'now()', 'CH001 kek_order'), ('tam', 1, 'tam', 'null', 'CH001 not_yours'), ('tam', 1, null, 'null', 'ok')) as w(l, n, o, r, how);
select pg_temp.done(pg_temp.try('desk', 'tam', pg_temp.kek_sql(1)));
select is(pg_temp.probe('desk', l, pg_temp.kek_sql(2, o)), how, format('the next key, brought in by %s as %s: %s', l, o, how))
	from (values ('tam', 'tam', 'CH001 no_mandate'), ('minh', 'tam', 'CH001 not_yours'), ('minh', null, 'CH001 not_yours'), ('minh', 'minh', 'ok')) as w(l, o, how);
create function pg_temp.rewrap_sql(wrapped bytea, person bigint) returns text language sql
as $$ select format('update register.person_key set wrapped = %L where person = %s', rewrap_sql.wrapped, rewrap_sql.person) $$;
select is(pg_temp.probe('desk', 'minh', pg_temp.rewrap_sql(pg_temp.wrapped(1), :person)), 'CH001 append_only', 'what the newest key wraps is not wrapped again');
select pg_temp.done(pg_temp.try('desk', 'minh', pg_temp.kek_sql(2, 'minh')));
select is(pg_temp.probe('desk', 'minh', pg_temp.kek_sql(3, 'minh')), 'CH001 kek_rotating', 'no third key before the first is done with');
select is(pg_temp.probe('desk', 'minh', pg_temp.rewrap_sql(w.wrapped, :person)), w.how, format('wrapped anew: %s', w.what)) from (values
	('by the newest', pg_temp.wrapped(2), 'ok'), ('by a key that nobody has', pg_temp.wrapped(3), 'CH001 append_only'), ('by the old one', pg_temp.wrapped(1) || '', 'CH001 append_only'),
	('longer', pg_temp.wrapped(2) || 'x'::bytea, 'CH001 append_only')) as w(what, wrapped, how);
select is(pg_temp.probe('owner', null, format('update register.person_key set person = %s + 1000, wrapped = %L where person = %1$s', :person, pg_temp.wrapped(2))), 'CH001 append_only', 'nor is it given to another person');
select is(pg_temp.probe('desk', 'minh', format('update register.import_file set row_key = %L', w.wrapped)), w.how, format('the key of a file''s rows: %s', w.what)) from (values
	('by the newest', pg_temp.wrapped(2), 'ok'), ('by a key that nobody has', pg_temp.wrapped(3), 'CH001 append_only'), ('longer', pg_temp.wrapped(2) || 'x'::bytea, 'CH001 append_only'),
	('by the old one', pg_temp.wrapped(1), 'CH001 append_only'), ('destroyed before its time', ''::bytea, 'CH001 append_only')) as w(what, wrapped, how);
select is(pg_temp.probe('owner', null, format('update register.import_file set row_key = %L, name = ''x''', pg_temp.wrapped(2))), 'CH001 append_only', 'and nothing else of the file');
select is(pg_temp.after(format('update register.import_file set row_key = %L', pg_temp.wrapped(2)), 'minh', format('update register.import_file set row_key = %L', pg_temp.wrapped(2) || '')), 'CH001 append_only',
	'nor what the newest key wraps already');
create function pg_temp.retire_sql(n integer) returns text language sql as $$ select format('update register.kek set retired_at = now() where n = %s', retire_sql.n) $$;
select is(pg_temp.probe('desk', 'tam', pg_temp.retire_sql(1)), 'CH001 no_mandate', 'a key is retired by an operator');
select is(pg_temp.probe('desk', 'minh', pg_temp.retire_sql(2)), 'CH001 kek_newest', 'not the one that wraps');
select is(pg_temp.probe('desk', 'minh', pg_temp.retire_sql(1)), 'CH001 kek_needed', 'nor one that people''s keys and files need');
select is(pg_temp.after(format('update register.%s set %s = %L', t, c, pg_temp.wrapped(2)), 'minh', pg_temp.retire_sql(1)), 'CH001 kek_needed', format('nor one that is needed for more than register.%s', t))
	from (values ('person_key', 'wrapped'), ('import_file', 'row_key')) as w(t, c);
create function pg_temp.all_anew(n integer) returns text language sql
as $$ select format('update register.person_key set wrapped = %L; update register.import_file set row_key = %1$L', pg_temp.wrapped(n)) $$;
select is(pg_temp.after(pg_temp.all_anew(2), 'minh', pg_temp.retire_sql(1)), 'ok', 'then it is');
select is(pg_temp.after(pg_temp.all_anew(2) || '; ' || pg_temp.retire_sql(1), 'minh', s), how, format('of a key that retired: %s', how)) from (values
	(pg_temp.retire_sql(1), 'CH001 append_only'), ('update register.kek set retired_at = null where n = 1', 'CH001 append_only')) as w(s, how);
select is(pg_temp.probe('owner', 'minh', 'update register.kek set retired_at = now(), proof = ''x'' where n = 1'), 'CH001 append_only', 'nothing else of a key changes');
select is(pg_temp.probe('owner', 'minh', 'update register.kek set retired_at = retired_at where n = 1'), 'CH001 append_only', 'nor does it come to nothing');
select is(pg_temp.after(pg_temp.all_anew(2) || '; ' || pg_temp.retire_sql(1) || format('; insert into register.person (id, anchor, name, name_fold, birth_year, sex) overriding system value
	values (777777, %L, ''A'', ''a'', 1950, ''F'')', substr(sha256('777'), 1, 16)), 'lan', format('insert into register.person_key values (777777, %L)', w.key)), w.how, format('and it wraps nobody''s new key: %s', w.how))
	from (values (pg_temp.wrapped(1), 'CH001 kek_retired'), (pg_temp.wrapped(2), 'ok')) as w(key, how);

-- ---------------------------------------------------------------- erased

create sequence pg_temp.rows;
insert into register.enrolment (person, programme, category, area_code, area_valid_from, from_month, file, row_no)
	select :person, 'merit', c.code, a.area, '2004-01-01', a.month, pg_temp.file(), nextval('pg_temp.rows') from (select min(code) as code from rules.category where programme = 'merit') c,
		(values ('22918', date '2024-03-01'), ('22915', date '2024-04-01')) as a(area, month);
create function pg_temp.today_is(day text) returns void language plpgsql as $$
begin
	set local session_replication_role = replica;
	update ops.instance set clock_offset = (day || ' 08:00+07')::timestamptz - now();
	set local session_replication_role = origin;
end $$;
select pg_temp.today_is('2060-01-01');
create function pg_temp.erase_sql(person bigint, login text, second text default null) returns text language sql as $$
	select format('insert into register.erasure (person, number, reason, first_officer%s) values (%s, ''1'', ''xxx'', %s%s)', case when second is not null then ', second_officer, decided_at, xact' end,
		person, pg_temp.officer(login), ', ' || pg_temp.officer(second) || ', now(), pg_current_xact_id()')
$$;
create function pg_temp.confirm_sql(login text) returns text language sql as $$
	select format('update register.erasure set second_officer = %s, decided_at = now() where id = (select max(id) from register.erasure)', pg_temp.officer(login))
$$;
select is(pg_temp.probe('desk', l, pg_temp.erase_sql(:person, o)), how, format('%s proposes an erasure as %s: %s', l, o, how)) from (values
	('tam', 'tam', 'ok'), ('tam', 'son', 'CH001 not_yours'), ('lan', 'lan', 'CH001 no_mandate'), ('minh', 'minh', 'CH001 no_mandate'), (null, 'tam', 'CH001 no_mandate')) as w(l, o, how);
select pg_temp.person() as other \gset
select is(pg_temp.probe('desk', l, pg_temp.erase_sql(:other, l)), how, format('of somebody whom no list names, %s: %s', l, how)) from (values ('tam', 'ok'), ('minh', 'CH001 no_mandate')) as w(l, how);
create function pg_temp.over(login text) returns text language sql
as $$ select format('update auth.certificate set not_after = now() - interval ''1 hour'' where id = %s', pg_temp.certificate(over.login)) $$;
select is(pg_temp.after(pg_temp.over('tam'), 'tam', pg_temp.erase_sql(:other, 'tam')), 'CH001 no_mandate', 'nor by a certificate that is over');
select is(pg_temp.probe('owner', 'son', pg_temp.erase_sql(:person, 'tam', 'son')), 'CH001 not_proposed', 'none is confirmed that nobody proposed');
create function pg_temp.hinders(person bigint, what text, statement text, how text) returns text language sql
as $$ select is(pg_temp.after(statement, 'tam', pg_temp.erase_sql(hinders.person, 'tam')), hinders.how, format('an erasure beside %s: %s', hinders.what, hinders.how)) $$;
select pg_temp.hinders(:person, w.what, pg_temp.claimed(:person, w.states), w.how) from (values
	('a claim that nobody was paid', '{}'::text[], 'CH001 erase_owed'), ('a line that has not left', '{line}', 'CH001 erase_owed'), ('a payout in doubt', '{unknown}', 'CH001 erase_owed'),
	('one that came back', '{returned}', 'CH001 erase_owed'), ('one that was paid', '{settled}', 'ok'), ('one that was paid the second time', '{rejected,settled}', 'ok'),
	('one that was paid and stands in a batch again', '{settled,line}', 'CH001 erase_owed'),
	('one that was paid and is to be paid again', '{settled,rejected}', 'CH001 erase_owed')) as w(what, states, how);
select pg_temp.hinders(:person, 'a claim that two voided', pg_temp.claimed(:person, '{}') || '; insert into payout.claim_void (claim, reason, first_officer, second_officer) values (888888, ''died'', 1, 2)', 'ok');
create function pg_temp.broken(person bigint) returns text language sql as $$
	select pg_temp.claimed(person, '{settled}') || '; insert into recon.break (id, kind, funding_account, day, payout, amount_dong, note) overriding system value
		select 666666, ''contradiction'', min(id), ''2024-04-03'', 999001, 1, ''x'' from org.funding_account'
$$;
select pg_temp.hinders(:person, 'a break about his money', pg_temp.broken(:person), 'CH001 erase_doubt');
select pg_temp.hinders(:person, 'one that was resolved', pg_temp.broken(:person)
	|| '; insert into recon.break_resolution (break, outcome, first_officer, second_officer, day) values (666666, ''x'', 1, 2, ''2024-04-03'')', 'ok');
create function pg_temp.found(person bigint, blocks boolean) returns text language sql as $$
	select format('insert into register.finding (id, programme, period, person, code, note, blocks) overriding system value values (555555, ''merit'', ''2024-04-01'', %s, ''x'', ''x'', %L)', person, blocks)
$$;
select pg_temp.hinders(:person, 'a finding that blocks', pg_temp.found(:person, true), 'CH001 erase_doubt');
select pg_temp.hinders(:person, 'one that does not', pg_temp.found(:person, false), 'ok');
select pg_temp.hinders(:person, 'one that was decided', pg_temp.found(:person, true)
	|| '; insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason) values (555555, ''do_not_pay'', 1, 2, ''x'')', 'ok');
create function pg_temp.decided(person bigint, kind text, second text, day text default '2024-04-03') returns text language sql as $$
	select format('insert into register.decision (id, kind, programme, person, month, pay_period, rate_codes, quantity, number, reason, first_officer, second_officer, decided_at, proposed_at)
		overriding system value values (444444, %L, ''merit'', %s, ''2024-04-01'', %s, ''1'', ''xxx'', 1, %s, %s, %L)', kind, person,
		case when kind in ('grant', 'funeral') then '''2024-04-01'', ''{x}'', 1' else 'null, null, null' end, second, case second when 'null' then 'null' else 'now()' end, day)
$$;
select pg_temp.hinders(:person, w.what, pg_temp.decided(:person, w.kind, w.second), w.how) from (values
	('a suspension that waits', 'suspend', 'null', 'CH001 erase_doubt'), ('a suspension', 'suspend', '2', 'ok'), ('a grant that is no claim yet', 'grant', '2', 'CH001 erase_owed'),
	('a funeral grant that is no claim yet', 'funeral', '2', 'CH001 erase_owed')) as w(what, kind, second, how);
select pg_temp.hinders(:person, 'a grant that was claimed', pg_temp.claimed(:person, '{settled}') || '; ' || pg_temp.decided(:person, 'grant', '2')
	|| '; insert into register.decision_claim (decision, claim) values (444444, 888888)', 'ok');
create function pg_temp.said(person bigint, other text, second text) returns text language sql as $$
	select format('insert into register.identity (kind, person, other, name, name_fold, number, reason, first_officer, second_officer, decided_at) values (%s, %s, %s, ''1'', ''xxx'', 1, %s, %s)',
		case when other = 'null' then '''correct''' else '''merge''' end, person, other || case when other = 'null' then ', ''x'', ''x''' else ', null, null' end, second, case second when 'null' then 'null' else 'now()' end)
$$;
select pg_temp.hinders(:person, w.what, pg_temp.said(w.p, w.o, w.second), w.how) from (values
	('a correction that waits', :person, 'null', 'null', 'CH001 erase_doubt'), ('a merge that waits', :person, :'other', 'null', 'CH001 erase_doubt'),
	('a merge into another that waits', :other, :'person', 'null', 'CH001 erase_doubt'), ('a correction', :person, 'null', '2', 'ok')) as w(what, p, o, second, how);
create function pg_temp.typed(person bigint, rest text) returns text language sql as $$
	select format('insert into register.account_word (account, what, from_day, document, first_officer, second_officer, decided_at, dropped_by)
		select max(id), ''end'', ''2024-04-03'', ''xxx'', 1, %s from register.payee_account where person = %s', rest, person)
$$;
select pg_temp.hinders(:person, w.what, pg_temp.typed(:person, w.rest), w.how) from (values ('an account''s word that waits', 'null::bigint, null::timestamptz, null::bigint', 'CH001 erase_doubt'),
	('one that was confirmed', '2, now(), null::bigint', 'ok'), ('one that was dropped', 'null::bigint, null::timestamptz, 1', 'ok')) as w(what, rest, how);
select pg_temp.hinders(:person, 'money that is to come back', format('insert into register.recovery (person, programme, month, amount_dong, why, facts) values (%s, ''merit'', ''2024-04-01'', 1000, ''officer'', ''x'')', :person), 'CH001 erase_doubt');
select pg_temp.hinders(:person, 'nothing that a key opens', format('delete from register.person_key where person = %s', :person), 'CH001 erased_already');

-- The law's ten years run from the end of the year of the last of it (174/2016/ND-CP art. 13, 15).
create function pg_temp.held(person bigint, what text, statement text) returns setof text language sql as $$
	select pg_temp.hinders(person, format('%s of 2049, on %s', what, day),
		format('update ops.instance set clock_offset = timestamptz ''%s 08:00+07'' - now(); update register.person set registered_at = ''2024-04-03''; update register.import_file set at = ''2024-04-03'';', day) || statement, how)
	from (values ('2059-12-31', 'CH001 erase_hold'), ('2060-01-01', 'ok')) as w(day, how)
$$;
select pg_temp.held(:person, 'a claim', pg_temp.claimed(:person, '{settled}') || '; update payout.claim set made_at = ''2049-02-01'' where id = 888888');
select pg_temp.held(:person, 'a claim for a period', pg_temp.claimed(:person, '{settled}') || '; update payout.claim set pay_period = ''2049-02-01'' where id = 888888');
select pg_temp.held(:person, 'a payout that moved in a day', pg_temp.claimed(:person, '{settled}')
	|| '; insert into payout.payout_move (payout, n, from_state, to_state, cause, day) values (999001, 1, 1, 3, 1, ''2049-02-01'')');
select pg_temp.held(:person, 'a list', 'update register.import_file set at = ''2049-02-01''');
select pg_temp.held(:person, 'an enrolment', format('update register.enrolment set from_month = ''2049-02-01'' where person = %s and area_code = ''22918''', :person));
select pg_temp.held(:person, 'a decision', pg_temp.decided(:person, 'suspend', '2', '2049-02-01'));
select pg_temp.held(:person, 'a registration', format('update register.person set registered_at = ''2049-02-01'' where id = %s', :person));

select pg_temp.done(pg_temp.try('desk', 'tam', pg_temp.erase_sql(:person, 'tam')));
select is(pg_temp.probe('desk', l, pg_temp.confirm_sql(o)), how, format('%s confirms an erasure as %s: %s', l, o, how)) from (values
	('son', 'son', 'ok'), ('son', 'hoa', 'CH001 not_yours'), ('lan', 'lan', 'CH001 no_mandate'), ('tam', 'tam', '23514 erasure_check')) as w(l, o, how);
select is(pg_temp.probe('owner', 'son', 'update register.erasure set number = number'), 'CH001 append_only', 'it is not written to otherwise');
select is(pg_temp.probe('owner', 'son', 'update register.erasure set number = ''2'', second_officer = ' || pg_temp.officer('son') || ', decided_at = now()'), 'CH001 append_only', 'nothing else is confirmed than what was proposed');
select is(pg_temp.after(format('delete from auth.mandate where officer = %s and role = ''register''', pg_temp.officer('tam')), 'son', pg_temp.confirm_sql('son')), 'CH001 first_mandate',
	'whoever proposed an erasure must have each ward when it is confirmed');
select is(pg_temp.after(pg_temp.decided(:person, 'suspend', 'null'), 'son', pg_temp.confirm_sql('son')), 'CH001 erase_doubt', 'what forbids it forbids it when it is confirmed');
select is(pg_temp.probe('owner', null, format(s, :person)), 'CH001 append_only', 'before that nothing is destroyed: ' || s) from unnest(array['delete from register.person_key where person = %s',
	'delete from register.person_phone', 'update register.payee_account set holder_name = '''' where person = %s']) s where s !~ 'phone';
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.confirm_sql('son')));
select is(pg_temp.probe('owner', 'son', pg_temp.confirm_sql('son')), 'CH001 append_only', 'it is confirmed once');
select is((select p.name || (select count(*) from register.person_key k where k.person = p.id) from register.person p where p.id = :person), '(đã xóa)0', 'and then he is forgotten');
select is(pg_temp.probe('owner', null, format('update register.payee_account set bank = ''x'' where person = %s', :person)), 'CH001 append_only', 'of what stays nothing changes, in that transaction either');

-- ---------------------------------------------------------------- back again

create function pg_temp.readmit_sql(person bigint, login text) returns text language sql as $$
	select format('insert into register.readmission (person, name, name_fold, number, reason, first_officer) values (%s, ''Bà Về'', ''ba ve'', ''2'', ''xxx'', %s)', person, pg_temp.officer(login))
$$;
create function pg_temp.back_sql(person bigint, login text) returns text language sql as $$
	select format('update register.readmission set second_officer = %s, decided_at = now(), wrapped = %L, sealed = ''s'', blind = (select blind from register.person_id where person = %s limit 1)
		where id = (select max(id) from register.readmission)', pg_temp.officer(login), pg_temp.wrapped(2), person)
$$;
select is(pg_temp.probe('desk', l, pg_temp.readmit_sql(p, o)), how, format('%s proposes to bring back as %s: %s', l, o, how)) from (values ('tam', 'tam', :person, 'ok'), ('tam', 'son', :person, 'CH001 not_yours'),
	('minh', 'minh', :person, 'CH001 no_mandate'), ('tam', 'tam', :other, 'CH001 not_erased')) as w(l, o, p, how);
select is(pg_temp.probe('owner', 'son', format('insert into register.readmission (person, name, name_fold, number, reason, first_officer, second_officer, decided_at) values (%s, ''x'', ''x'', ''1'', ''xxx'', %s, %s, now())',
	:person, pg_temp.officer('tam'), pg_temp.officer('son'))), 'CH001 not_proposed', 'nobody comes back whom nobody proposed');
select pg_temp.done(pg_temp.try('desk', 'tam', pg_temp.readmit_sql(:person, 'tam')));
select is(pg_temp.probe('desk', l, pg_temp.back_sql(p, o)), how, format('%s confirms as %s: %s', l, o, how)) from (values ('son', 'son', :person, 'ok'), ('son', 'hoa', :person, 'CH001 not_yours'),
	('minh', 'minh', :person, 'CH001 no_mandate'), ('tam', 'tam', :person, '23514 readmission_check'), ('son', 'son', :other, 'CH001 person_unknown')) as w(l, o, p, how);
select is(pg_temp.probe('owner', 'son', 'update register.readmission set number = number'), 'CH001 append_only', 'it is not written to otherwise');
select is(pg_temp.probe('owner', 'son', 'update register.readmission set name = ''x'', second_officer = ' || pg_temp.officer('son') || ', decided_at = now()'), 'CH001 append_only', 'under the name that was proposed');
select is(pg_temp.after(format('delete from auth.mandate where officer = %s and role = ''register''', pg_temp.officer('tam')), 'son', pg_temp.back_sql(:person, 'son')), 'CH001 first_mandate',
	'whoever proposed it must have the mandate when it is confirmed');
select is(pg_temp.after(format('insert into register.person_key values (%s, ''x'')', :person), 'son', pg_temp.back_sql(:person, 'son')), 'CH001 not_erased', 'who is here already does not come back');
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.back_sql(:person, 'son')));
select is(pg_temp.probe('owner', 'son', pg_temp.back_sql(:person, 'son')), 'CH001 append_only', 'it is confirmed once');

-- ---------------------------------------------------------------- what senders call their columns

create function pg_temp.heading_sql(login text, cell text, sender text default '22918', heading text default 'a') returns text language sql as $$
	select format('insert into register.list_heading (sender, kind, heading, cell, officer) values (%L, ''payment_list'', %L, %L, %s)', sender, replace(heading, '_', ' '), cell, pg_temp.officer(login))
$$;
create function pg_temp.means(heading text default 'a', sender text default '22918') returns text language sql
as $$ select coalesce((select cell from register.list_heading_now n where (n.sender, n.heading) = (means.sender, replace(means.heading, '_', ' '))), 'nothing') $$;
create function pg_temp.says(login text, cell text, heading text default 'a', sender text default '22918') returns text language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('desk', login, pg_temp.heading_sql(login, cell, sender, heading)));
	return pg_temp.means(heading, sender);
end $$;
select is(pg_temp.probe('desk', l, pg_temp.heading_sql(o, 'name', s)), how, format('%s says as %s what %s calls a column: %s', l, o, s, how)) from (values ('lan', 'lan', '22918', 'ok'), ('lan', 'tam', '22918', 'CH001 not_yours'),
	('lan', 'lan', '22915', 'CH001 no_mandate'), ('binh', 'binh', 'demo', 'CH001 no_mandate'), ('lan', 'lan', 'demo', 'ok')) as w(l, o, s, how);
select is(pg_temp.after(format('delete from auth.mandate where officer = %s and role = ''maker''', pg_temp.officer('minh')), 'minh', pg_temp.heading_sql('minh', 'name')), 'CH001 no_mandate', 'nor by an operator');
select is(pg_temp.after(pg_temp.over('lan'), 'lan', pg_temp.heading_sql('lan', 'name', 'demo')), 'CH001 no_mandate', 'nor by a certificate that is over');
select is(pg_temp.says('lan', 'name'), 'name', 'which column is the name one officer says');
select is(pg_temp.says('lan', cell, cell), 'nothing', format('which is %s counts for nothing when one says it', cell)) from unnest(array['personal_id', 'account', 'amount', 'ignored']) cell;
select is(pg_temp.says('lan', cell, cell), 'nothing', 'however often') from unnest(array['personal_id', 'account', 'amount', 'ignored']) cell;
select is(pg_temp.says('tam', 'account', 'amount'), 'nothing', 'nor when another says something else');
select is(pg_temp.says('son', 'account', 'amount'), 'account', 'but when two say the same');
select is(pg_temp.says('tam', 'account', 'account'), 'account', 'one after the other');
select is(pg_temp.says('lan', 'known', 'account'), 'known', 'one takes it back');
select is(pg_temp.says('lan', 'personal_id', 'b'), 'nothing', 'one says it');
select pg_temp.lost('lan');
select is(pg_temp.says('tam', 'personal_id', 'b'), 'nothing', 'and has no mandate any more when another says the same: it is the first word again');
select is(pg_temp.says('son', 'personal_id', 'b'), 'personal_id', 'for the next one');
select is(pg_temp.probe('desk', 'tam', 'insert into register.list_heading (sender, kind, heading, cell, officer, counts) values (''x'', ''x'', ''x'', ''amount'', ' || pg_temp.officer('tam') || ', true)'), 'denied', 'nobody says that his word counts');

select * from finish();
rollback;
