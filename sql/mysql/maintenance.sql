-- What the backfill, the checks and the status look at: the whole database, not one project.

-- name: has_backfill_work()$
-- Whether rows wait for the backfill; one look at an index, asked at every start.
-- Differs by necessity: here every message passes the trigger that numbers it, and there is no partial index
-- that would find one without a number.
SELECT EXISTS(SELECT 1 FROM sessions WHERE sessions.project_id = '') AS pending;

-- name: count_untagged_sessions()$
-- How many sessions have no project yet.
SELECT count(*) AS sessions
FROM sessions
WHERE project_id = '';

-- name: tag_sessions(project_id, limit)!
-- Give a batch of sessions without a project this one.
UPDATE sessions
SET project_id = :project_id
WHERE project_id = ''
LIMIT :limit;

-- name: count_unnumbered_messages()$
-- How many messages have no number yet.
SELECT count(*) AS messages
FROM messages
WHERE seq IS NULL;

-- name: list_unnumbered_sessions(limit)
-- Sessions with messages that have no number yet, with what is needed to number them.
SELECT
    messages.session_id,
    count(*) AS messages,
    CAST(coalesce((
        SELECT min(numbered.seq)
        FROM messages AS numbered
        WHERE numbered.session_id = messages.session_id AND numbered.seq IS NOT NULL
    ), 0) AS SIGNED) AS lowest_seq,
    CAST(coalesce((
        SELECT max(numbered.seq)
        FROM messages AS numbered
        WHERE numbered.session_id = messages.session_id AND numbered.seq IS NOT NULL
    ), 0) AS SIGNED) AS highest_seq,
    CAST(coalesce((
        SELECT sessions.last_seq
        FROM sessions
        WHERE sessions.id = messages.session_id
    ), 0) AS SIGNED) AS last_seq
FROM messages
WHERE messages.seq IS NULL
GROUP BY messages.session_id
ORDER BY messages.session_id
LIMIT :limit;

-- name: number_messages(seq, session_id)!
-- Number a session's messages that have none, in their order, from seq + 1 on.
-- Differs by necessity: MySQL knows no UPDATE … FROM; without a rowid, ids (UUIDv7) break ties of time.
UPDATE messages
INNER JOIN (
    SELECT
        unnumbered.id,
        row_number() OVER (ORDER BY unnumbered.created_at, unnumbered.id) AS place
    FROM messages AS unnumbered
    WHERE unnumbered.session_id = :session_id AND unnumbered.seq IS NULL
) AS ranked ON messages.id = ranked.id
SET messages.seq = :seq + ranked.place;

-- name: set_last_seq(last_seq, id)!
-- Note the highest number handed out in a session, unless a higher one is noted already.
UPDATE sessions
SET last_seq = :last_seq
WHERE id = :id AND last_seq < :last_seq;

-- name: count_everything()^
-- How many rows the database holds.
SELECT
    (SELECT count(*) FROM sessions) AS sessions,
    (SELECT count(*) FROM messages) AS messages,
    (SELECT count(*) FROM files) AS files;

-- name: count_summarized_sessions()$
-- How many sessions have a message that sums them up.
SELECT count(*) AS sessions
FROM sessions
WHERE summary_message_id IS NOT NULL AND summary_message_id <> '';

-- name: count_authored_sessions()$
-- How many sessions are known to be somebody's.
SELECT count(*) AS sessions
FROM sessions
WHERE author IS NOT NULL;

-- name: check_message_counts()
-- Sessions whose message_count is not the number of their messages.
SELECT
    sessions.id,
    sessions.message_count,
    sessions.updated_at,
    count(messages.id) AS messages
FROM sessions
LEFT JOIN messages ON sessions.id = messages.session_id
GROUP BY sessions.id, sessions.message_count, sessions.updated_at
HAVING count(messages.id) <> sessions.message_count
ORDER BY sessions.id;

-- name: fix_message_count(id, updated_at)!
-- Set the message_count of a session that has not changed since it was looked at;
-- a trigger takes that for activity.
UPDATE sessions
SET message_count = (SELECT count(*) FROM messages WHERE messages.session_id = sessions.id)
WHERE sessions.id = :id AND sessions.updated_at = :updated_at;

-- name: set_updated_at(updated_at, id)!
-- Give a session back the time of its last activity after a repair; no trigger acts on this.
UPDATE sessions
SET updated_at = :updated_at
WHERE id = :id;

-- name: check_seq()
-- Sessions whose numbers have gaps or go beyond last_seq.
-- A gap is where messages were deleted; a number beyond last_seq means that the counter went wrong.
SELECT
    sessions.id,
    sessions.last_seq,
    max(messages.seq) AS highest_seq,
    count(messages.seq) AS numbered
FROM sessions
INNER JOIN messages ON sessions.id = messages.session_id
WHERE messages.seq IS NOT NULL
GROUP BY sessions.id, sessions.last_seq
HAVING max(messages.seq) > sessions.last_seq OR max(messages.seq) <> count(messages.seq)
ORDER BY sessions.id;

-- name: check_orphaned_sessions()
-- Sub-sessions whose parent is gone.
SELECT
    child.id,
    child.parent_session_id
FROM sessions AS child
LEFT JOIN sessions AS parent ON child.parent_session_id = parent.id
WHERE child.parent_session_id IS NOT NULL AND parent.id IS NULL
ORDER BY child.id;

-- name: check_orphaned_messages()
-- Messages whose session is gone.
SELECT
    messages.id,
    messages.session_id
FROM messages
LEFT JOIN sessions ON messages.session_id = sessions.id
WHERE sessions.id IS NULL
ORDER BY messages.id;

-- name: check_orphaned_files()
-- File versions whose session is gone.
SELECT
    files.id,
    files.session_id
FROM files
LEFT JOIN sessions ON files.session_id = sessions.id
WHERE sessions.id IS NULL
ORDER BY files.id;
