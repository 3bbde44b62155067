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
    sponsored   boolean,                  -- the platform's own disclosure flag; null is unknown
    url         text not null default '', -- of the post's page
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
create index creator_contacts_address on creator_contacts (email_folded);
create index creator_contacts_import on creator_contacts (import_id) where import_id <> '';
create index creator_contacts_creator on creator_contacts (creator_id);

-- what is known of people beyond figures ---------------------------------------------------------------------------------------------------
-- As for contacts, program_id '' is what serves every program. Evidence is a post and its date; without a post somebody said so.
create table creator_tags (
    program_id  text not null,
    creator_id  text not null references creators (id),
    kind        text not null, -- topic, value or tag
    text        text not null,
    text_folded text not null,
    post_id     text not null,
    posted_at   bigint,
    source      text not null, -- entered, import, or what found it
    made_by     text not null, -- the person's name for what was entered
    at          bigint not null,
    import_id   text not null,
    primary key (program_id, creator_id, kind, text_folded)
);
create index creator_tags_creator on creator_tags (creator_id);
create index creator_tags_text on creator_tags (program_id, kind, text_folded);
create index creator_tags_import on creator_tags (import_id) where import_id <> '';
create table creator_notes (
    id         text primary key,
    program_id text not null references programs (id),
    creator_id text not null references creators (id),
    text       text not null,
    made_by    text not null,
    at         bigint not null
);
create index creator_notes_of on creator_notes (creator_id, program_id, id);
create table creator_lists (
    id          text primary key,
    program_id  text not null references programs (id),
    name        text not null,
    name_folded text not null,
    made_by     text not null,
    created_at  bigint not null
);
create unique index creator_lists_name on creator_lists (program_id, name_folded);
create table creator_list_members (
    list_id    text not null references creator_lists (id),
    creator_id text not null references creators (id),
    made_by    text not null,
    at         bigint not null,
    primary key (list_id, creator_id)
);
create index creator_list_members_of on creator_list_members (creator_id);
create table creator_collaborations (
    id           text primary key,
    program_id   text not null,
    creator_id   text not null references creators (id),
    brand        text not null,
    brand_folded text not null,
    post_id      text not null,
    at           bigint not null, -- 0 is unknown
    source       text not null,
    note         text not null,
    made_by      text not null,
    import_id    text not null,
    created_at   bigint not null
);
create unique index creator_collaborations_once on creator_collaborations (creator_id, program_id, brand_folded, post_id, at);
create index creator_collaborations_brand on creator_collaborations (brand_folded, creator_id);
create index creator_collaborations_import on creator_collaborations (import_id) where import_id <> '';
-- What a creator asks for a post, as a program was told.
create table creator_prices (
    program_id      text not null,
    creator_id      text not null references creators (id),
    asking_minor    bigint not null,
    asking_currency text not null,
    source          text not null,
    at              bigint not null,
    import_id       text not null,
    primary key (program_id, creator_id)
);
create index creator_prices_creator on creator_prices (creator_id);
create index creator_prices_import on creator_prices (import_id) where import_id <> '';
-- Shares of one dimension from one source at one time sum to at most 10,000 basis points. program_id '' is a public list; else the creator
-- or somebody told that program.
create table profile_audiences (
    profile_id text not null references profiles (id),
    program_id text not null,
    source     text not null,
    taken_at   bigint not null,
    dimension  text not null, -- country, age, gender, city
    key        text not null,
    share_bp   bigint not null,
    made_by    text not null,
    import_id  text not null,
    primary key (profile_id, program_id, source, taken_at, dimension, key)
);
create index profile_audiences_import on profile_audiences (import_id, profile_id) where import_id <> '';
create table post_comments (
    post_id     text not null references posts (id),
    platform_id text not null,
    at          bigint,
    text        text not null,
    author      blob not null, -- keyed hash: who wrote is nobody's business, whether two are by one is
    seen_at     bigint not null,
    primary key (post_id, platform_id)
);
-- Who asked to be left alone, as keyed hashes. program_id '' holds in the whole installation.
create table suppressions (
    hash       blob not null,
    program_id text not null,
    kind       text not null, -- email or account
    reason     text not null,
    made_by    text not null,
    at         bigint not null,
    primary key (hash, program_id)
);
create index suppressions_program on suppressions (program_id, at);
-- Erasures that were begun; one without ended_at is taken up again.
create table creator_erasures (
    creator_id text primary key,
    began_at   bigint not null,
    ended_at   bigint
);
-- Which mapping a source's files were read with.
create table import_sources (
    program_id  text not null,
    name_folded text not null,
    name        text not null,
    header      text not null, -- fingerprint of the column titles
    mapping     text not null,
    used_at     bigint not null,
    primary key (program_id, name_folded)
);
create index import_sources_header on import_sources (program_id, header);

-- benchmarks and check-ups -----------------------------------------------------------------------------------------------------------------
-- A program's rows beside the published ones, which come with the software. replaces names the published one that a row stands for; a removed
-- row hides it. own rows are computed from the program's creators. Figures are decimals as text, exactly as they were entered.
create table benchmarks (
    id         text primary key,
    program_id text not null references programs (id),
    replaces   text not null,
    removed    boolean not null,
    own        boolean not null,
    platform   text not null,
    tier       text not null,
    country    text not null,
    metric     text not null,
    formula    text not null,
    low        text not null,
    median     text not null,
    high       text not null,
    unit       text not null,
    note       text not null,
    as_of      text not null,
    source     text not null,
    url        text not null,
    sample     bigint not null,
    updated_at bigint not null
);
create index benchmarks_program on benchmarks (program_id, id);
create unique index benchmarks_replaced on benchmarks (program_id, replaces) where replaces <> '';
-- The newest report of a creator in a program. The figures beside it are what own benchmarks are computed from; null is unknown.
create table vetting_reports (
    program_id         text not null references programs (id),
    creator_id         text not null references creators (id),
    profile_id         text not null,
    platform           text not null,
    tier               text not null,
    country            text not null,
    verdict            text not null,
    score              bigint,          -- null where it may not or cannot be computed
    formula            text not null,
    engagement_ppm     bigint,
    view_rate_ppm      bigint,
    likes_milli        bigint,          -- thousandths of likes per comment
    report             text not null,
    made_at            bigint not null,
    overruled          text not null,
    overruled_note     text not null,
    overruled_by       text not null,
    overruled_at       bigint,
    primary key (program_id, creator_id)
);
create index vetting_reports_creator on vetting_reports (creator_id);
create table vetting_lists (
    program_id text not null references programs (id),
    category   text not null,
    weight     text not null, -- off, note, warn or never
    words      text not null, -- a line each
    updated_at bigint not null,
    primary key (program_id, category)
);
-- seen is the partnership up to which new ones have a report; reports made before changed_at are out of date.
create table vetting_settings (
    program_id text primary key references programs (id),
    wanted     text not null,
    seen       text not null,
    changed_at bigint not null
);

-- What the platforms let us know (edge/platforms). The operator's own application at each platform; sealed holds its secrets.
create table platform_apps (
    platform    text primary key,
    client_id   text not null,
    extra       text not null,
    daily_limit bigint not null,
    sealed      blob not null,
    updated_at  bigint not null
);
create table platform_terms (
    terms         text primary key,
    accepted_by   text not null,
    accepted_name text not null,
    accepted_at   bigint not null
);
-- One account that a creator lets one program read. Whoever uses it holds the lease, so a refresh token that may be spent once is spent once.
create table platform_connections (
    id             text primary key,
    program_id     text not null references programs (id),
    creator_id     text not null,
    profile_id     text not null,
    platform       text not null,
    account        text not null,
    handle         text not null,
    state          text not null,
    scopes         text not null,
    token          blob,
    access_until   bigint,
    token_until    bigint,
    connected_at   bigint not null,
    last_ok_at     bigint,
    next_at        bigint,
    page_cursor    text not null,
    failures       bigint not null,
    failure_kind   text not null,
    failure_detail text not null,
    failed_at      bigint,
    notes          text not null,
    told_at        bigint,
    lease_until    bigint not null,
    ended_at       bigint
);
create index platform_connections_program on platform_connections (program_id, id);
create index platform_connections_creator on platform_connections (creator_id);
create index platform_connections_due on platform_connections (next_at) where next_at is not null;
-- A consent that is being asked for. The browser brings the state back; whose session it was and who they were is here.
create table platform_consents (
    state_hash     blob primary key,
    session_id     text not null,
    program_id     text not null,
    partnership_id text not null,
    creator_id     text not null,
    connection_id  text not null, -- that is made anew, or ''
    platform       text not null,
    verifier       blob not null,
    expires_at     bigint not null
);
-- An account that somebody connected and that is known as another creator's: a person decides.
create table platform_conflicts (
    id          text primary key,
    program_id  text not null references programs (id),
    creator_id  text not null,
    other_id    text not null,
    platform    text not null,
    handle      text not null,
    made_at     bigint not null,
    settled_at  bigint
);
create unique index platform_conflicts_open on platform_conflicts (program_id, creator_id, platform, handle) where settled_at is null;
-- What is held of a profile from one origin (a connection, or a platform's public data), so that it is refreshed or deleted in time.
create table platform_holdings (
    profile_id text not null,
    origin     text not null,
    platform   text not null,
    fetched_at bigint not null,
    primary key (profile_id, origin)
);
create index platform_holdings_age on platform_holdings (platform, fetched_at);
-- Figures that only an account's owner sees, for the program they connected for.
create table platform_insights (
    profile_id text not null,
    program_id text not null,
    origin     text not null,
    metric     text not null,
    value      bigint not null,
    is_rate    boolean not null, -- value is parts per million
    from_at    bigint not null,
    to_at      bigint not null,
    fetched_at bigint not null,
    primary key (profile_id, origin, metric, from_at, to_at)
);
create table platform_quota (
    platform  text not null,
    bucket    text not null,
    account   text not null,
    window_at bigint not null,
    used      bigint not null,
    primary key (platform, bucket, account, window_at)
);
create index platform_quota_age on platform_quota (window_at);
create table platform_pauses (
    platform text not null,
    bucket   text not null,
    account  text not null,
    until_at bigint not null,
    because  text not null,
    primary key (platform, bucket, account)
);

-- discovery --------------------------------------------------------------------------------------------------------------------------------
-- The search index asks every few seconds what changed.
create index creators_updated on creators (updated_at);
create index creator_contacts_updated on creator_contacts (updated_at);
create index vetting_reports_made on vetting_reports (made_at);
create index vetting_reports_overruled on vetting_reports (overruled_at) where overruled_at is not null;
-- Who a program wants to reach, as a document.
create table target_profiles (
    id         text primary key,
    program_id text not null references programs (id),
    name       text not null,
    body       text not null,
    made_by    text not null,
    updated_at bigint not null
);
create index target_profiles_program on target_profiles (program_id, id);
-- Searches that tell of new matches. The first time a search is run, what it finds is known already: then it is primed.
create table saved_searches (
    id         text primary key,
    program_id text not null references programs (id),
    user_id    text not null references users (id),
    name       text not null,
    query      text not null,
    address    text not null,
    primed     boolean not null,
    looked_at  bigint not null,
    told_at    bigint not null, -- 0 is never
    created_at bigint not null
);
create index saved_searches_of on saved_searches (program_id, user_id, id);
create index saved_searches_due on saved_searches (looked_at);
create table saved_search_hits (
    search_id  text not null references saved_searches (id),
    creator_id text not null,
    state      text not null, -- new, told, known
    at         bigint not null,
    primary key (search_id, creator_id)
);
create index saved_search_hits_creator on saved_search_hits (creator_id);
-- Where an embeddings service put a creator's texts. The digest is of model and text: another one is asked for again.
create table creator_vectors (
    creator_id text primary key,
    model      text not null,
    digest     blob not null,
    vector     blob not null, -- numbers of 4 bytes, little-endian, in one of unit length
    made_at    bigint not null
);
-- The topics of this installation, beside the built-in ones or in the place of one. One index serves all programs, so they hold for every program.
-- The id is a path such as food.tea; words is a JSON list. Every change has a later changed_at than all before it.
create table own_topics (
    id         text primary key,
    name       text not null,
    words      text not null,
    changed_at bigint not null,
    changed_by text not null
);
