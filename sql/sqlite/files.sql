-- File versions: what the agent wrote, each version of a path a row of its own. They belong to a project
-- through their session. Versions are named initial, v1, v2, … and are put in order by the caller.

-- name: create_file_version(id, path, content, version, created_at, updated_at, project_id, session_id)!
-- Insert one version of a file.
INSERT INTO files (
    id, session_id, path, content, version, created_at, updated_at
)
SELECT
    :id, sessions.id, :path, :content, :version, :created_at, :updated_at
FROM sessions
WHERE sessions.project_id = :project_id AND sessions.id = :session_id;

-- name: get_file(project_id, id)^
-- One file version, with its content.
SELECT
    files.id,
    files.session_id,
    files.path,
    files.content,
    files.version,
    files.created_at,
    files.updated_at
FROM files
INNER JOIN sessions ON files.session_id = sessions.id
WHERE sessions.project_id = :project_id AND files.id = :id;

-- name: list_two_file_versions(project_id, session_id, path, old_version, new_version)
-- Two versions of one file, with content; in no order.
SELECT
    files.id,
    files.session_id,
    files.path,
    files.content,
    files.version,
    files.created_at,
    files.updated_at
FROM files
INNER JOIN sessions ON files.session_id = sessions.id
WHERE
    sessions.project_id = :project_id
    AND files.session_id = :session_id
    AND files.path = :path
    AND files.version IN (:old_version, :new_version);

-- name: list_file_versions(project_id, session_id, path)
-- The versions of one file, without content.
SELECT
    files.id,
    files.session_id,
    files.path,
    files.version,
    files.created_at,
    files.updated_at
FROM files
INNER JOIN sessions ON files.session_id = sessions.id
WHERE
    sessions.project_id = :project_id
    AND files.session_id = :session_id
    AND files.path = :path;

-- name: list_files(project_id, session_id)
-- All versions of all files of a session, without content.
SELECT
    files.id,
    files.session_id,
    files.path,
    files.version,
    files.created_at,
    files.updated_at
FROM files
INNER JOIN sessions ON files.session_id = sessions.id
WHERE
    sessions.project_id = :project_id
    AND files.session_id = :session_id;

-- name: list_tree_files(project_id, id)
-- All versions of all files of a session and of all sessions below it, without content.
-- Each with its session's title. UNION, not UNION ALL: a cycle must end.
-- Differs by necessity: CROSS JOIN keeps SQLite from beginning at all sessions of the project.
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

SELECT
    files.id,
    files.session_id,
    files.path,
    files.version,
    files.created_at,
    files.updated_at,
    sessions.title AS session_title
FROM tree
CROSS JOIN sessions ON tree.id = sessions.id
INNER JOIN files ON sessions.id = files.session_id
WHERE sessions.project_id = :project_id;

-- name: count_files(project_id, ids)$
-- How many file versions the sessions have whose ids are in a JSON array.
SELECT count(*) AS files
FROM files
INNER JOIN sessions ON files.session_id = sessions.id
WHERE
    sessions.project_id = :project_id
    AND files.session_id IN (
        SELECT wanted.value
        FROM json_each(:ids) AS wanted
    );
