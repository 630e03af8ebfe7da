"""What a client of either Python SDK does with an endpoint.

In: a connected client in the small common form below; its results as plain
dictionaries. Out: one line for each thing that went as it should; anything
else ends the program.
"""

import asyncio
import sys
import time

WAIT_S = 20
"""How long one thing may take, in seconds."""

ANSWER = {"username": "Ada", "email": "ada@example.com", "name": "Ada"}
"""The answer to every form."""


SDKS = ("ts1", "ts2", "py1", "py2")
"""The servers on the SDKs, each with a tool that asks."""

asked = []
"""Every question that was put."""


def plain(result):
    """A result as it stood on the wire."""
    return result.model_dump(by_alias=True, mode="json", exclude_none=True)


def endpoint():
    """The endpoint: `http URL`, or `stdio COMMAND ARGUMENT…`."""
    kind, first, *rest = sys.argv[1:]
    assert kind in ("http", "stdio"), "usage: http URL | stdio COMMAND ARGUMENT…"
    return kind == "http", first, rest


async def refused(awaitable):
    try:
        await awaitable
    except Exception as error:  # Each SDK has a class of its own for it.
        assert not isinstance(error, (asyncio.TimeoutError, AssertionError)), error
        return
    raise AssertionError("it was not refused")


async def questioned(client, name, arguments):
    """Calls a tool that asks once, as soon as its server has come up."""
    before = len(asked)
    until = time.monotonic() + WAIT_S
    while True:
        try:
            result = await client.call(name, arguments)
            break
        except Exception as error:
            starting = "there is no tool" in str(error) or "still starting" in str(error)
            if not starting or time.monotonic() > until:
                raise
            await asyncio.sleep(0.2)
    assert "Ada" in str(result["content"]), result
    assert len(asked) == before + 1, asked


async def check(client, revision):
    """Does everything with `client`: coroutines `tools`, `call`, `resources`,
    `read`, `prompt`, `complete`, and `revision`."""

    async def listing():
        names = [tool["name"] for tool in await client.tools()]
        for name in ("ask", "old__test_simple_text", "new__test_simple_text"):
            assert name in names, name

    async def call():
        result = await client.call("old__test_simple_text", {})
        assert result["content"][0]["type"] == "text", result
        failed = await client.call("new__test_error_handling", {})
        assert failed["isError"] is True, failed

    async def structured():
        found = await client.call("find_tools", {"query": "image"})
        assert isinstance(found["structuredContent"]["tools"], list), found

    async def resource():
        assert "test://static-text" in [resource["uri"] for resource in await client.resources()]
        read = await client.read("test://static-text")
        assert isinstance(read["contents"][0]["text"], str), read

    async def prompt():
        got = await client.prompt("old__test_prompt_with_arguments", {"arg1": "one", "arg2": "two"})
        assert "two" in str(got["messages"]), got

    async def completion():
        completed = await client.complete("old__test_prompt_with_arguments", {"name": "arg1", "value": "t"})
        assert completed["completion"]["values"] == ["test"], completed

    async def progress():
        seen = []
        await client.call("old__test_tool_with_progress", {}, seen.append)
        assert seen == [0, 50, 100], seen

    async def older_question():
        await questioned(client, "old__test_elicitation", {"message": "Who?"})

    async def newer_question():
        await questioned(client, "new__test_input_required_result_elicitation", {})

    async def sdk_questions():
        for sdk in SDKS:
            await questioned(client, f"{sdk}__get_name", {})

    async def cancel():
        cut = asyncio.ensure_future(client.call("old__test_tool_with_progress", {}))
        await asyncio.sleep(0.05)
        cut.cancel()
        try:
            await cut
        except asyncio.CancelledError:
            pass
        await client.call("old__test_simple_text", {})

    async def refusal():
        await refused(client.read("test://nothing"))

    async def agreed():
        assert client.revision() == revision, client.revision()

    checks = {
        "list": listing,
        "call": call,
        "structured": structured,
        "resource": resource,
        "prompt": prompt,
        "completion": completion,
        "progress": progress,
        "question of an older server": older_question,
        "question of a newer server": newer_question,
        "questions of the SDKs": sdk_questions,
        "cancel": cancel,
        "refusal": refusal,
        "revision": agreed,
    }
    for name, one in checks.items():
        await asyncio.wait_for(one(), WAIT_S)
        print(name, flush=True)
