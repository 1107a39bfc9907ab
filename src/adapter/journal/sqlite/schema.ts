/** `LODE` in ASCII: a file that bears another number is somebody else's. */
export const APPLICATION_ID = 0x4c_4f_44_45

/**
 * Step n leads from version n to n + 1. A step that has been released is never changed: a journal is carried forward
 * through all of them, and never back. Decimals are TEXT, times INTEGER milliseconds since the epoch, UTC.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE epochs (
    epoch INTEGER NOT NULL PRIMARY KEY,
    opened_at INTEGER NOT NULL,
    build_hash TEXT NOT NULL,
    config_hash TEXT NOT NULL
  ) STRICT;

  -- The audit: each row's hash covers the one before it.
  CREATE TABLE events (
    sequence INTEGER NOT NULL PRIMARY KEY,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER events_unchanged BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  CREATE TRIGGER events_kept BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  -- Where the audit ends, so that missing rows at its end show.
  CREATE TABLE head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;

  CREATE TABLE intents (
    client_order_id TEXT NOT NULL PRIMARY KEY,
    trade_id TEXT NOT NULL,
    leg TEXT NOT NULL,
    symbol TEXT NOT NULL,
    request TEXT NOT NULL,
    epoch INTEGER NOT NULL REFERENCES epochs (epoch),
    time INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE orders (
    client_order_id TEXT NOT NULL PRIMARY KEY REFERENCES intents (client_order_id),
    state TEXT NOT NULL,
    quantity TEXT NOT NULL,
    filled TEXT NOT NULL,
    updated INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE fills (
    symbol TEXT NOT NULL,
    trade_id TEXT NOT NULL,
    client_order_id TEXT NOT NULL,
    side TEXT NOT NULL,
    price TEXT NOT NULL,
    quantity TEXT NOT NULL,
    fee TEXT NOT NULL,
    liquidity TEXT NOT NULL,
    cause TEXT,
    time INTEGER NOT NULL,
    PRIMARY KEY (symbol, trade_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX fills_of_order ON fills (client_order_id);
  CREATE TABLE fundings (
    symbol TEXT NOT NULL,
    time INTEGER NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (symbol, time)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE decisions (
    id INTEGER NOT NULL PRIMARY KEY,
    time INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    strategy TEXT NOT NULL,
    outcome TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE trades (
    id TEXT NOT NULL PRIMARY KEY,
    symbol TEXT NOT NULL,
    exit_time INTEGER NOT NULL,
    pnl TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX trades_by_exit ON trades (exit_time);
  CREATE TABLE state (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, digest TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
]
