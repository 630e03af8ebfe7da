//! The database, which nobody can write to: three locks, each sufficient by
//! itself. The file is opened read-only, `query_only` is set, and an
//! authorizer lets nothing pass but reading tables and calling functions.
//! A statement also has a limit on time and on the size of a value.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use rusqlite::{
    Connection, OpenFlags,
    hooks::{AuthAction, AuthContext, Authorization},
    limits::Limit,
};

use crate::server::Fault;

/// How long one statement may run.
pub(super) const MAX_TIME: Duration = Duration::from_secs(2);

/// The largest value or row, in bytes.
const MAX_VALUE_BYTES: i32 = 1_000_000;

/// How many virtual machine instructions pass between looks at the clock.
const INSTRUCTIONS_PER_CHECK: i32 = 10_000;

/// The warehouse.
#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
}

impl Database {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// A connection for statements of this server's own.
    pub(super) fn open(&self) -> Result<Connection, Fault> {
        self.connect().map_err(|error| self.unavailable(&error))
    }

    /// A connection for a caller's statement, with all three locks.
    pub(super) fn open_guarded(&self) -> Result<Connection, Fault> {
        let guarded = |mut connection: Connection| {
            connection.pragma_update(None, "query_only", true)?;
            connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
            let end = Instant::now() + MAX_TIME;
            connection.progress_handler(INSTRUCTIONS_PER_CHECK, Some(move || Instant::now() >= end))?;
            connection.authorizer(Some(judge))?;
            Ok(connection)
        };
        self.connect().and_then(guarded).map_err(|error| self.unavailable(&error))
    }

    /// The tables by name.
    pub(super) fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
        connection
            .prepare(
                "SELECT name FROM sqlite_schema \
                 WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name",
            )?
            .query_map([], |row| row.get(0))?
            .collect()
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(&self.path, flags)
    }

    fn unavailable(&self, error: &rusqlite::Error) -> Fault {
        Fault::new(format!("the warehouse {} cannot be opened: {error}", self.path.display()))
    }
}

/// What a caller's statement may do.
fn judge(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => Authorization::Allow,
        AuthAction::Function { function_name } if !function_name.eq_ignore_ascii_case("load_extension") => {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}
