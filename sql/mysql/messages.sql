-- Messages, always in order of seq. They belong to a project through their session.
-- Differs by necessity: the pages name their index, because left alone MariaDB may begin at the end of the session
-- instead of at the number.

-- name: create_message(id, role, parts, model, created_at, updated_at, finished_at, project_id, session_id)!
-- Insert a message with the number that advance_session took in the same transaction.
INSERT INTO messages (
    id, session_id, seq, role, parts, model, created_at, updated_at, finished_at
)
SELECT
    :id, sessions.id, sessions.last_seq, :role, :parts, :model, :created_at, :updated_at, :finished_at
FROM sessions
WHERE sessions.project_id = :project_id AND sessions.id = :session_id;

-- name: get_message(project_id, id)^
-- One message of the project.
SELECT
    messages.id,
    messages.session_id,
    messages.seq,
    messages.role,
    messages.parts,
    messages.model,
    messages.created_at,
    messages.updated_at,
    messages.finished_at
FROM messages
INNER JOIN sessions ON messages.session_id = sessions.id
WHERE sessions.project_id = :project_id AND messages.id = :id;

-- name: list_messages(project_id, session_id, seq, limit)
-- The messages of a session after a number (0: from the first on), in order.
SELECT
    messages.id,
    messages.session_id,
    messages.seq,
    messages.role,
    messages.parts,
    messages.model,
    messages.created_at,
    messages.updated_at,
    messages.finished_at
FROM messages FORCE INDEX (idx_messages_session_seq)
INNER JOIN sessions ON messages.session_id = sessions.id
WHERE
    sessions.project_id = :project_id
    AND messages.session_id = :session_id
    AND messages.seq > :seq
ORDER BY messages.seq
LIMIT :limit;

-- name: list_messages_before(project_id, session_id, seq, limit)
-- The messages of a session before a number, last one first.
SELECT
    messages.id,
    messages.session_id,
    messages.seq,
    messages.role,
    messages.parts,
    messages.model,
    messages.created_at,
    messages.updated_at,
    messages.finished_at
FROM messages FORCE INDEX (idx_messages_session_seq)
INNER JOIN sessions ON messages.session_id = sessions.id
WHERE
    sessions.project_id = :project_id
    AND messages.session_id = :session_id
    AND messages.seq < :seq
ORDER BY messages.seq DESC
LIMIT :limit;

-- name: update_message_parts(parts, project_id, id)!
-- Replace what a message says.
UPDATE messages
SET parts = :parts
WHERE
    messages.id = :id
    AND EXISTS (
        SELECT 1
        FROM sessions
        WHERE sessions.id = messages.session_id AND sessions.project_id = :project_id
    );

-- name: finish_message(finished_at, project_id, id)!
-- Note when a message was complete.
UPDATE messages
SET finished_at = :finished_at
WHERE
    messages.id = :id
    AND EXISTS (
        SELECT 1
        FROM sessions
        WHERE sessions.id = messages.session_id AND sessions.project_id = :project_id
    );

-- name: delete_message(session_id, id)!
-- Delete one message of a session. get_message found it in the project, in the same transaction.
-- Differs by necessity: the trigger that counts updates sessions, so this statement may not read it (1442).
DELETE FROM messages
WHERE
    session_id = :session_id
    AND id = :id;

-- name: count_messages(project_id, ids)$
-- How many messages the sessions have whose ids are in a JSON array.
SELECT count(*) AS messages
FROM messages
INNER JOIN sessions ON messages.session_id = sessions.id
WHERE
    sessions.project_id = :project_id
    AND messages.session_id IN (
        SELECT CONVERT(wanted.id USING ascii) COLLATE ascii_bin
        FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(255) PATH '$')) AS wanted
    );
