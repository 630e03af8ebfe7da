//! What is said of a client's broken `mcp.json`.

use expect_test::{Expect, expect};

use super::report;

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&report("mcp.json", text));
}

#[test]
fn syntax() {
    check(
        "",
        expect![[r#"
        mcp.json:1:1: the file is empty
            help: the least it can be is { "mcpServers": { "name": { "command": "…" } } }
    "#]],
    );
    check(
        "{\"mcpServers\": {\n  \"a\": {\"command\": \"x\"\n}",
        expect![[r#"
        mcp.json:1:16: not valid JSON: unterminated object
          1 | {"mcpServers": {
            |                ^
    "#]],
    );
    check(
        "[]",
        expect![[r#"
        mcp.json:1:1: the file takes a table, and this is a list
          1 | []
            | ^^
    "#]],
    );
    check(
        "{}",
        expect![[r#"
        mcp.json:1:1: neither `mcpServers` nor `servers` is in the file
          1 | {}
            | ^^
            help: write { "mcpServers": { "name": { "command": "…" } } }
    "#]],
    );
    check(
        r#"{"mcpServers": {}}"#,
        expect![[r#"
        mcp.json:1:2: no servers are configured
          1 | {"mcpServers": {}}
            |  ^^^^^^^^^^^^
            help: add one, or switch one on
    "#]],
    );
}

#[test]
fn keys() {
    check(
        r#"{"mcpServers": {"a": {"comand": "x"}}}"#,
        expect![[r#"
            mcp.json:1:23: unknown key `comand` in `mcpServers.a`
              1 | {"mcpServers": {"a": {"comand": "x"}}}
                |                       ^^^^^^^^
                help: did you mean `command`?
        "#]],
    );
    check(
        r#"{"mcpServers": {"a": {"command": "x", "command": "y"}}}"#,
        expect![[r#"
        mcp.json:1:39: `command` was set already
          1 | {"mcpServers": {"a": {"command": "x", "command": "y"}}}
            |                                       ^^^^^^^^^
            help: keep one of the two
    "#]],
    );
    check(
        r#"{"mcpServers": {"a": {"command": "x", "timeout": 60, "alwaysAllow": ["b"], "sparkle": 1}}}"#,
        expect![[r#"
            note mcp.json:1:39: `timeout` in `mcpServers.a` is passed over
            note mcp.json:1:54: `alwaysAllow` in `mcpServers.a` is passed over
            note mcp.json:1:76: unknown key `sparkle` in `mcpServers.a`: passed over
        "#]],
    );
    check(r#"{"mcpServers": {"a": {"command": "x", "args": null, "env": {"A": null}}}}"#, expect![[""]]);
    check(
        r#"{"mcpServers": {"a": {"command": "x", "env": {"PORT": 80}}}}"#,
        expect![[r#"
        mcp.json:1:55: `mcpServers.a.env.PORT` takes a text, and this is a number
          1 | {"mcpServers": {"a": {"command": "x", "env": {"PORT": …}}}}
            |                                                       ^
            help: put it in quotes
    "#]],
    );
}

#[test]
fn transports() {
    check(
        r#"{"mcpServers": {"a": {"type": "http", "command": "x"}}}"#,
        expect![[r#"
        mcp.json:1:31: `mcpServers.a` is of type "http" and has a `command`
          1 | {"mcpServers": {"a": {"type": "http", "command": "x"}}}
            |                               ^^^^^^
            help: give it a `url`, or take the type out
    "#]],
    );
    check(
        r#"{"mcpServers": {"a": {"type": "stdio", "url": "https://x"}}}"#,
        expect![[r#"
        mcp.json:1:31: `mcpServers.a` is of type "stdio" and has a `url`
          1 | {"mcpServers": {"a": {"type": "stdio", "url": "https://x"}}}
            |                               ^^^^^^^
            help: give it a `command`, or take the type out
    "#]],
    );
    check(
        r#"{"mcpServers": {"a": {"type": "websocket", "url": "https://x"}}}"#,
        expect![[r#"
            mcp.json:1:31: `mcpServers.a.type` cannot be "websocket"
              1 | {"mcpServers": {"a": {"type": "websocket", "url": "https://x"}}}
                |                               ^^^^^^^^^^^
                help: one of "stdio": a child process; "http": Streamable HTTP; "sse": the HTTP transport of the first revision
        "#]],
    );
    check(r#"{"mcpServers": {"a": {"type": "sse", "url": "https://x"}, "b": {"command": "x"}}}"#, expect![""]);
    check(
        r#"{"mcpServers": {"a": {"command": "x", "disabled": true}}}"#,
        expect![[r#"
            mcp.json:1:2: every server in the file is left out
              1 | {"mcpServers": {"a": {"command": "x", "disabled": true}}}
                |  ^^^^^^^^^^^^
                help: add one, or switch one on
            note mcp.json:1:17: `a` is left out: it is switched off in the file
        "#]],
    );
    check(
        r#"{"mcpServers": {"a": {"command": "x", "url": "https://x"}}}"#,
        expect![[r#"
        mcp.json:1:39: `mcpServers.a` has both `command` and `url`
          1 | {"mcpServers": {"a": {"command": "x", "url": "https://x"}}}
            |                                       ^^^^^
            help: keep `command` for a program to start, or `url` for a server that runs elsewhere
    "#]],
    );
}

#[test]
fn what_is_switched_off_concerns_nobody() {
    check(
        r#"{"mcpServers": {"a": {"disabled": true, "env": {"A": "${NOPE}"}, "args": 1}, "b": {"command": "x"}}}"#,
        expect![[r#"
            note mcp.json:1:17: `a` is left out: it is switched off in the file
        "#]],
    );
}

#[test]
fn names() {
    check(
        r#"{"mcpServers": {"My Server": {"command": "x"}, "my.server": {"command": "x"}}}"#,
        expect![[r#"
            note mcp.json:1:17: `My Server` is called `My-Server` here
            note mcp.json:1:48: `my.server` is called `my-server` here
        "#]],
    );
    check(
        r#"{"mcpServers": {"my server": {"command": "x"}, "my.server": {"command": "x"}}}"#,
        expect![[r#"
            mcp.json:1:48: `my.server` and `my server` would both be called `my-server`
              1 | {"mcpServers": {"my server": {"command": "x"}, "my.server": {"command": "x"}}}
                |                                                ^^^^^^^^^^^
                help: give one of them another name
            note mcp.json:1:17: `my server` is called `my-server` here
        "#]],
    );
    check(
        r#"{"servers": {"a": {"command": "x", "env": {"A": "${input:key}"}}}}"#,
        expect![[r#"
        mcp.json:1:49: `${input:key}` asks `input`, which only the client this was written for can answer
          1 | {"servers": {"a": {"command": "x", "env": {"A": …}}}}
            |                                                 ^
            help: put the value into an environment variable and write `${ITS_NAME}`
    "#]],
    );
}
