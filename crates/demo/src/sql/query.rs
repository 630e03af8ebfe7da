//! `query`: one SELECT in, rows out.

use rusqlite::{Connection, ErrorCode, Row, types::ValueRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::database::{Database, MAX_TIME};
use crate::server::{Effect, Fault, Tool};

/// The most rows that are returned.
const MAX_ROWS: usize = 200;

pub(super) struct Query;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// One SELECT statement in SQLite's dialect.
    #[schemars(length(min = 1))]
    sql: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Names of the columns in order.
    columns: Vec<String>,
    /// The rows, each an object from column name to value.
    rows: Vec<Map<String, Value>>,
    /// How many rows are returned.
    row_count: usize,
    /// Whether there were more rows than are returned.
    truncated: bool,
}

impl Tool<Database> for Query {
    const NAME: &'static str = "query";
    const TITLE: &'static str = "Run a query";
    const DESCRIPTION: &'static str = "Run one read-only SQL query (SELECT) against the database \
        and return the rows, 200 at most. Statements that change anything are refused.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(database: &Database, input: Input) -> Result<Output, Fault> {
        let connection = database.open_guarded()?;
        run(&connection, &input.sql).map_err(|error| explain(&connection, error))
    }
}

/// Why a statement gave no result.
#[derive(Debug)]
enum Refusal {
    /// It is no query: nothing would come back.
    NoQuery,
    /// SQLite did not prepare or finish it.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn run(connection: &Connection, sql: &str) -> Result<Output, Refusal> {
    let mut statement = connection.prepare(sql)?;
    if statement.column_count() == 0 {
        return Err(Refusal::NoQuery);
    }
    let columns = distinct(statement.column_names());
    let mut found = statement.query([])?;
    let (mut rows, mut truncated) = (Vec::new(), false);
    while let Some(row) = found.next()? {
        truncated = rows.len() == MAX_ROWS;
        if truncated {
            break;
        }
        rows.push(object(&columns, row)?);
    }
    Ok(Output { row_count: rows.len(), columns, rows, truncated })
}

fn object(columns: &[String], row: &Row<'_>) -> rusqlite::Result<Map<String, Value>> {
    columns.iter().enumerate().map(|(at, name)| Ok((name.clone(), value(row.get_ref(at)?)))).collect()
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(text) => json!(String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => {
            json!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
    }
}

/// Column names of which no two are equal: `id`, `id_2`.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        let mut candidate = name.to_owned();
        let mut count = 1;
        while seen.contains(&candidate) {
            count += 1;
            candidate = format!("{name}_{count}");
        }
        seen.push(candidate);
    }
    seen
}

fn explain(connection: &Connection, refusal: Refusal) -> Fault {
    const READ_ONLY: &str = "this database is read only: only a SELECT on its tables is allowed";
    let error = match refusal {
        Refusal::NoQuery => return Fault::new(READ_ONLY),
        Refusal::Sqlite(rusqlite::Error::MultipleStatement) => {
            return Fault::new("send one statement at a time");
        }
        Refusal::Sqlite(error) => error,
    };
    Fault::new(match error.sqlite_error_code() {
        Some(ErrorCode::AuthorizationForStatementDenied | ErrorCode::ReadOnly) => READ_ONLY.into(),
        Some(ErrorCode::OperationInterrupted) => {
            format!("the query ran longer than {} s and was stopped", MAX_TIME.as_secs())
        }
        Some(ErrorCode::TooBig) => "a value of the result is larger than 1 MB".to_owned(),
        _ => format!("SQLite says: {error}{}", hint(connection, &error)),
    })
}

/// The names that exist, when the error is about one that does not.
fn hint(connection: &Connection, error: &rusqlite::Error) -> String {
    let text = error.to_string();
    if text.contains("no such table") {
        let tables = Database::tables(connection).unwrap_or_default();
        return format!("; the tables are {}", tables.join(", "));
    }
    if text.contains("no such column") {
        return "; describe_table lists the columns of a table".to_owned();
    }
    String::new()
}
