-- From when on a user's tokens are good: those that were given before ended when an operator disabled the user, also once the user is enabled
-- again. Null: all that have not expired.
alter table user_secrets add column tokens_from timestamptz;
