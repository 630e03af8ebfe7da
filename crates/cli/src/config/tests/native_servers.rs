//! What is said of servers that contradict themselves, and of references that
//! lead nowhere.

use expect_test::expect;

use super::native::{GOOD, check};

#[test]
fn servers() {
    check(
        "[servers.a]\ncommand = \"x\"\nurl = \"http://x\"",
        expect![[r#"
        c.toml:3:1: `servers.a` has both `command` and `url`
          3 | url = "http://x"
            | ^^^
            help: keep `command` for a program to start, or `url` for a server that runs elsewhere
    "#]],
    );
    check(
        "[servers.a]\ndescription = \"x\"",
        expect![[r#"
        c.toml:1:10: `servers.a` says neither what to start nor where to connect
          1 | [servers.a]
            |          ^
            help: give it a `command` (a program to start) or a `url` (a server that runs elsewhere)
    "#]],
    );
    check(
        "[servers.a]\ncommand = \"npx -y server\"",
        expect![[r#"
        c.toml:2:11: `servers.a.command` is a whole command line, and no shell takes it apart
          2 | command = "npx -y server"
            |           ^^^^^^^^^^^^^^^
            help: write "npx" here and the other 2 words as `args`
    "#]],
    );
    check(
        "[servers.a]\ncommand = \"\"\ncwd = \"~/x\"",
        expect![[r#"
        c.toml:2:11: `servers.a.command` is empty
          2 | command = ""
            |           ^^
            help: name a program, such as "npx"

        c.toml:3:7: `servers.a.cwd` is relative, and it depends on where you stand what it means
          3 | cwd = "~/x"
            |       ^^^^^
            help: no shell expands `~`; write "${HOME}/x"
    "#]],
    );
    check(
        "[servers.a]\ncommand = \"x\"\ncwd = \"data\"\nheaders = { A = \"1\" }",
        expect![[r#"
        c.toml:3:7: `servers.a.cwd` is relative, and it depends on where you stand what it means
          3 | cwd = "data"
            |       ^^^^^^
            help: did you mean "/etc/cm/data"?

        c.toml:4:1: `servers.a` has `headers`, which means nothing beside `command`
          4 | headers = { A = … }
            | ^^^^^^^
            help: take `headers` out
    "#]],
    );
    check(
        "[servers.a]\nurl = \"ftp://x\"\nargs = [\"-y\"]",
        expect![[r#"
            c.toml:2:7: `servers.a.url` is no http or https URL
              2 | url = "ftp://x"
                |       ^^^^^^^^^
                help: write `https://host/path`

            c.toml:3:1: `servers.a` has `args`, which means nothing beside `url`
              3 | args = ["-y"]
                | ^^^^
                help: take `args` out
        "#]],
    );
    check(
        "[servers.a]\nurl = \"https://me:hunter2@x/mcp\"\n[servers.b]\nurl = \"https:///x\"",
        expect![[r#"
            c.toml:2:7: `servers.a.url` carries a user name or password
              2 | url = …
                |       ^
                help: take it out of the URL and send it as `headers = { Authorization = "Basic ${…}" }`

            c.toml:4:7: `servers.b.url` names no host
              4 | url = "https:///x"
                |       ^^^^^^^^^^^^
                help: write `https://host/path`
        "#]],
    );
    check(
        "[servers.a]\nurl = \"https://x\"\nheaders = { \"X Y\" = \"1\" }",
        expect![[r#"
        c.toml:3:13: `X Y` cannot name an HTTP header
          3 | headers = { "X Y" = … }
            |             ^^^^^
    "#]],
    );
    check(
        "[servers.\"my server\"]\ncommand = \"x\"\n[servers.\"\"]\ncommand = \"x\"",
        expect![[r#"
        c.toml:1:10: `my server` cannot name a server: only letters, digits, `-` and `_` may stand in it
          1 | [servers."my server"]
            |          ^^^^^^^^^^^
            help: call it `my-server`

        c.toml:3:10: `` cannot name a server: it is empty
          3 | [servers.""]
            |          ^^
            help: call it `server`
    "#]],
    );
    check(
        "[policy]\nadditive = \"ask\"",
        expect![[r#"
        c.toml:1:1: no servers are configured
          1 | [policy]
            | ^
            help: add one: [servers.name] with a `command` or a `url`
    "#]],
    );
    check(
        &format!("{GOOD}timeout = \"5m\""),
        expect![[r#"
            note c.toml:3:11: `servers.a.timeout` is longer than `limits.answer_within`, so the query always ends first
        "#]],
    );
}

#[test]
fn references() {
    check(
        "[servers.a]\ncommand = \"x\"\nenv = { A = \"${NOPE}\", B = \"${TOKEN}\" }",
        expect![[r#"
        c.toml:3:13: the environment variable `NOPE` is not set
          3 | env = { A = "${NOPE}", B = "${TOKEN}" }
            |             ^^^^^^^^^
            help: `export NOPE=…` first, or give it a default: `${NOPE:-…}`
    "#]],
    );
    check(
        "[servers.a]\nurl = \"https://x/${A}/${B\"",
        expect![[r#"
        c.toml:2:7: the environment variable `A` is not set
          2 | url = "https://x/${A}/${B"
            |       ^^^^^^^^^^^^^^^^^^^^
            help: `export A=…` first, or give it a default: `${A:-…}`

        c.toml:2:7: a `${` is never closed
          2 | url = "https://x/${A}/${B"
            |       ^^^^^^^^^^^^^^^^^^^^
            help: close it with `}`, or write `$${` for the characters themselves
    "#]],
    );
    check(
        "[servers.a]\ncommand = \"x\"\nargs = [\"${file:nowhere}\"]",
        expect![[r#"
            c.toml:3:9: `${file:nowhere}` cannot be read: there is no such file
              3 | args = ["${file:nowhere}"]
                |         ^^^^^^^^^^^^^^^^^
                help: it was looked for at /etc/cm/nowhere
        "#]],
    );
    check(
        &format!("{GOOD}timeout = \"${{TOKEN}}\"\n[policy]\nadditive = \"${{TOKEN}}\""),
        expect![[r#"
            c.toml:3:11: `servers.a.timeout` is no duration: "${TOKEN}"
              3 | timeout = "${TOKEN}"
                |           ^^^^^^^^^^
                help: write a number and a unit: "250ms", "10s", "2m" or "1h"

            c.toml:5:12: `policy.additive` cannot be "${TOKEN}"
              5 | additive = "${TOKEN}"
                |            ^^^^^^^^^^
                help: one of "permit": it runs unasked; "ask": a human decides each time; "deny": it never runs
        "#]],
    );
}
