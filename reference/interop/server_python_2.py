"""A server on the current Python SDK: one tool that answers, one that asks its
client first."""

from typing import Annotated

from mcp.server.mcpserver import Elicit, MCPServer, Resolve
from mcp_types import ToolAnnotations
from pydantic import BaseModel

READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)

server = MCPServer("python-2")


class Who(BaseModel):
    name: str


async def who():
    return Elicit("Who are you?", Who)


@server.tool(annotations=READS)
def greet(name: str) -> str:
    """Greets."""
    return f"Hello, {name}."


@server.tool(annotations=READS)
async def get_name(given: Annotated[Who, Resolve(who)]) -> str:
    """Asks for a name."""
    return f"You are {given.name}."


server.run()
