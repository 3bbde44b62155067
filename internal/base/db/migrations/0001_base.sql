-- +goose Up
create table heartbeat (
    id bigint primary key,
    at bigint not null
);
insert into heartbeat (id, at) values (1, 0);

create table installation (
    key   text primary key,
    value text not null
);

-- events ------------------------------------------------------------------------------------------------------------------------------------
create table outbox (
    id         text primary key,
    seq        bigint unique,
    topic      text not null,
    program_id text not null,
    payload    text not null,
    created_at bigint not null
);
create index outbox_waiting on outbox (created_at, id) where seq is null;
create table outbox_sequence (
    id   bigint primary key,
    last bigint not null
);
insert into outbox_sequence (id, last) values (1, 0);
create table outbox_cursors (
    consumer text primary key,
    seq      bigint not null
);
create table outbox_parked (
    consumer  text not null,
    event_id  text not null,
    error     text not null,
    parked_at bigint not null,
    primary key (consumer, event_id)
);

-- programs ----------------------------------------------------------------------------------------------------------------------------------
create table programs (
    id                   text primary key,
    name                 text not null,
    currency             text not null,
    timezone             text not null,
    colour               text not null,
    logo_blob            text,
    sites                text not null,
    attribution_model    text not null,
    window_days          bigint not null,
    prefer               text not null,
    hold_days            bigint not null,
    payout_schedule      text not null,
    payout_minimum_minor bigint not null,
    click_parameter      text not null,
    created_at           bigint not null,
    updated_at           bigint not null
);

-- people, keys, sessions --------------------------------------------------------------------------------------------------------------------
create table users (
    id                text primary key,
    kind              text not null,
    email             text not null,
    email_folded      text not null,
    name              text not null,
    password_hash     text,
    creator_id        text,
    installation_role text,
    language          text not null,
    created_at        bigint not null,
    disabled_at       bigint
);
create unique index users_merchant_email on users (email_folded) where kind = 'merchant';
create unique index users_creator on users (creator_id) where kind = 'creator';
create index users_creator_email on users (email_folded) where kind = 'creator';
create table user_roles (
    user_id    text not null references users (id),
    program_id text not null references programs (id),
    role       text not null,
    created_at bigint not null,
    primary key (user_id, program_id)
);
create index user_roles_program on user_roles (program_id);
create table sessions (
    token_hash       blob primary key,
    user_id          text not null references users (id),
    created_at       bigint not null,
    seen_at          bigint not null,
    expires_at       bigint not null,
    authenticated_at bigint not null,
    viewing_as       text,
    agent            text not null
);
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);
create table login_links (
    token_hash blob primary key,
    user_id    text not null references users (id),
    purpose    text not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at    bigint,
    made_by    text not null
);
create index login_links_user on login_links (user_id);
create table login_attempts (
    subject    text not null,
    window_at  bigint not null,
    failures   bigint not null,
    primary key (subject, window_at)
);
create table api_keys (
    id         text primary key,
    name       text not null,
    token_hash blob not null unique,
    shown      text not null,
    user_id    text references users (id),
    scopes     text not null,
    created_at bigint not null,
    used_at    bigint,
    revoked_at bigint
);

create table audit (
    id         text primary key,
    at         bigint not null,
    program_id text not null,
    actor_kind text not null,
    actor_id   text not null,
    actor_name text not null,
    action     text not null,
    subject    text not null,
    before     text,
    after      text,
    note       text not null
);
create index audit_program on audit (program_id, id);
create index audit_subject on audit (subject, id);

create table idempotency (
    principal    text not null,
    key          text not null,
    request_hash blob not null,
    status       bigint not null,
    body         text not null,
    created_at   bigint not null,
    primary key (principal, key)
);
create index idempotency_age on idempotency (created_at);

-- files and messages out --------------------------------------------------------------------------------------------------------------------
create table blobs (
    id         text primary key,
    media_type text not null,
    sha256     blob not null,
    size       bigint not null,
    content    blob not null,
    created_at bigint not null
);
create table mails (
    id         text primary key,
    program_id text not null,
    recipient  blob not null,    -- sealed, as are subject and body
    subject    blob not null,
    body       blob,             -- null once the mail is sent
    headers    blob,             -- sealed too; null where there are none, and once the mail is sent
    state      text not null,
    attempts   bigint not null,  -- begun so far
    claim      text not null,    -- the attempt that is sending, or ''
    claimed_at bigint,
    error      text not null,
    created_at bigint not null,
    sent_at    bigint
);
create index mails_state on mails (state, created_at);

-- work that comes round --------------------------------------------------------------------------------------------------------------------
create table periodic_tasks (
    name       text primary key,
    due_at     bigint not null,
    claim      text not null,    -- the run that holds it, or ''
    held_until bigint not null,  -- a run that died lets go then
    began_at   bigint not null,
    ended_at   bigint,
    failures   bigint not null,  -- in a row
    error      text not null
);
