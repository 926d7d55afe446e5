-- Projects: not a table of their own but the project_id of sessions.

-- name: list_projects()
-- All projects with what they hold; read off the index on project_id.
SELECT
    project_id,
    count(*) AS sessions,
    count(parent_session_id) AS children,
    CAST(sum(message_count) AS INTEGER) AS messages,
    max(updated_at) AS updated_at
FROM sessions
WHERE project_id IS NOT NULL
GROUP BY project_id
ORDER BY project_id;

-- name: count_project(project_id)^
-- How many sessions and messages a project holds.
SELECT
    count(*) AS sessions,
    CAST(coalesce(sum(message_count), 0) AS INTEGER) AS messages
FROM sessions
WHERE project_id = :project_id;

-- name: move_project(new_project_id, project_id)!
-- Give all sessions of a project to another one; updated_at stays.
UPDATE sessions
SET project_id = :new_project_id
WHERE project_id = :project_id;
