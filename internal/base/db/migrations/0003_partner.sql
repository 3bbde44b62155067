-- +goose Up
create table program_terms (
    program_id text primary key references programs (id),
    terms      text not null,
    updated_at bigint not null
);
create table partner_groups (
    id          text primary key,
    program_id  text not null references programs (id),
    name        text not null,
    name_folded text not null,
    terms       text,
    created_at  bigint not null,
    updated_at  bigint not null
);
create unique index partner_groups_name on partner_groups (program_id, name_folded);
create table partnerships (
    id         text primary key,
    program_id text not null references programs (id),
    creator_id text not null references creators (id),
    group_id   text references partner_groups (id),
    status     text not null,
    terms      text,
    note       text not null,
    import_id  text not null,
    created_at bigint not null,
    updated_at bigint not null,
    owner_id     text not null default '', -- the user who sees to it
    next_step    text not null default '',
    next_step_at bigint,
    lost_because text not null default ''
);
create index partnerships_next on partnerships (program_id, next_step_at) where next_step_at is not null;
create unique index partnerships_creator on partnerships (program_id, creator_id);
create index partnerships_by_creator on partnerships (creator_id);
create index partnerships_status on partnerships (program_id, status, id);
create index partnerships_import on partnerships (import_id) where import_id <> '';
create table partnership_events (
    id             text primary key,
    partnership_id text not null references partnerships (id),
    at             bigint not null,
    kind           text not null,
    actor_name     text not null,
    text           text not null
);
create index partnership_events_of on partnership_events (partnership_id, id);

create table messages (
    id             text primary key,
    program_id     text not null references programs (id),
    partnership_id text not null references partnerships (id),
    from_creator   boolean not null,
    author_name    text not null,
    body           text not null,
    at             bigint not null,
    read_at        bigint,
    channel        text not null default 'portal' -- portal; dm: sent by hand on the creator's platform; mail
);
create index messages_of on messages (partnership_id, id);
create index messages_unread on messages (from_creator, partnership_id, id) where read_at is null;

create table campaigns (
    id         text primary key,
    program_id text not null references programs (id),
    name       text not null,
    brief      text not null,
    status     text not null,
    starts_at  bigint,
    ends_at    bigint,
    created_at bigint not null,
    updated_at bigint not null
);
create index campaigns_program on campaigns (program_id, id);
create table tasks (
    id             text primary key,
    program_id     text not null references programs (id),
    campaign_id    text not null references campaigns (id),
    partnership_id text not null references partnerships (id),
    status         text not null,
    url            text not null,
    note           text not null,
    due_at         bigint,
    created_at     bigint not null,
    updated_at     bigint not null
);
create unique index tasks_campaign on tasks (campaign_id, partnership_id);
create index tasks_of on tasks (partnership_id, status, id);

-- Applications: how creators come in by themselves. A form belongs to a program; its slug is part of a public address.
create table application_forms (
    program_id text primary key references programs (id),
    slug       text not null,
    open       boolean not null,
    intro      text not null,
    questions  text not null,
    rules      text not null,
    updated_at bigint not null
);
create unique index application_forms_slug on application_forms (slug);
-- What somebody sent stays sealed until they have shown that the address is theirs; creator_id is '' until then.
create table applications (
    id             text primary key,
    program_id     text not null references programs (id),
    creator_id     text not null,
    partnership_id text not null,
    state          text not null,
    token_hash     blob not null,
    sealed         blob,
    shown          boolean not null,
    answers        text not null,
    terms_said     text not null,
    decision       text not null,
    decided_by     text not null,
    reason         text not null,
    created_at     bigint not null,
    confirmed_at   bigint,
    decided_at     bigint
);
create unique index applications_token on applications (token_hash);
create index applications_program on applications (program_id, state, id);
create index applications_creator on applications (creator_id);
create index applications_partnership on applications (partnership_id);
create index applications_waiting on applications (id) where state = 'waiting';
create index applications_unconfirmed on applications (created_at) where state = 'unconfirmed';
-- A brand's standing offer to one creator, and what they said yes to.
create table invitations (
    partnership_id text primary key,
    invited_at     bigint not null,
    invited_by     text not null,
    accepted_at    bigint,
    terms_said     text not null
);
create table first_sales (
    partnership_id text primary key,
    told_at        bigint not null
);

-- Who already talks about a brand: a post or an order that shows it, once for each account and post.
create table mentions (
    id            text primary key,
    program_id    text not null references programs (id),
    platform      text not null,
    handle        text not null,
    handle_folded text not null,
    account       text not null, -- the platform's own id, '' where unknown
    name          text not null,
    kind          text not null, -- tag, mention, keyword, order, search
    evidence      text not null, -- the platform's id of the post, or the order's number
    url           text not null,
    excerpt       text not null,
    word          text not null, -- that found it
    source        text not null,
    posted_at     bigint,
    found_at      bigint not null,
    refreshed_at  bigint not null,
    state         text not null, -- new, prospect, dismissed
    creator_id    text not null,
    decided_by    text not null,
    decided_at    bigint
);
create unique index mentions_once on mentions (program_id, platform, handle_folded, evidence);
create index mentions_state on mentions (program_id, state, id);
create index mentions_creator on mentions (creator_id) where creator_id <> '';
create index mentions_age on mentions (source, refreshed_at);
-- What videos are looked for.
create table mention_words (
    program_id  text not null references programs (id),
    word        text not null,
    word_folded text not null,
    about       text not null, -- brand or category
    added_by    text not null,
    added_at    bigint not null,
    asked_at    bigint,
    found       bigint not null,
    failure     text not null,
    primary key (program_id, word_folded)
);
create index mention_words_due on mention_words (coalesce(asked_at, 0));
-- The brand's own account, in whose name others are looked for.
create table brand_accounts (
    program_id     text not null references programs (id),
    platform       text not null,
    account        text not null,
    handle         text not null,
    token          blob,
    access_until   bigint,
    scopes         text not null,
    state          text not null,
    connected_by   text not null,
    connected_at   bigint not null,
    next_at        bigint,
    last_ok_at     bigint,
    failures       bigint not null,
    failure_kind   text not null,
    failure_detail text not null,
    primary key (program_id, platform)
);
create index brand_accounts_account on brand_accounts (platform, account);
-- What a platform told by webhook and nobody has read yet.
create table mention_notes (
    account  text not null,
    media    text not null,
    comment  text not null,
    told_at  bigint not null,
    primary key (account, media, comment)
);
-- Answers of platforms that are used again for a day, so that the same search costs once.
create table platform_answers (
    platform text not null,
    key      text not null,
    body     text not null,
    at       bigint not null,
    primary key (platform, key)
);
create index platform_answers_age on platform_answers (at);
create table instagram_hashtags (
    account    text not null,
    tag        text not null,
    hashtag_id text not null, -- '' where nobody uses it
    asked_at   bigint not null,
    primary key (account, tag)
);
create index partnerships_updated on partnerships (updated_at); -- for the search index

-- outreach -----------------------------------------------------------------------------------------------------------------------------------
create table message_templates (
    id         text primary key,
    program_id text not null references programs (id),
    name       text not null,
    subject    text not null, -- '' for a direct message
    body       text not null,
    updated_at bigint not null
);
create index message_templates_of on message_templates (program_id, id);
create table outreach_skips (      -- who is not to be offered in the queue before a moment
    partnership_id text primary key, -- no foreign key: an undone import takes its prospects away
    until_at       bigint not null
);

create table outreach_prepared (    -- whom somebody chose to be offered first in the queue of direct messages
    partnership_id text primary key, -- no foreign key: an undone import takes its prospects away
    program_id     text not null references programs (id),
    prepared_by    text not null,
    prepared_at    bigint not null
);
create index outreach_prepared_of on outreach_prepared (program_id, prepared_at, partnership_id);
-- sequences of mails ---------------------------------------------------------------------------------------------------------------------------
create table sequences (
    id         text primary key,
    program_id text not null references programs (id),
    name       text not null,
    steps      text not null, -- JSON: the words, with the days after the step before
    sender     text not null, -- the name of who writes
    created_at bigint not null,
    stopped_at bigint
);
create index sequences_of on sequences (program_id, id);
create table enrolments (
    id             text primary key,
    program_id     text not null references programs (id),
    sequence_id    text not null references sequences (id),
    partnership_id text not null, -- no foreign key: an undone import takes its prospects away
    step           bigint not null, -- the next one, from 0
    state          text not null, -- running, done or stopped
    reason         text not null, -- why it was stopped
    enrolled_by    text not null,
    enrolled_at    bigint not null,
    last_sent_at   bigint,
    next_at        bigint, -- when to look again; null once it is over
    tries          bigint not null, -- of the next mail that failed, in a row
    trouble        text not null -- what the last one failed by, in words for people
);
create index enrolments_sequence on enrolments (sequence_id, id);
create unique index enrolments_once on enrolments (sequence_id, partnership_id);
create index enrolments_partnership on enrolments (partnership_id);
create index enrolments_due on enrolments (program_id, next_at) where next_at is not null;
create table sequence_sends (
    enrolment_id   text not null,
    step           bigint not null,
    program_id     text not null references programs (id),
    partnership_id text not null,
    mail_id        text not null,
    message_id     text not null,
    at             bigint not null,
    primary key (enrolment_id, step)
);
create index sequence_sends_program on sequence_sends (program_id, at);
create index sequence_sends_partnership on sequence_sends (partnership_id);
create unique index sequence_sends_mail on sequence_sends (mail_id);
create table sending_pace ( -- also the lock that lets one runner send for a program at a time
    program_id text primary key references programs (id),
    per_day    bigint not null,
    per_hour   bigint not null,
    held_at    bigint not null
);
create table bad_addresses ( -- no mail arrives there; as keyed hashes
    program_id text not null references programs (id),
    hash       blob not null,
    at         bigint not null,
    primary key (program_id, hash)
);
-- mail that came in -----------------------------------------------------------------------------------------------------------------------------
create table letters_taken ( -- a letter is taken once, however often and by whichever way it comes
    hash blob primary key,   -- of its Message-ID, keyed
    at   bigint not null
);
create index letters_taken_at on letters_taken (at);
create table letters (       -- of which nobody's conversation could be proven; kept 30 days
    id             text primary key,
    program_id     text references programs (id), -- null: for those who may see every program
    partnership_id text,     -- whose address it names; a guess. No foreign key: an undone import takes its prospects away
    sender         text not null,
    sender_name    text not null,
    subject        text not null,
    body           text not null,
    at             bigint not null
);
create index letters_of on letters (program_id, id);
create index letters_partnership on letters (partnership_id) where partnership_id is not null;
create index letters_at on letters (at);
create table mailboxes (     -- up to where each was read
    hash         blob primary key, -- of host, account and folder
    uid_validity bigint not null,
    last_uid     bigint not null,
    looked_at    bigint,           -- when it was last read to its end
    trouble      text not null     -- what has come between since: unreachable, password, folder or answers; '' for nothing
);
