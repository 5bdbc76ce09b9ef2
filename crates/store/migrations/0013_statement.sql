-- What a long ledger has few of, found without reading the many: entries that are no debits, by kind and by what they are about.
-- A debit of a capture writes none of these; a debit is found by its own index (ledger_one_debit).
CREATE INDEX ledger_other_kinds ON ledger_entries (organization_id, kind, sequence) WHERE kind <> 'debit';
CREATE INDEX ledger_other_references ON ledger_entries (organization_id, reference_id) WHERE kind <> 'debit';
-- Debits of everything but captures, which are nearly all.
CREATE INDEX ledger_other_debits ON ledger_entries (organization_id, sequence)
    WHERE kind = 'debit' AND reference_type <> 'capture';
