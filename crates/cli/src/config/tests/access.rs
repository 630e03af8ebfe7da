//! What is said of what is offered, and to whom.

use catalog::{Glob, Reach, ServerId, ToolRef};
use expect_test::expect;
use query::Principal;
use serde_json::json;

use super::config;
use super::native::{GOOD, check};

#[test]
fn a_server_looks_as_the_operator_wants() {
    let text = r#"
[servers.a]
command = "x"
include = ["get_*", "find"]
exclude = []
rename = { find = "search" }
fixed.search = { owner = "${TOKEN}", limit = 50, deep = true, ratio = 0.5, in = ["a", { b = "c" }] }
resources = { exclude = ["file:///etc/*"] }
prompts = { include = [] }
"#;
    let shaping = &config("c.toml", text).servers[0].labels.shaping;
    let takes = ["get_x", "find", "put_x"].map(|name| shaping.tools.takes(name));
    assert_eq!(takes, [true, true, false]);
    assert_eq!(shaping.rename["find"], "search");
    let fixed = json!({"owner": "s3cret", "limit": 50, "deep": true, "ratio": 0.5, "in": ["a", {"b": "c"}]});
    assert_eq!(json!(shaping.fixed["search"]), fixed);
    assert!(!shaping.resources.takes("file:///etc/passwd") && shaping.resources.takes("file:///srv"));
    assert!(!shaping.prompts.takes("anything"));
}

#[test]
fn each_principal_reaches_as_far_as_it_is_said() {
    let text = format!(
        "{GOOD}[listen]\nhttp = \"0.0.0.0:80\"\nhosts = [\"x.example\"]\n[principals.\"a@x.example\"]\n\
         token = \"${{LONG_TOKEN}}\"\nold_token = \"${{OTHER_TOKEN}}\"\ntools = [\"a.get_*\"]\n\
         [principals.b]\ntoken = \"${{THIRD_TOKEN}}\"\n"
    );
    let config = config("c.toml", &text);
    assert_eq!(config.listen.hosts, ["x.example"]);
    assert!(!config.keyring.is_empty());
    let place = config.reaches.place(&Principal::new("a@x.example")).unwrap();
    assert_eq!(config.reaches.all()[place], Reach { servers: None, tools: Some(vec![Glob::new("a.get_*")]) });
    assert!(config.reaches.all()[place].holds(&ToolRef::new("a", "get_x")));
    assert!(!config.reaches.all()[place].holds_server(&ServerId::new("a")));
    assert_eq!(config.reaches.place(&Principal::new("b")), None);
}

#[test]
fn nobody_comes_in_by_accident() {
    check(
        &format!("{GOOD}[principals.local]\ntoken = \"${{LONG_TOKEN}}\""),
        expect![[r#"
        c.toml:3:13: `local` cannot name a principal: it is the person at this machine, who comes in over standard input and output
          3 | [principals.local]
            |             ^^^^^
    "#]],
    );
    check(
        &format!(
            "{GOOD}[principals.x]\n[principals.y]\ntoken = \"${{TOKEN}}\"\n[principals.z]\ntoken = \"${{LONG_TOKEN}}\"\n\
             old_token = \"${{LONG_TOKEN}}\"\nservers = [\"gihub\", \"b*\"]"
        ),
        expect![[r#"
            c.toml:3:13: `principals.x` has no `token`, so nobody could come in by that name
              3 | [principals.x]
                |             ^
                help: add `token = "${ITS_TOKEN}"`; `openssl rand -hex 32` makes one

            c.toml:5:9: `principals.y.token` cannot be used: it has fewer than 24 characters
              5 | token = "${TOKEN}"
                |         ^^^^^^^^^^
                help: `openssl rand -hex 32` makes one

            c.toml:8:13: `principals.z.old_token` cannot be used: the same token was given before
              8 | old_token = "${LONG_TOKEN}"
                |             ^^^^^^^^^^^^^^^
                help: `openssl rand -hex 32` makes one

            c.toml:9:11: `principals.z.servers` names `gihub`, which is no server
              9 | servers = ["gihub", "b*"]
                |           ^^^^^^^^^^^^^^^

            c.toml:9:11: `principals.z.servers` names `b*`, which is no server
              9 | servers = ["gihub", "b*"]
                |           ^^^^^^^^^^^^^^^
        "#]],
    );
}

#[test]
fn where_it_is_reached_is_said_in_names_and_origins() {
    check(
        &format!(
            "{GOOD}[listen]\nhosts = [\"a.example:80\", \"[::1]\", \"https://a.example\"]\n\
             origins = [\"https://a.example:8443\", \"a.example\", \"https://a.example/x\"]"
        ),
        expect![[r#"
            c.toml:4:9: `listen.hosts` cannot have "https://a.example"
              4 | hosts = ["a.example:80", "[::1]", "https://a.example"]
                |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                help: write a name or an address, with or without a port: "tools.example.net:8443"

            c.toml:5:11: `listen.origins` cannot have "a.example"
              5 | origins = ["https://a.example:8443", "a.example", "https://a.example/x"]
                |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                help: write scheme, host and port alone: "https://desk.example.net"

            c.toml:5:11: `listen.origins` cannot have "https://a.example/x"
              5 | origins = ["https://a.example:8443", "a.example", "https://a.example/x"]
                |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                help: write scheme, host and port alone: "https://desk.example.net"
        "#]],
    );
}

#[test]
fn no_two_tools_are_given_one_name() {
    check(
        "[servers.a]\ncommand = \"x\"\nrename = { b = \"c\", d = \"c\", e = \"\", f = \"g h\" }",
        expect![[r#"
        c.toml:3:25: `servers.a.rename` gives `b` and `d` one name
          3 | rename = { b = "c", d = "c", e = "", f = "g h" }
            |                         ^^^
            help: give each a name of its own

        c.toml:3:34: `servers.a.rename` gives `e` a name that no tool can have
          3 | rename = { b = "c", d = "c", e = "", f = "g h" }
            |                                  ^^
            help: a name has no spaces and at most 128 bytes

        c.toml:3:42: `servers.a.rename` gives `f` a name that no tool can have
          3 | rename = { b = "c", d = "c", e = "", f = "g h" }
            |                                          ^^^^^
            help: a name has no spaces and at most 128 bytes
    "#]],
    );
    check(
        "[servers.a]\ncommand = \"x\"\nfixed.b = { since = 2020-01-01 }\ninclude = \"b\"",
        expect![[r#"
        c.toml:3:21: `servers.a.fixed.b.since` takes a text, and this is a date
          3 | fixed.b = { since = 2020-01-01 }
            |                     ^^^^^^^^^^
            help: put it in quotes

        c.toml:4:11: `servers.a.include` takes a list of texts, and this is a text
          4 | include = "b"
            |           ^^^
            help: put it in brackets: ["…"]
    "#]],
    );
}
