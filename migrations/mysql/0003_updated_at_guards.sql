-- updated_at says when a row last changed for its reader. The old triggers fired on every UPDATE, so that
-- a backfill would have made every session look as if it had just been used. The new ones act when a
-- value changes that a reader sees, and leave bookkeeping columns and a given updated_at alone.
DROP TRIGGER update_sessions_updated_at;

CREATE TRIGGER update_sessions_updated_at
BEFORE UPDATE ON sessions
FOR EACH ROW
SET NEW.updated_at = IF(
    NEW.title <=> OLD.title
    AND NEW.message_count <=> OLD.message_count
    AND NEW.prompt_tokens <=> OLD.prompt_tokens
    AND NEW.completion_tokens <=> OLD.completion_tokens
    AND NEW.cost <=> OLD.cost
    AND NEW.summary_message_id <=> OLD.summary_message_id,
    NEW.updated_at,
    UNIX_TIMESTAMP()
);

DROP TRIGGER update_files_updated_at;

CREATE TRIGGER update_files_updated_at
BEFORE UPDATE ON files
FOR EACH ROW
SET NEW.updated_at = IF(
    NEW.path <=> OLD.path
    AND NEW.content <=> OLD.content
    AND NEW.version <=> OLD.version,
    NEW.updated_at,
    UNIX_TIMESTAMP()
);

DROP TRIGGER update_messages_updated_at;

CREATE TRIGGER update_messages_updated_at
BEFORE UPDATE ON messages
FOR EACH ROW
SET NEW.updated_at = IF(
    NEW.role <=> OLD.role
    AND NEW.parts <=> OLD.parts
    AND NEW.model <=> OLD.model
    AND NEW.finished_at <=> OLD.finished_at,
    NEW.updated_at,
    UNIX_TIMESTAMP()
);
