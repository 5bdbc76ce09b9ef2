-- Enrichments: jobs that make items of captures.
CREATE TABLE enrichments (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    -- What was asked for, as it was asked, and the same as a filter of captures; without a filter the captures were named.
    scope TEXT NOT NULL,
    filter TEXT,
    run_id TEXT,
    robot_id TEXT,
    api_key_id TEXT,
    schedule_id TEXT,
    -- Whether captures that have an item get another.
    again BIGINT NOT NULL,
    -- Version of the rules that its items are made by.
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    end_reason TEXT,
    error_message TEXT,
    -- Where gathering its captures stands, and when that was done.
    gather_cursor TEXT,
    gathered_at BIGINT,
    total BIGINT NOT NULL DEFAULT 0,
    processed BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    skipped BIGINT NOT NULL DEFAULT 0,
    credits_spent BIGINT NOT NULL DEFAULT 0,
    -- What a model was asked for its items, and what that took at its endpoint; no credits are taken for it.
    model_calls BIGINT NOT NULL DEFAULT 0,
    model_failures BIGINT NOT NULL DEFAULT 0,
    model_prompt_tokens BIGINT NOT NULL DEFAULT 0,
    model_completion_tokens BIGINT NOT NULL DEFAULT 0,
    leased_by TEXT,
    lease_expires_at BIGINT,
    -- Until when it waits for credits that are held.
    not_before BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    CHECK (processed + failed + skipped <= total)
);
CREATE INDEX enrichments_newest ON enrichments (organization_id, id);
CREATE INDEX enrichments_alive ON enrichments (id) WHERE ended_at IS NULL;
CREATE INDEX enrichments_of_runs ON enrichments (run_id, id) WHERE run_id IS NOT NULL;

-- Which captures an enrichment is about, and what became of each; without an outcome it still waits.
CREATE TABLE enrichment_captures (
    enrichment_id TEXT NOT NULL REFERENCES enrichments (id),
    position BIGINT NOT NULL,
    capture_id TEXT NOT NULL,
    outcome TEXT,
    item_id TEXT,
    reason TEXT,
    PRIMARY KEY (enrichment_id, position),
    UNIQUE (enrichment_id, capture_id)
);
CREATE INDEX enrichment_captures_open ON enrichment_captures (enrichment_id, position) WHERE outcome IS NULL;
CREATE INDEX enrichment_captures_outcomes ON enrichment_captures (enrichment_id, outcome, position);

CREATE TABLE items (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    capture_id TEXT NOT NULL,
    enrichment_id TEXT NOT NULL REFERENCES enrichments (id),
    run_id TEXT,
    version BIGINT NOT NULL,
    -- Empty, or the enrichment that made it again: so a capture has one item of a version, and one of each that was asked for again.
    generation TEXT NOT NULL,
    -- Whether it is the capture's newest.
    is_current BIGINT NOT NULL,
    min_price BIGINT,
    currency TEXT,
    available BIGINT NOT NULL,
    enriched_at BIGINT NOT NULL,
    content TEXT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (capture_id, version, generation)
);
CREATE INDEX items_newest ON items (organization_id, id) WHERE is_current = 1;
CREATE INDEX items_of_enrichments ON items (enrichment_id, id);
CREATE INDEX items_of_runs ON items (run_id, id) WHERE run_id IS NOT NULL;

-- What items are found by: category (and every one above it), brand, shop, language, attributes. Only of the newest item of a capture.
CREATE TABLE item_facets (
    organization_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    item_id TEXT NOT NULL REFERENCES items (id),
    PRIMARY KEY (organization_id, name, value, item_id)
);
CREATE INDEX item_facets_of_items ON item_facets (item_id, name);
