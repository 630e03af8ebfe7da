"""The current Python SDK (mcp 2.x) as a client."""

import asyncio

import mcp_types as types
from mcp import Client, StdioServerParameters, stdio_client

from checks import ANSWER, asked, check, endpoint, plain


async def answer(context, params):
    asked.append(params)
    return types.ElicitResult(action="accept", content=ANSWER)


class Common:
    def __init__(self, client):
        self.client = client

    async def tools(self):
        return [plain(tool) for tool in (await self.client.list_tools()).tools]

    async def call(self, name, arguments, seen=None):
        async def progress(done, total, message):
            seen(done)

        return plain(await self.client.call_tool(name, arguments, progress_callback=progress if seen else None))

    async def resources(self):
        return [plain(resource) for resource in (await self.client.list_resources()).resources]

    async def read(self, uri):
        return plain(await self.client.read_resource(uri))

    async def prompt(self, name, arguments):
        return plain(await self.client.get_prompt(name, arguments))

    async def complete(self, name, argument):
        return plain(await self.client.complete(types.PromptReference(type="ref/prompt", name=name), argument))

    def revision(self):
        return self.client.protocol_version


async def main():
    is_http, first, rest = endpoint()
    server = first if is_http else stdio_client(StdioServerParameters(command=first, args=rest))
    async with Client(server, elicitation_callback=answer) as client:
        await check(Common(client), "2026-07-28")


asyncio.run(main())
