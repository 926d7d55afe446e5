-- Which session was whose project's is kept in a table beside, from which the backfill of the next upgrade
-- gives the projects back and which it drops then: else all projects of the database would become one.
CREATE TABLE IF NOT EXISTS session_projects_kept (
    session_id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL
);

INSERT OR REPLACE INTO session_projects_kept (session_id, project_id)
SELECT
    id,
    project_id
FROM sessions
WHERE project_id IS NOT NULL;

ALTER TABLE sessions DROP COLUMN project_id;
