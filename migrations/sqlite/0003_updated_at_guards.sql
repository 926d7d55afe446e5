-- updated_at says when a row last changed for its reader. The old triggers fired on every UPDATE, so that
-- a backfill would have made every session look as if it had just been used. The new ones fire when a
-- value changes that a reader sees, and leave bookkeeping columns and a given updated_at alone.
DROP TRIGGER update_sessions_updated_at;

CREATE TRIGGER update_sessions_updated_at
AFTER UPDATE OF
title, message_count, prompt_tokens, completion_tokens, cost, summary_message_id
ON sessions
WHEN
    new.title IS NOT old.title
    OR new.message_count IS NOT old.message_count
    OR new.prompt_tokens IS NOT old.prompt_tokens
    OR new.completion_tokens IS NOT old.completion_tokens
    OR new.cost IS NOT old.cost
    OR new.summary_message_id IS NOT old.summary_message_id
BEGIN
    UPDATE sessions SET updated_at = unixepoch() WHERE id = new.id;
END;

DROP TRIGGER update_files_updated_at;

CREATE TRIGGER update_files_updated_at
AFTER UPDATE OF path, content, version ON files
WHEN
    new.path IS NOT old.path
    OR new.content IS NOT old.content
    OR new.version IS NOT old.version
BEGIN
    UPDATE files SET updated_at = unixepoch() WHERE id = new.id;
END;

DROP TRIGGER update_messages_updated_at;

CREATE TRIGGER update_messages_updated_at
AFTER UPDATE OF role, parts, model, finished_at ON messages
WHEN
    new.role IS NOT old.role
    OR new.parts IS NOT old.parts
    OR new.model IS NOT old.model
    OR new.finished_at IS NOT old.finished_at
BEGIN
    UPDATE messages SET updated_at = unixepoch() WHERE id = new.id;
END;
