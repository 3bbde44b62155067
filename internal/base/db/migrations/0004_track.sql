-- +goose Up
create table links (
    id             text primary key,
    no             bigint not null unique,
    slug           text not null unique,
    program_id     text not null references programs (id),
    partnership_id text not null references partnerships (id),
    destination    text not null,
    created_at     bigint not null,
    updated_at     bigint not null,
    ended_at       bigint
);
create index links_partnership on links (partnership_id, id);
create index links_program on links (program_id, id);
create index links_changed on links (updated_at, id);
create table codes (
    id             text primary key,
    program_id     text not null references programs (id),
    partnership_id text not null references partnerships (id),
    code           text not null,
    code_folded    text not null,
    offer          text,
    created_at     bigint not null,
    ended_at       bigint
);
create unique index codes_current on codes (program_id, code_folded) where ended_at is null;
create index codes_program on codes (program_id, id);
create index codes_partnership on codes (partnership_id, id);

-- A node's click log is the first keeper of a click; these rows are the forwarder's copy.
create table clicks (
    node           text not null,
    no             bigint not null,
    program_id     text not null,
    partnership_id text not null,
    link_no        bigint not null,
    at             bigint not null,
    flags          bigint not null,
    device         text not null,
    country        text not null,
    referrer       text not null,
    sub_id         text not null,
    visitor        blob,
    primary key (node, no)
);
create index clicks_partnership on clicks (partnership_id, at);
create index clicks_age on clicks (at);
create table click_cursors (
    node text primary key,
    no   bigint not null
);
create table clicks_by_link (
    link_no    bigint not null,
    day        bigint not null,
    program_id text not null,
    people     bigint not null,
    marked     bigint not null,
    primary key (link_no, day)
);
create index clicks_by_link_program on clicks_by_link (program_id, day);
create table clicks_by_partnership (
    partnership_id text not null,
    day            bigint not null,
    program_id     text not null,
    people         bigint not null,
    marked         bigint not null,
    primary key (partnership_id, day)
);
create index clicks_by_partnership_program on clicks_by_partnership (program_id, day);
create table clicks_by_device (
    partnership_id text not null,
    day            bigint not null,
    device         text not null,
    program_id     text not null,
    people         bigint not null,
    primary key (partnership_id, day, device)
);

-- shops and what they send ------------------------------------------------------------------------------------------------------------------
create table store_connections (
    id              text primary key,
    program_id      text not null references programs (id),
    store           text not null,
    shop            text not null,
    namespace       text not null,
    secrets         blob not null,
    created_at      bigint not null,
    last_seen_at    bigint,
    refused         bigint not null,
    last_refused_at bigint,
    ended_at        bigint
);
create index store_connections_program on store_connections (program_id, id);
create table deliveries (
    id            text primary key,
    program_id    text not null,
    connection_id text not null,
    source        text not null,
    delivery_key  text not null,
    topic         text not null,
    received_at   bigint not null,
    raw           blob,
    headers       blob,
    body_sha256   blob not null,
    outcome       text not null,
    detail        text not null,
    conversion_id text
);
create unique index deliveries_key on deliveries (connection_id, delivery_key);
create index deliveries_program on deliveries (program_id, id);
create index deliveries_raw on deliveries (received_at) where raw is not null;

create table conversions (
    id             text primary key,
    program_id     text not null references programs (id),
    namespace      text not null,
    kind           text not null,
    action         text not null,
    external_id    text not null,
    status         text not null,
    test           boolean not null,
    currency       text not null,
    amount_minor   bigint not null,
    refunded_minor bigint not null,
    cancelled_at   bigint,
    customer       blob,
    customer_new   boolean,
    occurred_at    bigint not null,
    received_at    bigint not null,
    source         text not null,
    input          text not null,
    decision       text not null,
    content_sha256 blob not null,
    updated_at     bigint not null
);
create index conversions_program on conversions (program_id, id);
-- Reports read conversions from this index alone; the rows are wide.
create index conversions_occurred on conversions (program_id, occurred_at, id, test, cancelled_at, currency, amount_minor, refunded_minor);
create index conversions_external on conversions (program_id, external_id);
create table conversion_keys (
    program_id    text not null,
    namespace     text not null,
    kind          text not null,
    action        text not null,
    key           text not null,
    conversion_id text not null references conversions (id),
    primary key (program_id, namespace, kind, action, key)
);
create index conversion_keys_of on conversion_keys (conversion_id);
-- A refund or cancel may arrive before its sale; conversion_id is null until then.
create table conversion_changes (
    id            text primary key,
    program_id    text not null,
    namespace     text not null,
    kind          text not null,
    action        text not null,
    conversion_key text not null,
    change        text not null,
    external_id   text not null,
    currency      text not null,
    amount_minor  bigint not null,
    detail        text not null,
    occurred_at   bigint not null,
    received_at   bigint not null,
    source        text not null,
    conversion_id text references conversions (id)
);
create unique index conversion_changes_once on conversion_changes (program_id, namespace, kind, action, change, external_id);
create index conversion_changes_key on conversion_changes (program_id, namespace, kind, action, conversion_key);
create index conversion_changes_of on conversion_changes (conversion_id);
create table credits (
    conversion_id  text not null references conversions (id),
    partnership_id text not null references partnerships (id),
    share_bp       bigint not null,
    because        text not null,
    link_no        bigint,
    code_id        text,
    by_hand        boolean not null,
    primary key (conversion_id, partnership_id)
);
create index credits_partnership on credits (partnership_id, conversion_id);
create table reviews (
    id             text primary key,
    program_id     text not null references programs (id),
    partnership_id text,
    order_key      text not null,
    conversion_id  text,
    question       text not null,
    asked_by       text not null,
    outcome        text not null, -- '' while it is open
    answer         text not null,
    answered_by    text not null,
    asked_at       bigint not null,
    answered_at    bigint
);
create index reviews_open on reviews (program_id, asked_at) where answered_at is null;
create index reviews_of on reviews (partnership_id, id);
