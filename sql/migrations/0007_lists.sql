-- What lists of all kinds need: rows that were in already, and what a sender calls the columns.

set local role chitra_owner;

-- known: the same row of an earlier file was accepted. A corrected file brings all of its rows again.
alter table register.import_row drop constraint import_row_status_check,
	add constraint import_row_status_check check (status in ('accepted', 'rejected', 'repaired', 'known')),
	add constraint import_row_known check (status <> 'known' or person is null);
