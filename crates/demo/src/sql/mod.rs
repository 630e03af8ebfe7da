//! The SQL server: the warehouse, a SQLite database, read only.

mod database;
mod describe_table;
mod list_tables;
mod query;

use crate::{
    Workspace,
    server::{Profile, Server, ToolList},
};
use database::Database;

pub(crate) const PROFILE: Profile = Profile {
    name: "sql",
    title: "Warehouse",
    description: "Query the company's warehouse: customers, orders, products and support tickets.",
    instructions: "A SQLite database, read only. Call list_tables and describe_table to learn the \
        names of tables and columns, then query with one SELECT statement in SQLite's dialect. \
        Amounts are in euros; times are UTC text such as 2026-11-18 10:11:00.",
};

pub(crate) fn server(workspace: &Workspace) -> Server<Database> {
    let tools = ToolList::new()
        .with::<list_tables::ListTables>()
        .with::<describe_table::DescribeTable>()
        .with::<query::Query>();
    Server::new(&PROFILE, Database::at(workspace.database()), tools)
}
