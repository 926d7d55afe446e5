-- Deletes everything: the triggers and indexes go with their tables.
DROP TABLE messages;

DROP TABLE files;

DROP TABLE sessions;

-- Left by the rollback of 0004.
DROP TABLE IF EXISTS session_projects_kept;
