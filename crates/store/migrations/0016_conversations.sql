-- Conversations with the assistant: each is one person's or one key's.
CREATE TABLE conversations (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    person_id TEXT,
    api_key_id TEXT,
    -- Empty until the first message gives it one.
    title TEXT NOT NULL,
    messages BIGINT NOT NULL DEFAULT 0,
    credits_spent BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    CHECK ((person_id IS NULL) <> (api_key_id IS NULL))
);
CREATE INDEX conversations_of_people ON conversations (organization_id, person_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX conversations_of_keys ON conversations (organization_id, api_key_id, updated_at, id) WHERE deleted_at IS NULL;

-- A question with its answer. A deleted one keeps what it took, so that the ledger still agrees.
CREATE TABLE messages (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    -- 1, 2, 3 within its conversation.
    number BIGINT NOT NULL,
    api_key_id TEXT,
    question TEXT NOT NULL,
    -- The page of the dashboard that it was asked on.
    page TEXT,
    answer TEXT NOT NULL DEFAULT '',
    -- Calls of tools, and what was drafted, in their order.
    steps TEXT NOT NULL DEFAULT '[]',
    model TEXT NOT NULL,
    status TEXT NOT NULL,
    end_reason TEXT,
    error_message TEXT,
    -- Somebody wants it to end.
    stop_asked BIGINT NOT NULL DEFAULT 0,
    hold_id TEXT NOT NULL,
    prompt_tokens BIGINT NOT NULL DEFAULT 0,
    completion_tokens BIGINT NOT NULL DEFAULT 0,
    credits_spent BIGINT NOT NULL DEFAULT 0 CHECK (credits_spent >= 0),
    shortfall BIGINT NOT NULL DEFAULT 0 CHECK (shortfall >= 0),
    -- 1 where it was debited.
    debits BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    -- The process that makes its answer was alive at this instant.
    beat_at BIGINT NOT NULL,
    ended_at BIGINT,
    deleted_at BIGINT,
    UNIQUE (conversation_id, number)
);
-- One at a time within a conversation.
CREATE UNIQUE INDEX messages_alive ON messages (conversation_id) WHERE ended_at IS NULL;
CREATE INDEX messages_beating ON messages (beat_at) WHERE ended_at IS NULL;
CREATE INDEX messages_debited ON messages (organization_id, created_at) WHERE debits > 0;

-- What each call of the model took, as far as it is known: written when its answer begins and while it comes.
CREATE TABLE message_calls (
    message_id TEXT NOT NULL REFERENCES messages (id),
    number BIGINT NOT NULL,
    prompt_tokens BIGINT NOT NULL CHECK (prompt_tokens >= 0),
    completion_tokens BIGINT NOT NULL CHECK (completion_tokens >= 0),
    -- Whether the endpoint said so, or the texts were counted here.
    is_told BIGINT NOT NULL,
    PRIMARY KEY (message_id, number)
);
CREATE INDEX holds_of_things ON holds (reference_id);
