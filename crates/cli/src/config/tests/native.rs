//! What is said of a broken `concertmaster.toml`.

use expect_test::{Expect, expect};

use super::report;

pub(super) fn check(text: &str, expected: Expect) {
    expected.assert_eq(&report("c.toml", text));
}

pub(super) const GOOD: &str = "[servers.a]\ncommand = \"x\"\n";

#[test]
fn syntax() {
    check(
        "",
        expect![[r#"
        c.toml:1:1: no servers are configured
            help: add one: [servers.name] with a `command` or a `url`
    "#]],
    );
    check(
        "[servers.a]\ncommand = npx\n\n[servers.b\ncommand = \"x\"",
        expect![[r#"
            c.toml:2:11: not valid TOML: a text stands in quotes
              2 | command = npx
                |           ^^^
                help: put it in quotes: "…"

            c.toml:4:11: not valid TOML: unclosed table, expected `]`
              4 | [servers.b
                |           ^
        "#]],
    );
    check(
        "[servers.a]\ncommand = \"x\"\ncommand = \"y\"",
        expect![[r#"
            c.toml:3:1: `command` was set already
              3 | command = "y"
                | ^^^^^^^
                help: keep one of the two
        "#]],
    );
    check(
        "[servers.a]\ncommand = \"x\"\n[servers.a]\nurl = \"http://x\"",
        expect![[r#"
            c.toml:3:10: `a` was set already
              3 | [servers.a]
                |          ^
                help: keep one of the two

            c.toml:4:1: `servers.a` has both `command` and `url`
              4 | url = "http://x"
                | ^^^
                help: keep `command` for a program to start, or `url` for a server that runs elsewhere
        "#]],
    );
}

#[test]
fn keys() {
    check(
        "[servers.a]\ncomand = \"npx\"\narguments = []",
        expect![[r#"
            c.toml:2:1: unknown key `comand` in `servers.a`
              2 | comand = "npx"
                | ^^^^^^
                help: did you mean `command`?

            c.toml:3:1: unknown key `arguments` in `servers.a`
              3 | arguments = []
                | ^^^^^^^^^
                help: did you mean `args`?
        "#]],
    );
    check(
        "[servers.a]\ncommand = \"x\"\nanswer_within = \"1s\"",
        expect![[r#"
        c.toml:3:1: unknown key `answer_within` in `servers.a`
          3 | answer_within = "1s"
            | ^^^^^^^^^^^^^
            help: it belongs under `[limits]`
    "#]],
    );
    check(
        "[servers.a]\ncommand = \"x\"\ncolour = \"red\"",
        expect![[r#"
            c.toml:3:1: unknown key `colour` in `servers.a`
              3 | colour = "red"
                | ^^^^^^
                help: known here: command, args, env, inherit_env, cwd, url, headers, oauth, description, tags, timeout, start_timeout, max_concurrency, prefix, trust_annotations, include, exclude, rename, fixed, resources, prompts, effects, idempotent, private, readers, examples, cost, budget, rate, total_rate, alternatives, per_tool, idle_timeout, hedge_after, cache_ttl
        "#]],
    );
    check(
        "[server.a]\ncommand = \"x\"",
        expect![[r#"
        c.toml:1:2: unknown key `server`
          1 | [server.a]
            |  ^^^^^^
            help: did you mean `servers`?
    "#]],
    );
    check(
        "[servers.my.wiki]\ncommand = \"x\"",
        expect![[r#"
            c.toml:1:13: unknown key `wiki` in `servers.my`
              1 | [servers.my.wiki]
                |             ^^^^
                help: if it is part of the server's name, write `[servers.my-wiki]`: a name has no dots
        "#]],
    );
    check(
        &format!("{GOOD}[limits]\nanswerWithin = \"1s\""),
        expect![[r#"
        c.toml:4:1: unknown key `answerWithin` in `limits`
          4 | answerWithin = "1s"
            | ^^^^^^^^^^^^
            help: did you mean `answer_within`?
    "#]],
    );
}

#[test]
fn types() {
    check(
        "[servers.a]\ncommand = [\"x\"]\nargs = \"-y\"\nenv = { PORT = 80, ON = true }",
        expect![[r#"
            c.toml:2:11: `servers.a.command` takes a text, and this is a list
              2 | command = ["x"]
                |           ^^^^^

            c.toml:3:8: `servers.a.args` takes a list of texts, and this is a text
              3 | args = "-y"
                |        ^^^^
                help: put it in brackets: ["…"]

            c.toml:4:16: `servers.a.env.PORT` takes a text, and this is a number
              4 | env = { PORT = …, ON = true }
                |                ^
                help: put it in quotes

            c.toml:4:25: `servers.a.env.ON` takes a text, and this is true or false
              4 | env = { PORT = …, ON = true }
                |                        ^^^^
                help: put it in quotes
        "#]],
    );
    check(
        "[servers.a]\ncommand = \"x\"\nargs = [\"-y\", 3]",
        expect![[r#"
            c.toml:3:15: `servers.a.args` is a list of texts, and this is a number
              3 | args = ["-y", 3]
                |               ^
                help: put it in quotes
        "#]],
    );
    check(
        "servers = \"npx\"",
        expect![[r#"
        c.toml:1:11: `servers` takes a table, and this is a text
          1 | servers = "npx"
            |           ^^^^^
    "#]],
    );
    check(
        "[servers]\na = \"npx\"",
        expect![[r#"
            c.toml:2:5: `servers.a` takes a table, and this is a text
              2 | a = "npx"
                |     ^^^^^
        "#]],
    );
    check(
        &format!("{GOOD}trust_annotations = \"yes\"\nmax_concurrency = \"8\""),
        expect![[r#"
        c.toml:3:21: `servers.a.trust_annotations` takes true or false, and this is a text
          3 | trust_annotations = "yes"
            |                     ^^^^^
            help: write it without quotes

        c.toml:4:19: `servers.a.max_concurrency` takes a whole number, and this is a text
          4 | max_concurrency = "8"
            |                   ^^^
            help: write it without quotes
    "#]],
    );
}

#[test]
fn values() {
    check(
        &format!("{GOOD}timeout = 10\nstart_timeout = \"10\""),
        expect![[r#"
        c.toml:3:11: `servers.a.timeout` takes a duration, and this is a number
          3 | timeout = 10
            |           ^^
            help: did you mean "10s" or "10ms"?

        c.toml:4:17: `servers.a.start_timeout` has no unit
          4 | start_timeout = "10"
            |                 ^^^^
            help: did you mean "10s" or "10ms"?
    "#]],
    );
    check(
        &format!("{GOOD}timeout = \"2h\"\nstart_timeout = \"soon\"\nmax_concurrency = 0"),
        expect![[r#"
        c.toml:3:11: `servers.a.timeout` is "2h", which is out of range
          3 | timeout = "2h"
            |           ^^^^
            help: from "100ms" to "10m"

        c.toml:4:17: `servers.a.start_timeout` is no duration: "soon"
          4 | start_timeout = "soon"
            |                 ^^^^^^
            help: write a number and a unit: "250ms", "10s", "2m" or "1h"

        c.toml:5:19: `servers.a.max_concurrency` is 0, which is out of range
          5 | max_concurrency = 0
            |                   ^
            help: from 1 to 1024
    "#]],
    );
    check(
        &format!("{GOOD}[servers.a.effects]\nmerge = \"destroys\"\nlist = \"reads\""),
        expect![[r#"
            c.toml:4:9: `servers.a.effects.merge` cannot be "destroys"
              4 | merge = "destroys"
                |         ^^^^^^^^^^
                help: one of "pure": computes from its arguments alone; "read": reads; changes nothing; "egress": reads, and sends its arguments to the open world; "additive": adds something; undoes and overwrites nothing; "destructive": may undo, overwrite or act beyond recall

            c.toml:5:8: `servers.a.effects.list` cannot be "reads"
              5 | list = "reads"
                |        ^^^^^^^
                help: did you mean "read"? It is one of "pure", "read", "egress", "additive", "destructive"
        "#]],
    );
    check(
        &format!("{GOOD}[policy]\ndestructive = \"allow\"\nadditive = true"),
        expect![[r#"
            c.toml:4:15: `policy.destructive` cannot be "allow"
              4 | destructive = "allow"
                |               ^^^^^^^
                help: did you mean "permit"? It is one of "permit", "ask", "deny"

            c.toml:5:12: `policy.additive` takes one word, and this is true or false
              5 | additive = true
                |            ^^^^
                help: one of "permit", "ask", "deny"
        "#]],
    );
    check(
        &format!("{GOOD}[limits]\ncalls_per_query = -1"),
        expect![[r#"
        c.toml:4:19: `limits.calls_per_query` is -1, which is out of range
          4 | calls_per_query = -1
            |                   ^^
            help: from 1 to 10000
    "#]],
    );
    check(
        &format!("{GOOD}[listen]\nhttp = \"0.0.0.0:80\""),
        expect![[r#"
            c.toml:4:8: `listen.http` is reachable from other machines, and nothing asks them who they are
              4 | http = "0.0.0.0:80"
                |        ^^^^^^^^^^^^
                help: say who may come in: `[principals.NAME]` with a `token`; or listen on "127.0.0.1:80"
        "#]],
    );
    check(
        &format!("{GOOD}[listen]\nhttp = \"8931\""),
        expect![[r#"
        c.toml:4:8: `listen.http` is no address and port: "8931"
          4 | http = "8931"
            |        ^^^^^^
            help: write it as "127.0.0.1:8931"
    "#]],
    );
}

#[test]
fn ten_at_once() {
    check(
        include_str!("ten_faults.toml"),
        expect![[r#"
            c.toml:2:1: unknown key `comand` in `servers.github`
              2 | comand = "npx"
                | ^^^^^^
                help: did you mean `command`?

            c.toml:3:8: `servers.github.args` takes a list of texts, and this is a text
              3 | args = "-y @modelcontextprotocol/server-github"
                |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                help: put it in brackets: ["…"]

            c.toml:4:24: the environment variable `GITHUB_TOKEN_THAT_IS_NOT_SET` is not set
              4 | env = { GITHUB_TOKEN = "${GITHUB_TOKEN_THAT_IS_NOT_SET}" }
                |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                help: `export GITHUB_TOKEN_THAT_IS_NOT_SET=…` first, or give it a default: `${GITHUB_TOKEN_THAT_IS_NOT_SET:-…}`

            c.toml:5:11: `servers.github.timeout` takes a duration, and this is a number
              5 | timeout = 10
                |           ^^
                help: did you mean "10s" or "10ms"?

            c.toml:7:10: `my wiki` cannot name a server: only letters, digits, `-` and `_` may stand in it
              7 | [servers."my wiki"]
                |          ^^^^^^^^^
                help: call it `my-wiki`

            c.toml:9:1: `servers.my wiki` has both `command` and `url`
              9 | url = "https://wiki.example/mcp"
                | ^^^
                help: keep `command` for a program to start, or `url` for a server that runs elsewhere

            c.toml:11:10: `servers.files` says neither what to start nor where to connect
              11 | [servers.files]
                 |          ^^^^^
                help: give it a `command` (a program to start) or a `url` (a server that runs elsewhere)

            c.toml:15:14: `servers.files.effects.write_file` cannot be "writes"
              15 | write_file = "writes"
                 |              ^^^^^^^^
                help: one of "pure": computes from its arguments alone; "read": reads; changes nothing; "egress": reads, and sends its arguments to the open world; "additive": adds something; undoes and overwrites nothing; "destructive": may undo, overwrite or act beyond recall

            c.toml:18:15: `policy.destructive` cannot be "allow"
              18 | destructive = "allow"
                 |               ^^^^^^^
                help: did you mean "permit"? It is one of "permit", "ask", "deny"

            c.toml:21:17: `limits.answer_within` is no duration: "soon"
              21 | answer_within = "soon"
                 |                 ^^^^^^
                help: write a number and a unit: "250ms", "10s", "2m" or "1h"
        "#]],
    );
}
