-- messages.seq: a message's place in its session, 1, 2, 3 … Times are whole seconds, so they cannot tell.
-- sessions.last_seq: the last number handed out; numbers of deleted messages are not given again.
-- Existing sessions reserve one number for each message they have; the backfill hands these out.
-- A message inserted without seq (by the Go OpenCode) gets the next one from the trigger.
ALTER TABLE messages ADD COLUMN seq INTEGER;

ALTER TABLE sessions ADD COLUMN last_seq INTEGER NOT NULL DEFAULT 0;

UPDATE sessions
SET last_seq = (SELECT count(*) FROM messages WHERE messages.session_id = sessions.id);

CREATE UNIQUE INDEX idx_messages_session_seq ON messages (session_id, seq);

-- seq is in it although it is NULL in all its rows: else SQLite prefers the index above and reads all of it.
CREATE INDEX idx_messages_unnumbered ON messages (seq, session_id) WHERE seq IS NULL;

DROP TRIGGER update_session_message_count_on_insert;

CREATE TRIGGER update_session_message_count_on_insert
AFTER INSERT ON messages
WHEN new.seq IS NULL
BEGIN
    UPDATE sessions
    SET message_count = message_count + 1, last_seq = last_seq + 1
    WHERE id = new.session_id;
    UPDATE messages
    SET seq = (SELECT last_seq FROM sessions WHERE id = new.session_id)
    WHERE id = new.id;
END;

DROP TRIGGER update_session_message_count_on_delete;

-- A count that was already too low must not make the delete fail on its CHECK.
CREATE TRIGGER update_session_message_count_on_delete
AFTER DELETE ON messages
BEGIN
    UPDATE sessions
    SET message_count = max(message_count - 1, 0)
    WHERE id = old.session_id;
END;
