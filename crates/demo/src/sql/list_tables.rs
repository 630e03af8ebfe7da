//! `list_tables`: nothing in, the tables with their columns out.

use schemars::JsonSchema;
use serde::Serialize;

use super::database::Database;
use crate::server::{Effect, Fault, NoInput, Tool};

pub(super) struct ListTables;

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// The tables by name.
    tables: Vec<Table>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Table {
    /// Name of the table.
    name: String,
    /// Names of its columns.
    columns: Vec<String>,
    /// How many rows it has.
    row_count: u32,
}

impl Tool<Database> for ListTables {
    const NAME: &'static str = "list_tables";
    const TITLE: &'static str = "List tables";
    const DESCRIPTION: &'static str = "List the tables of the database with their column names and numbers of rows.";
    const EFFECT: Effect = Effect::Read;
    type Input = NoInput;
    type Output = Output;

    fn call(database: &Database, _: NoInput) -> Result<Output, Fault> {
        tables(database).map(|tables| Output { tables })
    }
}

fn tables(database: &Database) -> Result<Vec<Table>, Fault> {
    let connection = database.open()?;
    let read = || -> rusqlite::Result<Vec<Table>> {
        Database::tables(&connection)?
            .into_iter()
            .map(|name| {
                let statement = connection.prepare(&format!("SELECT * FROM \"{name}\""))?;
                let columns = statement.column_names().map(str::to_owned).collect();
                let count = format!("SELECT count(*) FROM \"{name}\"");
                let row_count = connection.query_row(&count, [], |row| row.get(0))?;
                Ok(Table { name, columns, row_count })
            })
            .collect()
    };
    read().map_err(|error| Fault::new(format!("the tables cannot be listed: {error}")))
}
