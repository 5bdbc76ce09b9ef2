-- An organization's customer at Stripe, and with it the queue of those that are to be looked at.
CREATE TABLE stripe_customers (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    created_at BIGINT NOT NULL,
    -- It was deleted at Stripe; the organization may get another.
    deleted_at BIGINT,
    due_at BIGINT NOT NULL,
    -- Counts what asked for a look, so that whatever asks during one is not taken for answered.
    asked BIGINT NOT NULL DEFAULT 1,
    failures BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    reconciled_at BIGINT,
    leased_by TEXT,
    lease_expires_at BIGINT
);
CREATE UNIQUE INDEX stripe_customers_one ON stripe_customers (organization_id) WHERE deleted_at IS NULL;
CREATE INDEX stripe_customers_due ON stripe_customers (due_at) WHERE deleted_at IS NULL;

-- Events as they came, each once: nudges to look at somebody. Nothing is read from them but whom they are about.
CREATE TABLE stripe_events (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    customer TEXT,
    payment_intent TEXT,
    charge TEXT,
    attempts BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    last_error TEXT,
    done_at BIGINT,
    -- What came of it: `customer`, or why nothing did.
    outcome TEXT
);
CREATE INDEX stripe_events_due ON stripe_events (due_at) WHERE done_at IS NULL;
CREATE INDEX stripe_events_done ON stripe_events (done_at) WHERE done_at IS NOT NULL;

-- How far the list of events was read; a single row.
CREATE TABLE stripe_poll (
    one BIGINT PRIMARY KEY NOT NULL CHECK (one = 1),
    read_to BIGINT NOT NULL,
    polled_at BIGINT NOT NULL
);

-- What was paid and is granted: the row is the gate, written in the transaction of the lot's entry.
CREATE TABLE stripe_grants (
    invoice_id TEXT NOT NULL,
    line_id TEXT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- Null where credits were bought by themselves.
    plan TEXT,
    quantity BIGINT NOT NULL,
    credits BIGINT NOT NULL CHECK (credits > 0),
    subscription_id TEXT,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    paid_at BIGINT NOT NULL,
    -- Null where it was over before it was known of.
    lot_id TEXT,
    -- Credits that refunds wanted back so far, whether or not they were there.
    refund_asked BIGINT NOT NULL DEFAULT 0,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (invoice_id, line_id)
);
CREATE INDEX stripe_grants_newest ON stripe_grants (organization_id, starts_at);

-- What Stripe says of the organization's subscription, written whole each time it is looked at.
CREATE TABLE stripe_subscriptions (
    organization_id TEXT PRIMARY KEY NOT NULL REFERENCES organizations (id),
    id TEXT NOT NULL,
    status TEXT NOT NULL,
    plan TEXT,
    quantity BIGINT NOT NULL,
    period_starts_at BIGINT NOT NULL,
    period_ends_at BIGINT NOT NULL,
    ends_at BIGINT,
    next_plan TEXT,
    next_quantity BIGINT,
    next_at BIGINT,
    pending_until BIGINT,
    pay_url TEXT,
    as_of BIGINT NOT NULL
);

-- One trial for each organization for ever, and one for each person with a verified address.
CREATE TABLE trials (
    organization_id TEXT PRIMARY KEY NOT NULL REFERENCES organizations (id),
    -- Digest of the person's address: it outlives the person.
    person TEXT UNIQUE,
    lot_id TEXT NOT NULL,
    granted_at BIGINT NOT NULL
);

-- What an operator has to look at. Each is raised once.
CREATE TABLE billing_alarms (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    organization_id TEXT REFERENCES organizations (id),
    message TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    cleared_at BIGINT,
    PRIMARY KEY (kind, subject)
);

-- Since when a run waits for its turn: since it was made, or since it was started again.
ALTER TABLE runs ADD COLUMN waits_since BIGINT NOT NULL DEFAULT 0;
UPDATE runs SET waits_since = created_at;
CREATE INDEX runs_of_an_organization_alive ON runs (organization_id, waits_since) WHERE ended_at IS NULL;
