"""A server on the previous Python SDK: one tool that answers, one that asks
its client first."""

from mcp.server.fastmcp import Context, FastMCP
from mcp.types import ToolAnnotations
from pydantic import BaseModel

READS = ToolAnnotations(readOnlyHint=True, openWorldHint=False)

server = FastMCP("python-1")


class Who(BaseModel):
    name: str


@server.tool(annotations=READS)
def greet(name: str) -> str:
    """Greets."""
    return f"Hello, {name}."


@server.tool(annotations=READS)
async def get_name(context: Context) -> str:
    """Asks for a name."""
    answer = await context.elicit("Who are you?", Who)
    return f"You are {answer.data.name}."


server.run()
