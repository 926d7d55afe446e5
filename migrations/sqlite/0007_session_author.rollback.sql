ALTER TABLE sessions DROP COLUMN author;
