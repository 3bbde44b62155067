-- +goose Up
-- Append-only. position and hash are given by the sealer; ref makes a posting happen once.
create table ledger_transactions (
    id         text primary key,
    program_id text not null,
    kind       text not null,
    ref        text not null unique,
    at         bigint not null,
    position   bigint unique,
    prev_hash  blob,
    hash       blob
);
create index ledger_unsealed on ledger_transactions (at, id) where position is null;
create index ledger_program on ledger_transactions (program_id, id);
create table ledger_entries (
    transaction_id text not null references ledger_transactions (id),
    line           bigint not null,
    account        text not null,
    program_id     text not null,
    creator_id     text not null,
    currency       text not null,
    amount_minor   bigint not null,
    primary key (transaction_id, line)
);
create index ledger_entries_creator on ledger_entries (program_id, creator_id, transaction_id);
create table ledger_seal (
    id       bigint primary key,
    position bigint not null,
    hash     blob not null
);
create table balances (
    program_id       text not null,
    creator_id       text not null,
    currency         text not null,
    pending_minor    bigint not null,
    available_minor  bigint not null,
    in_transit_minor bigint not null,
    paid_minor       bigint not null,
    primary key (program_id, creator_id, currency)
);

create table commissions (
    id             text primary key,
    program_id     text not null references programs (id),
    conversion_id  text references conversions (id),
    partnership_id text not null references partnerships (id),
    creator_id     text not null references creators (id),
    kind           text not null,
    currency       text not null,
    earned_minor   bigint not null,
    reversed_minor bigint not null,
    status         text not null,
    rule           text not null,
    reason         text not null,
    hold_until     bigint not null,
    created_at     bigint not null,
    updated_at     bigint not null,
    approved_at    bigint,
    paid_at        bigint,
    payout_item_id text
);
create unique index commissions_once on commissions (conversion_id, partnership_id, kind) where conversion_id is not null;
create index commissions_program on commissions (program_id, status, id);
create index commissions_partnership on commissions (partnership_id, id);
create index commissions_due on commissions (hold_until) where status = 'pending';
create index commissions_unpaid on commissions (program_id, currency, creator_id, id) where status = 'approved' and payout_item_id is null;
create index commissions_item on commissions (payout_item_id, status, id) where payout_item_id is not null;
create table commission_events (
    id            text primary key,
    commission_id text not null references commissions (id),
    at            bigint not null,
    kind          text not null,
    amount_minor  bigint not null,
    actor_name    text not null,
    reason        text not null
);
create index commission_events_of on commission_events (commission_id, id);

create table payout_accounts (
    program_id text not null references programs (id),
    creator_id text not null references creators (id),
    method     text not null,
    payee      blob not null,
    details    blob not null,
    shown      text not null,
    changed_at bigint not null,
    changed_by text not null,
    primary key (program_id, creator_id)
);
create table payout_batches (
    id           text primary key,
    program_id   text not null references programs (id),
    currency     text not null,
    rail         text not null,
    status       text not null,
    total_minor  bigint not null,
    items        bigint not null,
    prepared_by  text not null,
    prepared_name text not null,
    approved_by  text not null,
    approved_name text not null,
    created_at   bigint not null,
    approved_at  bigint,
    sent_by      text not null,
    sent_name    text not null,
    sent_at      bigint,
    cancelled_at bigint,
    reached      text not null,
    file         blob,
    file_name    text not null,
    file_type    text not null,
    file_sha256  blob
);
create index payout_batches_program on payout_batches (program_id, id);
create index payout_batches_unfinished on payout_batches (id) where status in ('preparing', 'sending', 'cancelling');
create table payout_items (
    id           text primary key,
    batch_id     text not null references payout_batches (id),
    program_id   text not null references programs (id),
    creator_id   text not null references creators (id),
    currency     text not null,
    amount_minor bigint not null,
    status       text not null,
    provider_key text not null unique,
    method       text not null,
    payee        blob not null,
    details      blob not null,
    shown        text not null,
    fresh        boolean not null,
    failure      text not null,
    updated_at   bigint not null
);
create index payout_items_batch on payout_items (batch_id, id);
create index payout_items_open on payout_items (batch_id, status, id);
create index payout_items_returning on payout_items (batch_id) where status = 'returning';
create index payout_items_creator on payout_items (program_id, creator_id, id);
-- What a payout carries, and what was left of each commission then.
create table payout_parts (
    item_id       text not null references payout_items (id),
    commission_id text not null references commissions (id),
    amount_minor  bigint not null,
    primary key (item_id, commission_id)
);
create table payout_skips (
    batch_id     text not null references payout_batches (id),
    creator_id   text not null references creators (id),
    amount_minor bigint not null,
    reason       text not null,
    primary key (batch_id, creator_id)
);
