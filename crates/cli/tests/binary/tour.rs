//! The plan of every stop of the tour, as people would approve it.

use std::fmt::Write;

use expect_test::expect_file;

use crate::run::run;

#[test]
fn every_stop_of_the_tour_is_planned_as_before() {
    let tour = run(["demo", "--json"]).end().with_code(0).json();
    let mut all = String::new();
    for stop in tour.as_array().unwrap() {
        let query = stop["query"].as_str().unwrap();
        let planned = run(["--demo", "plan", query]).end();
        writeln!(all, "# {}: {query}\n\n{}", stop["shape"].as_str().unwrap(), planned.out).unwrap();
    }
    expect_file!["tour.txt"].assert_eq(&all);
}
