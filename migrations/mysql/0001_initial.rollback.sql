-- Deletes everything: the triggers and indexes go with their tables.
DROP TABLE messages;

DROP TABLE files;

DROP TABLE sessions;
