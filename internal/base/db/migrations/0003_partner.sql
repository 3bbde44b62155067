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
    updated_at bigint not null
);
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
    read_at        bigint
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
