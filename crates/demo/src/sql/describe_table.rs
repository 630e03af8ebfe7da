//! `describe_table`: a table's name in, its columns and keys out.

use rusqlite::Connection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::database::Database;
use crate::server::{Effect, Fault, Tool};

pub(super) struct DescribeTable;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Name of the table.
    #[schemars(length(min = 1))]
    table: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Name of the table.
    table: String,
    /// Its columns in order.
    columns: Vec<Column>,
    /// The statement that created it, with its constraints and remarks.
    create_statement: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Column {
    /// Name of the column.
    name: String,
    /// Declared type, for example INTEGER or TEXT.
    r#type: String,
    /// Whether it may be NULL.
    nullable: bool,
    /// Whether it belongs to the primary key.
    primary_key: bool,
    /// The column it refers to, as table.column.
    #[serde(skip_serializing_if = "Option::is_none")]
    references: Option<String>,
}

impl Tool<Database> for DescribeTable {
    const NAME: &'static str = "describe_table";
    const TITLE: &'static str = "Describe a table";
    const DESCRIPTION: &'static str = "Show the schema of one table: columns, types, primary key \
        and references to other tables.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(database: &Database, input: Input) -> Result<Output, Fault> {
        let connection = database.open()?;
        let failed = |error| Fault::new(format!("the schema cannot be read: {error}"));
        let tables = Database::tables(&connection).map_err(failed)?;
        let Some(table) = tables.iter().find(|name| name.eq_ignore_ascii_case(&input.table)) else {
            let (asked, known) = (input.table, tables.join(", "));
            return Err(Fault::new(format!("there is no table \"{asked}\"; the tables are {known}")));
        };
        describe(&connection, table).map_err(failed)
    }
}

fn describe(connection: &Connection, table: &str) -> rusqlite::Result<Output> {
    let references = references(connection, table)?;
    let columns = connection
        .prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1)")?
        .query_map([table], |row| {
            let name: String = row.get(0)?;
            let primary_key = row.get::<_, i64>(3)? > 0;
            Ok(Column {
                r#type: row.get(1)?,
                nullable: !row.get::<_, bool>(2)? && !primary_key,
                primary_key,
                references: references.iter().find(|(from, _)| *from == name).map(|r| r.1.clone()),
                name,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let create_statement =
        connection.query_row("SELECT sql FROM sqlite_schema WHERE name = ?1", [table], |row| row.get(0))?;
    Ok(Output { table: table.to_owned(), columns, create_statement })
}

/// Column and the `table.column` it refers to.
fn references(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(String, String)>> {
    connection
        .prepare("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list(?1)")?
        .query_map([table], |row| {
            let (to_table, to_column): (String, String) = (row.get(1)?, row.get(2)?);
            Ok((row.get(0)?, format!("{to_table}.{to_column}")))
        })?
        .collect()
}
