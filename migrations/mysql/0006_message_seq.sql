-- messages.seq: a message's place in its session, 1, 2, 3 … Times are whole seconds, so they cannot tell.
-- sessions.last_seq: the last number handed out; numbers of deleted messages are not given again.
-- A message inserted without seq gets the next one from the trigger.
ALTER TABLE messages ADD COLUMN seq BIGINT;

ALTER TABLE sessions ADD COLUMN last_seq BIGINT NOT NULL DEFAULT 0;

UPDATE sessions
SET last_seq = (SELECT COUNT(*) FROM messages WHERE messages.session_id = sessions.id);

-- Differs by necessity: without a partial index the next start could not see that messages are left to be
-- numbered, so they are numbered here and not by the backfill; ids (UUIDv7) break ties of time.
UPDATE messages
INNER JOIN (
    SELECT
        unnumbered.id,
        ROW_NUMBER() OVER (
            PARTITION BY unnumbered.session_id ORDER BY unnumbered.created_at, unnumbered.id
        ) AS place
    FROM messages AS unnumbered
) AS ranked ON messages.id = ranked.id
SET messages.seq = ranked.place;

CREATE UNIQUE INDEX idx_messages_session_seq ON messages (session_id, seq);

DROP TRIGGER update_session_message_count_on_insert;

CREATE TRIGGER update_session_message_count_on_insert
BEFORE INSERT ON messages
FOR EACH ROW
BEGIN
    IF NEW.seq IS NULL THEN
        UPDATE sessions
        SET message_count = message_count + 1, last_seq = last_seq + 1
        WHERE id = NEW.session_id;
        SET NEW.seq = (SELECT last_seq FROM sessions WHERE id = NEW.session_id);
    END IF;
END;

DROP TRIGGER update_session_message_count_on_delete;

-- A count that was already too low must not make the delete fail on its CHECK.
CREATE TRIGGER update_session_message_count_on_delete
AFTER DELETE ON messages
FOR EACH ROW
UPDATE sessions SET message_count = GREATEST(message_count - 1, 0) WHERE id = OLD.session_id;
