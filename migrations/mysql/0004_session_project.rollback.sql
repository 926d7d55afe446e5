-- Which session was whose project's is kept in a table beside, from which the backfill of the next upgrade
-- gives the projects back and which it drops then: else a server's projects would all become one.
-- Every statement can be run twice, for a rollback that was cut off.
CREATE TABLE IF NOT EXISTS session_projects_kept (
    session_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    project_id VARCHAR(512) NOT NULL,
    PRIMARY KEY (session_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

REPLACE INTO session_projects_kept (session_id, project_id)
SELECT
    id,
    project_id
FROM sessions
WHERE project_id <> '';

ALTER TABLE sessions DROP COLUMN project_id;
