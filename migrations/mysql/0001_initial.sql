-- Sessions, messages and file versions. All times are Unix seconds.
-- Ids are ASCII and compared exactly; all other text is compared exactly too (utf8mb4_bin), as on SQLite.
CREATE TABLE sessions (
    id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    parent_session_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin,
    title VARCHAR(512) NOT NULL,
    message_count BIGINT NOT NULL DEFAULT 0 CHECK (message_count >= 0),
    prompt_tokens BIGINT NOT NULL DEFAULT 0 CHECK (prompt_tokens >= 0),
    completion_tokens BIGINT NOT NULL DEFAULT 0 CHECK (completion_tokens >= 0),
    cost DOUBLE NOT NULL DEFAULT 0.0 CHECK (cost >= 0.0),
    updated_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

-- Differs by necessity: a MySQL trigger may not update the table it stands on, so it sets NEW before the update.
CREATE TRIGGER update_sessions_updated_at
BEFORE UPDATE ON sessions
FOR EACH ROW
SET NEW.updated_at = UNIX_TIMESTAMP();

-- Differs by necessity: a path of 1,024 characters is too long for a key, and a prefix would take two
-- long paths for one, so their hash is unique instead.
CREATE TABLE files (
    id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    session_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    path VARCHAR(1024) NOT NULL,
    content LONGTEXT NOT NULL,
    version VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    path_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin GENERATED ALWAYS AS (SHA2(path, 256)) STORED,
    PRIMARY KEY (id),
    UNIQUE KEY idx_files_session_path_version (session_id, path_hash, version),
    CONSTRAINT fk_files_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

CREATE INDEX idx_files_session_id ON files (session_id);

CREATE INDEX idx_files_path ON files (path(255));

CREATE TRIGGER update_files_updated_at
BEFORE UPDATE ON files
FOR EACH ROW
SET NEW.updated_at = UNIX_TIMESTAMP();

CREATE TABLE messages (
    id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    session_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    role VARCHAR(64) NOT NULL,
    parts LONGTEXT NOT NULL,
    model VARCHAR(255),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT fk_messages_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

CREATE INDEX idx_messages_session_id ON messages (session_id);

CREATE TRIGGER update_messages_updated_at
BEFORE UPDATE ON messages
FOR EACH ROW
SET NEW.updated_at = UNIX_TIMESTAMP();

-- Differs by necessity: BEFORE, not AFTER. The foreign key's check takes a shared lock on the session; a
-- trigger that wants the exclusive one after that deadlocks as soon as two clients write into one session.
CREATE TRIGGER update_session_message_count_on_insert
BEFORE INSERT ON messages
FOR EACH ROW
UPDATE sessions SET message_count = message_count + 1 WHERE id = NEW.session_id;

CREATE TRIGGER update_session_message_count_on_delete
AFTER DELETE ON messages
FOR EACH ROW
UPDATE sessions SET message_count = message_count - 1 WHERE id = OLD.session_id;
