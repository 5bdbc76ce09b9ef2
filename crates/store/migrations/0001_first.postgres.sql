-- Nothing in the ledger is ever rewritten, not even by a program that is wrong.
CREATE FUNCTION refuse_to_rewrite_the_ledger() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER ledger_no_rewrite BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_the_ledger();
-- Room in each block for the next versions of rows that change with every batch, so that their indexes are left alone.
ALTER TABLE organizations SET (fillfactor = 50);
ALTER TABLE runs SET (fillfactor = 50);
ALTER TABLE lots SET (fillfactor = 50);
-- A finished page changes state, so its index entries move with it; the table is cleaned before it grows stale.
ALTER TABLE pages SET (autovacuum_vacuum_scale_factor = 0.05);
