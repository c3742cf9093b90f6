"""What Parley remembers: plain functions fn(conn, site, ...), the same on SQLite and PostgreSQL.

    database = await Database.open(url, folder)           bot.store.database
    recorded = await database.write(comments.record, site, submission, ...)
    page = await database.read(queue.page, site, QueueFilter(), None, 50)

Each call of `read` or `write` is one transaction; `write` answers after the commit. Both raise StoreUnavailable
when SQL is away. Every function takes the site first and sees nothing of another site; only people, who may work
several sites, are asked for by name.

    sites      add(name, now) · exists(name) · names()
    keys       create(site, key_id, name, scope, token_hash, now) · find(token_hash) · of(site)
               · revoke(site, key_id, now)
    policies   headlines(site) · find(site, version) · current(site) · versions(site)
               · save(site, document, note, now, after=None) -> version
    threads    close(site, thread) · reopen(site, thread) · closed(site, thread)
    authors    find(site, author_id) · set_standing(site, author_id, standing, until)
               · sanction(site, author_id, Sanction) · sanctions(site, author_id)
    comments   record(site, submission, comment_id, analysis, likeness, windows, judge, idempotency, now) -> Recorded
               · lock(site, comment_id) · replace(before, after)
               · find(site, comment_id) · newest(site, before, limit) · in_thread(site, thread, after, limit)
               · texts(site, after, limit)
    queue      page(site, QueueFilter, cursor, limit) -> Page(comments, next, totals); cursors are for one question
    decisions  record(site, comment_id, decision, expected, source, moderator, reason, note, now)
               -> (Comment, DecisionRecord) · record_many(site, ids, ...) -> ids decided
               · appeal(site, comment_id, author, note, days, now) · of(site, comment_id)
    context    of(site, comment_id) -> Context: what a moderator looks at before deciding
    reports    record(site, comment_id, Report, hold) -> Reported · of(site, comment_id)
    claims     claim(site, moderator, comment_id, now) · leave(site, moderator) · of(site, now)
    moderators add(site, name, role, now) · remove(site, name) · of(site) · find(name) · password_hash(name)
               · set_password(name, kept)
    sessions   give_link(name, token_hash, now) · use_link(token_hash, now) · begin(name, token_hash, now)
               · find(token_hash) · seen(token_hash, now) · end(token_hash) · end_all(name)
               · note(name, event, address, now) · trail(name, limit)
    examples   add(site, example_id, example, now) · of(site, after, limit)
    coral      add(site, text, now) -> number · of(site) · remove(site, number)
    notices    add(site, endpoint_id, Wanted, Reach, secret, now) · of(site, now) · find(site, endpoint_id, now)
               · anywhere(endpoint_id, now) · look(site, happenings) -> Looked · subject(site, comment_id)
    curves     keep(site, model, curves, now) · of(site) · forget(site)
    usage      count(site, key_id, month, place, counted) · of(site, key_id, month) · total(site, key_id, month)
    filling    fill(site, count, seed): synthetic comments for measuring

Below them: schema (tables), counts (totals), search (words), documents (JSON), prepared (statements of the hot
path), cursor, idempotency; embedded (SQLite) and postgres are the two doors behind `Database`.

What holds for every change here: a comment, its reasons, its trail, the counts, the author's counts, the words and
the idempotency key change in one transaction or not at all; a new question of the queue gets an index or a window,
and a line in the test that reads the plans; a new function gets its line in the test of site isolation.
"""
