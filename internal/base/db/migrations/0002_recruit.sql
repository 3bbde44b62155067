-- +goose Up
-- An import's rows are visible once its state is 'visible'; import_id is '' for rows that came one by one. An import without finished_at is at
-- work, or was cut off if its lease has run out.
create table imports (
    id          text primary key,
    program_id  text not null,
    kind        text not null,
    source      text not null,
    mapping     text not null,
    state       text not null,
    rows_read   bigint not null,
    rows_taken  bigint not null,
    rows_known  bigint not null,
    rows_refused bigint not null,
    made_by     text not null,
    lease_until bigint not null,
    settled     text not null,
    created_at  bigint not null,
    finished_at bigint
);
create index imports_program on imports (program_id, id);
create index imports_working on imports (id) where finished_at is null;
create index imports_hidden on imports (id) where state <> 'visible';
-- The profiles that a file named. Stale ones must be made anew from their snapshots and posts.
create table import_profiles (
    import_id  text not null,
    profile_id text not null,
    stale      boolean not null,
    primary key (import_id, profile_id)
);
create index import_profiles_stale on import_profiles (import_id, profile_id) where stale; -- few of many: most files name a profile once
create table import_refusals (
    import_id text not null references imports (id),
    line      bigint not null,
    reason    text not null,
    primary key (import_id, line)
);

-- Name and tier are public facts. What a merchant knows beyond that hangs on (program, creator): see creator_contacts and partnerships.
create table creators (
    id              text primary key,
    name            text not null,
    name_folded     text not null,
    main_profile_id text,
    tier            text not null,
    followers       bigint,
    country         text not null,
    language        text not null,
    search          text not null default '',
    import_id       text not null,
    created_at      bigint not null,
    updated_at      bigint not null
);
create index creators_name on creators (name_folded, id, search, import_id); -- searches read this alone, in the order of names
create index creators_followers on creators (coalesce(followers, -1), id);
create index creators_tier on creators (tier, coalesce(followers, -1), id);
create index creators_import on creators (import_id) where import_id <> '';
create table profiles (
    id            text primary key,
    creator_id    text not null references creators (id),
    platform      text not null,
    handle        text not null,
    handle_folded text not null,
    url           text not null,
    display_name  text not null,
    bio           text not null,
    country       text not null,
    language      text not null,
    category      text not null,
    verified      boolean not null,
    followers     bigint,
    following     bigint,
    posts_total   bigint,
    likes_total   bigint,
    tier          text not null,
    engagement_ppm bigint,
    engagement_formula text not null default '',
    counted_at    bigint,
    import_id     text not null,
    created_at    bigint not null,
    updated_at    bigint not null
);
create unique index profiles_handle on profiles (platform, handle_folded);
create index profiles_creator on profiles (creator_id);
create index profiles_import on profiles (import_id) where import_id <> '';

-- What a profile showed at a moment. The row in profiles is made of these, so an undone import takes its figures with it.
create table snapshots (
    profile_id     text not null references profiles (id),
    taken_at       bigint not null,
    source         text not null,
    followers      bigint,
    following      bigint,
    posts_total    bigint,
    likes_total    bigint,
    engagement_avg bigint,
    authentic_engagement_avg bigint,
    views_avg      bigint,
    likes_avg      bigint,
    comments_avg   bigint,
    shares_avg     bigint,
    audience_country text not null,
    details        text not null,
    import_id      text not null,
    primary key (profile_id, taken_at, source)
);
create index snapshots_import on snapshots (import_id, profile_id) where import_id <> '';
create table posts (
    id          text primary key,
    profile_id  text not null references profiles (id),
    platform_id text not null,
    posted_at   bigint,
    caption     text not null,
    hashtags    text not null,
    seconds     bigint,
    import_id   text not null
);
create unique index posts_platform on posts (profile_id, platform_id);
create index posts_profile on posts (profile_id, posted_at);
create index posts_import on posts (import_id, profile_id) where import_id <> '';
create table post_counts (
    post_id   text not null references posts (id),
    seen_at   bigint not null,
    views     bigint,
    likes     bigint,
    comments  bigint,
    shares    bigint,
    saves     bigint,
    import_id text not null,
    primary key (post_id, seen_at)
);
create index post_counts_import on post_counts (import_id, post_id) where import_id <> '';

-- program_id '' is what somebody with rights in the whole installation entered for every program.
create table creator_contacts (
    program_id   text not null,
    creator_id   text not null references creators (id),
    email        text not null,
    email_folded text not null,
    phone        text not null,
    note         text not null,
    import_id    text not null,
    updated_at   bigint not null,
    primary key (program_id, creator_id)
);
create index creator_contacts_email on creator_contacts (program_id, email_folded);
create index creator_contacts_import on creator_contacts (import_id) where import_id <> '';
create index creator_contacts_creator on creator_contacts (creator_id);
