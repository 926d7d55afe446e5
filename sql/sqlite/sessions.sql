-- Sessions. Every statement is scoped by project_id; those named …_all_… leave the project on purpose.
-- Pages are keyset pages: the row after (sort key, id) of the last one seen, found by a row comparison. The + in
-- the lists of roots keeps SQLite from using an index for it, which would lead over all sub-sessions; it uses one
-- for the bound on the sort key alone, which stands beside it.
-- Filters fold case, which lower() does in this program's connections letter by letter, as on MySQL,
-- and for bytes too: the Go OpenCode may have stored text that is no UTF-8.

-- name: create_session(id, project_id, parent_session_id, title, author, updated_at, created_at)!
-- Insert a session; id and times come from the caller.
INSERT INTO sessions (
    id, project_id, parent_session_id, title, author, updated_at, created_at
)
VALUES (:id, :project_id, :parent_session_id, :title, :author, :updated_at, :created_at);

-- name: get_session(project_id, id)^
-- One session of the project.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE project_id = :project_id AND id = :id;

-- name: list_sessions_by_prefix(project_id, first_id, end_id, limit)
-- Sessions whose id lies in [first_id, end_id), so begins with a prefix; in order of id.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE project_id = :project_id AND id >= :first_id AND id < :end_id
ORDER BY id
LIMIT :limit;

-- name: list_sessions_by_updated(project_id, title_pattern, author_pattern, updated_at, id, limit)
-- A page of the project's sessions, sub-sessions included, last activity first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND updated_at <= :updated_at
    AND (updated_at, id) < (:updated_at, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY updated_at DESC, id DESC
LIMIT :limit;

-- name: list_sessions_by_created(project_id, title_pattern, author_pattern, created_at, id, limit)
-- A page of the project's sessions, sub-sessions included, newest first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND created_at <= :created_at
    AND (created_at, id) < (:created_at, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: list_sessions_by_cost(project_id, title_pattern, author_pattern, cost, id, limit)
-- A page of the project's sessions, sub-sessions included, dearest first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND cost <= :cost
    AND (cost, id) < (:cost, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY cost DESC, id DESC
LIMIT :limit;

-- name: list_sessions_before_updated(project_id, title_pattern, author_pattern, updated_at, id, limit)
-- The page above a row of list_sessions_by_updated, nearest row first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND updated_at >= :updated_at
    AND (updated_at, id) > (:updated_at, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY updated_at, id
LIMIT :limit;

-- name: list_sessions_before_created(project_id, title_pattern, author_pattern, created_at, id, limit)
-- The page above a row of list_sessions_by_created, nearest row first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND created_at >= :created_at
    AND (created_at, id) > (:created_at, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY created_at, id
LIMIT :limit;

-- name: list_sessions_before_cost(project_id, title_pattern, author_pattern, cost, id, limit)
-- The page above a row of list_sessions_by_cost, nearest row first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND cost >= :cost
    AND (cost, id) > (:cost, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY cost, id
LIMIT :limit;

-- name: list_roots_by_updated(project_id, title_pattern, author_pattern, updated_at, id, limit)
-- A page of the project's sessions that no other session started, last activity first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND parent_session_id IS NULL
    AND updated_at <= :updated_at
    AND (+updated_at, id) < (:updated_at, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY updated_at DESC, id DESC
LIMIT :limit;

-- name: list_roots_by_created(project_id, title_pattern, author_pattern, created_at, id, limit)
-- A page of the project's sessions that no other session started, newest first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND parent_session_id IS NULL
    AND created_at <= :created_at
    AND (+created_at, id) < (:created_at, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: list_roots_by_cost(project_id, title_pattern, author_pattern, cost, id, limit)
-- A page of the project's sessions that no other session started, dearest first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND parent_session_id IS NULL
    AND cost <= :cost
    AND (+cost, id) < (:cost, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY cost DESC, id DESC
LIMIT :limit;

-- name: list_roots_before_updated(project_id, title_pattern, author_pattern, updated_at, id, limit)
-- The page above a row of list_roots_by_updated, nearest row first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND parent_session_id IS NULL
    AND updated_at >= :updated_at
    AND (+updated_at, id) > (:updated_at, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY updated_at, id
LIMIT :limit;

-- name: list_roots_before_created(project_id, title_pattern, author_pattern, created_at, id, limit)
-- The page above a row of list_roots_by_created, nearest row first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND parent_session_id IS NULL
    AND created_at >= :created_at
    AND (+created_at, id) > (:created_at, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY created_at, id
LIMIT :limit;

-- name: list_roots_before_cost(project_id, title_pattern, author_pattern, cost, id, limit)
-- The page above a row of list_roots_by_cost, nearest row first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    project_id = :project_id
    AND parent_session_id IS NULL
    AND cost >= :cost
    AND (+cost, id) > (:cost, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
ORDER BY cost, id
LIMIT :limit;

-- name: list_all_sessions_by_updated(include_children, title_pattern, author_pattern, updated_at, id, limit)
-- A page of the sessions of all projects, last activity first; sub-sessions where include_children is 1.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    updated_at <= :updated_at
    AND (updated_at, id) < (:updated_at, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
    AND (parent_session_id IS NULL OR CAST(:include_children AS INTEGER) = 1)
ORDER BY updated_at DESC, id DESC
LIMIT :limit;

-- name: list_all_sessions_by_created(include_children, title_pattern, author_pattern, created_at, id, limit)
-- A page of the sessions of all projects, newest first; sub-sessions where include_children is 1.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    created_at <= :created_at
    AND (created_at, id) < (:created_at, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
    AND (parent_session_id IS NULL OR CAST(:include_children AS INTEGER) = 1)
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: list_all_sessions_by_cost(include_children, title_pattern, author_pattern, cost, id, limit)
-- A page of the sessions of all projects, dearest first; sub-sessions where include_children is 1.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE
    cost <= :cost
    AND (cost, id) < (:cost, :id)
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
    AND (parent_session_id IS NULL OR CAST(:include_children AS INTEGER) = 1)
ORDER BY cost DESC, id DESC
LIMIT :limit;

-- name: list_children(project_id, parent_session_id)
-- The sessions that a session started, oldest first.
SELECT
    id,
    project_id,
    parent_session_id,
    title,
    message_count,
    prompt_tokens,
    completion_tokens,
    cost,
    summary_message_id,
    author,
    updated_at,
    created_at
FROM sessions
WHERE project_id = :project_id AND parent_session_id = :parent_session_id
ORDER BY created_at, id;

-- name: count_children(project_id, ids)
-- How many sessions each of the sessions started whose ids are in a JSON array; those with none are left out.
SELECT
    sessions.parent_session_id,
    count(*) AS children
FROM sessions
WHERE
    sessions.project_id = :project_id
    AND sessions.parent_session_id IN (
        SELECT wanted.value
        FROM json_each(:ids) AS wanted
    )
GROUP BY sessions.parent_session_id;

-- name: count_sessions(project_id, title_pattern, author_pattern)$
-- How many sessions the project has, sub-sessions included.
SELECT count(*) AS sessions
FROM sessions
WHERE
    project_id = :project_id
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'));

-- name: count_roots(project_id, title_pattern, author_pattern)$
-- How many sessions the project has that no other session started.
SELECT count(*) AS sessions
FROM sessions
WHERE
    project_id = :project_id
    AND parent_session_id IS NULL
    AND (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'));

-- name: count_all_sessions(title_pattern, author_pattern, include_children)$
-- How many sessions all projects have together; sub-sessions where include_children is 1.
SELECT count(*) AS sessions
FROM sessions
WHERE
    (:title_pattern = '%' OR (lower(CAST(title AS BLOB)) LIKE lower(:title_pattern) ESCAPE '!'))
    AND (:author_pattern = '%' OR (lower(CAST(coalesce(author, '') AS BLOB)) LIKE lower(:author_pattern) ESCAPE '!'))
    AND (parent_session_id IS NULL OR CAST(:include_children AS INTEGER) = 1);

-- name: rename_session(title, project_id, id)!
-- Give a session another title.
UPDATE sessions
SET title = :title
WHERE project_id = :project_id AND id = :id;

-- name: set_session_summary(summary_message_id, project_id, id)!
-- Name the message that sums a session up, or none.
UPDATE sessions
SET summary_message_id = :summary_message_id
WHERE project_id = :project_id AND id = :id;

-- name: add_session_usage(prompt_tokens, completion_tokens, cost, project_id, id)!
-- Add what a request used; never read first, so that parallel writers lose nothing.
UPDATE sessions
SET
    prompt_tokens = prompt_tokens + :prompt_tokens,
    completion_tokens = completion_tokens + :completion_tokens,
    cost = cost + :cost
WHERE project_id = :project_id AND id = :id;

-- name: advance_session(project_id, id)!
-- Take the next message number. Comes before create_message, whose foreign key would otherwise lock the
-- session shared first and deadlock with another writer.
UPDATE sessions
SET
    message_count = message_count + 1,
    last_seq = last_seq + 1
WHERE project_id = :project_id AND id = :id;

-- name: touch_session(project_id, id)!
-- Note activity that changes no column of the session; also takes its write lock. By the clock of the triggers,
-- not the caller's, and never back.
UPDATE sessions
SET updated_at = max(updated_at, unixepoch())
WHERE project_id = :project_id AND id = :id;

-- name: list_session_tree(project_id, id)
-- The ids of a session and of all sessions below it. UNION, not UNION ALL: a cycle must end.
WITH RECURSIVE tree (id) AS (
    SELECT root.id
    FROM sessions AS root
    WHERE root.project_id = :project_id AND root.id = :id
    UNION
    SELECT child.id
    FROM sessions AS child
    INNER JOIN tree ON child.parent_session_id = tree.id
    WHERE child.project_id = :project_id
)

SELECT tree.id
FROM tree;

-- name: lock_sessions(project_id, ids)
-- Hold the sessions whose ids are in a JSON array until the transaction ends.
-- Nobody starts sessions below them meanwhile. Differs by necessity: here a transaction that writes is the only one.
SELECT sessions.id
FROM sessions
WHERE
    sessions.project_id = :project_id
    AND sessions.id IN (
        SELECT wanted.value
        FROM json_each(:ids) AS wanted
    );

-- name: delete_sessions(project_id, ids)!
-- Delete the sessions whose ids are in a JSON array; their messages and files go with them.
DELETE FROM sessions
WHERE
    project_id = :project_id
    AND id IN (
        SELECT doomed.value
        FROM json_each(:ids) AS doomed
    );
