"""The previous Python SDK (mcp 1.x) as a client."""

import asyncio
from contextlib import AsyncExitStack

from mcp import ClientSession, StdioServerParameters, stdio_client, types
from mcp.client.streamable_http import streamable_http_client

from checks import ANSWER, asked, check, endpoint, plain


async def answer(context, params):
    asked.append(params)
    return types.ElicitResult(action="accept", content=ANSWER)


class Common:
    def __init__(self, session, revision):
        self.session, self.agreed = session, revision

    async def tools(self):
        return [plain(tool) for tool in (await self.session.list_tools()).tools]

    async def call(self, name, arguments, seen=None):
        async def progress(done, total, message):
            seen(done)

        return plain(await self.session.call_tool(name, arguments, progress_callback=progress if seen else None))

    async def resources(self):
        return [plain(resource) for resource in (await self.session.list_resources()).resources]

    async def read(self, uri):
        return plain(await self.session.read_resource(uri))

    async def prompt(self, name, arguments):
        return plain(await self.session.get_prompt(name, arguments))

    async def complete(self, name, argument):
        return plain(await self.session.complete(types.PromptReference(type="ref/prompt", name=name), argument))

    def revision(self):
        return self.agreed


async def main():
    is_http, first, rest = endpoint()
    async with AsyncExitStack() as stack:
        if is_http:
            streams = await stack.enter_async_context(streamable_http_client(first))
        else:
            streams = await stack.enter_async_context(stdio_client(StdioServerParameters(command=first, args=rest)))
        session = await stack.enter_async_context(ClientSession(streams[0], streams[1], elicitation_callback=answer))
        introduced = await session.initialize()
        await check(Common(session, introduced.protocolVersion), "2025-11-25")


asyncio.run(main())
